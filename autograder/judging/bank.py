"""Runs anywhere; standard library and NumPy only. Inputs for practice, and whether an answer to one is right.

Students have this file, but not the formulas: practice draws its inputs from checks/bank.json, which holds
them with a digest of each right number. Digests of small numbers can be guessed one by one, as they can with
`check`; grading draws other inputs and does not look here. A digest knows no tolerance, so of an answer that
is no number, such as an array, the bank holds the answer itself.
`python -m autograder.assignments.lenet.checks.hidden.make_bank` makes the file.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from autograder.judging.exercises import checks_of


def path_of(assignment: str) -> Path:
    """Where the bank of an assignment is. There need be none: then practice draws nothing."""
    return checks_of(assignment) / "bank.json"


def rounded(value: float) -> str:
    """The text by which answers are compared: a whole number exactly, a fraction to six digits."""
    value = round(value, 9) + 0.0  # the order of a sum does not matter, nor the sign of a zero
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.6f}"


def digest(function: str, arguments: Any, value: float) -> str:
    """Twelve hex digits for a function, its arguments (plain data) and what it gives."""
    return _hashed([function, arguments, rounded(value)])


def call_key(function: str, arguments: Any) -> str:
    """Twelve hex digits for a call: under these stands an answer that is no number."""
    return _hashed([function, arguments])


def as_json(value: np.ndarray) -> dict[str, Any]:
    """An array as the bank writes it, for `json.dumps(..., default=as_json)`."""
    data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
    return {"$array": [value.dtype.name, list(value.shape), data]}


def practice_draws(assignment: str, exercise: str) -> list[list[list[Any]]]:
    """Draws of the inputs of one exercise, each a list of calls; none for most exercises."""
    return [[_as_notebook(call) for call in draw] for draw in _bank(assignment)["draws"].get(exercise, ())]


def is_right(assignment: str, function: str, arguments: Any, value: float) -> bool:
    """Whether the bank knows this as the right answer. False for calls that are not in it.

    Raises LookupError where there is no bank: nobody knows then.
    """
    if not path_of(assignment).exists():
        raise LookupError(f"practice knows no right answers without {path_of(assignment).name}")
    return digest(function, arguments, value) in _bank(assignment)["digests"]


def right_answer(assignment: str, function: str, arguments: Any) -> Any:
    """What the bank holds as the right answer to a call; None where that is a number, or not in it."""
    return _from_json(_bank(assignment)["answers"].get(call_key(function, arguments)))


def _hashed(data: Any) -> str:
    text = json.dumps(data, default=as_json)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def _as_notebook(arguments: list[Any]) -> list[Any]:
    """Layers, which begin with a word, are tuples in the notebooks, and JSON has only lists."""
    return [
        [tuple(item) if _is_layer(item) else item for item in a] if isinstance(a, list) else _from_json(a)
        for a in arguments
    ]


def _is_layer(item: Any) -> bool:
    return isinstance(item, list) and bool(item) and isinstance(item[0], str)


def _from_json(value: Any) -> Any:
    """An array where the bank holds one; all else as it is."""
    if not isinstance(value, dict):
        return value
    dtype, shape, data = value["$array"]
    return np.frombuffer(base64.b64decode(data), dtype).reshape(shape)


@cache
def _bank(assignment: str) -> dict[str, Any]:
    path = path_of(assignment)
    if not path.exists():
        return {"draws": {}, "digests": frozenset(), "answers": {}}
    bank = json.loads(path.read_text("utf-8"))
    return {
        "draws": bank["draws"],
        "digests": frozenset(bank["digests"]),
        "answers": bank.get("answers", {}),
    }
