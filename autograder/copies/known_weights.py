"""TRUSTED; NumPy only. Weights that are known beforehand: those that anybody can have, and starts.

known_weights.npz holds them; `python benchmarks/known_weights.py` makes it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

_RECORD = Path(__file__).with_suffix(".npz")
_SAMPLED = (
    2,
    3,
)  # the kernels of which most are left after training: of the first two dense layers
_SAMPLE = 64  # numbers of each


def public() -> dict[str, bytes]:
    """The fingerprint (likeness.Fingerprint) of each network that anybody can have, by what it is, in words."""
    record = _record()
    return {
        str(told): row.tobytes() for told, row in zip(record["public_names"], record["public"], strict=True)
    }


def average_scores() -> np.ndarray:
    """(1000, 10): the mean of likeness.comparable over honest networks, for every tenth test image."""
    return _record()["average_scores"]


def nearest_seed(sampled: np.ndarray) -> tuple[int, float]:
    """The usual seed whose start weights are most like those of a `sample`, and their cosine."""
    record = _record()
    cosines = record["starts"].astype(np.float64) @ sampled.astype(np.float64)
    nearest = int(cosines.argmax())
    return int(record["seeds"][nearest]), float(cosines[nearest])


def number_of_starts() -> int:
    """How many start weights are known: some for each seed, by what is built after it, and how."""
    return len(_record()["seeds"])


def sample(kernels: Sequence[np.ndarray]) -> np.ndarray:
    """(128,) float64 of the numbers in a LeNet's kernels, of length 1, each kernel with the same share."""
    parts = []
    for place in _SAMPLED:
        numbers = np.asarray(kernels[place], np.float64).ravel()
        numbers = numbers[:: len(numbers) // _SAMPLE][:_SAMPLE]
        parts.append(numbers / max(float(np.linalg.norm(numbers)), 1e-12))
    sampled: np.ndarray = np.concatenate(parts) / np.sqrt(len(parts))
    return sampled


@lru_cache
def _record() -> dict[str, np.ndarray]:
    with np.load(_RECORD) as record:
        return dict(record)
