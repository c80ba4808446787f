"""TRUSTED: the canary, the reference solution sent through the same wall before anybody is graded.

It must get its full points on every exercise, or this machine can grade nobody: it may lack
TensorFlow or the data, or a check may be broken. That it did is remembered under a key of what
decides it, the content of the installed packages included (see packages.py). What the key cannot see
shows in a submission whose set-up fails: the canary then runs once more there, and tells the fault of
the machine from that of the student.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from autograder.assignments import ASSIGNMENTS
from autograder.course.folders import course_state, read_release
from autograder.course.intake import copy_files, files_of_course
from autograder.course.own_course import CourseError
from autograder.fashion_mnist import find_folder
from autograder.runs.execution import Job
from autograder.runs.notebooks import rebuild
from autograder.runs.store import execution_key, judging_key
from autograder.sandbox.bubblewrap import SandboxError, find_bwrap

_MATTER = (  # environment variables that change what a kernel finds
    "PYTHONPATH", "PYTHONHOME", "KERAS_HOME", "KERAS_BACKEND", "FASHION_MNIST_DIR", "LD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES", "HOME",
)  # fmt: skip

_STUDENT = "the answer book"  # in the place of a student's name


class Asking(Protocol):
    """What makes jobs (converters.ExecuteAndAsk)."""

    sandboxed: bool

    def job(self, rebuilt: NotebookNode, names: dict[str, str], folder: str) -> Job:
        """What there is to execute."""


@dataclass(frozen=True)
class Canary:
    """The reference solution of one assignment. jobs: by the notebook's stem."""

    assignment: str
    jobs: Mapping[str, Job]
    key: str
    state: Path

    @property
    def remembered(self) -> bool:
        """Whether it got its full points before, with everything as it is now."""
        with suppress(OSError):
            return self._memory.read_text() == self.key
        return False

    def remember(self) -> None:
        """It got its full points."""
        unfinished = self._memory.with_suffix(f".{secrets.token_hex(4)}")
        unfinished.write_text(self.key)
        os.replace(unfinished, self._memory)

    @property
    def _memory(self) -> Path:
        return self.state / f"canary-{self.assignment}"


@contextmanager
def canary_of(assignment: str, coursedir: CourseDirectory, asking: Asking) -> Iterator[Canary]:
    """The canary, whose files last as long as the block. Raises `CourseError`."""
    source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    exercises = ASSIGNMENTS[assignment].exercises
    with tempfile.TemporaryDirectory(prefix="autograder-canary-") as folder:
        copy_files(source, Path(folder), files_of_course(source, coursedir.ignore))
        for exercise in exercises:
            if exercise.probe == "weights":
                shutil.copy(_answer(exercise.ask["file"]), folder)
        jobs = {}
        for stem in dict.fromkeys(exercise.notebook for exercise in exercises):
            solved = nbformat.read(source / f"{stem}.ipynb", as_version=4)
            rebuilt, _ = rebuild(read_release(coursedir, assignment, stem), solved)
            names = {"assignment": assignment, "notebook": stem, "student": _STUDENT}
            jobs[stem] = replace(asking.job(rebuilt, names, folder), retrain_timeout_s=0.0)
        yield Canary(assignment, jobs, _key(jobs, asking.sandboxed), course_state(coursedir))


def _answer(name: str) -> Path:
    package = importlib.util.find_spec("lenet_solution")
    assert package is not None and package.origin is not None, "it is installed with this one"
    path = Path(package.origin).with_name(name)
    if not path.is_file():
        raise CourseError(
            f"lenet_solution/{name} is missing: bring it back, the reference solution needs it."
        )
    return path


def _key(jobs: Mapping[str, Job], sandboxed: bool) -> str:
    """A name for everything that decides what the canary gets here, as far as a glance can tell."""
    digest = hashlib.blake2b(digest_size=20)

    def add(*parts: Any) -> None:
        digest.update(repr(parts).encode("utf-8", "surrogatepass"))

    for stem, job in jobs.items():
        add(stem, execution_key(job, sandboxed), judging_key(stem))
    add(platform.node(), [os.environ.get(name) for name in _MATTER])
    with suppress(SandboxError):  # PATH matters for this alone: `autograder grade` puts a folder in front
        add(find_bwrap())
    with suppress(OSError):
        add(Path("/proc/sys/kernel/random/boot_id").read_text())
    elsewhere = os.environ.get("PYTHONPATH", "").split(os.pathsep)  # may be a whole home: one level
    for place in filter(None, (str(find_folder() or ""), *elsewhere)):
        with suppress(OSError):  # a module of the course's own, or a file of the data, that was changed
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
            add(place, [(entry.name, entry.stat(follow_symlinks=False).st_mtime_ns) for entry in entries])
    return digest.hexdigest()
