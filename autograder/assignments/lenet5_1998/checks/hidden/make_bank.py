"""TRUSTED: makes checks/bank.json, from which practice draws: `python -m autograder.assignments.lenet5_1998.checks.hidden.make_bank`."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from autograder.assignments.lenet5_1998.checks.hidden.inputs import DRAWS, right_answer, small_calls
from autograder.assignments.lenet5_1998.exercises import ASSIGNMENT
from autograder.judging import bank

COUNT = 4  # draws of each exercise: arrays take room


def make_bank() -> dict[str, Any]:
    """{"draws": {exercise: [[arguments, ...], ...]}, "digests": [of right numbers], "answers": {call: answer}}."""
    draws, digests, answers = {}, set(), {}
    for exercise in ASSIGNMENT.exercises:
        name, asked = exercise.id, [(exercise.id, call) for call in exercise.ask["calls"]]
        if name in DRAWS:
            random = np.random.default_rng(sum(name.encode()))
            draws[name] = [small_calls(name, random) for _ in range(COUNT)]
            asked += [(name, call) for draw in draws[name] for call in draw]
        for function, call in asked + exercise.ask.get("also", []):
            right = right_answer(function, call)
            if isinstance(right, (int, float)):
                digests.add(bank.digest(function, call, right))
            if function == "scaled_tanh":  # a number too is compared with a tolerance: float32 is right
                right = np.asarray(right)
            if not isinstance(right, (int, float)):
                floats = isinstance(right, np.ndarray) and right.dtype == np.float64
                answers[bank.call_key(function, call)] = right.astype("float32") if floats else right
    return {"draws": draws, "digests": sorted(digests), "answers": answers}


if __name__ == "__main__":
    text = json.dumps(make_bank(), separators=(",", ":"), default=bank.as_json)
    bank.path_of("lenet5_1998").write_text(text + "\n", "utf-8")
