"""TRUSTED; standard library only. A network beside the one that is expected: in words, as a table, to be drawn."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from autograder.judging.api import Uncertain
from autograder.judging.tracing import ARGMAX, Shape, Step, Traced
from autograder.judging.verdicts import Row

MOST_DRAWN = 12  # layers, with the input: a network of these assignments has at most nine
HALVES = (2, 2, 2, 2)  # window and strides of a pooling, in pixels


def expected_step(kind: str, shape: Shape, params: int, activation: str = "linear") -> Step:
    """A layer as it should be, poolings of 2×2."""
    window = HALVES if kind == "MaxPooling2D" else ()
    return Step(kind, "", activation, shape, params, known=True, window=window)


def require_truth(traced: Traced) -> None:
    """Uncertain where a layer did not give what such a layer gives."""
    if traced.lie:
        raise Uncertain(
            f"What the layer {traced.lie} gives is not what such a layer with such weights gives, so "
            "nothing that this network says of itself can be believed."
        )


def shape_text(shape: Shape) -> str:
    """(24, 24, 6) -> "24 × 24 × 6"."""
    return " × ".join(str(n) for n in shape) or "()"


def activation_text(step: Step) -> str:
    """The activation of a step in words."""
    words = {"linear": "no activation", "": "an activation of its own"}
    return words.get(step.activation, step.activation)


def kind_text(step: Step) -> str:
    """What kind of layer a step is, in words."""
    if step.kind == "Activation":
        return activation_text(step)
    return "argmax" if step.kind == ARGMAX else step.kind


def comparison(steps: Sequence[Step], total: int, expected: Sequence[Step]) -> list[Row]:
    """The table that a student reads: a row for every layer, kind, shape and parameters, and one for all of them.

    total: the parameters that the student's network has in all.
    """
    rows = []
    for number, (step, asked) in enumerate(itertools.zip_longest(steps, expected), 1):
        yours, right = _layer_text(step), _layer_text(asked)
        rows.append(Row(str(number), yours, right, yours == right))
    asked_total = sum(step.params for step in expected)
    rows.append(Row("in all", f"{total:,} parameters", f"{asked_total:,} parameters", total == asked_total))
    return rows


def _layer_text(step: Step | None) -> str:
    return f"{step.kind}, {shape_text(step.output_shape)}, {step.params:,}" if step else "—"


def drawn(
    input_shape: Shape, steps: Sequence[Step], expected_input: Shape, expected: Sequence[Step]
) -> dict[str, Any]:
    """Both networks, for reports to draw; see api.Figures."""
    layers = [_layer("Input", input_shape), *map(_drawn_step, steps)]
    asked = [_layer("Input", expected_input), *map(_drawn_step, expected)]
    pairs = itertools.zip_longest(layers, asked)
    first = next((place for place, (mine, right) in enumerate(pairs) if mine != right), None)
    shown = layers[:MOST_DRAWN]
    return {"expected": asked, "yours": shown, "more": len(layers) - len(shown), "first": first}


def _drawn_step(step: Step) -> dict[str, Any]:
    return _layer(kind_text(step), step.output_shape, *_told(step))


def _layer(kind: str, shape: Shape, *told: str) -> dict[str, Any]:
    return {"kind": kind, "shape": [int(n) for n in shape], "told": list(told)}


def _told(step: Step) -> list[str]:
    """What a layer is besides its kind and its shape."""
    if step.kind == "MaxPooling2D" and step.window:
        height, width, down, right = step.window
        return [f"{height} × {width}, moves {down if down == right else f'{down} × {right}'}"]
    told = [activation_text(step)] if step.kind in ("Conv2D", "Dense") else []
    return [*told, f"{step.params:,} parameters"] if step.params else told
