"""TRUSTED: what nbgrader does with a submission before our preprocessors see it, made safe.

nbgrader copies whatever a submission's links point to, lists a folder for each file in it, exits for
the whole class at a timestamp.txt that holds no time, logs the names of files as they are, and tells a
full disk or a locked gradebook with a traceback for every student. Its configuration has no place for
other classes, so the exporter, the first thing of ours that a converter makes, calls `take_over`.
"""

from __future__ import annotations

import filecmp
import glob
import logging
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, BaseConverter, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from traitlets.config import Config

from autograder.assignments import ASSIGNMENTS
from autograder.course.gradebook import share_engine
from autograder.course.handed_in import HandedIn, entries, few, look_at, may_be
from autograder.course.own_course import CourseError, Stopped, StudentError
from autograder.course.remedies import remedy
from autograder.judging.words import named, printable
from autograder.sandbox.limits import Limits

MOST_TIME_BYTES = 1_000  # of a timestamp.txt
PATTERNS = "nbgrader takes a name with * ? [ or ] for a pattern, which means other students"


def take_over(converter: BaseConverter) -> None:
    """Let nbgrader's converter take in submissions as the classes below do."""
    if type(converter) is Autograde:
        converter.__class__ = CarefulAutograde
        converter.coursedir.__class__ = CarefulCourseDirectory
        share_engine()
    elif type(converter) is GenerateFeedback:
        converter.__class__ = _CarefulFeedback
    keep_printable(converter.log)
    if hasattr(converter, "assignments"):
        leave_out_patterns(converter)


def is_pattern(student: str) -> bool:
    """Whether nbgrader, looking for this student's files, would find those of others."""
    return any(mark in student for mark in "*?[]")


def whose(converter: BaseConverter, folder: str) -> str:
    """The student whose folder of what is to be converted this is."""
    place = converter._format_source(converter.coursedir.assignment_id, "(?P<student>.*)", escape=True)
    found = re.match(place, folder, re.DOTALL)
    assert found is not None, "it was found by the same place"
    return found["student"]


def leave_out_patterns(converter: BaseConverter) -> None:
    """Take the students whose names are patterns out of what nbgrader found, and say so in its log."""
    course = converter.coursedir
    for folder in glob.glob(converter._format_source(course.assignment_id, course.student_id)):
        student = whose(converter, folder)
        if is_pattern(student):
            converter.assignments.pop(folder, None)
            converter.log.error("%s is left out, for %s: rename the folder.", named(student), PATTERNS)


def keep_printable(log: logging.Logger) -> None:
    """From now on, what does not print stands in this log as Python would write it."""
    for handler in log.handlers:  # not the log itself, which gets every message of a kernel
        if not any(isinstance(known, _Printable) for known in handler.filters):
            handler.addFilter(_Printable())


class CarefulCourseDirectory(CourseDirectory):
    """nbgrader's course folder, for which a time that cannot be read is none."""

    def get_existing_timestamp(self, dest_path: str) -> datetime | None:
        """The time in UTC at which these files were handed in; None where nothing says it."""
        path = Path(dest_path, "timestamp.txt")
        why_not = unreadable_time(path)
        if why_not:
            self.log.warning("%s: %s", path, why_not)
            return None
        time: datetime | None = super().get_existing_timestamp(dest_path)
        return time


def unreadable_time(path: Path) -> str:
    """Why a timestamp.txt says no time, or "" where it does or is not there."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        return "it is no file of its own, so nobody knows when this was handed in."
    if path.is_file():
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read(MOST_TIME_BYTES).strip()
            if text:
                parse_utc(text)
        except (ValueError, OverflowError, TypeError, OSError):
            return "it holds no time, so nobody knows when this was handed in."
    return ""


class _CarefulCopy(BaseConverter):
    """The first thing that nbgrader does: lay the submitted files beside the graded notebooks."""

    notebooks: list[str]

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        self._pass_over_unknown(assignment_id)
        source = Path(self._format_source(assignment_id, student_id))
        copied = Path(self._format_dest(assignment_id, student_id))
        copied.mkdir(parents=True, exist_ok=True)
        taken = taken_in(self.coursedir, assignment_id, student_id, limits_of(self.config))
        copy_files(source, copied, taken.files)

    def _pass_over_unknown(self, assignment_id: str) -> None:
        """Leave out notebooks that are none of the assignment's: nbgrader asks its gradebook for each."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book, suppress(MissingEntry):
            known = {notebook.name for notebook in book.find_assignment(assignment_id).notebooks}
            strange = [path for path in self.notebooks if Path(path).stem not in known]
            self.notebooks = [path for path in self.notebooks if Path(path).stem in known]
            names = [f"{Path(path).parent}/{named(Path(path).name)}" for path in strange]
            for sentence in few([f"Skipping unknown notebook: {name}" for name in names]):
                self.log.warning("%s", sentence)
            if strange and not self.notebooks:
                sentence = (
                    f"{Path(strange[0]).parent}: no notebook in it has a name of the assignment's "
                    f"({', '.join(sorted(known))}). Give them those names, then grade again."
                )
                self.log.error("%s", sentence)
                raise NbGraderException(sentence)


class _OneSentence(BaseConverter):
    """What the machine lacks ends the command with one sentence, and leaves nothing half made."""

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        self.underway = assignment_id, student_id
        with self._ending():
            wanted: bool = super().init_destination(assignment_id, student_id)
            return wanted

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        with self._ending():
            super().init_assignment(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        with self._ending():
            super().convert_single_notebook(notebook_filename)

    @contextmanager
    def _ending(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            sentence = str(error) if isinstance(error, CourseError) else remedy(error)
            if isinstance(error.__context__, MissingEntry) and "assignment" in str(error.__context__):
                name = self.underway[0]
                sentence = (
                    f"The gradebook does not know {name!r}: run nbgrader generate_assignment {name} first."
                )
            handed_in = Path(self.coursedir.format_path(
                self.coursedir.submitted_directory, self.underway[1], self.underway[0]
            ))  # fmt: skip
            if isinstance(error, StudentError):
                self.log.error("%s No page of theirs was made.", sentence)
                raise
            at = error.filename if isinstance(error, PermissionError) else None
            if not sentence or (at and Path(at).is_relative_to(handed_in)):
                raise  # this submission's own matter: nbgrader goes on with the next one
            made = Path(self._format_dest(*self.underway))
            if self.coursedir.notebook_id == "*":
                shutil.rmtree(made, ignore_errors=True)
            for notebook in self.notebooks:
                (made / Path(notebook).name).with_suffix(self.exporter.file_extension).unlink(missing_ok=True)
            self.log.error("%s", sentence)
            raise Stopped(sentence) from error


class CarefulAutograde(_OneSentence, Autograde, _CarefulCopy):
    """nbgrader's Autograde, whose last class in line copies with care."""


class _CarefulFeedback(_OneSentence, GenerateFeedback):
    """nbgrader's GenerateFeedback, which lays no file of a student's beside the pages.

    A browser would run it, and it may bear a page's name.
    """

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Called by nbgrader before the pages of a submission, to copy what lies beside its notebooks."""
        graded, target = (
            Path(place(assignment_id, student_id)) for place in (self._format_source, self._format_dest)
        )
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", assignment_id))
        ours = [
            path
            for path in files_of_course(source, self.coursedir.ignore)
            if (graded / path).is_file() and filecmp.cmp(source / path, graded / path, shallow=False)
        ]
        copy_files(source, target, ours)


def limits_of(config: Config) -> Limits:
    """The limits that a course's configuration sets, or ours. Raises `CourseError` for what can be none."""
    try:
        return Limits.read(config.get("ExecuteAndAsk", {}).get("limits", Limits()))
    except ValueError as error:
        raise CourseError(f"c.ExecuteAndAsk.limits: {error}: mend nbgrader_config.py.") from None


def taken_in(coursedir: CourseDirectory, assignment: str, student: str, limits: Limits) -> HandedIn:
    """What of a student's folder is taken in, and what is not."""
    folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
    ours = ASSIGNMENTS.get(assignment)
    return look_at(folder, coursedir.ignore, limits, frozenset(ours.files.values()) if ours else ())


def not_handed_in(
    coursedir: CourseDirectory, assignment: str, student: str, limits: Limits
) -> dict[str, list[str]]:
    """What a notebook of this student needs beside it and has not: by its name, the files that may be it."""
    ours = ASSIGNMENTS.get(assignment)
    folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
    asked = {
        name for stem, name in (ours.files.items() if ours else ()) if (folder / f"{stem}.ipynb").is_file()
    }
    files = taken_in(coursedir, assignment, student, limits).files if asked else ()
    return {name: may_be(name, files) for name in sorted(asked) if Path(name) not in files}


def missing_notebooks(
    coursedir: CourseDirectory, assignment: str, student: str, stems: Iterable[str]
) -> tuple[list[str], list[str]]:
    """Those of the assignment's notebooks that a student's folder lacks, and names of what may be one of them.

    stems: of all notebooks of the assignment.
    """
    folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
    there = {path.stem for path in folder.glob("*.ipynb")}
    return sorted({*stems} - there), [f"{stem}.ipynb" for stem in sorted(there - {*stems})]


def files_of_course(folder: Path, ignored: Sequence[str]) -> list[Path]:
    """The instructor's files under `folder`, but notebooks and what nbgrader ignores, relative to it."""
    found = (Path(e.path) for e in entries(folder, ignored) if e.is_file(follow_symlinks=False))
    return [path.relative_to(folder) for path in found if path.suffix != ".ipynb"]


def copy_files(origin: Path, target: Path, files: Iterable[Path]) -> None:
    """Copy these files, which are relative to `origin`."""
    for path in files:
        copy = target / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.unlink(missing_ok=True)
        shutil.copy(origin / path, copy, follow_symlinks=False)


class _Printable(logging.Filter):
    """The name of a student's file must not steer the terminal that the log is shown in."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = printable(record.getMessage()), ()
        return True
