"""Runs anywhere; standard library only. Inputs for practice, and whether an answer to one is right.

Students have this file, but neither the formulas nor the answers: practice draws its inputs from
checks/bank.json, which holds them with a digest of each right answer. Digests of small numbers can be
guessed one by one, as they can with `check`; grading draws other inputs and does not look here.
`python -m autograder.assignments.lenet.checks.hidden.make_bank` makes the file.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

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
    text = json.dumps([function, arguments, rounded(value)])
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


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


def _as_notebook(arguments: list[Any]) -> list[Any]:
    """Layers are tuples in the notebooks, and JSON has only lists."""
    return [[tuple(layer) for layer in a] if isinstance(a, list) else a for a in arguments]


@cache
def _bank(assignment: str) -> dict[str, Any]:
    path = path_of(assignment)
    if not path.exists():
        return {"draws": {}, "digests": frozenset()}
    bank = json.loads(path.read_text("utf-8"))
    return {"draws": bank["draws"], "digests": frozenset(bank["digests"])}
