"""What several test modules share."""

import pytest
from corpus import CASES
from grading import Course, lenet_course


@pytest.fixture(scope="session")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Every submission of tests/submissions, graded in one run of the real nbgrader.

    Minutes long: tests that use it belong to the xdist group "batch", so that it runs once.
    """
    course = lenet_course(tmp_path_factory.mktemp("batch") / "course", CASES)
    course.run_on("autograde", "lenet")
    course.run_on("generate_feedback", "lenet")
    return course


def pytest_configure(config):
    """The checks are marked; tests/counting.py calls them without a session of their own."""
    config.addinivalue_line("markers", "check: a check of an exercise")
