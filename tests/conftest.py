"""What several test modules share."""

import importlib
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from corpus import CASES
from golden_samples import WRITE, GoldenPages
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

    Minutes long: tests that use it belong to the xdist group "batch", so that it runs once. What has no end
    ends sooner than with the limits of a course.
    """
    course = lenet_course(tmp_path_factory.mktemp("batch") / "course", CASES)
    with (course.folder / "nbgrader_config.py").open("a") as file:
        file.write("\nc.ExecuteAndAsk.limits = {'cell_timeout_s': 25}\n")
    course.run_on("autograde", "lenet")
    course.run_on("generate_feedback", "lenet")
    return course


def pytest_addoption(parser):
    parser.addoption(WRITE, action="store_true", help="write the golden files of samples' pages anew")


@pytest.fixture(scope="session")
def golden_pages(request: pytest.FixtureRequest) -> Callable[[Path, str], GoldenPages]:
    """The comparison of a course's feedback pages with the golden files, by its folder and its assignment."""
    write = request.config.getoption(WRITE)
    return cache(lambda course, assignment: GoldenPages(course, assignment, write))


def pytest_configure(config):
    """The checks are marked; tests/counting.py calls them without a session of their own.

    Keras brings absl, whose handler of logs closes the stream that it was made with when an application of
    Jupyter sets up its own logs: here that would be the file that pytest captures into. This one it leaves open.
    """
    # What a shell starts in the background ignores Ctrl-C, and what it starts too: tests that send it would wait.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with suppress(ImportError):
        importlib.import_module("absl.logging").get_absl_handler().python_handler.stream = sys.__stderr__
    config.addinivalue_line("markers", "check: a check of an exercise")


@pytest.fixture(autouse=True)
def weights_that_anybody_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them again, in every test: who reads the configuration of a course of the tests in this
    process has replaced them (corpus.THEIR_OWN)."""
    monkeypatch.setattr(known_weights, "public", PUBLIC)
