"""TRUSTED: makes checks/bank.json, from which practice draws: `python -m autograder.assignments.lenet.checks.hidden.make_bank`."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from autograder.assignments.lenet.checks.hidden.inputs import DRAWS, practice_calls, right_answer
from autograder.assignments.lenet.exercises import ASSIGNMENT
from autograder.judging import bank
from autograder.judging.parts import calls_of_parts

COUNT = 40  # draws of each exercise


def make_bank() -> dict[str, Any]:
    """{"draws": {exercise: [[arguments, ...], ...]}, "digests": [of every right answer]}."""
    draws, digests = {}, set()
    exercises = {exercise.id: exercise for exercise in ASSIGNMENT.exercises}
    for name in DRAWS:
        random = np.random.default_rng(sum(name.encode()))
        draws[name] = [practice_calls(name, random) for _ in range(COUNT)]
        record = exercises[name].ask
        calls = [*record["calls"], *(call for draw in draws[name] for call in draw)]
        asked = [(name, call) for call in calls] + calls_of_parts(name, calls)
        digests |= {bank.digest(function, call, right_answer(function, call)) for function, call in asked}
    return {"draws": draws, "digests": sorted(digests)}


if __name__ == "__main__":
    bank.path_of("lenet").write_text(json.dumps(make_bank(), separators=(",", ":")) + "\n", "utf-8")
