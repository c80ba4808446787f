"""TRUSTED; standard library and NumPy only. What one student's kernel is asked, just then.

A question is an exercise with its inputs: those that stand in its record, and others that are drawn.
Practice draws from a bank (autograder/judging/bank.py); grading draws what only the grader knows
(checks/hidden/inputs.py of the assignment), from a seed that belongs to the submission, so that a second run
asks the same and gives the same score.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from autograder.judging import bank
from autograder.judging.claims import MIME
from autograder.judging.exercises import ASSIGNMENTS, Exercise
from autograder.judging.parts import BUILDS_ON, calls_of_parts, draw_factors, stand_ins, stand_together
from autograder.probes import probe_source


@dataclass(frozen=True)
class Question:
    """An exercise, the inputs it is asked with, and the nonce that its claim must repeat.

    public_calls: how many of ask["calls"] stand in the table that students have; drawn ones follow.
    hidden: whether it is graded, on inputs that only the grader knows.
    probe: the source in autograder/probes that asks; the exercise's own by default.
    """

    exercise: Exercise
    nonce: str
    ask: dict[str, Any]
    public_calls: int
    hidden: bool
    probe: str = ""

    @property
    def functions(self) -> list[str]:
        """The names of the student's functions that are called."""
        return [self.ask[role] for role in ("function", "builder", "prepare") if self.ask.get(role)]

    def cell_source(self) -> str:
        """The source of the cell that a kernel executes to answer; it publishes one claim."""
        send = f"lambda text: get_ipython().display_pub.publish({{{MIME!r}: text}})"
        return (
            f"exec(compile({probe_source(self.probe or self.exercise.probe)!r}, '<autograder>', 'exec'), "
            f"{{'__name__': 'autograder_probe', 'ASK': {_literal(self.ask)!r}, "
            f"'STUDENT': globals(), 'SEND': {send}}})"
        )

    def is_right(self, function: str, arguments: list[Any], value: float) -> bool:
        """Whether this is the right answer to one of the calls that are asked."""
        if not self.hidden:
            return bank.is_right(self.exercise.assignment, function, arguments, value)
        return bank.rounded(value) == bank.rounded(self._hidden_inputs.right_answer(function, arguments))

    @property
    def _hidden_inputs(self) -> ModuleType:
        return _hidden_inputs(self.exercise.assignment)

    def right_answer(self, function: str, arguments: list[Any]) -> Any:
        """The right answer; in practice None for a number, which nobody knows there."""
        if not self.hidden:
            return bank.right_answer(self.exercise.assignment, function, arguments)
        return self._hidden_inputs.right_answer(function, arguments)

    def namespace(self, student: dict[str, Any], send: Any) -> dict[str, Any]:
        """The namespace in which `probe_source` runs when it shares our own process (practice)."""
        return {
            "__name__": "autograder_probe",
            "ASK": _literal(self.ask),
            "STUDENT": student,
            "SEND": send,
        }


def ask_question(exercise: Exercise, seed: bytes, hidden: bool) -> Question:
    """The question for one exercise. `seed` decides everything that is drawn at random."""
    nonce = hashlib.blake2b(exercise.id.encode(), key=seed[:64], digest_size=16).hexdigest()
    random = np.random.default_rng(int(nonce, 16))
    ask = dict(exercise.ask, exercise=exercise.id, nonce=nonce)
    if exercise.probe == "call":
        ask["calls"] = list(ask["calls"])
        if ask.pop("images", False):  # first, for the first call is made twice, and others may be large
            ask["calls"] = [*([images] for images in image_batches(random)), *ask["calls"]]
    elif exercise.probe == "model":
        ask["trial"] = _trial(random)
    elif exercise.probe == "train":
        # As bytes, because Jupyter takes a quarter of a second for a cell of half a megabyte.
        # 70, which nobody writes as a constant: a batch of 70 images is one of all images.
        ask["images"] = random.integers(0, 256, size=(70, 28, 28, 1)).astype("uint8")
        ask["labels"] = random.permutation(np.arange(70) % 10).astype("uint8")
        ask["trial"] = _trial(random)
    elif exercise.probe in ("weights", "retrain"):
        ask["images"] = image_batches(random)
        ask["trial"] = _trial(random)
    if exercise.probe == "retrain":
        ask["change"] = _hidden_inputs(exercise.assignment).draw_change(random)
    public_calls = len(ask.get("calls", ()))
    if hidden:
        drawn = _hidden_inputs(exercise.assignment).hidden_calls(exercise.id, random)
    else:
        draws = bank.practice_draws(exercise.assignment, exercise.id)
        drawn = draws[random.integers(len(draws))] if draws else []
    ask.setdefault("calls", []).extend(drawn)
    if exercise.id in BUILDS_ON:
        ask["also"] = calls_of_parts(exercise.id, ask["calls"])
        ask["factors"] = draw_factors(
            exercise.id,
            lambda count, most: random.choice(np.arange(2, most + 1), count, replace=False).tolist(),
        )
        ask["stand_ins"] = stand_ins(exercise.id, ask["factors"])
        ask["together"] = stand_together(exercise.id)
    return Question(exercise, nonce, ask, public_calls, hidden)


def _trial(random: np.random.Generator) -> dict[str, np.ndarray]:
    """What a network is tried with: images (4, 28, 28, 1), and numbers (3, 1009) for its weights.

    The first draw keeps what layers give small, so that it can be followed layer by layer. The others
    are large, because five layers of sigmoids make small ones the same for every image. Half
    precision, which is as good and half as long.
    """
    images = random.normal(size=(4, 28, 28, 1)) * np.array([1, 1, 1, 3]).reshape(4, 1, 1, 1)
    numbers = random.normal(size=(3, 1_009)) * np.array([[2], [8], [8]])
    return {"images": images.astype("float16"), "numbers": numbers.astype("float16")}


def _hidden_inputs(assignment: str) -> ModuleType:
    return importlib.import_module(f"{ASSIGNMENTS}.{assignment}.checks.hidden.inputs")


def image_batches(random: np.random.Generator) -> list[np.ndarray]:
    """Four batches of images, (N, 28, 28) uint8, the first with every grey value.

    They differ in size and brightness, and the images of one batch in brightness as well, so that
    figures taken from an image or from a batch do not look like constants.
    """
    every = random.permutation(np.arange(28 * 28) % 256).reshape(1, 28, 28)
    tops = np.array([30, 90, 150]).reshape(3, 1, 1)
    floors = np.array([10, 40, 80, 120, 160]).reshape(5, 1, 1)
    batches = [
        every,
        random.integers(0, 256, size=(2, 28, 28)),
        random.integers(0, tops, size=(3, 28, 28)),
        random.integers(floors, 250, size=(5, 28, 28)),
    ]
    return [batch.astype("uint8") for batch in batches]


def _literal(value: Any) -> Any:
    """Plain data whose repr can be evaluated: arrays become ("$array", dtype, shape, base64)."""
    if isinstance(value, np.ndarray):
        return ("$array", value.dtype.name, value.shape, base64.b64encode(value.tobytes()).decode())
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_literal(item) for item in value)
    return value
