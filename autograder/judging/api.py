"""TRUSTED: what a check is written with. Standard library, NumPy and pytest only.

A check is a pytest function marked with `check`. Its docstring is the sentence that the student
reads; its argument is a fixture with the facts of the claim (`answers`, `model`, `training`,
`weights`, see autograder/judging/judge.py), beside it may stand `figures`; it returns when all is well and else raises `Wrong`, `Partly`
or `Uncertain`. Anything else that is raised makes the check "not judged".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from autograder.judging.verdicts import Row


class Wrong(AssertionError):
    """The claim does not hold what the check asks.

    help: what is wrong, and where nothing is kept back the likely cause and the next step too.
    hints: in practice shown one more each time the check fails, from a nudge to a worked line.
    """

    def __init__(self, help: str = "", rows: Sequence[Row] = (), hints: Sequence[str] = ()):
        super().__init__(help)
        self.help = help
        self.rows = tuple(rows)
        self.hints = tuple(filter(None, hints))


class Partly(Wrong):
    """Worth `share` (0 to 1) of the points."""

    def __init__(self, share: float, help: str, rows: Sequence[Row] = ()):
        super().__init__(help, rows)
        self.share = share


class Uncertain(Exception):
    """The claim cannot be trusted either way: 0 points, and a person looks at it."""


class Passed(Exception):
    """Raised instead of returning where a check that passed has something to show."""

    def __init__(self, help: str = "", rows: Sequence[Row] = ()):
        super().__init__(help)
        self.help = help
        self.rows = tuple(rows)


# What a check measured, for reports to draw: it asks for the fixture `figures`, a dictionary for its exercise,
# and writes plain data into it, of numbers and of words of its own; of a student's words only what may stand
# in a sentence (see judging/words.py). What reports draw:
#   "accuracy"   float, the share (0 to 1) recognised; with "pass_mark", the share from which on all is earned,
#                and "calibrated", [lowest, highest] of honest trainings, where they were measured
#   "confusion"  {"names": [C], "counts": [C][C]}: how many of each class (row) were taken for which (column)
#   "network"    {"expected": [...], "yours": [...], "more": how many layers are left out of "yours" behind them,
#                "first": the place, from 0, of the first layer that differs, None where none does}; a layer, the
#                input before them all: {"kind": its name, "shape": [int, ...], "told": what else is compared,
#                in words, one for each line}
Figures = dict[str, Any]


def check(exercise: str, points: float, after: str | None = None) -> pytest.MarkDecorator:
    """Mark a pytest function as a check of `exercise`.

    after: the name of a check of the same exercise that must pass first; else this one is not run
    and earns nothing, because its message would only repeat the cause.
    """
    return pytest.mark.check(exercise=exercise, points=points, after=after)
