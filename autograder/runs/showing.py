"""TRUSTED: verdicts as a graded notebook shows them, and as nbgrader reads points from it.

`show_verdicts` is the last step before nbgrader saves points. Of a cell that shows no score nbgrader
says full marks, so every graded cell of ours leaves here with a verdict: where nobody made one, it
says "not judged", which is worth nothing for now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from autograder.judging.exercises import Exercise
from autograder.judging.verdicts import NOT_JUDGED, CheckResult, Verdict
from autograder.report import html_report, notebook_summary
from autograder.runs.notebooks import grade_id, scored_by_program

VERDICT_MIME = "application/vnd.autograder.verdict+json"
OUR_IDS = "autograder-"  # what the ids of cells begin with that stand at the head of a graded notebook
SUMMARY_ID = f"{OUR_IDS}summary"
NOTES_ID = f"{OUR_IDS}notes"
VERDICTS = "autograder_verdicts"  # in nbconvert's resources: what `show_verdicts` put on cells, by grade_id
NOT_EXECUTED = "This notebook was not executed when it was graded, so nothing in it was judged."


def show_verdicts(
    notebook: NotebookNode,
    exercises: Mapping[str, Exercise],
    verdicts: Mapping[str, Verdict],
    notes: Sequence[str],
) -> dict[str, Verdict]:
    """Put a verdict on every graded code cell, and a summary at the head; what is shown now, by id.

    exercises, verdicts: by grade_id. A graded cell that has none of the latter was not judged.
    """
    shown = {}
    for cell in filter(scored_by_program, notebook.cells):
        name = grade_id(cell) or ""
        verdict = shown[name] = verdicts.get(name) or not_judged(cell, exercises.get(name))
        cell.execution_count = None
        # nbgrader takes the score from the plain text, pages show the HTML.
        data = {
            "text/plain": repr(float(verdict.score)),
            "text/html": html_report(verdict),
            VERDICT_MIME: verdict.as_data(),
        }
        cell.outputs = [new_output("execute_result", data)]
    if shown:
        summary = new_markdown_cell(notebook_summary(list(shown.values()), list(notes)))
        summary.id = SUMMARY_ID
        notebook.cells.insert(0, summary)
    return shown


def not_judged(cell: NotebookNode, exercise: Exercise | None) -> Verdict:
    """The verdict where nothing was judged: no points, and a person looks."""
    name = grade_id(cell) or ""
    title, points = (exercise.title, exercise.points) if exercise else (name, 0.0)
    check = CheckResult("judged", title, points, NOT_JUDGED, 0.0, NOT_EXECUTED)
    return Verdict(name, title, points, (check,), reason=NOT_EXECUTED)
