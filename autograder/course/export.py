"""TRUSTED: nbgrader's table of grades, in which no cell is a formula.

Names of students, and of what they hand in, are not ours to choose. A spreadsheet computes a cell that
begins with `=`, and nbgrader writes every name as it is, commas and all.
"""

from __future__ import annotations

import csv
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import CsvExportPlugin

from autograder.exports.cells import as_text

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip


class SafeCsvExport(CsvExportPlugin):
    """nbgrader's, with the same columns and rows; but every name is a text, and one cell."""

    def export(self, gradebook: Gradebook) -> None:
        """Called by `nbgrader export`."""
        path = self.to or "grades.csv"
        assignments, students = ([str(one) for one in chosen] for chosen in (self.assignment, self.student))
        self.log.info("Exporting grades to %s", path)
        with open(path, "w", newline="", encoding="utf-8", errors="backslashreplace") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(COLUMNS)
            for assignment in gradebook.assignments:
                if assignments and assignment.name not in assignments:
                    continue
                for student in gradebook.students:
                    if not students or student.id in students:
                        row = _row(gradebook, assignment, student)
                        table.writerow([as_text(value) for value in row])


def _row(gradebook: Gradebook, assignment: Any, student: Any) -> tuple[Any, ...]:
    """One student's grades, in the order of COLUMNS; zeros where nothing was handed in."""
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
        time, score, late = submission.timestamp, submission.score, submission.late_submission_penalty
    except MissingEntry:
        time, score, late = None, 0.0, 0.0
    return (
        assignment.name, assignment.duedate, time, student.id, student.last_name, student.first_name,
        student.email, score, late, max(0.0, score - (late or 0.0)), assignment.max_score,
    )  # fmt: skip
