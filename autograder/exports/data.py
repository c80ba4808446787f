"""TRUSTED; standard library only. A graded submission as plain data, for JSON.

`submission-v1.schema.json` beside this file is its schema. What is in a version stays: another form of the
data is another version.
"""

from __future__ import annotations

import json
import math
from datetime import UTC
from typing import Any, TypedDict

from autograder.judging.verdicts import CheckResult
from autograder.report.records import Answer, NotebookRecord, Printed, Submission, Took

SCHEMA = "autograder/submission/v1"


class RowData(TypedDict):
    what: str
    yours: str
    expected: str
    ok: bool


class CheckData(TypedDict):
    name: str
    sentence: str
    outcome: str
    earned: float
    points: float
    help: str
    rows: list[RowData]
    hidden: bool


class ExerciseData(TypedDict):
    """outcome: of the checks together; None, as is `written`, where the exercise has no such thing."""

    id: str
    title: str
    score: float
    points: float
    extra: float
    by: str
    waits: bool
    attempted: bool
    judged: bool
    outcome: str | None
    reason: str
    review: str
    written: str | None
    figures: dict[str, Any]
    checks: list[CheckData]


class CommentData(TypedDict):
    cell: str
    text: str


class PrintedData(TypedDict):
    accuracy: float
    of: str


class TookData(TypedDict):
    seconds: float | None
    most_seconds: float
    memory_mib: float | None
    most_memory_mib: float


class NotebookData(TypedDict):
    """printed, took: None where it is not known."""

    name: str
    handed_in: bool
    score: float
    points: float
    late: float
    notes: list[str]
    comments: list[CommentData]
    epochs: list[dict[str, float | None]]
    printed: PrintedData | None
    took: TookData | None
    exercises: list[ExerciseData]


class StudentData(TypedDict):
    id: str
    name: str
    first_name: str
    last_name: str
    email: str
    lms_id: str


class SubmissionData(TypedDict):
    """submitted: in UTC, as "2026-05-02T10:00:00Z"; None where nobody knows."""

    schema: str
    assignment: str
    student: StudentData
    submitted: str | None
    score: float
    points: float
    late: float
    waits: bool
    notebooks: list[NotebookData]


def as_data(submission: Submission) -> SubmissionData:
    """The submission as data that JSON holds."""
    time = submission.submitted
    if time is not None:
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return {
        "schema": SCHEMA,
        "assignment": submission.assignment,
        "student": {
            "id": submission.student,
            "name": submission.name,
            "first_name": submission.first_name,
            "last_name": submission.last_name,
            "email": submission.email,
            "lms_id": submission.lms_id,
        },
        "submitted": time.strftime("%Y-%m-%dT%H:%M:%SZ") if time is not None else None,
        "score": submission.score,
        "points": submission.points,
        "late": round(sum(notebook.late for notebook in submission.notebooks), 2),
        "waits": submission.waits,
        "notebooks": [_notebook(notebook) for notebook in submission.notebooks],
    }


def as_json(data: Any) -> str:
    """The text of a JSON file, in ASCII; no `<` is in it, so that it may stand in a page's script."""
    text = json.dumps(data, indent=1, allow_nan=False)
    return text.replace("<", "\\u003c") + "\n"


def _notebook(notebook: NotebookRecord) -> NotebookData:
    return {
        "name": notebook.name,
        "handed_in": notebook.handed_in,
        "score": notebook.score,
        "points": notebook.points,
        "late": round(notebook.late, 2),
        "notes": list(notebook.notes),
        "comments": [{"cell": cell, "text": text} for cell, text in notebook.comments.items()],
        "epochs": [_finite(epoch) for epoch in notebook.epochs],
        "printed": _printed(notebook.printed) if notebook.printed else None,
        "took": _took(notebook.took) if notebook.took else None,
        "exercises": [_exercise(answer) for answer in notebook.answers],
    }


def _printed(printed: Printed) -> PrintedData:
    return {"accuracy": printed.accuracy, "of": printed.of}


def _took(took: Took) -> TookData:
    return {
        "seconds": took.seconds,
        "most_seconds": took.most_seconds,
        "memory_mib": took.memory_mib,
        "most_memory_mib": took.most_memory_mib,
    }


def _exercise(answer: Answer) -> ExerciseData:
    verdict = answer.verdict
    return {
        "id": answer.id,
        "title": answer.title,
        "score": round(answer.score, 2),
        "points": round(answer.points, 2),
        "extra": round(answer.extra, 2),
        "by": answer.by,
        "waits": answer.waits,
        "attempted": answer.attempted,
        "judged": answer.judged,
        "outcome": verdict.outcome if verdict else None,
        "reason": verdict.reason if verdict else "",
        "review": verdict.review if verdict else "",
        "written": answer.written,
        "figures": _finite(verdict.figures) if verdict else {},
        "checks": [_check(check) for check in verdict.checks] if verdict else [],
    }


def _check(check: CheckResult) -> CheckData:
    return {
        "name": check.name,
        "sentence": check.sentence,
        "outcome": check.outcome,
        "earned": check.earned,
        "points": check.points,
        "help": check.help,
        "rows": [
            {"what": row.what, "yours": row.yours, "expected": row.expected, "ok": row.ok}
            for row in check.rows
        ],
        "hidden": check.hidden,
    }


def _finite(value: Any) -> Any:
    """The value with None for every number that JSON lacks."""
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
