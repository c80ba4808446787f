"""TRUSTED: graded submissions, out of the gradebook and autograded/, as the records that reports show.

A class is read a few students at a time, so that memory does not grow with it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbformat import from_dict
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.orm import Session

from autograder.assignments import ASSIGNMENTS
from autograder.course.own_course import CourseError, StudentError
from autograder.judging.verdicts import Verdict
from autograder.judging.words import named
from autograder.report.records import (
    CHECKS,
    NOBODY,
    PERSON,
    Answer,
    NotebookRecord,
    Printed,
    Submission,
    Took,
)
from autograder.runs.notebooks import MISSING, grade_id, has_points, scored_by_program
from autograder.runs.showing import VERDICT_MIME

AT_ONCE = 100  # students whose grades are read in one query

Cell = dict[str, Any]  # of a notebook, as JSON has it


@dataclass(frozen=True)
class _Graded:
    """One graded cell of the assignment. by_hand: whether only a person can give its points; task: whether it
    holds what is asked, and students answer in cells of their own; code: whether its cell is one of code.
    """

    notebook: str
    name: str
    points: float
    by_hand: bool
    task: bool
    code: bool


def recorded(
    coursedir: CourseDirectory, assignment: str, students: Sequence[str] = ()
) -> Iterator[Submission]:
    """What was graded of an assignment, in the order of the students' ids; of these students alone, if any.

    Raises `CourseError` for an assignment that the gradebook does not know, and for a student who is not
    graded.
    """
    yield from Recorded(coursedir, assignment).of(students)


class Recorded:
    """The graded submissions of an assignment; what all of them share is read once. `of` gives those that can be
    read, and then raises `StudentError` where some cannot.

    Raises `CourseError` for an assignment that the gradebook does not know.
    """

    def __init__(self, coursedir: CourseDirectory, assignment: str):
        self._coursedir, self._assignment = coursedir, assignment
        with self._gradebook() as gradebook:
            self._cells = _graded_cells(gradebook.db, assignment)
        if not self._cells:
            raise CourseError(
                f"The gradebook knows no assignment {assignment!r}: run nbgrader generate_assignment "
                f"{assignment} and nbgrader autograde {assignment} first."
            )
        release = Path(coursedir.format_path(coursedir.release_directory, ".", assignment))
        self._released = {
            notebook: _released(release / f"{notebook}.ipynb")
            for notebook in dict.fromkeys(cell.notebook for cell in self._cells.values())
        }

    def of(self, students: Sequence[str] = ()) -> Iterator[Submission]:
        """Those of these students, of all where none is named. Raises `CourseError` for one who is not graded."""
        with self._gradebook() as gradebook:
            rows = _submissions(gradebook.db, self._assignment, students)
            lacking = [student for student in students if student not in {row[2] for row in rows}]
            if lacking:
                raise StudentError(
                    f"Not graded: {', '.join(map(named, lacking))}. Grade them first, or remove what autograded/ "
                    "still has of them."
                )
            damaged = []
            for start in range(0, len(rows), AT_ONCE):
                some = rows[start : start + AT_ONCE]
                grades = _grades(gradebook.db, [row[0] for row in some])
                for id, submitted, student, first_name, last_name, email, lms_id in some:
                    try:
                        notebooks = _notebooks(
                            self._assignment, self._folder(student), self._cells, self._released, grades[id]
                        )
                    except StudentError as error:
                        damaged.append(str(error))
                        continue
                    yield Submission(
                        self._assignment, student, notebooks, first_name or "", last_name or "", email or "",
                        submitted, lms_id or "",
                    )  # fmt: skip

            if damaged:  # all of them are named, so that nobody mends one after the other
                raise StudentError(" ".join(damaged))

    def _gradebook(self) -> Gradebook:
        return Gradebook(self._coursedir.db_url, self._coursedir.course_id)

    def _folder(self, student: str) -> Path:
        coursedir = self._coursedir
        return Path(coursedir.format_path(coursedir.autograded_directory, student, self._assignment))


def _submissions(db: Session, assignment: str, students: Sequence[str]) -> list[tuple[Any, ...]]:
    """A row a submission, in the order of the students' ids."""
    rows = (
        db.query(
            SubmittedAssignment.id, SubmittedAssignment.timestamp,
            Student.id, Student.first_name, Student.last_name, Student.email,
            Student.lms_user_id,
        )
        .join(Student, Student.id == SubmittedAssignment.student_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name == assignment)
        .order_by(Student.id)
    )  # fmt: skip
    if len(students) == 1:  # as for a page, which must not take longer in a larger class
        rows = rows.filter(Student.id == students[0])
    return [row for row in rows if not students or row[2] in students]


def without_submission(coursedir: CourseDirectory, assignment: str) -> list[str]:
    """The ids of the gradebook's students of whom nothing of this assignment is graded."""
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        there = (
            gradebook.db.query(SubmittedAssignment.student_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .filter(Assignment.name == assignment)
        )
        lacking = gradebook.db.query(Student.id).filter(Student.id.not_in(there)).order_by(Student.id)
        return [id for (id,) in lacking]


def _graded_cells(db: Session, assignment: str) -> dict[str, _Graded]:
    """The graded cells of an assignment by their id in the gradebook, in the order of its notebooks."""
    found: dict[str, _Graded] = {}
    answers = {  # a cell that is both graded and an answer has no other cell that tests it
        (notebook, name)
        for notebook, name in db.query(Notebook.name, SolutionCell.name)
        .join(Notebook, Notebook.id == SolutionCell.notebook_id)
        .join(Assignment, Assignment.id == Notebook.assignment_id)
        .filter(Assignment.name == assignment)
    }
    for kind in (GradeCell, TaskCell):
        rows = (
            db.query(kind.id, Notebook.name, kind.name, kind.max_score, kind.cell_type)
            .join(Notebook, Notebook.id == kind.notebook_id)
            .join(Assignment, Assignment.id == Notebook.assignment_id)
            .filter(Assignment.name == assignment)
            .order_by(Notebook.name)
        )
        for id, notebook, name, points, cell_type in rows:
            task = kind is TaskCell
            by_hand = task or cell_type == "markdown" or (notebook, name) in answers
            found[id] = _Graded(notebook, name, points, by_hand, task, cell_type == "code")
    return found


@dataclass
class _Grades:
    """What the gradebook has of one notebook: grades by cell, comments by the cell's name."""

    late: float
    by_cell: dict[str, tuple[float | None, float | None, float | None, bool]]
    comments: dict[str, str]


def _grades(db: Session, submissions: Sequence[str]) -> dict[str, dict[str, _Grades]]:
    """The grades by submission and notebook."""
    found: dict[str, dict[str, _Grades]] = defaultdict(dict)
    by_id: dict[str, _Grades] = {}
    for id, submission, name, late in (
        db.query(
            SubmittedNotebook.id, SubmittedNotebook.assignment_id, Notebook.name,
            SubmittedNotebook.late_submission_penalty,
        )
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .filter(SubmittedNotebook.assignment_id.in_(submissions))
    ):  # fmt: skip
        by_id[id] = found[submission][name] = _Grades(late or 0.0, {}, {})
    ours = SubmittedNotebook.assignment_id.in_(submissions)
    for notebook, cell, auto, manual, extra, waits in (
        db.query(
            Grade.notebook_id, Grade.cell_id, Grade.auto_score, Grade.manual_score, Grade.extra_credit,
            Grade.needs_manual_grade,
        )
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .filter(ours)
    ):  # fmt: skip
        by_id[notebook].by_cell[cell] = (auto, manual, extra, waits)
    for notebook, name, said in (
        db.query(Comment.notebook_id, BaseCell.name, Comment.manual_comment)
        .join(SubmittedNotebook, SubmittedNotebook.id == Comment.notebook_id)
        .join(BaseCell, BaseCell.id == Comment.cell_id)
        .filter(ours)
    ):
        if said:  # what nbgrader says by itself is no more than "No response."
            by_id[notebook].comments[name] = said
    return found


def _notebooks(
    assignment: str,
    folder: Path,
    cells: dict[str, _Graded],
    released: dict[str, _Released],
    grades: dict[str, _Grades],
) -> tuple[NotebookRecord, ...]:
    """One student's notebooks; folder: of the graded ones."""
    made = []
    for notebook in dict.fromkeys(cell.notebook for cell in cells.values()):
        path = folder / f"{notebook}.ipynb"
        graded, kept = read_graded(path), grades.get(notebook, _Grades(0.0, {}, {}))
        ours = graded.get("metadata", {}).get("autograder", {}) if graded else {}
        found = {grade_id(cell): cell for cell in graded["cells"]} if graded else {}
        own = [(id, cell) for id, cell in cells.items() if cell.notebook == notebook]
        if graded and kept.by_cell and not any(cell.name in found for _, cell in own):
            raise _damaged(path)  # what is graded is there: another file was put in its place
        places = {name: place for place, name in enumerate(found)}
        own.sort(key=lambda pair: places.get(pair[1].name, len(places)))
        changed = _changed(graded["cells"] if graded else (), released[notebook])
        answers = tuple(
            replace(
                _answer(assignment, cell, kept.by_cell.get(id), found.get(cell.name), released[notebook]),
                code=cell.code,
                changed=cell.name in changed,
            )
            for id, cell in own
        )
        made.append(
            NotebookRecord(
                notebook, graded is not None, answers, tuple(ours.get("notes", ())), kept.late, kept.comments,
                tuple(ours.get("epochs", ())),
                Printed(**ours["printed"]) if ours.get("printed") else None,
                Took(**ours["took"]) if ours.get("took") else None,
            )
        )  # fmt: skip
    return tuple(made)


_TITLE = re.compile(r"^#{1,6}\s+(.{1,80}?)(?:\s*\(.*\))?\s*$", re.MULTILINE)


@dataclass(frozen=True)
class _Released:
    """What a released notebook says of its cells, by grade_id: the heading before each, and its own text."""

    titles: dict[str, str]
    sources: dict[str, str]


def _released(path: Path) -> _Released:
    """The released notebook: of a student's nothing is believed that names an exercise. Empty without one."""
    notebook, title = read_graded(path), ""
    titles: dict[str, str] = {}
    sources: dict[str, str] = {}
    for cell in notebook["cells"] if notebook else ():
        name, source = grade_id(from_dict(cell)), "".join(cell["source"])
        if name:
            sources[name] = source
            again = title in titles.values()
            titles[name] = f"{title} ({name})" if title and again and has_points(from_dict(cell)) else title
        elif cell["cell_type"] == "markdown":
            headings = _TITLE.findall(source)
            title = headings[-1] if headings else title
    return _Released(titles, sources)


def _changed(cells: Sequence[Cell], released: _Released) -> set[str]:
    """The tests, by name, in front of which the student wrote something: into the answers since other tests."""
    found: set[str] = set()
    answered, tested = False, False
    for cell in map(from_dict, cells):
        name, settings = grade_id(cell), cell.metadata.get("nbgrader", {})
        if settings.get("solution") and not settings.get("grade"):
            touched = "".join(cell.source).strip() not in (
                released.sources.get(name or "", "").strip(),
                MISSING,
            )
            answered, tested = touched or (answered and not tested), False
        elif scored_by_program(cell):
            tested = True
            if answered and name:
                found.add(name)
    return found


def read_graded(path: Path) -> dict[str, Any] | None:
    """A graded notebook, which nbgrader wrote, as JSON; None where there is none. Raises `StudentError`."""
    try:
        notebook: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        raise _damaged(path) from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise _damaged(path)
    return notebook


def _damaged(path: Path) -> StudentError:
    return StudentError(f"{path} is damaged: grade this student again.")


def _answer(
    assignment: str,
    graded: _Graded,
    grade: tuple[float | None, float | None, float | None, bool] | None,
    cell: Cell | None,
    released: _Released,
) -> Answer:
    auto, manual, extra, waits = grade or (None, None, None, False)
    score = next((value for value in (manual, auto) if value is not None), None)
    verdict = _verdict(cell) if cell is not None else None
    exercises = ASSIGNMENTS[assignment].notebook(graded.notebook) if assignment in ASSIGNMENTS else {}
    exercise = exercises.get(graded.name)
    written = None
    if graded.by_hand and not graded.task:
        written = "".join(cell["source"]) if cell is not None else ""
        if written.strip() in (released.sources.get(graded.name, "").strip(), MISSING):
            written = ""
    by = NOBODY if score is None or (graded.by_hand and waits and manual is None) else CHECKS
    return Answer(
        graded.name,
        exercise.title if exercise else released.titles.get(graded.name) or graded.name,
        (score or 0.0) + (extra or 0.0 if score is not None else 0.0),
        graded.points,
        extra or 0.0,
        PERSON if manual is not None else by,
        waits,
        verdict,
        written,
    )


def _verdict(cell: Cell) -> Verdict | None:
    """The verdict that was put on this cell (see runs/showing.py); None on cells of plain asserts."""
    if scored_by_program(from_dict(cell)):
        for output in cell.get("outputs", ()):
            if VERDICT_MIME in output.get("data", {}):
                return Verdict.from_data(output["data"][VERDICT_MIME])
    return None
