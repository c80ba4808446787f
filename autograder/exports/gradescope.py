"""TRUSTED; standard library only. A submission as the results.json that Gradescope reads from an autograder.

The form: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

from typing import Any

from autograder.exports.cases import cases, other_comments
from autograder.exports.data import SubmissionData
from autograder.judging.verdicts import FAILED, PASSED
from autograder.report.wording import points


def results(data: SubmissionData) -> dict[str, Any]:
    """The content of results.json. Every text in it is plain, and students may read it.

    A case that is neither passed nor failed has no status of its own.
    """
    tests = []
    exercises = [(notebook, exercise) for notebook in data["notebooks"] for exercise in notebook["exercises"]]
    for number, (notebook, exercise) in enumerate(exercises, 1):
        for part, case in enumerate(cases(notebook, exercise), 1):
            status = {"status": case.outcome} if case.outcome in (PASSED, FAILED) else {}
            tests.append(
                {
                    "name": f"{exercise['title']}: {case.sentence}",
                    "name_format": "text",
                    "number": f"{number}.{part}",
                    "score": case.score,
                    "max_score": case.points,
                    **status,
                    "output": case.text,
                    "output_format": "text",
                    "visibility": "visible",
                    "extra_data": {"exercise": exercise["id"], "check": case.id, "outcome": case.outcome},
                }
            )
    return {
        "score": data["score"],
        "output": "\n".join(_summary(data)),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "schema": data["schema"],
            "assignment": data["assignment"],
            "student": data["student"]["id"],
            "final": not data["waits"],
        },
        "tests": tests,
    }


def refused(sentence: str) -> dict[str, Any]:
    """The content of results.json where nothing was graded: no points, and why."""
    return {
        "score": 0.0,
        "output": sentence,
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [],
    }


def _summary(data: SubmissionData) -> list[str]:
    lines = [f"{data['student']['name']}: {points(data['score'])} of {points(data['points'])} points."]
    if data["late"]:
        lines.append(f"{points(data['late'])} points were taken off for being late.")
    if data["waits"]:
        lines.append("Not final: a person still has to look at some of it.")
    for notebook in data["notebooks"]:
        if not notebook["handed_in"]:
            lines.append(f"{notebook['name']} was not handed in.")
        lines += [f"{notebook['name']}: {note}" for note in notebook["notes"]]
        lines += other_comments(notebook)
    return lines
