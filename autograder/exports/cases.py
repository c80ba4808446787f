"""TRUSTED; standard library only. What a student may read of an exercise, as the cases that test reports have.

Points are the gradebook's: the cases of an exercise add up to its score.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autograder.exports.data import CheckData, ExerciseData, NotebookData
from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED, Row
from autograder.report.records import CHECKS, PERSON
from autograder.report.text import table
from autograder.report.wording import points

WAITS = "waits"
NOT_FINAL = "Not final: a person still has to look at this."
_AUTOMATIC = "No response."  # nbgrader's, on each cell that was left as released: the checks say it too


@dataclass(frozen=True)
class Case:
    """One line of a report: a check; or an exercise as a whole, where no check has its points.

    id: of the check, or of the exercise; sentence: what is asked. outcome: PASSED, FAILED, NOT_JUDGED or
    WAITS, for a person. score, points: earned and at most. text: what to know about it, "" for nothing.
    """

    id: str
    sentence: str
    outcome: str
    score: float
    points: float
    text: str = ""


def cases(notebook: NotebookData, exercise: ExerciseData) -> Iterator[Case]:
    """The cases of one exercise of this notebook."""
    if not _checks_gave_the_points(exercise):
        yield _whole(notebook, exercise)
        return
    for check in exercise["checks"]:
        yield Case(
            check["name"], check["sentence"], check["outcome"], check["earned"], check["points"],
            _text(check, exercise["waits"]),
        )  # fmt: skip
    comment = _comment(notebook, exercise)
    if exercise["extra"] or comment:
        given = f"A person gave {points(exercise['extra'])} extra." if exercise["extra"] else ""
        sentence = "What a person added."
        text = " ".join(filter(None, (given, comment)))
        yield Case(f"{exercise['id']}_person", sentence, PASSED, exercise["extra"], 0.0, text)
    if exercise["waits"] and all(check["outcome"] != NOT_JUDGED for check in exercise["checks"]):
        text = " ".join(filter(None, (NOT_FINAL, exercise["review"])))
        yield Case(f"{exercise['id']}_waits", "A person looks at this exercise.", WAITS, 0.0, 0.0, text)


def other_comments(notebook: NotebookData) -> Iterator[str]:
    """What was said of cells that are no exercises, such as the one with the answer, a sentence each."""
    exercises = {exercise["id"] for exercise in notebook["exercises"]}
    for comment in notebook["comments"]:
        if comment["cell"] not in exercises and comment["text"] != _AUTOMATIC:
            yield f"Comment on {comment['cell']}: {comment['text']}"


def _checks_gave_the_points(exercise: ExerciseData) -> bool:
    """Whether the checks' points are those of the gradebook."""
    checks = exercise["checks"]
    earned = sum(check["earned"] for check in checks) + exercise["extra"]
    most = sum(check["points"] for check in checks)
    same = abs(earned - exercise["score"]) < 0.005 and abs(most - exercise["points"]) < 0.005
    return bool(checks) and exercise["by"] == CHECKS and same


def _whole(notebook: NotebookData, exercise: ExerciseData) -> Case:
    score, most = exercise["score"], exercise["points"]
    outcome = PASSED if score >= most else FAILED
    if exercise["by"] == PERSON:
        extra = f", {points(exercise['extra'])} of them extra" if exercise["extra"] else ""
        text = f"A person gave {points(score)} of {points(most)} points{extra}."
    elif not notebook["handed_in"]:
        text = "This notebook was not handed in."
    elif exercise["written"] is not None and not exercise["attempted"]:
        text = "Nothing was written."
    else:
        text = ""
    if exercise["waits"]:
        outcome, text = WAITS, " ".join(filter(None, (NOT_FINAL, exercise["review"] or text)))
    text = " ".join(filter(None, (text, _comment(notebook, exercise))))
    return Case(exercise["id"], exercise["title"], outcome, score, most, text)


def _comment(notebook: NotebookData, exercise: ExerciseData) -> str:
    comments = [one["text"] for one in notebook["comments"] if one["cell"] == exercise["id"]]
    said = [text for text in comments if text != _AUTOMATIC]
    return f"Comment: {' '.join(said)}" if said else ""


def _text(check: CheckData, waits: bool) -> str:
    """Help and comparison; of a check that only the grader has, neither."""
    lines = []
    if check["outcome"] == NOT_JUDGED:
        lines.append(NOT_FINAL if waits else "Not judged.")
    if not check["hidden"]:
        lines += [check["help"]] if check["help"] else []
        lines += table([Row(**row) for row in check["rows"]]) if check["rows"] else []
    return "\n".join(lines)
