"""TRUSTED: the public checks of notebook 1, which students can run themselves."""

from __future__ import annotations

from autograder.checks import networks
from autograder.checks.api import Passed, Wrong, check
from autograder.checks.networks import LENET, computes_lenet, shape_text
from autograder.facts import Answers, Model, quote
from autograder.verdicts import Row


@check("output_size", points=2)
def test_window_of_five_on_28(answers: Answers):
    """A window of 5 has 24 positions on 28 pixels."""
    causes = {
        23: "Count both ends: from 0 to 23 are 24 positions.",
        28: "Nothing was taken away: the window must stay inside the picture.",
        5: "That is the number of whole windows side by side: the stride is 1, not the window.",
    }
    answers.expect_number((28, 5), 24, causes)


@check("output_size", points=1)
def test_stride_of_two_halves(answers: Answers):
    """A 2-pixel window that moves 2 pixels at a time leaves 12 of 24."""
    causes = {
        23: "The stride is left out: it moves 2 pixels at a time.",
        11: "One position is missing: add 1 after dividing by the stride, not before.",
        11.5: "Add 1 after dividing by the stride, not before.",
    }
    answers.expect_number((24, 2, 2), 12, causes)


@check("output_size", points=1)
def test_padding_of_two_keeps_28(answers: Answers):
    """With 2 pixels of padding on each side, a window of 5 leaves 28 of 28."""
    causes = {
        24: "The padding is left out.",
        26: "The padding is there on both sides: it counts twice.",
    }
    answers.expect_number((28, 5, 1, 2), 28, causes)


def shapes(answers: Answers) -> list[tuple[int, ...]]:
    """The eight predicted shapes, or Wrong: hints climb from type to length to content."""
    value = answers.value()
    if value is None:
        raise Wrong("lenet_shapes() gave None. Is there a return at the end of your function?")
    if not isinstance(value, list):
        raise Wrong(f"lenet_shapes() should return a list of tuples, yours returns {quote(value)}.")
    if len(value) != len(LENET):
        raise Wrong(f"One shape for each of the 8 layers, please: yours are {len(value)}.")
    read = []
    for number, shape in enumerate(value, start=1):
        shape = [shape] if isinstance(shape, int) else shape
        if isinstance(shape, list) and shape and shape[0] is None:
            raise Wrong(f"Leave the batch axis (None) out of shape {number}: {quote(shape)}.")
        if not isinstance(shape, list) or len(shape) > 8 or not all(type(n) is int for n in shape):
            raise Wrong(f"Shape {number} should be a tuple of whole numbers: {quote(shape)}.")
        read.append(tuple(shape))
    return read


def compare_shapes(answers: Answers, numbers: range, reason: str) -> None:
    """Wrong at the first of these layers whose predicted shape is not LeNet's."""
    yours = shapes(answers)
    rows = [
        Row(f"{n} {LENET[n - 1][0]}", shape_text(yours[n - 1]), shape_text(LENET[n - 1][1]),
            yours[n - 1] == LENET[n - 1][1])
        for n in numbers
    ]
    wrong = [n for n, row in zip(numbers, rows, strict=True) if not row.ok]
    if wrong:
        kind, asked = LENET[wrong[0] - 1][:2]
        mine = yours[wrong[0] - 1]
        hint = "Height and width come first, channels last." if sorted(mine) == sorted(asked) else reason
        raise Wrong(
            f"Layer {wrong[0]} ({kind}) gives {shape_text(asked)}, you predicted "
            f"{shape_text(mine)}. {hint}",
            rows,
        )
    raise Passed(rows=rows)


@check("lenet_shapes", points=2)
def test_first_convolution_takes_four(answers: Answers):
    """The first convolution: 28 × 28 × 1 becomes 24 × 24 × 6."""
    compare_shapes(
        answers, range(1, 2), "A 5×5 window takes 4 from height and width; 6 filters, 6 channels."
    )


@check("lenet_shapes", points=2)
def test_first_pooling_halves(answers: Answers):
    """The first pooling halves height and width and keeps the channels."""
    compare_shapes(answers, range(2, 3), "Pooling halves height and width, channels stay.")


@check("lenet_shapes", points=2)
def test_second_convolution_and_pooling(answers: Answers):
    """The second convolution and pooling: 8 × 8 × 16, then 4 × 4 × 16."""
    compare_shapes(answers, range(3, 5), "Take 4 away, then halve; 16 filters, 16 channels.")


@check("lenet_shapes", points=1)
def test_flatten_puts_all_in_a_row(answers: Answers):
    """Flatten puts all values in one row: 256."""
    compare_shapes(answers, range(5, 6), "Multiply height, width and channels: 4·4·16.")


@check("lenet_shapes", points=2)
def test_dense_layers_give_their_units(answers: Answers):
    """The dense layers: 120, 84 and 10 values."""
    compare_shapes(answers, range(6, 9), "A dense layer gives one value for each unit.")


LOOKS = "test_is_a_network"


@check("build_lenet", points=0)
def test_is_a_network(model: Model):
    """build_lenet() returns a Keras model that can be tried."""
    if model.network is None:
        raise Wrong(f"build_lenet() should return a Keras model, yours returns a {model.not_a_model}.")
    if computes_lenet(model.network):
        raise Passed(networks.training_note(model.network))
    networks.require_truth(model.network)


@check("build_lenet", points=6, after=LOOKS)
def test_has_eight_layers(model: Model):
    """It has LeNet's 8 layers."""
    network = model.network
    if computes_lenet(network):
        return
    if not networks.known_params(network):
        raise Wrong("Your network has nothing to train: LeNet begins with a convolution, Conv2D.")
    if len(network.steps) != len(LENET) or network.total_params > networks.known_params(network):
        raise Wrong(
            f"LeNet has 8 layers, yours has {len(network.steps)}. "
            f"{networks.first_difference(network)}",
            networks.comparison(network),
        )


@check("build_lenet", points=6, after=LOOKS)
def test_shape_after_every_layer(model: Model):
    """The shape after every layer is LeNet's, from 28 × 28 × 1 to 10."""
    network = model.network
    rows = networks.comparison(network)
    if computes_lenet(network):
        raise Passed(rows=rows if all(row.ok for row in rows) else ())
    shapes = [(step.kind, step.output_shape) for step in networks.shapes_kept(network)]
    if network.input_shape != networks.INPUT or shapes != [row[:2] for row in LENET]:
        raise Wrong(networks.why_not(network), rows)


@check("build_lenet", points=5, after=LOOKS)
def test_parameters_in_all(model: Model):
    """LeNet has 44,426 parameters."""
    network = model.network
    if computes_lenet(network):
        return
    total = network.total_params
    if total != networks.TOTAL or networks.known_params(network) != total:
        cause = networks.WRONG_TOTALS.get(total) or networks.why_not(network)
        raise Wrong(f"Yours has {total:,} parameters, LeNet {networks.TOTAL:,}. {cause}")


@check("build_lenet", points=3, after=LOOKS)
def test_sigmoid_everywhere(model: Model):
    """Every convolution and every dense layer uses the sigmoid, once."""
    network = model.network
    if computes_lenet(network):
        return
    trained = networks.trained(network)
    rows = [
        Row(s.name, networks.activation_text(s), "sigmoid", s.activation == "sigmoid")
        for s in trained
    ]
    other = networks.other_activation(network)
    if other:
        raise Wrong(
            f"{other.name} uses {networks.activation_text(other)}. Give every convolution and dense "
            "layer activation='sigmoid', the last one too.",
            rows,
        )
    if {step.kind for step in trained} != {"Conv2D", "Dense"}:
        raise Wrong("LeNet has convolutions and dense layers, yours has not both.")
    more = any(step.kind == "Activation" for step in network.steps)
    if more or not networks.first_difference(network):  # all marks are for LeNet alone
        raise Wrong(networks.why_not(network))
