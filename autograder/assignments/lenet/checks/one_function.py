"""TRUSTED; NumPy only. Whether prepare_images is one function, whatever it is asked for.

A network is measured on images prepared as prepare_images prepared them when it was asked for the weights.
A function that looks who is calling can be the right one in its own exercise and another one there: one that
mirrors images, so that a mirrored copy of somebody's network is measured as the network itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograder.assignments.lenet.checks.preparing import (
    CLOSE,
    MEAN,
    STD,
    Pairs,
    as_array,
    by_pixel,
    recognise,
)


def pairs_of(asked: Iterable[tuple[np.ndarray, Any]]) -> Pairs:
    """Batches with what came out, pixel by pixel; none at all where one did not come out so."""
    pairs = []
    for images, value in asked:
        values = by_pixel(images, as_array(value))
        if values is None:
            return []
        pairs.append((images, values))
    return pairs


def differ(before: Pairs, now: Pairs) -> bool:
    """Whether prepare_images did something else now than before, each time asked with batches of its own.

    What uses figures of its batch does the same to other batches: it is done to them here, and compared.
    What keeps something between its calls, such as a layer that is fitted on the first images it gets, may
    give each place in the image another scale and another zero, but never turns black and white round or
    moves a pixel. That is no difference, unless it gave the notebook's values before: then nothing was
    missing. False where one of them gave nothing that could be compared.
    """
    if not before or not now:
        return False
    known = recognise(before)
    if known is None:
        return True
    images = np.concatenate([batch for batch, _ in now])
    values = np.concatenate([value for _, value in now])
    made = np.concatenate([known.of(batch)[..., 0] for batch, _ in now]).astype(np.float64)
    if _close(made, values):
        return False
    return _close((images / 255 - MEAN) / STD, made) or not _scaled_by_place(made, values)


def _close(made: np.ndarray, values: np.ndarray) -> bool:
    return bool(np.abs(made - values).max() <= CLOSE * values.std())


def _scaled_by_place(made: np.ndarray, values: np.ndarray) -> bool:
    """Whether values (N, 28, 28) are made, times a number above 0 and plus another one for each place."""
    x, y = made - made.mean(axis=0), values - values.mean(axis=0)
    square = (x**2).sum(axis=0)
    slope = np.divide((x * y).sum(axis=0), square, out=np.zeros(square.shape), where=square > 0)
    return bool((slope >= 0).all()) and _close(slope * x, y)


def moved_pixel(pairs: Pairs) -> Sequence[tuple[int, int]] | None:
    """A pixel that changes its place: where it was and where it comes out, (row, column); None for none."""
    known = recognise(pairs) if pairs else None
    return known.moved if known else None
