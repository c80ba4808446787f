"""TRUSTED: what the grader reads and keeps in the instructor's course folder."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from autograder.course.intake import copy_files, files_of_course, taken_in
from autograder.course.own_course import CourseError
from autograder.runs.notebooks import MAX_BYTES
from autograder.runs.packages import is_installed_module
from autograder.sandbox.limits import Limits

STATE = ".autograder"  # folder in the course's root that is the autograder's own
REPORTS = "report"  # folder there for pages about a class, which name students
EXPORTS = "exports"  # folder there for files that other programs read
_KEY_BYTES = 32


def release_notebook(coursedir: CourseDirectory, assignment: str, stem: str) -> Path:
    """The released notebook that a submitted one is put back on."""
    folder = coursedir.format_path(coursedir.release_directory, ".", assignment)
    return Path(folder) / f"{stem}.ipynb"


def read_release(coursedir: CourseDirectory, assignment: str, stem: str) -> NotebookNode:
    """The released notebook, the frame of every submitted one. Raises `CourseError`."""
    path = release_notebook(coursedir, assignment, stem)
    if not path.exists():
        raise CourseError(f"{path} is missing: run nbgrader generate_assignment {assignment} --force first.")
    release: NotebookNode = nbformat.read(path, as_version=4)
    return release


def course_state(coursedir: CourseDirectory) -> Path:
    """The autograder's own folder in the course, for the instructor's eyes only; made if need be."""
    folder = Path(coursedir.root) / STATE
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def private_places(coursedir: CourseDirectory) -> list[Path]:
    """What no student's kernel may see of a course: its folders, the gradebook and our own."""
    folders = [
        coursedir.source_directory, coursedir.release_directory, coursedir.submitted_directory,
        coursedir.autograded_directory, coursedir.feedback_directory, coursedir.solution_directory,
        STATE, REPORTS, EXPORTS, "nbgrader_config.py", "gradebook.db", "assignments",
    ]  # fmt: skip
    if coursedir.db_url.startswith("sqlite:///"):
        folders.append(coursedir.db_url.removeprefix("sqlite:///"))
    return [Path(coursedir.root, folder) for folder in folders]


def course_key(coursedir: CourseDirectory) -> bytes:
    """32 secret bytes that belong to this course, made at first use.

    With the submission's content they decide the hidden inputs: the same for a second run, and
    not to be guessed by a student who has this source. Raises `CourseError` for a key that is none:
    hidden inputs that follow from it could be guessed.
    """
    folder = course_state(coursedir)
    path = folder / "key"
    if not path.exists():
        new = folder / f"key.{secrets.token_hex(4)}"
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
        with suppress(FileExistsError):  # the first of several processes wins
            os.link(new, path)
        new.unlink()
    key = path.read_bytes() if path.is_file() else b""
    if len(key) != _KEY_BYTES or not any(key):
        raise CourseError(
            f"{path} is damaged, and hidden inputs follow from it: bring a copy of it back; or remove it, "
            "and a new one is made, with which every submission is executed again on other inputs."
        )
    return key


def copy_submission(
    coursedir: CourseDirectory,
    assignment: str,
    student: str,
    own: Sequence[str],
    folder: Path,
    limits: Limits,
) -> tuple[str, ...]:
    """Lay into `folder` what nbgrader lays beside the notebooks it grades; the links left out.

    That is the submitted files, and over them the instructor's. own: of the instructor's files,
    those that a student may hand in a version of (nbgrader's Autograde.exclude_overwriting).
    """
    submitted = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
    source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    taken = taken_in(coursedir, assignment, student, limits)
    copy_files(submitted, folder, taken.files)
    ours = files_of_course(source, coursedir.ignore)
    copy_files(source, folder, [path for path in ours if str(path) not in own])
    return taken.links


def submitted_digest(submitted: Path, stem: str, links: Sequence[str]) -> str:
    """A name for one submitted notebook file as it is, and for the links that were left out."""
    digest = hashlib.blake2b(repr(sorted(links)).encode("utf-8", "surrogatepass"), digest_size=20)
    path = submitted / f"{stem}.ipynb"
    if path.is_file() and path.stat().st_size <= MAX_BYTES:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def shadowing_files(coursedir: CourseDirectory, assignment: str, student: str) -> list[str]:
    """Submitted files with the name of a module of Python or of an installed package."""
    submitted = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
    paths = sorted(submitted.iterdir()) if submitted.is_dir() else []
    return [p.name for p in paths if (p.is_dir() or p.suffix == ".py") and is_installed_module(p.stem)]
