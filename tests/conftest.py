"""What several test modules share."""

import pytest
from corpus import CASES
from grading import Course, lenet_course
from hypothesis import settings

from autograder.copies import known_weights

PUBLIC = known_weights.public

# Drawn cases are the same ones in every run, so that a failure belongs to a change;
# pytest --hypothesis-profile=default draws new ones.
settings.register_profile("repeatable", derandomize=True, print_blob=True)
settings.load_profile("repeatable")


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


@pytest.fixture(autouse=True)
def weights_that_anybody_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them again, in every test: who reads the configuration of a course of the tests in this
    process has replaced them (corpus.THEIR_OWN)."""
    monkeypatch.setattr(known_weights, "public", PUBLIC)
