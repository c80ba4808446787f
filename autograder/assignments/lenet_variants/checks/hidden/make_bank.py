"""TRUSTED: makes checks/bank.json, from which practice draws: `python -m autograder.assignments.lenet_variants.checks.hidden.make_bank`."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from autograder.assignments.lenet_variants.checks.hidden.inputs import DRAWS, hidden_calls, right_answer
from autograder.judging import bank

COUNT = 4  # draws of each exercise: arrays take room


def make_bank() -> dict[str, Any]:
    """{"draws": {exercise: [[arguments, ...], ...]}, "digests": [], "answers": {call: answer}}.

    No digests: every number is compared with a tolerance, and all answers are arrays or lists.
    """
    draws, answers = {}, {}
    for name in DRAWS:
        random = np.random.default_rng(sum(name.encode()))
        draws[name] = [hidden_calls(name, random) for _ in range(COUNT)]
        for call in (call for draw in draws[name] for call in draw):
            right = np.asarray(right_answer(name, call))
            answers[bank.call_key(name, call)] = right.astype("float32") if right.dtype.kind == "f" else right
    return {"draws": draws, "digests": [], "answers": answers}


if __name__ == "__main__":
    text = json.dumps(make_bank(), separators=(",", ":"), default=bank.as_json)
    bank.path_of("lenet_variants").write_text(text + "\n", "utf-8")
