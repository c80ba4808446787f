"""TRUSTED; standard library only. A submission as the result.json that Classroom 50 reads from an autograder.

The form: https://github.com/foundation50/classroom50/blob/main/schemas/result-v1.schema.json
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from autograder.exports.cases import cases
from autograder.exports.data import SubmissionData
from autograder.judging.verdicts import PASSED

SCHEMA = "classroom50/result/v1"
PARTS = 100  # of a point: Classroom 50 knows whole numbers alone

# What its runner says in the environment of an autograder, by the name in result.json. Nobody else knows it.
_SAID = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
}


def lacking(environment: Mapping[str, str]) -> list[str]:
    """The variables of the runner that are not there."""
    return [name for name in _SAID.values() if not environment.get(name)]


def result(data: SubmissionData, environment: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The content of result.json, with scores in hundredths of a point.

    environment: as the runner of Classroom 50 has it, where `lacking` finds nothing. now: with its time
    zone, for a submission of which nobody knows when it was handed in. No score is above its maximum, for
    Classroom 50 refuses that: extra points count up to it.
    """
    tests = []
    for notebook in data["notebooks"]:
        for exercise in notebook["exercises"]:
            for case in cases(notebook, exercise):
                most = _parts(case.points)
                tests.append(
                    {
                        "test-name": f"{exercise['title']}: {case.sentence}",
                        "passed": case.outcome == PASSED,
                        "score": min(max(_parts(case.score), 0), most),
                        "max-score": most,
                        "output": case.text,
                    }
                )
    most = _parts(data["points"])
    said = {name: environment[variable] for name, variable in _SAID.items()}
    return {
        "schema": SCHEMA,
        **said,
        "assignment_type": environment.get("ASSIGNMENT_TYPE") or "individual",
        "review": environment.get("REVIEW_URL") or said["commit"],
        "datetime": data["submitted"] or now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": min(_parts(data["score"]), most),
        "max-score": most,
        "tests": tests,
    }


def _parts(value: float) -> int:
    return round(value * PARTS)
