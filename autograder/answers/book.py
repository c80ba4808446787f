"""TRUSTED: the answers to one question in the gradebook: read without names, and graded as formgrader does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.coursedir import CourseDirectory

from autograder.course.own_course import CourseError
from autograder.course.recorded import recorded
from autograder.runs.notebooks import attachments_shown

STEP = 0.5  # points
MOST_COMMENT = 10_000  # characters


@dataclass(frozen=True)
class Question:
    """One cell that a person grades. scheme: the instructor's answer and marking scheme, markdown."""

    assignment: str
    notebook: str
    cell: str
    points: float
    scheme: str


@dataclass(frozen=True)
class Given:
    """What a person gave for an answer: points, None where nobody did yet, and a comment."""

    points: float | None
    comment: str


@dataclass(frozen=True)
class Shown:
    """One answer as it is now. text: what the student wrote, markdown; attachments: the pictures in its cell, by
    name and kind; given: by persons; waits: whether it needs points, also where the ones that it has were given
    before it was handed in anew.
    """

    text: str
    attachments: dict[str, dict[str, str]]
    given: Given
    waits: bool

    @property
    def seen(self) -> str:
        """A name for what a person reads of it."""
        read = json.dumps([self.text, self.attachments], sort_keys=True)
        return hashlib.blake2b(read.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class Changed(Exception):
    """Somebody else graded the answer meanwhile: `now` is what they gave."""

    def __init__(self, now: Given):
        points = "no points" if now.points is None else f"{now.points:g} points"
        comment = f" and wrote: {now.comment}" if now.comment else ""
        super().__init__(
            f"What you typed is kept here: Enter replaces what stands there now. Somebody else gave {points}{comment}"
        )
        self.now = now


class Refused(ValueError):
    """What was given cannot be; the sentence says why."""


class AnswerBook:
    """The written answers to one question, by number from 1, in an order that is drawn, the same every time."""

    def __init__(self, coursedir: CourseDirectory, cell: str, assignment: str = ""):
        """assignment: where several have such a cell. Raises `CourseError`."""
        self._coursedir = coursedir
        self.question = _question(coursedir, cell, assignment)
        self._students: dict[int, str] = {}  # only grows, so that a number is always the same student's
        self.empty = 0  # of those read last: who wrote nothing, and waits for nobody

    def answers(self) -> dict[int, Shown]:
        """All of them by number, as they are graded now. Raises `CourseError` where some cannot be read."""
        texts = dict(_texts(self._coursedir, self.question))
        with self._open() as gradebook:
            grades = _by_student(gradebook, Grade, Grade.manual_score, self.question)
            waits = _by_student(gradebook, Grade, Grade.needs_manual_grade, self.question)
            comments = _by_student(gradebook, Comment, Comment.manual_comment, self.question)
        there = [student for student, text in texts.items() if text.strip() or waits.get(student)]
        self.empty = len(texts) - len(there)
        new = {*there} - {*self._students.values()}
        self._students |= dict(enumerate(sorted(new, key=self._draw), len(self._students) + 1))
        return {
            number: Shown(
                texts.get(student, ""),
                self._attachments(student, texts.get(student, "")),
                Given(grades.get(student), (comments.get(student) or "").strip()),
                grades.get(student) is None or bool(waits.get(student)),
            )
            for number, student in self._students.items()
        }

    def _draw(self, student: str) -> bytes:
        name = f"{self.question.assignment}\0{self.question.cell}\0{student}"
        return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def _attachments(self, student: str, text: str) -> dict[str, dict[str, str]]:
        """The pictures in the answer's cell that its text shows."""
        if "attachment:" not in text:
            return {}
        folder = self._coursedir.format_path(
            self._coursedir.autograded_directory, student, self.question.assignment
        )
        cells = json.loads(Path(folder, f"{self.question.notebook}.ipynb").read_bytes())["cells"]
        for cell in cells:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == self.question.cell:
                return attachments_shown(cell)
        return {}

    def _seen(self, student: str) -> str:
        """See `Shown.seen`; of what is graded now."""
        text = dict(_texts(self._coursedir, self.question, [student])).get(student, "")
        return Shown(text, self._attachments(student, text), Given(None, ""), waits=True).seen

    def give(self, number: int, given: Given, before: Given, seen: str) -> None:
        """Write points and a comment into the gradebook, as formgrader does.

        before, seen: what the page showed of others' points and of the answer. Raises `Refused`, `Changed`, and
        KeyError for a number that is none.
        """
        student, question = self._students[number], self.question
        if seen != self._seen(student):
            raise Refused(
                "This answer was graded anew since you loaded the page: load it again, and read it."
            )
        if given.points is not None and given.points != before.points:  # a comment alone changes no points
            most = question.points
            if not 0 <= given.points <= most or given.points / STEP != int(given.points / STEP):
                raise Refused(f"Points are from 0 to {question.points:g}, in steps of {STEP:g}.")
        if len(given.comment) > MOST_COMMENT:
            raise Refused(f"A comment has at most {MOST_COMMENT:,} characters.")
        with self._open() as gradebook:
            place = (question.cell, question.notebook, question.assignment, student)
            grade, comment = gradebook.find_grade(*place), gradebook.find_comment(*place)
            now = Given(grade.manual_score, (comment.manual_comment or "").strip())
            if now not in (before, given):
                raise Changed(now)
            grade.manual_score = given.points
            grade.needs_manual_grade = given.points is None and grade.auto_score is None
            comment.manual_comment = given.comment or None
            gradebook.db.commit()

    @contextmanager
    def _open(self) -> Iterator[Gradebook]:
        with Gradebook(self._coursedir.db_url, self._coursedir.course_id) as gradebook:
            yield gradebook


def _question(coursedir: CourseDirectory, cell: str, assignment: str) -> Question:
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        found = [
            (row, kind)
            for kind in (GradeCell, TaskCell)
            for row in gradebook.db.query(Assignment.name, Notebook.name, kind.max_score, kind.cell_type)
            .select_from(kind)
            .join(Notebook, Notebook.id == kind.notebook_id)
            .join(Assignment, Assignment.id == Notebook.assignment_id)
            .filter(kind.name == cell)
            if kind is TaskCell or row[3] == "markdown"
        ]
    rows = [row for row, _ in found if assignment in ("", row[0])]
    if not rows:
        where = f" in {assignment}" if assignment else ""
        raise CourseError(f"No cell {cell!r}{where} is graded by a person: name its id, which source/ has.")
    if len(rows) > 1:
        names = ", ".join(sorted({row[0] for row in rows}))
        raise CourseError(
            f"Several assignments have a cell {cell!r} ({names}): choose one with --assignment."
        )
    of, notebook, points, _ = rows[0]
    return Question(of, notebook, cell, points, _scheme(coursedir, of, notebook, cell))


def _scheme(coursedir: CourseDirectory, assignment: str, notebook: str, cell: str) -> str:
    path = Path(coursedir.format_path(coursedir.source_directory, ".", assignment), f"{notebook}.ipynb")
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
    except (OSError, ValueError, KeyError) as error:
        raise CourseError(f"{path} cannot be read ({error}), and it has the marking scheme.") from None
    for one in cells:
        if one["metadata"].get("nbgrader", {}).get("grade_id") == cell:
            lines = "".join(one["source"]).splitlines()
            return "\n".join(line for line in lines if not line.startswith(("### BEGIN", "### END", "===")))
    return ""


def _texts(
    coursedir: CourseDirectory, question: Question, students: Sequence[str] = ()
) -> Iterator[tuple[str, str]]:
    """Who handed in the notebook, and what they wrote; of these students alone, if any."""
    for submission in recorded(coursedir, question.assignment, students):
        for notebook in submission.notebooks:
            if notebook.name == question.notebook and notebook.handed_in:
                for answer in notebook.answers:
                    if answer.id == question.cell:
                        yield submission.student, answer.written or ""


def _by_student(
    gradebook: Gradebook, kind: type[Grade] | type[Comment], value: object, question: Question
) -> dict[str, Any]:
    return dict(
        gradebook.db.query(Student.id, value)
        .select_from(kind)
        .join(BaseCell, BaseCell.id == kind.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(Student, Student.id == SubmittedAssignment.student_id)
        .filter(
            Assignment.name == question.assignment,
            Notebook.name == question.notebook,
            BaseCell.name == question.cell,
        )
        .all()
    )
