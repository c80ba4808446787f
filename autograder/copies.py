"""TRUSTED; NumPy only. Whose weights are whose: finds networks handed in twice.

Networks trained apart have nothing in common: measured, the cosine of their weight vectors stays
below 0.09, and a copy with 10 % noise stays above 0.99. A sketch of 1,024 numbers keeps the cosine
to within a few hundredths (Charikar, Chen, Farach-Colton: Finding frequent items in data streams,
2002), so a course needs a few megabytes for a thousand students, and no weights.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from autograder.claims import read_claim
from autograder.own_course import CourseError

ANSWER_BOOK = "the answer book"  # in the place of a student's name
ALIKE = 0.8  # cosine above which two networks are one
_SKETCH = 1024  # numbers
_ENTRY = {"order", "submitted", "sketch"}  # what is kept of each student


class Registry:
    """The sketches of one assignment's weights by student, in one file. One process writes it.

    Raises `CourseError` where the file holds something else.
    """

    def __init__(self, path: Path):
        self._path = path
        try:
            self._entries = json.loads(path.read_bytes()) if path.exists() else {}
            if any({*entry} != _ENTRY for entry in self._entries.values()):
                raise ValueError("an entry lacks something")
        except (ValueError, TypeError, AttributeError):
            raise CourseError(
                f"{path} is damaged, and it says whose weights are whose: bring a copy of it back; or "
                "remove it, and grade everybody again (nbgrader autograde --force), so that copies are found."
            ) from None

    def knows(self, student: str) -> bool:
        """Whether weights of this name were entered."""
        return student in self._entries

    def enter(
        self, student: str, weights: Sequence[np.ndarray], submitted: datetime | None
    ) -> tuple[list[str], list[str]]:
        """Note a student's weights; (students who had the same before, students who have since).

        Before and since go by the time of submission where both are known, else by who was entered
        first. Who hands in the same weights once more keeps the earlier time.
        """
        sketch = sketch_of(weights)
        time = submitted.isoformat() if submitted else None
        earlier = self._entries.get(student)
        if earlier and time and _alike(sketch, earlier):
            time = min(time, earlier["submitted"] or time)
        mine = {
            "order": earlier["order"] if earlier else len(self._entries),
            "submitted": time,
            "sketch": base64.b64encode(sketch.astype("<f4").tobytes()).decode(),
        }
        self._entries[student] = mine
        before, since = [], []
        for other, entry in self._entries.items():
            if other != student and _alike(sketch, entry):
                (before if _first(entry, mine) else since).append(other)
        self._write()
        return before, since

    def _write(self) -> None:
        unfinished = self._path.with_suffix(".new")
        unfinished.write_text(json.dumps(self._entries))
        os.replace(unfinished, self._path)


def _alike(sketch: np.ndarray, entry: dict) -> bool:
    return float(sketch @ np.frombuffer(base64.b64decode(entry["sketch"]), "<f4")) > ALIKE


def _first(entry: dict, other: dict) -> bool:
    times = entry["submitted"], other["submitted"]
    if all(times) and times[0] != times[1]:
        return times[0] < times[1]
    return entry["order"] < other["order"]


def same_network(some: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> bool:
    """Whether the one are the other, but for some noise."""
    return float(sketch_of(some) @ sketch_of(others)) > ALIKE


def weights_in(claim: str) -> list[np.ndarray]:
    """The weights in a claim that earned points, so that it has them; the largest array first."""
    arrays = read_claim(claim).facts["network"]["weights"]
    return sorted(arrays, key=lambda array: -array.size)


def sketch_of(weights: Sequence[np.ndarray]) -> np.ndarray:
    """(1024,) float64 of length 1: a count sketch of all weights in a row; zeros for no weights."""
    vector = np.concatenate([np.asarray(w, np.float64).ravel() for w in weights] or [np.zeros(0)])
    random = np.random.default_rng(0)
    places = random.integers(0, _SKETCH, vector.size)
    signs = random.choice((-1.0, 1.0), vector.size)
    sketch = np.bincount(places, signs * vector, _SKETCH)
    length = np.linalg.norm(sketch)
    return sketch / length if length > 0 and np.isfinite(length) else np.zeros(_SKETCH)
