"""TRUSTED. `autograder report NAME`: reads what is graded, and lays the page into the course's folder."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from nbgrader.coursedir import CourseDirectory

from autograder.assignments import ASSIGNMENTS
from autograder.class_report.page import Alike, Places, class_page
from autograder.class_report.tally import Tally
from autograder.course.configuration import this_course
from autograder.course.folders import REPORTS
from autograder.course.own_course import CourseError
from autograder.course.recorded import recorded
from autograder.course.resolving import registers
from autograder.tools.private import write_private


def write_report(assignment: str) -> Path:
    """Write report/`assignment`.html in the course that this is started in; its path. Raises `CourseError`."""
    coursedir = this_course()
    folder = Path(coursedir.root, REPORTS)
    tally = Tally(assignment)
    for submission in recorded(coursedir, assignment):
        tally.take(submission)
    if not tally.taken:
        raise CourseError(f"Nobody's {assignment} is graded yet: run nbgrader autograde {assignment} first.")
    places = _places(coursedir, assignment, folder)
    made = datetime.now().astimezone()
    of = tally.result()
    ungraded = sorted(_handed_in(coursedir, assignment) - {student.id for student in of.students})
    pieces = class_page(of, _alike(coursedir, assignment), places, made, ungraded)
    path = folder / f"{assignment}.html"
    write_private(path, (piece.encode() for piece in pieces))
    return path


def _handed_in(coursedir: CourseDirectory, assignment: str) -> set[str]:
    """Who has a folder for this assignment among the submissions."""
    wanted = Path(coursedir.format_path(coursedir.submitted_directory, "*", assignment)).parts
    if "*" not in wanted:  # a course whose folders are not named after students alone
        return set()
    place = wanted.index("*")
    folder, below = Path(*wanted[:place]), Path(*wanted[place + 1 :])
    return {one.name for one in folder.iterdir() if (one / below).is_dir()} if folder.is_dir() else set()


def _alike(coursedir: CourseDirectory, assignment: str) -> list[Alike]:
    found = []
    for exercise, register in registers(coursedir, assignment) if assignment in ASSIGNMENTS else ():
        for group in register.groups():
            evidence: dict[frozenset[str], tuple[str, str, str]] = {}
            for student in group.students:
                for pair in register.pairs_of(student):
                    told = (student, pair.other, pair.evidence)
                    evidence.setdefault(frozenset((student, pair.other)), told)
            found.append(Alike(exercise.id, group.students, tuple(evidence.values()), group.explanations))
    return found


def _places(coursedir: CourseDirectory, assignment: str, folder: Path) -> Places:
    def feedback(student: str, notebook: str) -> str:
        path = Path(
            coursedir.format_path(coursedir.feedback_directory, student, assignment), f"{notebook}.html"
        )
        return quote(os.path.relpath(path, folder)) if path.is_file() else ""

    def formgrader(student: str) -> str:
        return f"formgrader/manage_students/{quote(student, safe='')}/{quote(assignment, safe='')}"

    return Places(feedback, formgrader)
