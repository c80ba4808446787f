"""TRUSTED: where everything of a drawing lies that shows a network beside the expected one; a template draws it.

The figure is the one that checks leave under the name "network", see judging/api.py. Its words may be a
student's: they are cut here, clipped by the drawing, and escaped by the template.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from autograder.judging.verdicts import Row

# In units of the drawing: a phone shows them as pixels, a wide screen half as large again.
WIDTH, COLUMN, TEXT_LEFT = 320.0, 148.0, 42.0  # of all, of one network, of a layer's words in it
LINE, HEAD, MARK, GAP = (
    14.0,
    20.0,
    17.0,
    12.0,
)  # a line; the heads; above the first difference; between layers
_LARGEST, _LEAST = 30.0, 3.0  # the sides of a box
_DEEPEST, _DEPTH = 8.0, 1.8  # what channels add, and for each doubling of their number
ROOMY = 16  # characters of a line that fit as they are; of a longer one each is drawn narrower
_LETTERS, _WHOLE = 18, 60  # characters of a line that is drawn, and of one in a sentence


@dataclass(frozen=True)
class Box:
    """What a layer gives, as a box: its front, and how far it reaches back. A row of numbers is a bar."""

    width: float
    height: float
    depth: float


@dataclass(frozen=True)
class Layer:
    """lines: its words, the first of them its kind; whole: all of them in a sentence; box: None where no layer is."""

    lines: tuple[str, ...]
    whole: str
    box: Box | None


@dataclass(frozen=True)
class Pair:
    """A layer beside the expected one. y, height: of the row, its mark left out; sign: "=" or "≠" up to the first
    difference, "" below it; first: whether this is the first difference."""

    y: float
    height: float
    expected: Layer
    yours: Layer
    sign: str
    first: bool


@dataclass(frozen=True)
class Drawing:
    """difference: the first one in words, "" where there is none; more: how many layers are not drawn; rows: the
    same as a table."""

    height: float
    pairs: tuple[Pair, ...]
    difference: str
    more: int
    rows: tuple[Row, ...]


def drawing(figure: dict[str, Any]) -> Drawing:
    """The figure with a place for everything."""
    expected, yours, first = figure["expected"], figure["yours"], figure["first"]
    sides, longest = _scale(expected)
    pairs, rows, y = [], [], HEAD
    for place, (asked, mine) in enumerate(zip_longest(expected, yours)):
        two = [_layer(layer, sides, longest) for layer in (asked, mine)]
        y += MARK if place == first else 0.0
        height = LINE * max(len(layer.lines) for layer in two)
        height = max(height, *(layer.box.height + layer.box.depth for layer in two if layer.box))
        sign = "" if first is not None and place > first else "≠" if place == first else "="
        pairs.append(Pair(y, height, two[0], two[1], sign, place == first))
        rows.append(Row(_name(place), two[1].whole, two[0].whole, asked == mine))
        y += height + GAP
    difference = ""
    if first is not None and first < len(pairs):
        both = pairs[first]
        difference = f"{_name(first)}: {both.expected.whole} is expected, yours is {both.yours.whole}."
    return Drawing(y, tuple(pairs), difference, figure["more"], tuple(rows))


def _name(place: int) -> str:
    return f"layer {place}" if place else "input"


def _scale(expected: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """The longest side of a picture and the longest row of numbers in the expected network."""
    shapes = [layer["shape"] for layer in expected]
    sides = [max(shape[:2]) for shape in shapes if len(shape) > 1]
    return max(sides, default=1), max((shape[0] for shape in shapes if len(shape) == 1), default=1)


def _layer(layer: dict[str, Any] | None, sides: int, longest: int) -> Layer:
    if layer is None:
        return Layer(("—",), "no layer", None)
    shape = " × ".join(map(str, layer["shape"])) or "one number"
    lines = [layer["kind"], shape, *layer["told"]]
    drawn = tuple(_cut(line, _LETTERS) for line in lines)
    whole = ", ".join(_cut(line, _WHOLE) for line in lines)
    return Layer(drawn, whole, _box(layer["shape"], sides, longest))


def _cut(line: str, most: int) -> str:
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _box(shape: Sequence[int], sides: int, longest: int) -> Box:
    """Of a shape (height, width, channels, …), or (numbers,)."""
    if len(shape) < 2:
        return Box(_LEAST, _side(math.prod(shape), longest), 0.0)
    channels = math.prod(shape[2:])
    depth = min(_DEPTH * math.log2(channels + 1), _DEEPEST) if channels else 0.0
    return Box(_side(shape[1], sides), _side(shape[0], sides), round(depth, 2))


def _side(number: int, largest: int) -> float:
    return round(min(max(_LARGEST * number / max(largest, 1), _LEAST), _LARGEST), 2)
