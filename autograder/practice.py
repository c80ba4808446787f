"""The student's Jupyter: `check` and `progress`. Probe and checks share one process, because practice never counts.

The checks are those that grade, on inputs drawn anew each time. Right answers are not told; hints
climb with the times that a check failed since the kernel was started.
"""

from __future__ import annotations

import difflib
import os
import sys
import warnings
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignments import ASSIGNMENTS
from autograder.judging.exercises import Exercise
from autograder.judging.questions import ask_question
from autograder.judging.verdicts import PASSED, Verdict
from autograder.probes import probe_source
from autograder.report import html_report, points, shown_help, text_report

# How often each check (exercise, its name) has failed before everybody's eyes; passing clears it.
_FAILED: Counter[tuple[str, str]] = Counter()
# What `check` answered last, by exercise, the latest at the end. It lives as long as the kernel.
_ANSWERED: dict[str, Verdict] = {}


class Report:
    """What a notebook shows of a check: a table where HTML is shown, plain text elsewhere."""

    def __init__(self, verdict: Verdict):
        self.verdict = verdict

    def __repr__(self) -> str:
        return text_report(self.verdict, practice=True)

    def _repr_html_(self) -> str:
        return html_report(self.verdict, practice=True)


class CheckFailed(AssertionError):
    """Raised instead of a report where nbgrader looks on, which only sees cells that raise."""


def check(exercise: str, namespace: dict[str, Any] | None = None) -> Report | None:
    """Try the checks of one exercise on what the notebook holds now.

    exercise: its name, as in check("conv_params").
    namespace: where the student's functions are; the notebook's own by default.
    Returns None under `nbgrader validate`, where a cell that does not raise has passed.

    Raises ValueError for a name that is no exercise, and CheckFailed under a `nbgrader autograde` that
    does not know this course.
    """
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        # nbgrader without our configuration: a report and no error would be full marks for everybody.
        raise CheckFailed(
            "This check gives no points: the course's nbgrader_config.py lacks the autograder's lists."
        )
    record = find_exercise(exercise)
    student = notebook_namespace() if namespace is None else namespace
    # Where a notebook makes errors of warnings, or of numbers that overflow, they are its own alone.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        verdict = climb(ask_and_judge(record, student))
    _ANSWERED.pop(exercise, None)
    _ANSWERED[exercise] = verdict
    if os.environ.get("NBGRADER_VALIDATING"):
        if verdict.outcome != PASSED:
            raise CheckFailed(text_report(verdict, practice=True))
        return None  # nbgrader would look for a number in a report
    return Report(verdict)


def progress() -> None:
    """Print one line: where the notebook of the last check stands, by what `check` said in this kernel."""
    print(standing())


def standing() -> str:
    """That line. Points are those of the checks that a student has; nothing is looked at again."""
    if not _ANSWERED:
        return "Nothing has been checked since this kernel was started: run a cell with check(...)."
    last = find_exercise(next(reversed(_ANSWERED)))
    assignment = ASSIGNMENTS[last.assignment]
    exercises = list(assignment.notebook(last.notebook).values())
    written = [answer for answer in assignment.written if answer.notebook == last.notebook]
    answers = {e.id: _ANSWERED[e.id] for e in exercises if e.id in _ANSWERED}
    total = sum(e.points for e in exercises) + sum(answer.points for answer in written)
    earned = sum(verdict.score for verdict in answers.values())
    later = sum(verdict.points - verdict.possible for verdict in answers.values())
    sentences = [f"{last.notebook}: {points(earned)} of {points(total)} points so far"]
    if later > 0:
        sentences[0] += f", {points(later)} more are decided when your work is graded"
    to_do = [e for e in exercises if e.id not in answers or answers[e.id].outcome != PASSED]
    sentences.append(f"Next: {to_do[0].id}" if to_do else "Every check passes")
    unchecked = len(exercises) - len(answers)
    sentences += [f"{unchecked} of {len(exercises)} not checked yet"] if unchecked else []
    if to_do and all(e.minutes for e in exercises):
        sentences.append(f"About {sum(e.minutes for e in to_do)} minutes to go by plan")
    for answer in written:
        plan = f", about {answer.minutes} minutes" if answer.minutes else ""
        sentences.append(f"{answer.id} ({points(answer.points)} points{plan}) waits for a person")
    return ". ".join(sentences) + "."


def ask_and_judge(record: Exercise, student: dict[str, Any]) -> Verdict:
    """The verdict on what these names of a notebook give just now."""
    from autograder.judging.judge import (  # pytest: what only imports this package can do without
        NoClaim,
        judge,
    )

    question = ask_question(record, seed=os.urandom(16), hidden=False)
    sent: list[str] = []
    exec(
        compile(probe_source(record.probe), "<autograder>", "exec"),
        question.namespace(student, sent.append),
    )
    return judge([(question, sent[-1] if sent else NoClaim("Nothing came back."))])[record.id]


def climb(verdict: Verdict) -> Verdict:
    """The same, where the check whose help is shown has one hint more than the last time."""
    shown = shown_help(verdict, practice=True)
    checks = []
    for check in verdict.checks:
        key = (verdict.exercise, check.name)
        if check in shown:
            _FAILED[key] += 1
            check = replace(check, help=" ".join([check.help, *check.hints[: _FAILED[key]]]))
        elif check.outcome == PASSED:
            del _FAILED[key]
        checks.append(check)
    return replace(verdict, checks=tuple(checks))


def find_exercise(name: str) -> Exercise:
    """The exercise of that name, or ValueError with the nearest name that exists."""
    known = {e.id: e for assignment in ASSIGNMENTS.values() for e in assignment.exercises}
    if name not in known:
        near = difflib.get_close_matches(str(name), known, n=1)
        meant = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known)}."
        raise ValueError(f"There is no exercise {name!r}. {meant}")
    return known[name]


def notebook_namespace() -> dict[str, Any]:
    """The variables of the notebook; of the main script outside Jupyter."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell.user_ns if shell else vars(sys.modules["__main__"])
