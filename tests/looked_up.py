"""Notebooks that answer the counting exercises with tables of all that can be known before grading.

That are the inputs in autograder/assignments/lenet/exercises.py, and those that practice draws from its bank, each with its
right answer, which `check` tells anybody who tries for long enough.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import counting_answers

from autograder.assignments import ASSIGNMENTS
from autograder.judging import bank
from lenet_solution import parameters

if TYPE_CHECKING:  # corpus.py reads the submissions, and those read this
    from corpus import Submission

# One answer of lenet_shapes is right, and always the same: who writes that down has solved it.
SIGNATURES = {name: given for name, given in counting_answers.SIGNATURES.items() if name != "lenet_shapes"}


def known_answers(exercise: str) -> dict[str, float]:
    """The right answer by the arguments of a call, as Python writes them."""
    record = next(e for a in ASSIGNMENTS.values() for e in a.exercises if e.id == exercise)
    calls = [
        *record.ask["calls"],
        *(call for draw in bank.practice_draws("lenet", exercise) for call in draw),
    ]
    right = getattr(parameters, exercise)
    return {repr([*call]): right(*call) for call in calls}


def known_digests() -> list[str]:
    """Those that practice compares answers with."""
    return json.loads(bank.path_of("lenet").read_text("utf-8"))["digests"]


def answer_with(submission: Submission, body: str) -> None:
    """Give every one of these functions this body; {exercise} in it is the function's name.

    Every function takes its arguments as `given`, a tuple.
    """
    for exercise in SIGNATURES:
        source = f"def {exercise}(*given):\n{body.format(exercise=exercise)}"
        submission.answer(exercise, source)
