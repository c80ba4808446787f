"""TRUSTED; NumPy only. Where everything of a histogram lies; the page's template draws it, in the page's colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

# In units of the drawing; a page shows them a little larger than pixels, a phone smaller.
WIDTH, HEIGHT = 480.0, 210.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 14.0, 24.0, 24.0  # around the bars
_GAP = 1.0  # between two bars
_TICKS = 4  # parts of the horizontal axis


@dataclass(frozen=True)
class Bar:
    """A rectangle; told: in words, from where to where and how many."""

    x: float
    y: float
    width: float
    height: float
    told: str


@dataclass(frozen=True)
class Histogram:
    """ticks: places and labels on the horizontal axis; most: of students in a bar; mark: place and label of a
    line; band: from where to where there is a strip below the axis."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    most: int
    mark: tuple[float, str] | None = None
    band: tuple[float, float] | None = None


def histogram(
    values: np.ndarray,
    edges: np.ndarray,
    label: Callable[[float], str],
    mark: tuple[float, str] | None = None,
    band: Sequence[float] | None = None,
) -> Histogram:
    """How many of the values [N] lie between each two of the edges [B + 1], which grow in equal steps.

    What lies outside counts at that end. label: a value in words. mark: a value and its name; band: two values.
    """
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    most = int(counts.max())

    def x(value: float) -> float:
        share = (value - edges[0]) / (edges[-1] - edges[0])
        return round(LEFT + float(np.clip(share, 0, 1)) * (WIDTH - LEFT - RIGHT), 2)

    bars = []
    for count, low, high in zip(counts, edges, edges[1:], strict=False):
        if count:
            height = round(float(count / most) * (HEIGHT - TOP - BOTTOM), 2)
            width = round(max(x(high) - x(low) - _GAP, _GAP), 2)
            told = f"{label(low)} to {label(high)}: {count}"
            bars.append(Bar(x(low), round(HEIGHT - BOTTOM - height, 2), width, height, told))
    ticks = tuple((x(value), label(value)) for value in np.linspace(edges[0], edges[-1], _TICKS + 1))
    return Histogram(
        tuple(bars),
        ticks,
        most,
        (x(mark[0]), mark[1]) if mark else None,
        (x(band[0]), x(band[1])) if band else None,
    )
