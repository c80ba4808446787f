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


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Tests that share minutes of grading run on one worker, or each worker grades everything again."""
    for item in items if getattr(config.option, "loadgroup", False) else ():
        group = item.get_closest_marker("xdist_group")
        if group and not item.nodeid.endswith(f"@{group.args[0]}"):
            pytest.exit("This pytest-xdist does not keep groups together with this pytest: make setup.", 4)


def pytest_configure(config):
    """The checks are marked; tests/counting.py calls them without a session of their own."""
    config.addinivalue_line("markers", "check: a check of an exercise")
