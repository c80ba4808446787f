"""TRUSTED; NumPy only. What the units of a LeNet do on reference images.

Weights can be made to look like others where no image shows it: a unit that always gives 1 may have any
weights, and of two units that always give the same, one may have whatever the other takes back. So networks
are compared with regard to how much each unit varies, and to what it gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

_AT_ONCE = 100  # images; their windows take 12 MB
_ROUNDING = 1e-6  # what float32 may make of equal units
_NOTHING = 1e-9  # of what a unit gives: less is rounding


Twins = tuple[np.ndarray, np.ndarray]  # places and signs, see Responses


@dataclass(frozen=True)
class Responses:
    """What a LeNet gives for N images, float64.

    spreads: the standard deviations of what the second to the fifth layer are given: (6,), of each channel
    whatever the place; (256,), (120,) and (84,). twins: for each of these numbers the place of the first input
    that gives the same for every image, or one minus it, mostly its own; and 1, or -1 for one minus it.
    last_hidden: (N, 84), what the last hidden layer gives.
    scores: (N, 10), what stands before the last sigmoid.
    """

    spreads: tuple[np.ndarray, ...]
    twins: tuple[Twins, ...]
    last_hidden: np.ndarray
    scores: np.ndarray


def responses(weights: Sequence[np.ndarray], images: np.ndarray) -> Responses:
    """What the LeNet with these ten arrays gives for images (N, 28, 28, 1), prepared for it.

    In float64, where nothing overflows that float32 holds.
    """
    first, first_bias, second, second_bias, *dense = (np.asarray(array, np.float64) for array in weights)
    channels, pooled = [], []
    for begin in range(0, len(images), _AT_ONCE):
        some = images[begin : begin + _AT_ONCE].astype(np.float64)
        channels.append(_convolved(some, first, first_bias))
        pooled.append(_convolved(channels[-1], second, second_bias))
    flat = np.concatenate(pooled).reshape(len(images), -1)
    third = _sigmoid(flat @ dense[0] + dense[1])
    fourth = _sigmoid(third @ dense[2] + dense[3])
    given = [np.concatenate(channels).reshape(-1, first.shape[-1]), flat, third, fourth]
    spreads = tuple(part.std(axis=0) for part in given)
    return Responses(spreads, tuple(map(_twins, given)), fourth, fourth @ dense[4] + dense[5])


def _twins(given: np.ndarray) -> Twins:
    """(N, inputs) -> places and signs, (inputs,) each (see Responses)."""
    centred = given - given.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=0)
    centred /= np.where(lengths > _NOTHING, lengths, np.inf)  # what never varies is like nothing
    cosines = centred.T @ centred
    alike = (np.abs(cosines) > 1 - _ROUNDING) & np.isclose(lengths, lengths[:, np.newaxis], rtol=_ROUNDING)
    np.fill_diagonal(alike, True)
    first = alike.argmax(axis=1)
    return first, np.where(cosines[np.arange(len(first)), first] < 0, -1.0, 1.0)


def _convolved(values: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """(N, rows, columns, channels) -> the same behind a convolution, a sigmoid and the largest of each 2 × 2."""
    windows = sliding_window_view(values, kernel.shape[:2], axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
    count, side = windows.shape[:2]
    sums = windows.reshape(-1, kernel[..., 0].size) @ kernel.reshape(-1, kernel.shape[-1])
    largest = sums.reshape(count, side // 2, 2, side // 2, 2, -1).max(axis=(2, 4))
    return _sigmoid(largest + bias)


def _sigmoid(sums: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):  # of what is far below 0 the sigmoid is 0
        given: np.ndarray = 1 / (1 + np.exp(-sums))
    return given
