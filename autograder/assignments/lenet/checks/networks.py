"""TRUSTED; standard library and NumPy only. How a network differs from LeNet, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from autograder.assignments.lenet.checks.lenet import INPUT, LENET, TOTAL, computes_lenet
from autograder.assignments.lenet.checks.mistakes import steps_of
from autograder.judging import beside
from autograder.judging.api import Wrong
from autograder.judging.beside import (
    HALVES,
    activation_text,
    expected_step,
    kind_text,
    require_truth,
    shape_text,
)
from autograder.judging.tracing import ARGMAX, OWN_CODE, Step, Traced
from autograder.judging.verdicts import Row

WRONG_TOTALS: dict[float, str] = {
    61_706: "61,706 is LeNet with its first convolution padded (or with 32×32 images): leave the "
    "padding 'valid', so that 28 becomes 24.",
    107_786: "107,786 is LeNet with padding 'same' everywhere: leave out padding in convolutions "
    "and poolings.",
    44_190: "44,190 is LeNet without its 236 biases: every filter and every unit has one.",
    34_622: "34,622 is LeNet without its 84-unit layer: 256 → 120 → 84 → 10.",
    36_758: "36,758 is the narrow variant, with one dense layer of 128 units: LeNet has two, of 120 and 84.",
    582_026: "582,026 is the wide variant, with 32 and 64 filters: LeNet has 6 and 16.",
}


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


# ---- The steps explain ----


EXPECTED = [expected_step(*layer) for layer in LENET]


def comparison(traced: Traced) -> list[Row]:
    """The table that a student reads: a row for every layer, theirs beside LeNet's."""
    return beside.comparison(steps_of(traced), traced.total_params, EXPECTED)


def drawn(traced: Traced) -> dict[str, Any] | None:
    """The network beside LeNet, for reports to draw; None for a LeNet that is written in another way: what is
    right has no difference to be marked.
    """
    found = beside.drawn(traced.input_shape, steps_of(traced), INPUT, EXPECTED)
    return None if found["first"] is not None and computes_lenet(traced) else found


def why_another_total(traced: Traced) -> str:
    """The cause of a number of parameters that is not LeNet's."""
    padded = traced.total_params in (61_706, 107_786)  # which a stride gives as well
    if padded and not any(s.kind == "Conv2D" and s.output_shape[:2] == (28, 28) for s in steps_of(traced)):
        return why_not(traced)
    return WRONG_TOTALS.get(traced.total_params) or why_not(traced)


def why_not(traced: Traced) -> str:
    """In one or two sentences what makes a network another than LeNet."""
    difference = first_difference(traced)
    if difference:
        return difference
    other = other_activation(traced)
    if other:
        return f"{name_text(traced, other)} uses {activation_text(other)}, and LeNet uses sigmoid."
    return "Its layers are LeNet's, but it does not give what they give: what else does it do?"


_RUNNING = re.compile(r"(conv2d|dense)(_\d+)?")  # Keras counts these on from one call to the next


def name_text(traced: Traced, step: Step) -> str:
    """What a student calls one of its layers; its place and kind where Keras made the name."""
    if not _RUNNING.fullmatch(step.name):
        return step.name
    place = steps_of(traced).index(step) + 1
    return f"Layer {place} ({step.kind})"


def other_activation(traced: Traced) -> Step | None:
    """The first trained layer whose activation is not the sigmoid."""
    return next((step for step in trained(traced) if step.activation != "sigmoid"), None)


def trained(traced: Traced) -> list[Step]:
    """The convolutions and dense layers that were computed again."""
    return [step for step in steps_of(traced) if step.kind in ("Conv2D", "Dense")]


def known_params(traced: Traced) -> int:
    """The parameters of the layers that were seen at work."""
    return sum(step.params for step in trained(traced))


def shapes_kept(traced: Traced) -> list[Step]:
    """The steps without those that LeNet has not and that leave the shape as it is, and argmax."""
    kinds = {kind for kind, *_ in LENET}
    steps = steps_of(traced)
    before = [traced.input_shape, *(step.output_shape for step in steps)]
    return [
        step
        for step, given in zip(steps, before, strict=False)
        if step.kind in kinds or step.output_shape != given and step.kind != ARGMAX
    ]


def first_difference(traced: Traced) -> str | None:
    """One sentence about the first layer that is not LeNet's, with the likely reason; else None."""
    if traced.input_shape != INPUT:
        return _input_hint(traced.input_shape)
    steps = steps_of(traced)
    if not steps:
        return "It has no layers that do anything."
    channels = 1
    for number, (kind, shape, params, _) in enumerate(LENET, start=1):
        if number > len(steps):
            return f"Layer {number} is missing: after {len(steps)} layers comes {kind}, LeNet has 8."
        step = steps[number - 1]
        if (step.kind, step.output_shape) != (kind, shape) and _left_out(steps, number):
            return f"Layer {number} is missing: {kind}, which gives {shape_text(shape)}."
        if step.kind != kind:
            return (
                f"Layer {number} should be {kind}, yours is {kind_text(step)}. "
                f"{_kind_hint(steps, number - 1, kind)}"
            )
        if step.output_shape != shape:
            return (
                f"Layer {number} ({kind}) should give {shape_text(shape)}, yours gives "
                f"{shape_text(step.output_shape)}. "
                f"{_shape_hint(kind, step.output_shape, shape, step.params == params)}"
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
        return f"LeNet ends after 8 layers, yours goes on with {kind_text(extra)}."
    if traced.total_params != TOTAL:
        more = f"{traced.total_params - TOTAL:,} of its parameters are in"
        if traced.unused:
            return f"{more} {traced.unused[0]}, whose result goes nowhere: leave it out."
        return f"{more} no layer that it calls: leave them out."
    return None


def _left_out(steps: Sequence[Step], number: int) -> bool:
    """Whether this layer alone is missing: from here on come those that follow it in LeNet."""
    behind = [(kind, shape if kind == "Dense" else ()) for kind, shape, *_ in LENET[number:]]
    return behind == [
        (step.kind, step.output_shape if step.kind == "Dense" else ()) for step in steps[number - 1 :]
    ]


def _input_hint(shape: tuple[int, ...]) -> str:
    if sorted(shape) == sorted(INPUT):
        why = "In Keras the channels come last."
    elif shape[:2] == (32, 32):
        why = "32 × 32 were the images of the LeNet of 1998, ours are smaller."
    else:
        why = "Begin with keras.Input(shape=(28, 28, 1))."
    return f"Your network takes images of {shape_text(shape)}, ours are 28 × 28 × 1. {why}"


_HINTS = {
    "AveragePooling2D": "The networks of this course keep the largest value of each window: MaxPooling2D.",
    "BatchNormalization": "LeNet is older than batch normalisation: leave it out.",
    "ZeroPadding2D": "LeNet pads nothing: a 5×5 window takes 4 from height and width.",
    "Rescaling": "All numbers are multiplied there, or divided: leave it out, the images are prepared "
    "before they reach the network.",
    OWN_CODE: "Something happens to the numbers between two layers, or before the first: leave it out.",
}


def _kind_hint(steps: Sequence[Step], place: int, kind: str) -> str:
    """The likely reason why the step in this place, counted from 0, is not of LeNet's kind."""
    step, behind = steps[place], [other.kind for other in steps[place + 1 :]]
    if step.kind in _HINTS:
        return _HINTS[step.kind]
    if step.kind == "Activation":
        again = any(step.activation == before.activation for before in steps[:place])
        told = f"{activation_text(step)} once more" if again else "one activation too many"
        return f"That is {told}: each layer of LeNet has one activation, and poolings and Flatten have none."
    kinds = [name for name, *_ in LENET]
    known = step.kind in kinds
    if known:
        as_many = sum(other.kind == step.kind for other in steps) <= kinds.count(step.kind)
        too_many = not as_many and kind in behind
    else:
        too_many = next((other for other in behind if other in kinds), "") == kind
    if too_many:
        return f"LeNet has no such layer here: leave {step.kind} out."
    if kind == "Flatten" and kind in behind:
        return "LeNet flattens right behind its second pooling."
    if kind == "Flatten":
        return "Flatten the 4 × 4 × 16 values before the first dense layer."
    if known:
        return "Go through the table from the top: one line, one layer."
    return f"LeNet has no {step.kind}: put {kind} in its place."


def _shape_hint(kind: str, yours: tuple[int, ...], asked: tuple[int, ...], as_many_params: bool) -> str:
    if _channels_first(kind, yours, asked):
        return "It takes the first axis for the channels, and in Keras they come last: leave data_format out."
    if kind == "Conv2D":
        if yours[:2] == asked[:2]:
            return f"The number of filters decides the last axis: {asked[-1]}."
        if yours[0] == asked[0] + 4:
            return (
                "It was padded: LeNet pads nothing. With padding 'valid', and no ZeroPadding2D, a 5×5 "
                "window takes 4 from height and width."
            )
        if yours[0] == asked[0] + 2:
            return "That is a 3×3 window; LeNet's is 5×5."
        if as_many_params:
            return "Its filters are LeNet's, and move otherwise: leave strides and dilation_rate out."
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


def _channels_first(kind: str, yours: tuple[int, ...], asked: tuple[int, ...]) -> bool:
    """Whether a layer gave what it gives when it takes the first of three axes for the channels."""
    if kind == "Conv2D":
        return yours[0] == asked[2] != yours[2] and yours[0] != yours[1]
    return kind == "MaxPooling2D" and yours == (2 * asked[0], asked[1], asked[2] // 2)


def _params_hint(kind: str, yours: int, outputs: int, asked: int, channels: int) -> str:
    if yours == asked - outputs:
        return f"The {outputs} biases are missing: leave use_bias alone."
    if kind == "Conv2D":
        if outputs < yours < asked and (asked - outputs) % (yours - outputs) == 0:
            return f"Each filter works on all {channels} channels: leave groups out."
        return f"A filter holds 5·5·{channels} weights and a bias."
    return "Inputs times units, and a bias for each unit."
