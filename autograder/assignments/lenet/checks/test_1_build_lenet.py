"""TRUSTED: the public checks of notebook 1, which students can run themselves."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.assignments.lenet.checks import networks
from autograder.assignments.lenet.checks.lenet import (
    INPUT,
    LENET,
    TOTAL,
    computes_lenet,
    has_lenets_sizes,
)
from autograder.assignments.lenet.checks.mistakes import steps_of
from autograder.assignments.lenet.checks.slips import Slip, Slips, numbers
from autograder.judging.api import Figures, Passed, Wrong, check
from autograder.judging.beside import HALVES, activation_text, require_truth, shape_text
from autograder.judging.facts import Answers, Model, quote
from autograder.judging.tracing import Traced
from autograder.judging.verdicts import Row
from autograder.judging.words import with_article

PART_OF_A_STEP = "Part of a step is no place: round down, with //."
_ORDER = "are exchanged: their order is output_size(size, window, stride, padding)."
OUTPUT_SIZE = (
    Slip(
        "Count both ends: the first place and the last.",
        lambda size, window, stride=1, padding=0: (size + 2 * padding - window) / stride,
    ),
    Slip(
        "Add 1 after dividing by the stride, not before.",
        lambda size, window, stride=1, padding=0: (size + 2 * padding - window + 1) / stride,
    ),
    Slip(
        "Take the window away before dividing by the stride, not after.",
        lambda size, window, stride=1, padding=0: (size + 2 * padding) / stride - window + 1,
    ),
    Slip(
        "Nothing was taken away: the window must stay inside the picture.",
        lambda size, window, stride=1, padding=0: (size + 2 * padding) / stride,
    ),
    Slip(
        "That is the number of whole windows side by side: the stride is {stride}, not the window.",
        lambda size, window, stride=1, padding=0: (size + 2 * padding) / window,
    ),
    Slip(
        "The stride is left out: it moves {stride} pixels at a time.",
        lambda size, window, stride=1, padding=0: size + 2 * padding - window + 1,
    ),
    Slip(
        "The padding is left out.",
        lambda size, window, stride=1, padding=0: (size - window) // stride + 1,
    ),
    Slip(
        "The padding is there on both sides: it counts twice.",
        lambda size, window, stride=1, padding=0: (size + padding - window) // stride + 1,
    ),
    Slip(
        PART_OF_A_STEP,
        lambda size, window, stride=1, padding=0: -((window - size - 2 * padding) // stride) + 1,
    ),
    Slip(
        "Divide once, after taking the window away: two divisions round twice.",
        lambda size, window, stride=1, padding=0: (size + 2 * padding) // stride - window // stride + 1,
    ),
    Slip(
        f"Stride and padding {_ORDER}",
        numbers({(28, 5): 24, (24, 2, 2): 27, (28, 5, 1, 2): 13}),
    ),
    Slip(
        f"Size and window {_ORDER}",
        numbers({(28, 5): -22, (24, 2, 2): -10, (28, 5, 1, 2): -18}),
    ),
)


@check("output_size", points=2)
def test_window_that_moves_one_pixel(answers: Answers) -> None:
    """The places are right where the window moves 1 pixel at a time."""
    expect_places(answers, (28, 5), lambda stride, padding: stride == 1 and not padding)


@check("output_size", points=2)
def test_longer_strides(answers: Answers) -> None:
    """The places are right where the window moves further, also where the last step does not fit."""
    expect_places(answers, (24, 2, 2), lambda stride, padding: stride > 1 and not padding)


@check("output_size", points=2)
def test_padding(answers: Answers) -> None:
    """The places are right with padding, for every stride."""
    expect_places(answers, (28, 5, 1, 2), lambda stride, padding: padding > 0)


def expect_places(answers: Answers, arguments: tuple[int, ...], concerns: Callable[[int, int], bool]) -> None:
    """Passes when this public call, and the drawn ones with such a stride and padding, are right."""
    slips = Slips(OUTPUT_SIZE, answers)
    slips.expect(*arguments)
    slips.expect_drawn(
        lambda size, window, stride=1, padding=0: concerns(stride, padding),
        lambda call, number: "" if float(number).is_integer() else PART_OF_A_STEP,
    )


def predicted(value: Any, number: int) -> tuple[int, ...]:
    """The shape of one layer, counted from 1, in what lenet_shapes gave; Wrong where it is none."""
    if value is None:
        raise Wrong("lenet_shapes() gave None. Is there a return at the end of your function?")
    if not isinstance(value, list):
        raise Wrong(f"lenet_shapes() should return a list of tuples, yours returns {quote(value)}.")
    if len(value) != len(LENET):
        raise Wrong(f"One shape for each of the 8 layers, please: yours are {len(value)}.")
    shape = value[number - 1]
    if isinstance(shape, np.ndarray) and shape.ndim == 1 and shape.size <= 8:
        shape = shape.tolist()
    if type(shape) is int:
        raise Wrong(f"Shape {number} is a number. With a comma it becomes a tuple: ({shape},).")
    if isinstance(shape, list) and shape and shape[0] is None:
        raise Wrong(f"Leave the batch axis (None) out of shape {number}: {quote(shape)}.")
    if not isinstance(shape, list) or len(shape) > 8 or not all(map(whole, shape)):
        raise Wrong(f"Shape {number} should be a tuple of whole numbers: {quote(shape)}.")
    return tuple(map(int, shape))


def whole(number: Any) -> bool:
    """Whether it is a whole number; 24.0 too, which output_size may have given."""
    if isinstance(number, np.ndarray) and number.shape == ():
        number = number.item()
    return type(number) is int or (type(number) is float and number.is_integer())


def compare_shapes(answers: Answers, places: range, reason: str) -> None:
    """Wrong at the first of these layers whose predicted shape is not LeNet's.

    The answer is always the same, since it is a prediction; in practice nothing tells it. With
    made-up sizes in the place of a wrong output_size, their shapes are as good.
    """
    rows, wrong, call = [], [], answers.asked()
    for number in places:
        kind, asked = LENET[number - 1][:2]
        try:
            mine = predicted(answers.value(), number)
        except Wrong:
            if answers.excuses(partial(same_shape, number), call):
                continue
            raise
        if mine != asked and answers.excuses(partial(same_shape, number), call):
            continue
        rows.append(Row(f"{number} {kind}", shape_text(mine), shape_text(asked), mine == asked))
        if mine != asked:
            wrong.append((number, kind, mine, asked))
    if not wrong:
        answers.passed(rows)
        raise Passed(rows=rows)
    number, kind, mine, asked = wrong[0]
    hint = "Height and width come first, channels last." if sorted(mine) == sorted(asked) else reason
    if answers.graded:
        told = f"Layer {number} ({kind}) gives {shape_text(asked)}, you predicted {shape_text(mine)}."
        raise Wrong(f"{told} {hint}", rows)
    exercise = answers.question.exercise
    raise Wrong(
        f"Layer {number} ({kind}) does not give {shape_text(mine)}.",
        hints=(exercise.hint, hint, exercise.worked),
    )


def same_shape(number: int, value: Any, right: list[list[int]]) -> bool:
    """Whether that layer has the shape in what was given that it should have; a written one is as good."""
    try:
        return predicted(value, number) in (tuple(right[number - 1]), LENET[number - 1][1])
    except Wrong:
        return False


@check("lenet_shapes", points=2)
def test_first_convolution(answers: Answers) -> None:
    """Layer 1, a convolution."""
    compare_shapes(answers, range(1, 2), "A 5×5 window takes 4 from height and width; 6 filters, 6 channels.")


@check("lenet_shapes", points=2)
def test_first_pooling(answers: Answers) -> None:
    """Layer 2, a pooling."""
    compare_shapes(answers, range(2, 3), "Pooling halves height and width, channels stay.")


@check("lenet_shapes", points=2)
def test_second_convolution_and_pooling(answers: Answers) -> None:
    """Layers 3 and 4, a convolution and a pooling."""
    compare_shapes(answers, range(3, 5), "Take 4 away, then halve; 16 filters, 16 channels.")


@check("lenet_shapes", points=1)
def test_flatten(answers: Answers) -> None:
    """Layer 5, Flatten."""
    compare_shapes(answers, range(5, 6), "Multiply height, width and channels of layer 4.")


@check("lenet_shapes", points=2)
def test_dense_layers(answers: Answers) -> None:
    """Layers 6 to 8, the dense ones."""
    compare_shapes(answers, range(6, 9), "A dense layer gives one value for each unit.")


LOOKS = "test_is_a_network"


@check("build_lenet", points=0)
def test_is_a_network(model: Model) -> None:
    """build_lenet() returns a Keras model that can be tried."""
    if model.network is None:
        if model.not_a_model == "NoneType":
            raise Wrong("build_lenet() gave None. Is there a return at the end of your function?")
        raise Wrong(
            f"build_lenet() should return a Keras model, yours returns {with_article(model.not_a_model or '')}."
        )
    if computes_lenet(model.network):
        raise Passed(networks.training_note(model.network))
    require_truth(model.network)


def tried(model: Model) -> Traced:
    """Its network, in a check that comes after the one above: that is Wrong where there is none."""
    assert model.network is not None
    return model.network


@check("build_lenet", points=6, after=LOOKS)
def test_has_eight_layers(model: Model) -> None:
    """It has LeNet's 8 layers."""
    network = tried(model)
    if computes_lenet(network):
        return
    if not network.total_params:
        raise Wrong("Your network has nothing to train: LeNet begins with a convolution, Conv2D.")
    count, rows = len(steps_of(network)), networks.comparison(network)
    if count != len(LENET):
        raise Wrong(f"LeNet has 8 layers, yours has {count}. {networks.first_difference(network)}", rows)
    if sum(map(math.prod, network.used_shapes)) > networks.known_params(network):
        raise Wrong(f"Not all 8 layers are of LeNet's kinds. {networks.why_not(network)}", rows)


@check("build_lenet", points=6, after=LOOKS)
def test_shape_after_every_layer(model: Model, figures: Figures) -> None:
    """The shape after every layer is LeNet's, from 28 × 28 × 1 to 10."""
    network = tried(model)
    drawn = networks.drawn(network)
    if drawn:
        figures["network"] = drawn
    rows = networks.comparison(network)
    if computes_lenet(network):
        raise Passed(rows=rows if all(row.ok for row in rows) else ())
    shapes = [(step.kind, step.output_shape) for step in networks.shapes_kept(network)]
    windows = {step.window for step in steps_of(network) if step.kind == "MaxPooling2D"}
    if network.input_shape != INPUT or shapes != [row[:2] for row in LENET]:
        raise Wrong(networks.why_not(network), rows)
    if windows != {HALVES}:
        raise Wrong(networks.why_not(network), rows)


@check("build_lenet", points=5, after=LOOKS)
def test_parameters_in_all(model: Model) -> None:
    """LeNet has 44,426 parameters."""
    network = tried(model)
    total = network.total_params
    if total == TOTAL and computes_lenet(network):
        return
    if total != TOTAL:
        cause = networks.why_another_total(network)
        raise Wrong(f"Yours has {total:,} parameters, LeNet {TOTAL:,}. {cause}")
    if networks.known_params(network) != total and not has_lenets_sizes(network.used_shapes):
        raise Wrong(f"Not all of them are in convolutions and dense layers. {networks.why_not(network)}")


@check("build_lenet", points=3, after=LOOKS)
def test_sigmoid_everywhere(model: Model) -> None:
    """Every convolution and every dense layer uses the sigmoid."""
    network = tried(model)
    if computes_lenet(network):
        return
    trained = networks.trained(network)
    rows = [
        Row(networks.name_text(network, s), activation_text(s), "sigmoid", s.activation == "sigmoid")
        for s in trained
    ]
    other = networks.other_activation(network)
    if other:
        raise Wrong(
            f"{networks.name_text(network, other)} uses {activation_text(other)}. Every convolution and dense layer of "
            "LeNet has activation='sigmoid', the last one too.",
            rows,
        )
    if {step.kind for step in trained} != {"Conv2D", "Dense"}:
        raise Wrong("LeNet has convolutions and dense layers, yours has not both.")
    if not networks.first_difference(network):  # all marks are for LeNet alone
        raise Wrong(networks.why_not(network))
