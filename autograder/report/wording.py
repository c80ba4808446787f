"""TRUSTED; standard library only. The words and signs that the text and the HTML share."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED, CheckResult, Verdict

FEW = 8  # names in a line: a class of 200 must not fill the screen
WRITTEN_BY = "Written by the student"  # the labels of boxes on pages
PRINTED_BY = "Printed and shown by the student's notebook"
SAME_REASON = "For the same reason as above."  # where a check's help was said before
SIGNS = {PASSED: "✓", FAILED: "✗", NOT_JUDGED: "?"}


def points(value: float) -> str:
    """2.0 -> "2", 2.5 -> "2.5", 1 / 3 -> "0.33"."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def few_names(names: Sequence[str]) -> str:
    """The names, or the first few of them and how many more there are."""
    more = len(names) - FEW
    return f"{', '.join(names[:FEW])} and {more} more" if more > 0 else ", ".join(names)


def headline(verdict: Verdict, practice: bool) -> str:
    """The sentence at the top: where the exercise stands."""
    if not verdict.attempted:
        return "not attempted"
    if practice:
        passed = sum(check.outcome == PASSED for check in verdict.checks)
        return f"{passed} of {len(verdict.checks)} checks passed"
    score = f"{points(verdict.score)} of {points(verdict.points)} points"
    return f"not judged, {score} for now" if verdict.outcome == NOT_JUDGED else score


def shown_help(verdict: Verdict, practice: bool) -> list[CheckResult]:
    """The checks whose help is shown: all when graded, one hint at a time in practice.

    What was said once is not said again: one cause may fail all checks of an exercise.
    """
    if not verdict.attempted:
        return []
    said: dict[str, CheckResult] = {}
    for check in verdict.checks:
        if check.outcome != PASSED and check.help:
            said.setdefault(check.help, check)
    open_checks = list(said.values())
    return open_checks[:1] if practice else open_checks


def closing(verdict: Verdict, practice: bool) -> str:
    """The last line: what comes next."""
    if not verdict.attempted:
        return "Replace the line that raises NotImplementedError, run the cell, and check again."
    if verdict.outcome == NOT_JUDGED and not practice:
        return "A person will look at this exercise: its points are not final."
    if practice and verdict.outcome == PASSED:
        more = verdict.points - verdict.possible
        if more > 0:
            return "All right here! When it is graded, your code is tried on other inputs as well."
        return "All right!"
    return ""
