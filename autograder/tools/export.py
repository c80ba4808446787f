"""The instructor's machine. `autograder export NAME`: graded submissions as files that other programs read."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rich.console import Console

from autograder.course.configuration import this_course
from autograder.course.folders import EXPORTS
from autograder.course.own_course import CourseError
from autograder.course.recorded import recorded, without_submission
from autograder.exports.classroom50 import lacking, result
from autograder.exports.data import SubmissionData, as_data, as_json
from autograder.exports.gradebooks import Line, canvas, moodle, too_much_for_moodle
from autograder.exports.gradescope import results
from autograder.exports.junit import junit
from autograder.judging.words import named
from autograder.report import few_names
from autograder.tools.private import write_private

_LONGEST = 200  # characters of a file's name; most file systems hold 255 bytes

Submissions = Iterator[SubmissionData]


@dataclass
class _Seen:
    """Who went by on the way into the files. waits: not final; too_much: for Moodle."""

    students: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    too_much: list[str] = field(default_factory=list)

    def passing(self, submissions: Iterable[SubmissionData]) -> Submissions:
        """The submissions, noted."""
        for data in submissions:
            student = named(data["student"]["id"])
            self.students.append(data["student"]["id"])
            self.waits += [student] if data["waits"] else []
            self.too_much += [student] if too_much_for_moodle(data) else []
            yield data


def run(console: Console, assignment: str, format: str, to: Path | None, students: Sequence[str]) -> int:
    """Write what was graded of an assignment in the course in the working folder; exit code 0.

    format: one of `FORMATS`; to: a folder, or the file of a format that is one; students: these alone, if
    any. Raises `CourseError`.
    """
    coursedir = this_course()
    records = (as_data(submission) for submission in recorded(coursedir, assignment, students))
    first = next(records, None)
    if first is None:
        raise CourseError(f"Nothing of {assignment} is graded: run nbgrader autograde {assignment} first.")
    seen = _Seen()
    place = to or Path(coursedir.root, EXPORTS, quoted(assignment), FORMATS[format].default)
    written = FORMATS[format].write(seen.passing(chain([first], records)), place)

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    say(f"Wrote {written} of {_number(len(seen.students), 'submission')}.")
    left = [] if students else _left(FORMATS[format], place, seen.students)
    if left:
        say(
            f"Still there, of students who are not graded now: {few_names(left)}. Remove them, if nobody needs them."
        )
    missing = [] if students else [named(student) for student in without_submission(coursedir, assignment)]
    if missing:
        say(f"Not in it, for nothing of theirs is graded: {few_names(missing)}.")
    if format == "moodle" and seen.too_much:
        say(
            f"More than 100 points have {few_names(seen.too_much)}: Moodle refuses the file unless its "
            "administrator allows such grades (unlimitedgrades and gradepointmax)."
        )
    if seen.waits:
        be = "is" if len(seen.waits) == 1 else "are"
        say(
            f"{len(seen.waits)} of {_number(len(seen.students), 'submission')} {be} not final, for a person still "
            f"has to look: {few_names(seen.waits)}."
        )
    else:
        say("All of them are final.")
    return 0


def _left(format: Format, place: Path, students: Sequence[str]) -> list[str]:
    """Files of one a student that this export did not write, by the first part of their names."""
    if not format.each:
        return []
    written = {Path(format.each.format(quoted(student))).parts[0] for student in students}
    there = {path.relative_to(place).parts[0] for path in place.glob(format.each.format("*"))}
    return sorted(there - written)


def quoted(name: str) -> str:
    """A name as the name of a file: another one for each, and nothing but letters, digits and -_.~%."""
    text = quote(name, safe="", errors="surrogatepass")
    text = f"%2E{text[1:]}" if text.startswith(".") else text or "%"
    if len(text) > _LONGEST:  # the digest keeps it another one for each
        digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        text = f"{text[: _LONGEST - len(digest) - 1]}~{digest}"
    return text


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


@dataclass(frozen=True)
class Format:
    """write: writes submissions to a place and says what it wrote. default: the place, in exports/NAME. each: of a
    format that is a file a student its name, with {} for the student's."""

    write: Callable[[Submissions, Path], str]
    default: str
    each: str = ""


def _one_file_each(name: str, default: str, text: Callable[[SubmissionData], str]) -> Format:
    """A format with a file for each submission."""

    def write(submissions: Submissions, folder: Path) -> str:
        if folder.exists() and not folder.is_dir():
            raise CourseError(f"{folder} is a file, and this format is a file a student: name a folder.")
        for data in submissions:
            write_private(folder / name.format(quoted(data["student"]["id"])), [text(data).encode()])
        return f"{folder / name.format('STUDENT')}"

    return Format(write, default, name)


def _table(lines: Callable[[Submissions], Iterator[Line]]) -> Callable[[Submissions, Path], str]:
    def write(submissions: Submissions, path: Path) -> str:
        if path.is_dir():
            raise CourseError(f"{path} is a folder, and this format is one file: name a file.")
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(lines(submissions))
        write_private(path, [text.getvalue().encode()])
        return str(path)

    return write


def _classroom50(submissions: Submissions, path: Path) -> str:
    if path.is_dir():
        raise CourseError(f"{path} is a folder, and this format is one file: name a file.")
    environment: Mapping[str, str] = os.environ
    names = lacking(environment)
    if names:
        raise CourseError(
            f"{', '.join(names)} is not set: only Classroom 50's runner knows whose commit is graded, so "
            "run this in its autograder.py."
        )
    data, *more = [*submissions]
    if more:
        raise CourseError("Classroom 50 grades one submission at a time: name it with --student.")
    made: Any = result(data, environment, datetime.now(UTC))
    write_private(path, [as_json(made).encode()])
    return str(path)


FORMATS = {
    "json": _one_file_each("{}.json", "json", as_json),
    "gradescope": _one_file_each("{}/results.json", "gradescope", lambda data: as_json(results(data))),
    "junit": _one_file_each("{}.xml", "junit", junit),
    "canvas": Format(_table(canvas), "canvas.csv"),
    "moodle": Format(_table(moodle), "moodle.csv"),
    "classroom50": Format(_classroom50, "result.json"),
}
