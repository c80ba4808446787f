"""TRUSTED: what a page of a graded notebook shows beside the notebook itself. For nbgrader_config.py.

The notebook was graded some time before it becomes a page, in feedback/ or in formgrader. Since then
a person may have given points, and the instructor's pictures lie in the release, not in the notebook.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.api import Assignment, Gradebook, MissingEntry, Notebook, SourceCell
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_task

from autograder.assignments import ASSIGNMENTS
from autograder.cleaning.outputs import PICTURES, Pictures
from autograder.course.folders import read_release
from autograder.course.own_course import CourseError
from autograder.course.resolving import evidence
from autograder.judging.verdicts import Verdict
from autograder.judging.words import named
from autograder.report import (
    PRINTED_BY,
    ByHand,
    Total,
    boxed,
    for_graders,
    notebook_summary,
    report_by_hand,
    without_formulas,
)
from autograder.runs.execution import NOT_EXECUTED
from autograder.runs.notebooks import grade_id
from autograder.runs.showing import OUR_IDS, SUMMARY_ID, VERDICT_MIME

FOR_GRADERS_ID = f"{OUR_IDS}for-graders"


class _Names(NamedTuple):
    assignment: str
    notebook: str
    student: str


def _names(resources: Any) -> _Names | None:
    """What the page is of: generate_feedback and formgrader each say it in their own way."""
    said = resources.get("nbgrader", resources)
    found = [said.get(name, said.get(f"{name}_id")) for name in ("assignment", "notebook")]
    names = _Names._make([*found, said.get("student")])
    return names if all(names) else None


class ShowPointsByHand(Preprocessor):
    """Says which points a person gave, where the checks had the last word before.

    Formgrader's page shows what was given when it was opened; what is typed into it meanwhile stands
    in its own fields.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        names, verdicts = _names(resources), _verdicts(nb)
        if names is None or not verdicts:
            return nb, resources
        url = resources.get("nbgrader", {}).get("db_url") or CourseDirectory(parent=self).db_url
        try:
            with Gradebook(url) as gradebook:
                notebook = gradebook.find_submission_notebook(names.notebook, names.assignment, names.student)
                late = notebook.late_submission_penalty or 0.0
                given = {
                    grade.name: ByHand(
                        grade.score or 0.0,
                        grade.max_score,
                        grade.extra_credit or 0.0,
                        grade.manual_score is None,
                    )
                    for grade in notebook.grades
                    if grade.manual_score is not None or grade.extra_credit
                }
                total = Total(notebook.score - late, notebook.max_score, late)
        except MissingEntry:
            self.log.warning("The gradebook does not know %s's %s", named(names.student), names.notebook)
            return nb, resources
        if given:
            _tell(nb, verdicts, given)
            for cell in nb.cells:
                if cell.get("id") == SUMMARY_ID:
                    notes = nb.metadata.get("autograder", {}).get("notes", ())
                    cell.source = notebook_summary(list(verdicts.values()), notes, given, total)
        return nb, resources


def _verdicts(nb: NotebookNode) -> dict[str | None, Verdict]:
    """The verdicts that JudgeClaims left in the graded cells, by exercise id."""
    return {
        grade_id(cell): Verdict.from_data(output.data[VERDICT_MIME])
        for cell in nb.cells
        for output in cell.get("outputs", ())
        if VERDICT_MIME in output.get("data", {})
    }


def _tell(nb: NotebookNode, verdicts: Mapping[str | None, Verdict], given: Mapping[str, ByHand]) -> None:
    for cell in nb.cells:
        name = grade_id(cell)
        if name is not None and name in given and name in verdicts:
            for output in cell.outputs:
                output.data["text/html"] = report_by_hand(given[name], output.data["text/html"])


class ShowLikeNetworks(Preprocessor):
    """On formgrader's page alone: whose networks are like this student's, and what speaks for it.

    It is in no notebook, so that no other page can have it: the register knows it.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        # Formgrader's handler says "submission_id"; generate_feedback and all else of nbgrader "nbgrader".
        if "submission_id" not in resources or "nbgrader" in resources:
            return nb, resources
        names = _names(resources)
        assignment = ASSIGNMENTS.get(names.assignment) if names else None
        if names is None or assignment is None:
            return nb, resources
        for exercise in assignment.notebook(names.notebook).values():
            if exercise.probe == "weights":
                sentences = evidence(CourseDirectory(parent=self), exercise, names.student)
                if sentences:
                    nb.cells.insert(0, new_markdown_cell(for_graders(sentences), id=FOR_GRADERS_ID))
        return nb, resources


class BoxOutputs(Preprocessor):
    """Puts what code printed and showed into labelled boxes: all that is not a verdict of ours.

    A cell that is not run in grading has one line of ours, and nothing of the student's.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        names = _names(resources)
        assignment = ASSIGNMENTS.get(names.assignment) if names else None
        not_run = assignment.not_executed if assignment else ()
        for cell in nb.cells:
            outputs = cell.get("outputs", ())
            if grade_id(cell) in not_run and [o.get("text") for o in outputs] == [NOT_EXECUTED]:
                continue
            verdict = any(VERDICT_MIME in output.get("data", {}) for output in outputs)
            for output in outputs:
                if "text/html" in output.get("data", {}):
                    around = without_formulas if verdict else boxed
                    output.data["text/html"] = around(output.data["text/html"])
            if not outputs or verdict:
                continue
            cell.outputs = [new_output("display_data", {"text/html": boxed("", PRINTED_BY)}), *outputs]
        return nb, resources


class ShowPictures(Preprocessor):
    """Tells the release's own text and ours from a student's, and lets it show the release's pictures.

    The text of a cell is the release's when it is so word for word. A student's may name any file:
    for it nothing is opened.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        names = _names(resources)
        if names is not None:
            coursedir = CourseDirectory(parent=self)
            folder = coursedir.format_path(coursedir.release_directory, ".", names.assignment)
            try:
                release = read_release(coursedir, names.assignment, names.notebook)
            except CourseError:
                return nb, resources
            ours = [c for c in nb.cells if str(c.get("id", "")).startswith(OUR_IDS)]
            texts = {c.source for c in [*release.cells, *ours] if c.cell_type == "markdown"}
            if any(is_task(c) for c in nb.cells):
                texts |= _tasks(coursedir, names)
            resources[PICTURES] = Pictures(Path(folder), frozenset(texts))
        return nb, resources


def _tasks(coursedir: CourseDirectory, names: _Names) -> set[str]:
    """The instructor's tasks, with their marking schemes, which the release has not: nbgrader puts them back."""
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        rows = (
            gradebook.db.query(SourceCell.source)
            .join(Notebook, Notebook.id == SourceCell.notebook_id)
            .join(Assignment, Assignment.id == Notebook.assignment_id)
            .filter(Assignment.name == names.assignment, Notebook.name == names.notebook, SourceCell.locked)
        )
        return {source for (source,) in rows}
