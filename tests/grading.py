"""Runs the real nbgrader over the submissions of tests/corpus.py, and reads what came out."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
from corpus import EVERY, THEIR_OWN, filled_release, make_submission

from autograder.course.own_course import CourseError, new_course, run_nbgrader
from autograder.runs.showing import VERDICT_MIME


@dataclass(frozen=True)
class Grade:
    """What the gradebook holds for one graded cell. waits: a person has to look at it."""

    points: float
    most: float
    waits: bool


@dataclass
class Course:
    """A course folder, and everything that nbgrader said while it worked in it.

    db_url: of the gradebook, where it is not in the folder. errors: what `run_on` met.
    """

    folder: Path
    log: list[str] = field(default_factory=list)
    db_url: str = ""
    errors: list[str] = field(default_factory=list)

    def run(self, *arguments: str) -> None:
        """Run `nbgrader ARGUMENTS` here."""
        run_nbgrader(self.folder, *arguments, on_line=self.log.append)

    def run_on(self, *arguments: str) -> None:
        """As `run`, but an error is only noted, so that what did work can be looked at."""
        try:
            self.run(*arguments)
        except CourseError as error:
            self.errors.append(str(error))

    def grades(self, assignment: str) -> dict[str, dict[str, Grade]]:
        """The gradebook: {student: {grade_id: Grade}}, of the notebooks that were handed in."""
        from nbgrader.api import Gradebook

        found: dict[str, dict[str, Grade]] = {}
        with (
            warnings.catch_warnings(action="ignore"),  # SQLAlchemy's about nbgrader
            Gradebook(self.db_url or f"sqlite:///{self.folder}/gradebook.db", "lenet") as book,
        ):
            for submission in book.assignment_submissions(assignment):
                found[submission.student.id] = {
                    grade.name: Grade(grade.score, grade.max_score, bool(grade.needs_manual_grade))
                    for notebook in submission.notebooks
                    if self.autograded(submission.student.id, notebook.name, assignment).exists()
                    for grade in notebook.grades
                }
        return found

    def autograded(self, student: str, notebook: str, assignment: str = "lenet") -> Path:
        """The graded notebook of a student."""
        return self.folder / "autograded" / student / assignment / f"{notebook}.ipynb"

    @cached_property
    def lenet(self) -> dict[str, dict[str, Grade]]:
        """The grades of the assignment `lenet`."""
        return self.grades("lenet")

    def verdicts(self, student: str) -> dict[str, dict[str, Any]]:
        """{exercise: verdict as plain data}, from a student's graded notebooks."""
        found = {}
        for stem in EVERY[student].stems:
            for cell in self._cells(student, stem):
                for output in cell.get("outputs", ()):
                    if VERDICT_MIME in output.get("data", {}):
                        found[cell.metadata.nbgrader.grade_id] = output.data[VERDICT_MIME]
        return found

    def heads(self, student: str) -> str:
        """What stands at the head of a student's graded notebooks, as text."""
        return unescape("\n".join(self._cells(student, stem)[0].source for stem in EVERY[student].stems))

    def page(self, student: str, stem: str) -> str:
        """The feedback page of one notebook, with its HTML entities read."""
        path = self.folder / "feedback" / student / "lenet" / f"{stem}.html"
        return unescape(path.read_text("utf-8"))

    def _cells(self, student: str, stem: str) -> list[nbformat.NotebookNode]:
        return nbformat.read(self.autograded(student, stem), as_version=4).cells


def lenet_course(folder: Path, names: Iterable[str]) -> Course:
    """A course in `folder` with its release built and these submissions handed in."""
    course = Course(new_course(folder, "lenet"))
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(THEIR_OWN)
    course.run("generate_assignment", "lenet")
    filled = filled_release(folder)
    for name in names:
        make_submission(filled, EVERY[name]).write(folder / "submitted" / name / "lenet")
    return course


def formgrader_page(course: Course, student: str, stem: str) -> str:
    """The page of one notebook as formgrader's own exporter makes it."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.folder)).load_config()
    config.CourseDirectory.root = str(course.folder)
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    resources = {
        "assignment_id": "lenet",
        "notebook_id": stem,
        "submission_id": "1",
        "index": 0,
        "total": 1,
        "base_url": "",
        "student": student,
        "last_name": "",
        "first_name": "",
        "notebook_path": "",
    }
    with warnings.catch_warnings(action="ignore"):  # SQLAlchemy's about nbgrader
        return HTMLExporter(config=config).from_filename(
            str(course.autograded(student, stem)), resources=resources
        )[0]
