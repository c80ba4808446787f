"""TRUSTED; standard library and NumPy only. The variants as functions, and what makes a network another one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.judging import beside
from autograder.judging.beside import HALVES, activation_text, shape_text
from autograder.judging.tracing import ACTIVATIONS, Step, Traced
from autograder.judging.verdicts import Row
from autograder.judging.words import with_article

INPUT = (28, 28, 1)
# Between networks with the grader's weights outputs differ by far more, from rounding by less; of what is not
# squashed it is a share of the largest.
SAME_OUTPUTS = 0.0015


@dataclass(frozen=True)
class Variant:
    """Two convolutions of 5×5, each with its pooling of 2×2, and two dense layers, the second one of 10 units."""

    filters: tuple[int, int]
    units: int
    padded: bool = False

    @property
    def layers(self) -> list[tuple[str, tuple[int, ...], int]]:
        """(kind, shape after it, parameters) of each layer."""
        side, channels = 28, 1
        found: list[tuple[str, tuple[int, ...], int]] = []
        for count in self.filters:
            side = side if self.padded else side - 4
            found.append(("Conv2D", (side, side, count), (25 * channels + 1) * count))
            side, channels = side // 2, count
            found.append(("MaxPooling2D", (side, side, count), 0))
        flat = side * side * channels
        found.append(("Flatten", (flat,), 0))
        found += [("Dense", (self.units,), (flat + 1) * self.units), ("Dense", (10,), (self.units + 1) * 10)]
        return found

    @property
    def steps(self) -> list[Step]:
        """Its layers as they are seen when it is tried."""
        activations = {"Conv2D": "sigmoid", "Dense": "sigmoid"}
        return [beside.expected_step(*layer, activations.get(layer[0], "linear")) for layer in self.layers]

    @property
    def arrays(self) -> list[tuple[int, ...]]:
        """The shapes of its eight arrays, in the order of its layers."""
        one, two = self.filters
        flat = self.layers[4][1][0]
        return [(5, 5, 1, one), (one,), (5, 5, one, two), (two,), (flat, self.units), (self.units,), (self.units, 10), (10,)]  # fmt: skip

    @property
    def total(self) -> int:
        return sum(params for _, _, params in self.layers)


WIDE, NARROW = Variant((32, 64), 512), Variant((6, 16), 128)
PADDED = Variant((32, 64), 512, padded=True)
TOTALS = {
    44_426: "44,426 is LeNet itself, with dense layers of 120 and 84 units: here the first one is followed by 10 units.",
    WIDE.total: "582,026 is the wide network.",
    NARROW.total: "36,758 is the narrow network.",
    PADDED.total: "1,663,370 is the wide network with padding: leave it out in convolutions and poolings.",
    Variant((6, 16), 128, padded=True).total: "That is the narrow network with padding: leave it out.",
}


def outputs(
    variant: Variant,
    images: np.ndarray,
    arrays: Sequence[np.ndarray],
    activations: Sequence[str] = ("sigmoid",) * 4,
) -> np.ndarray:
    """What it gives, slowly and plainly: (N, 28, 28, 1) -> (N, 10) float64."""
    values = np.asarray(images, np.float64)
    applied = [ACTIVATIONS[name] for name in activations]
    for kernel, bias, activate in zip(arrays[0:4:2], arrays[1:4:2], applied[:2], strict=True):
        if variant.padded:
            values = np.pad(values, ((0, 0), (2, 2), (2, 2), (0, 0)))
        windows = sliding_window_view(values, (5, 5), axis=(1, 2))  # (N, rows, columns, C, 5, 5)
        values = activate(np.tensordot(windows, kernel, ((3, 4, 5), (2, 0, 1))) + bias)
        n, rows, columns, channels = values.shape
        values = values.reshape(n, rows // 2, 2, columns // 2, 2, channels).max(axis=(2, 4))
    values = values.reshape(len(values), -1)
    for kernel, bias, activate in zip(arrays[4::2], arrays[5::2], applied[2:], strict=True):
        values = activate(values @ kernel + bias)
    return values


def in_order(variant: Variant, arrays: Sequence[np.ndarray]) -> list[np.ndarray] | None:
    """The arrays in the order of its layers, whatever order they come in; None where they are not its arrays.

    No two of its arrays are of one size.
    """
    by_size = {array.size: array for array in arrays}
    if sorted(array.size for array in arrays) != sorted(map(math.prod, variant.arrays)):
        return None
    return [by_size[math.prod(shape)].reshape(shape) for shape in variant.arrays]


def computes(variant: Variant, traced: Traced, activations: Sequence[str] = ("sigmoid",) * 4) -> bool:
    """Whether the network gave what the variant gives, for the grader's images and every draw of weights."""
    if not traced.takes_our_images:
        return False
    for draw, given in enumerate(traced.outputs):
        arrays = in_order(variant, traced.drawn(draw))
        if arrays is None:
            return False
        right = outputs(variant, traced.images, arrays, activations)
        most = SAME_OUTPUTS * max(1.0, float(abs(right).max(initial=0)))
        if given.shape != right.shape or not np.allclose(right, given, rtol=0, atol=most):
            return False
    return True


def comparison(variant: Variant, traced: Traced) -> list[Row]:
    """The table that a student reads: a row for every layer, theirs beside the variant's."""
    return beside.comparison(traced.steps, traced.total_params, variant.steps)


def drawn(variant: Variant, traced: Traced) -> dict[str, Any] | None:
    """The network beside the variant, for reports to draw; None for a right one that is written in another way."""
    found = beside.drawn(traced.input_shape, traced.steps, INPUT, variant.steps)
    return None if found["first"] is not None and computes(variant, traced) else found


def other_layer(variant: Variant, traced: Traced) -> str:
    """The first layer of another kind or shape, in words; "" where all are the variant's."""
    if traced.input_shape != INPUT:
        return f"It takes pictures of {shape_text(traced.input_shape)}: keras.Input((28, 28, 1)) says 28 × 28 × 1."
    for number, (step, asked) in enumerate(zip(traced.steps, variant.layers, strict=False), 1):
        kind, shape, _ = asked
        if (step.kind, step.output_shape) != (kind, shape):
            return f"{_text(number, step)} here, and it should be {with_article(kind)} that gives {shape_text(shape)}.{_padding(step, shape)}"
    if len(traced.steps) != len(variant.layers):
        return f"It has {len(traced.steps)} layers, and there should be {len(variant.layers)}."
    return ""


def _text(number: int, step: Step) -> str:
    return f"Layer {number} is {with_article(step.kind)} that gives {shape_text(step.output_shape)}"


def _padding(step: Step, shape: tuple[int, ...]) -> str:
    """The cause, where a convolution left the sides as they were."""
    larger = len(step.output_shape) == 3 == len(shape) and step.output_shape[0] == shape[0] + 4
    return " It is padded: leave padding out." if step.kind == "Conv2D" and larger else ""


def why_not(variant: Variant, traced: Traced) -> str:
    """In one or two sentences what makes the network another than the variant."""
    total = traced.total_params
    known = TOTALS.get(total, "") if total != variant.total else ""
    found = known or other_layer(variant, traced)
    if found:
        return found
    for number, step in enumerate(traced.steps, 1):
        if step.kind in ("Conv2D", "Dense") and step.activation != "sigmoid":
            return f"Layer {number}, a {step.kind}, uses {activation_text(step)}, and it should use sigmoid."
        if step.kind == "MaxPooling2D" and step.window != HALVES:
            return f"Layer {number} pools other windows than 2×2, in steps of 2."
    if total != variant.total:
        return f"It has {total:,} parameters, and there should be {variant.total:,}: are the biases there?"
    return "Its layers are the right ones, but it does not give what they give: what else does it do?"
