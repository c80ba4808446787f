"""TRUSTED; standard library and NumPy only. Whether a network is LeNet, how it differs, and why."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.checks.api import Uncertain, Wrong
from autograder.tracing import OWN_CODE, Step, Traced
from autograder.verdicts import Row

# course.md's table of the main assignment: kind, shape after the layer, parameters, activation.
LENET = [
    ("Conv2D", (24, 24, 6), 156, "sigmoid"),
    ("MaxPooling2D", (12, 12, 6), 0, "linear"),
    ("Conv2D", (8, 8, 16), 2_416, "sigmoid"),
    ("MaxPooling2D", (4, 4, 16), 0, "linear"),
    ("Flatten", (256,), 0, "linear"),
    ("Dense", (120,), 30_840, "sigmoid"),
    ("Dense", (84,), 10_164, "sigmoid"),
    ("Dense", (10,), 850, "sigmoid"),
]
INPUT = (28, 28, 1)
HALVES = (2, 2, 2, 2)  # window and strides of a pooling, in pixels
TOTAL = 44_426
# The shapes of LeNet's ten arrays, in the order of its layers. No two are of one size.
ARRAYS = [
    (5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,), (256, 120), (120,), (120, 84), (84,), (84, 10), (10,),
]  # fmt: skip
# The probe has products computed in full, which moves LeNet's outputs by less than 0.00001. Where it
# cannot, GPUs round their factors to 11 bits: with the grader's weights that moves the outputs by up to
# 0.001 (simulated for 40 draws). From image to image they differ by 0.06 (the median of the same draws).
SAME_OUTPUTS = 0.0015
WRONG_TOTALS = {
    61_706: "61,706 is LeNet with its first convolution padded (or with 32×32 images): leave the "
    "padding 'valid', so that 28 becomes 24.",
    107_786: "107,786 is LeNet with padding 'same' everywhere: leave out padding in convolutions "
    "and poolings.",
    44_190: "44,190 is LeNet without its 236 biases: every filter and every unit has one.",
    34_622: "34,622 is LeNet without its 84-unit layer: 256 → 120 → 84 → 10.",
    36_758: "36,758 is the narrow variant, with one dense layer of 128 units: LeNet has two, of 120 "
    "and 84.",
    582_026: "582,026 is the wide variant, with 32 and 64 filters: LeNet has 6 and 16.",
}


# ---- The function decides ----


def lenet_outputs(images: np.ndarray, arrays: Sequence[np.ndarray]) -> np.ndarray:
    """What LeNet gives, slowly and plainly. images: (N, 28, 28, 1) -> (N, 10) float64.

    arrays: kernel and bias of its two convolutions and three dense layers, shapes as in `ARRAYS`.
    """
    values = np.asarray(images, np.float64)
    for kernel, bias in zip(arrays[0:4:2], arrays[1:4:2], strict=True):
        windows = sliding_window_view(values, (5, 5), axis=(1, 2))  # (N, rows, columns, C, 5, 5)
        values = sigmoid(np.einsum("nrcdhw,hwdf->nrcf", windows, kernel) + bias)
        n, rows, columns, channels = values.shape
        values = values.reshape(n, rows // 2, 2, columns // 2, 2, channels).max(axis=(2, 4))
    values = values.reshape(len(values), -1)
    for kernel, bias in zip(arrays[4::2], arrays[5::2], strict=True):
        values = sigmoid(values @ kernel + bias)
    return values


def sigmoid(values: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x))."""
    with np.errstate(over="ignore"):  # the limit, 0, is right
        return 1 / (1 + np.exp(-values))


def arrangements(arrays: Sequence[np.ndarray]) -> Iterator[list[np.ndarray]]:
    """LeNet's ten arrays among these, in the order of its layers, for each way they can be read.

    Which is which, its size says. A kernel may be stored with its axes the other way round, and the 256
    values may be put in a row in another order than Keras' Flatten does: the network is the same.
    """
    if not has_lenets_sizes([array.shape for array in arrays]):
        return
    by_size = {array.size: array for array in arrays}
    found = [by_size[math.prod(shape)] for shape in ARRAYS]
    for stored in (as_it_is, with_axes_in_order, with_sides_swapped, turned, turned_over):
        kernels = [
            stored(array, shape).reshape(shape) for array, shape in zip(found, ARRAYS, strict=True)
        ]
        for axes in itertools.permutations(range(3)):
            places = np.arange(256).reshape([(4, 4, 16)[axis] for axis in axes])
            rows = places.transpose(np.argsort(axes)).ravel()
            yield [*kernels[:4], kernels[4][rows], *kernels[5:]]


def has_lenets_sizes(shapes: Sequence[tuple[int, ...]]) -> bool:
    """Whether arrays of these shapes hold as many numbers as LeNet's ten, each as one of them."""
    return sorted(map(math.prod, shapes)) == sorted(map(math.prod, ARRAYS))


def as_it_is(array: np.ndarray, _shape: tuple[int, ...]) -> np.ndarray:
    """Stored as Keras does, but perhaps in fewer or more axes."""
    return array


def with_axes_in_order(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Stored with its axes in another order, such as (filters, channels, height, width)."""
    orders = [
        order
        for order in itertools.permutations(range(array.ndim))
        if array.ndim <= 4 and tuple(array.shape[axis] for axis in order) == shape
    ]
    return array.transpose(orders[0]) if orders and array.shape != shape else array


def with_sides_swapped(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """As `with_axes_in_order`, with the width of windows before their height."""
    ordered = with_axes_in_order(array, shape)
    return ordered.swapaxes(0, 1) if ordered.ndim == 4 and ordered.shape == shape else ordered


def turned(array: np.ndarray, _shape: tuple[int, ...]) -> np.ndarray:
    """Stored as a matrix of (outputs, inputs)."""
    return array.T if array.ndim == 2 else array


def turned_over(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """As it is, with windows back to front: a convolution as mathematics has it, not a correlation."""
    return array[::-1, ::-1] if array.shape == shape and array.ndim == 4 else array


@functools.lru_cache(maxsize=4)
def lenet_arrangement(traced: Traced) -> int | None:
    """Which of the `arrangements` of its weights makes this network compute LeNet; None for none.

    It gave the same outputs as LeNet, for the grader's images and every draw of the grader's weights.
    """
    outputs = traced.outputs
    if not traced.takes_our_images or not has_lenets_sizes(traced.shapes):
        return None
    if any(o.shape != (len(traced.images), 10) for o in outputs):
        return None
    draws = [arrangements(traced.drawn(draw)) for draw in range(len(outputs))]
    for number, ways in enumerate(zip(*draws, strict=True)):
        if all(
            np.allclose(lenet_outputs(traced.images, way), output, rtol=0, atol=SAME_OUTPUTS)
            for way, output in zip(ways, outputs, strict=True)
        ):
            return number
    return None


def computes_lenet(traced: Traced) -> bool:
    """Whether the network is LeNet, however it is written."""
    return lenet_arrangement(traced) is not None


def require_lenet(traced: Traced | None, whose: str) -> Traced:
    """The network where it computes LeNet, else Wrong, or Uncertain where it cannot be believed."""
    if traced is None:
        raise Wrong("There is no network to look at.")
    if not computes_lenet(traced):
        require_truth(traced)
        raise Wrong(f"{whose} is not the LeNet of this course. {why_not(traced)}", comparison(traced))
    return traced


def training_note(traced: Traced) -> str:
    """What a LeNet has besides that acts only while it is trained, in words; "" for nothing."""
    kinds = [kind for kind in traced.idle if "Dropout" in kind or "Noise" in kind or "Random" in kind]
    if not kinds:
        return ""
    return f"The course's LeNet has no {kinds[0]}: it only acts while training, so it costs nothing."


def require_truth(traced: Traced) -> None:
    """Uncertain where a layer did not give what such a layer gives."""
    if traced.lie:
        raise Uncertain(
            f"What the layer {traced.lie} gives is not what such a layer with such weights gives, so "
            "nothing that this network says of itself can be believed."
        )


# ---- The steps explain ----


def shape_text(shape: tuple[int, ...]) -> str:
    """(24, 24, 6) -> "24 × 24 × 6"."""
    return " × ".join(str(n) for n in shape) or "()"


def comparison(traced: Traced) -> list[Row]:
    """The table that a student reads: a row for every layer, theirs beside LeNet's."""
    yours = [(step.kind, step.output_shape, step.params) for step in traced.steps]
    rows = []
    for index in range(max(len(yours), len(LENET))):
        mine = yours[index] if index < len(yours) else None
        asked = LENET[index][:3] if index < len(LENET) else None
        rows.append(Row(str(index + 1), _layer_text(mine), _layer_text(asked), mine == asked))
    total = traced.total_params
    rows.append(Row("in all", f"{total:,} parameters", f"{TOTAL:,} parameters", total == TOTAL))
    return rows


def _layer_text(layer: tuple | None) -> str:
    if layer is None:
        return "—"
    kind, shape, params = layer
    return f"{kind}, {shape_text(shape)}, {params:,}"


def why_another_total(traced: Traced) -> str:
    """The cause of a number of parameters that is not LeNet's."""
    padded = traced.total_params in (61_706, 107_786)  # which a stride gives as well
    if padded and not any(s.kind == "Conv2D" and s.output_shape[:2] == (28, 28) for s in traced.steps):
        return why_not(traced)
    return WRONG_TOTALS.get(traced.total_params) or why_not(traced)


def why_not(traced: Traced) -> str:
    """In one or two sentences what makes a network another than LeNet."""
    difference = first_difference(traced)
    if difference:
        return difference
    other = other_activation(traced)
    if other:
        return f"Its layer {other.name} uses {activation_text(other)}, and LeNet uses sigmoid."
    return "Its layers are LeNet's, but it does not give what they give: what else does it do?"


def activation_text(step: Step) -> str:
    """The activation of a step in words."""
    words = {"linear": "no activation", "": "an activation of its own"}
    return words.get(step.activation, step.activation)


def other_activation(traced: Traced) -> Step | None:
    """The first trained layer whose activation is not the sigmoid."""
    return next((step for step in trained(traced) if step.activation != "sigmoid"), None)


def trained(traced: Traced) -> list[Step]:
    """The convolutions and dense layers that were computed again."""
    return [step for step in traced.steps if step.kind in ("Conv2D", "Dense")]


def known_params(traced: Traced) -> int:
    """The parameters of the layers that were seen at work."""
    return sum(step.params for step in trained(traced))


def shapes_kept(traced: Traced) -> list[Step]:
    """The steps without those that LeNet has not and that leave the shape as it is."""
    kinds = {kind for kind, *_ in LENET}
    before = [traced.input_shape, *(step.output_shape for step in traced.steps)]
    return [
        step
        for step, given in zip(traced.steps, before, strict=False)
        if step.kind in kinds or step.output_shape != given
    ]


def first_difference(traced: Traced) -> str | None:
    """One sentence about the first layer that is not LeNet's, with the likely reason; else None."""
    if traced.input_shape != INPUT:
        return _input_hint(traced.input_shape)
    steps = traced.steps
    if not steps:
        return "It has no layers that do anything."
    channels = 1
    for number, (kind, shape, params, _) in enumerate(LENET, start=1):
        if number > len(steps):
            return f"Layer {number} is missing: after {len(steps)} layers comes {kind}, LeNet has 8."
        step = steps[number - 1]
        if step.kind != kind:
            return f"Layer {number} should be {kind}, yours is {step.kind}. {_kind_hint(step, kind)}"
        if step.output_shape != shape:
            return (
                f"Layer {number} ({kind}) should give {shape_text(shape)}, yours gives "
                f"{shape_text(step.output_shape)}. {_shape_hint(kind, step.output_shape, shape)}"
            )
        if step.kind == "MaxPooling2D" and step.window != HALVES:
            return (
                f"Layer {number} (MaxPooling2D) should have a window of 2×2 that moves 2 pixels at a time: "
                f"yours is {step.window[0]}×{step.window[1]} and moves {step.window[2]}."
            )
        if step.params != params:
            return (
                f"Layer {number} ({kind}) should have {params:,} parameters, yours has "
                f"{step.params:,}. {_params_hint(kind, step.params, shape[-1], params, channels)}"
            )
        channels = shape[-1]
    if len(steps) > len(LENET):
        extra = steps[len(LENET)]
        return f"LeNet ends after 8 layers, yours goes on with {extra.kind}."
    if traced.total_params != TOTAL:
        return f"Its layers have {TOTAL:,} parameters, but in all it has {traced.total_params:,}."
    return None


def _input_hint(shape: tuple[int, ...]) -> str:
    if sorted(shape) == sorted(INPUT):
        why = "In Keras the channels come last."
    elif shape[:2] == (32, 32):
        why = "32 × 32 were the images of the LeNet of 1998, ours are smaller."
    else:
        why = "Begin with keras.Input(shape=(28, 28, 1))."
    return f"Your network takes images of {shape_text(shape)}, ours are 28 × 28 × 1. {why}"


_HINTS = {
    "AveragePooling2D": "The networks of this course keep the largest value of each window: "
    "MaxPooling2D.",
    "BatchNormalization": "LeNet is older than batch normalisation: leave it out.",
    "ZeroPadding2D": "LeNet pads nothing: a 5×5 window takes 4 from height and width.",
    "Rescaling": "Leave Rescaling out: the images are prepared before they reach the network.",
    OWN_CODE: "Something happens to the numbers between two layers, or before the first: leave it out.",
}


def _kind_hint(step: Step, kind: str) -> str:
    if step.kind in _HINTS:
        return _HINTS[step.kind]
    if step.kind == "Activation":
        return (
            f"That is {activation_text(step)} once more: each layer of LeNet has one activation, and "
            "poolings and Flatten have none."
        )
    if kind == "Flatten":
        return "Flatten the 4 × 4 × 16 values before the first dense layer."
    if step.kind not in {name for name, *_ in LENET}:
        return f"LeNet has no such layer here: leave {step.kind} out."
    return "Go through the table from the top: one line, one layer."


def _shape_hint(kind: str, yours: tuple[int, ...], asked: tuple[int, ...]) -> str:
    if kind == "Conv2D":
        if yours[:2] == asked[:2]:
            return f"The number of filters decides the last axis: {asked[-1]}."
        if yours[0] == asked[0] + 4:
            return "It was padded: with padding 'valid', a 5×5 window takes 4 from height and width."
        if yours[0] == asked[0] + 2:
            return "That is a 3×3 window; LeNet's is 5×5."
        if yours[-1] == 1:
            return "The first argument of Conv2D is the number of filters: Conv2D(6, 5)."
        return "Check kernel_size=5, strides=1 and padding='valid'."
    if kind == "MaxPooling2D":
        return "A 2×2 window that moves 2 pixels at a time halves height and width."
    if kind == "Dense":
        if len(yours) != 1:
            return "Flatten comes before it."
        return f"The number of units is the shape: {asked[0]}."
    return "The layers before it decide: look at those first."


def _params_hint(kind: str, yours: int, outputs: int, asked: int, channels: int) -> str:
    if yours == asked - outputs:
        return f"The {outputs} biases are missing: leave use_bias alone."
    if kind == "Conv2D":
        return f"A filter holds 5·5·{channels} weights and a bias."
    return "Inputs times units, and a bias for each unit."
