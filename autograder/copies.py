"""TRUSTED; NumPy only. Whether a network that was trained again is the one that was handed in.

Networks trained apart have nothing in common: measured, the cosine of their weight vectors stays
below 0.09, and a copy with 10 % noise stays above 0.99. A sketch of 1,024 numbers keeps the cosine
to within a few hundredths (Charikar, Chen, Farach-Colton: Finding frequent items in data streams, 2002).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.claims import read_claim

ALIKE = 0.8  # cosine above which two networks are one
_SKETCH = 1024  # numbers


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
