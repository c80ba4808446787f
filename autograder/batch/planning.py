"""TRUSTED: what `autograder grade` finds in the course folder, and what there is still to do.

A submission's jobs are made exactly as nbgrader's autograde would make them (converters.py), so
that they have the same keys in the store.
"""

from __future__ import annotations

import glob
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import (
    BaseCell,
    Grade,
    Gradebook,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import TraitError

from autograder.assignments import ASSIGNMENTS, FAULTS
from autograder.course.configuration import impossible_value, misspelt_option, unreadable_file
from autograder.course.consistency import refuse_misfits
from autograder.course.converters import ExecuteAndAsk, RebuildNotebook, read_submitted, refuse_lists
from autograder.course.folders import (
    copy_submission,
    course_state,
    read_release,
    release_notebook,
    submitted_digest,
)
from autograder.course.intake import (
    PATTERNS,
    is_pattern,
    leave_out_patterns,
    missing_notebooks,
    not_handed_in,
    take_over,
    whose,
)
from autograder.course.own_course import CourseError
from autograder.course.resolving import entered
from autograder.course.settings import settings_key
from autograder.judging.words import named
from autograder.report import few_names
from autograder.runs.execution import Job
from autograder.runs.notebooks import grade_id, rebuild
from autograder.runs.showing import VERDICT_MIME
from autograder.runs.store import execution_key, judging_key


@dataclass(frozen=True)
class Submission:
    """One student's folder; stems: of its notebooks with exercises."""

    student: str
    folder: Path
    stems: list[str]


@dataclass(frozen=True)
class Plan:
    """jobs: by key in the store. current: whether its recorded grades are up to date."""

    jobs: dict[str, Job]
    current: bool


class Course:
    """The course in the working folder as nbgrader sees it, with one of its assignments."""

    def __init__(self, assignment: str, retrain: bool):
        problem = unreadable_file(Path.cwd())
        if problem:
            raise CourseError(problem)
        if assignment in FAULTS:
            raise CourseError(FAULTS[assignment])
        if assignment not in ASSIGNMENTS:
            known = ", ".join(ASSIGNMENTS)
            meant = get_close_matches(assignment, ASSIGNMENTS, n=1)
            if meant and not Path("source", assignment).exists():
                raise CourseError(f"There is no assignment {assignment!r} here. Did you mean {meant[0]!r}?")
            raise CourseError(
                f"autograder/assignments has no exercises for {assignment!r}, but for {known}: "
                f"use nbgrader autograde {assignment}."
            )
        commands = str(Path(sys.executable).parent)
        os.environ["PATH"] = f"{commands}{os.pathsep}{os.environ.get('PATH', '')}"  # for alembic
        app = AutogradeApp()
        app.initialize([assignment])
        misspelt = misspelt_option(app.config)
        if misspelt:
            raise CourseError(misspelt)
        if retrain:
            app.config.ExecuteAndAsk.retrain_share = 1.0
        self.assignment = assignment
        self.coursedir = app.coursedir
        self.coursedir.assignment_id = assignment
        self.state = course_state(self.coursedir)
        self.log_path = self.state / "grade.log"
        handler = logging.FileHandler(self.log_path)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        handler.setLevel(logging.INFO)
        app.log.handlers[:] = [handler]
        app.log.propagate = False
        try:
            self.converter = Autograde(coursedir=self.coursedir, parent=app, force=True)
            take_over(self.converter)
            refuse_lists(self.converter)
            self.asking = ExecuteAndAsk(parent=self.converter)
        except TraitError as error:
            raise CourseError(impossible_value(error)) from None
        if not self.asking.enabled:
            raise CourseError(
                "nbgrader_config.py switches Execute off, and nothing is judged that is not executed: "
                "take that line out."
            )
        why_not = self.asking.refusal()
        if why_not:
            raise CourseError(why_not)
        self.store = self.asking.open_store()
        refuse_misfits(self.coursedir, assignment, released=True)
        self._entered = entered(self.coursedir, assignment)
        self._weights = ASSIGNMENTS[assignment].files
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
            self.stems = [n.name for n in book.find_assignment(assignment).notebooks]
            self._scores = _scores(book, assignment)
            self._lateness = _lateness(book, assignment)
        exercises = ASSIGNMENTS[assignment].notebook
        self._settings = {
            stem: settings_key(self.converter, release_notebook(self.coursedir, assignment, stem))
            for stem in self.stems
        }
        self.frames = {stem: self._frame(stem) for stem in self.stems if exercises(stem)}
        self._unnamed: list[str] = []  # who handed in notebooks of other names alone; see `submissions`

    def _frame(self, stem: str) -> NotebookNode:
        """The released notebook after what nbgrader does to every submission before it runs.

        nbgrader puts locked cells back to what the gradebook has, hidden tests for instance: a
        submission that is rebuilt on this frame is the one that nbgrader executes.
        """
        exporter = NotebookExporter(parent=self.converter, config=self.converter.config)
        for preprocessor in self.converter.sanitize_preprocessors:
            if preprocessor is not RebuildNotebook:
                exporter.register_preprocessor(preprocessor)
        names = {"assignment": self.assignment, "notebook": stem, "db_url": self.coursedir.db_url}
        text, _ = exporter.from_notebook_node(
            read_release(self.coursedir, self.assignment, stem), {"nbgrader": names}
        )
        notebook: NotebookNode = nbformat.reads(text, as_version=4)
        return notebook

    def submissions(self, students: Sequence[str]) -> list[Submission]:
        """What was handed in, by student in nbgrader's order; students: all where none is named.

        Raises `CourseError` where one of these has handed in nothing.
        """
        for student in filter(is_pattern, students):
            raise CourseError(f"{named(student)} cannot be graded, for {PATTERNS}: rename the folder.")
        try:
            self.converter.init_notebooks()
        except NbGraderException as error:
            raise CourseError(f"Nothing has been handed in: {error}") from None
        leave_out_patterns(self.converter)
        found: dict[str, Submission] = {}
        self._unnamed.clear()
        for folder, notebooks in sorted(self.converter.assignments.items()):
            student = whose(self.converter, folder)
            names = {Path(notebook).stem for notebook in notebooks}
            if not names.intersection(self.stems):
                self._unnamed.append(student)
            elif self._asked_for(student, students):
                found[student] = Submission(student, Path(folder), sorted(names & set(self.frames)))
        for student in students:
            if student not in found and student not in self._unnamed:
                raise CourseError(f"{named(student)} has handed in no notebook of {self.assignment}.")
        return list(found.values())

    def left_out(self, students: Sequence[str]) -> list[str]:
        """Who has handed something in that nbgrader does not find, or finds in others' folders.

        Ask for `submissions` first.
        """
        folders = {folder for folder in glob.glob(self._its_place("*")) if Path(folder).is_dir()}
        names = [whose(self.converter, folder) for folder in sorted(folders - {*self.converter.assignments})]
        return [name for name in [*names, *self._unnamed] if self._asked_for(name, students)]

    def _its_place(self, student: str) -> str:
        place: str = self.coursedir.format_path(self.coursedir.submitted_directory, student, self.assignment)
        return place

    def _asked_for(self, student: str, students: Sequence[str]) -> bool:
        excluded = self.coursedir.student_id_exclude.split(",")
        return student not in excluded and (student in students or not students)

    def plan(self, submission: Submission, folder: str) -> Plan:
        """What there is to do; folder: an empty one, which gets the files beside the notebooks."""
        own = self.converter.exclude_overwriting.get(self.assignment, [])
        links = copy_submission(
            self.coursedir, self.assignment, submission.student, own, Path(folder), self.asking.limits
        )
        jobs, records = {}, {}
        for stem in submission.stems:
            notebook, unreadable = read_submitted(submission.folder / f"{stem}.ipynb")
            record = records[stem] = {
                "execution": "unreadable",
                "judging": judging_key(stem),
                "submitted": submitted_digest(submission.folder, stem, links),
                "settings": self._settings[stem],
            }
            if not unreadable:
                rebuilt, _ = rebuild(self.frames[stem], notebook)
                names = {"assignment": self.assignment, "notebook": stem}
                job = self.asking.job(rebuilt, {**names, "student": submission.student}, folder)
                record["execution"] = execution_key(job, self.asking.sandboxed)
                jobs[record["execution"]] = job
        return Plan(jobs, self._is_current(submission, records))

    def _is_current(self, submission: Submission, records: dict[str, dict[str, str]]) -> bool:
        """Whether autograded/ and the gradebook hold what recording it now would put there."""
        graded = Path(
            self.coursedir.format_path(
                self.coursedir.autograded_directory, submission.student, self.assignment
            )
        )
        there, expected = (
            {path.stem for path in folder.glob("*.ipynb")} & set(self.stems)
            for folder in (graded, submission.folder)
        )
        try:
            times = {
                self.coursedir.get_existing_timestamp(str(folder)) for folder in (graded, submission.folder)
            }
            return (
                there == expected
                and len(times) == 1
                and all(
                    self._entered.get((submission.student, stem)) == record["execution"]
                    for stem, record in records.items()
                    if stem in self._weights
                )
                and all(
                    self._is_recorded(submission.student, graded / f"{stem}.ipynb", record)
                    for stem, record in records.items()
                )
                and self._penalties_are_recorded(submission.student, expected)
            )
        except (OSError, ValueError, KeyError, AttributeError, nbformat.ValidationError):
            return False  # half written, or a time that nbgrader cannot read

    def _is_recorded(self, student: str, path: Path, record: dict[str, str]) -> bool:
        notebook = nbformat.read(path, as_version=4)
        if not record.items() <= notebook.metadata["autograder"].items():
            return False
        shown = {
            grade_id(cell): output.data[VERDICT_MIME]["score"]
            for cell in notebook.cells
            for output in cell.get("outputs", ())
            if VERDICT_MIME in output.get("data", {})
        }
        return bool(shown) and all(
            self._scores.get((student, path.stem, name)) == score for name, score in shown.items()
        )

    def _penalties_are_recorded(self, student: str, stems: set[str]) -> bool:
        """Whether the gradebook has the late penalties that today's plugin and due date give."""
        seconds_late, notebooks = self._lateness[student]
        for cls in self.converter.autograde_preprocessors:
            if not (isinstance(cls, type) and issubclass(cls, AssignLatePenalties)):
                continue
            assigning = cls(parent=self.converter)
            assigning.init_plugin()
            for stem in stems if assigning.enabled else ():
                score, recorded = notebooks[stem]
                # The plugin may be anybody's: what it raises is for nbgrader to report.
                due = None
                if seconds_late > 0:
                    due = assigning.plugin_inst.late_submission_penalty(student, score, seconds_late)
                if due is not None:
                    due = min(max(due, 0), score)  # as nbgrader does
                if due != recorded:
                    return False
        return True

    def still_to_see(
        self, submissions: Sequence[Submission], left_out: Sequence[str]
    ) -> dict[str, list[str]]:
        """What a person must know of these submissions: for each sentence, whom it is about.

        left_out: who is in none of them, see there.
        """
        assignment = ASSIGNMENTS[self.assignment]
        by_check = {exercise.id for exercise in assignment.exercises}
        waiting: dict[str, list[str]] = {}
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
            for student, cell in _waiting(book, self.assignment):
                waiting.setdefault(student, []).append(cell)
        lacking, without, renamed = [], [], []
        for one in submissions:
            student = named(one.student)
            gone, strange = missing_notebooks(self.coursedir, self.assignment, one.student, self.stems)
            if gone:
                there = (
                    f" (but {_named(strange)}: give it the right name, then grade again)" if strange else ""
                )
                lacking.append(f"{student}: {', '.join(gone)}{there}")
            found = not_handed_in(self.coursedir, self.assignment, one.student, self.asking.limits)
            if others := [named(name) for files in found.values() for name in files]:
                renamed.append(f"{student}: {few_names(others)}")
            elif found:
                without.append(student)
        lacking.sort(key=lambda told: "(but" not in told)  # those for whom something can be done come first
        doubtful, written = [], []
        for one in submissions:
            cells = waiting.get(one.student, [])
            doubted = [cell for cell in cells if cell in by_check]
            if doubted:
                doubtful.append(f"{named(one.student)}: {', '.join(doubted)}")
            if len(cells) > len(doubted):
                written.append(named(one.student))
        unnamed = []
        for name in set(left_out).intersection(self._unnamed):
            _, strange = missing_notebooks(self.coursedir, self.assignment, name, self.stems)
            unnamed.append(f"{named(name)}: {_named(strange)}")
        return {
            "Not judged, or doubtful, until a person looks": doubtful,
            "With answers that a person grades": written,
            "Handed in without a notebook": lacking,
            f"Not graded, for {PATTERNS} (rename the folder)": [named(n) for n in left_out if is_pattern(n)],
            f"Not graded: no notebook lies in {self._its_place('STUDENT')} itself": [
                named(n) for n in left_out if not is_pattern(n) and n not in self._unnamed
            ],
            f"Not graded: no notebook has a name of the assignment's ({', '.join(self.stems)})": sorted(
                unnamed
            ),
            "Handed in without weights": without,
            f"Handed in without {' and '.join(assignment.files.values())}, but with what may be it": renamed,
            "Named in c.ExecuteAndAsk.retrain_students, and have handed in nothing": [
                named(name)
                for name in self.asking.retrain_students
                if not Path(self._its_place(name)).is_dir()
            ],
        }


def _named(files: Sequence[str]) -> str:
    return few_names([named(name) for name in files])


def _waiting(book: Gradebook, assignment: str) -> list[tuple[str, str]]:
    """Student and cell of every grade that waits for a person."""
    rows = (
        book.db.query(SubmittedAssignment.student_id, BaseCell.name)
        .select_from(Grade)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .filter(Notebook.assignment_id == book.find_assignment(assignment).id)
        .filter(Grade.needs_manual_grade)
    )
    return [(student, cell) for student, cell in rows]


def _lateness(
    book: Gradebook, assignment: str
) -> dict[str, tuple[float, dict[str, tuple[float, float | None]]]]:
    """By student: seconds late, and of each notebook the points and the recorded penalty."""
    return {
        submission.student_id: (
            submission.total_seconds_late,
            {n.name: (n.score, n.late_submission_penalty) for n in submission.notebooks},
        )
        for submission in book.find_assignment(assignment).submissions
    }


def _scores(book: Gradebook, assignment: str) -> dict[tuple[str, str, str | None], float | None]:
    """Every score that a check gave, by student, notebook and cell."""
    rows = (
        book.db.query(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Grade.auto_score)
        .select_from(Grade)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .filter(Notebook.assignment_id == book.find_assignment(assignment).id)
    )
    return {(student, notebook, cell): score for student, notebook, cell, score in rows}
