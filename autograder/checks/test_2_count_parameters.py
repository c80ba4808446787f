"""TRUSTED: the public checks of notebook 2, which students can run themselves."""

from __future__ import annotations

from autograder.checks.api import check
from autograder.checks.networks import WRONG_TOTALS
from autograder.exercises import LENET
from autograder.facts import Answers
from autograder.parts import dense_layers


@check("conv_params", points=2)
def test_grey_image(answers: Answers):
    """The parameters of a convolution on one channel."""
    causes = {
        150: "The 6 biases are missing: one for each filter.",
        151: "There is one bias for each filter, not one for the layer.",
        26: "That is one filter: there are 6 of them.",
        25: "That is one filter without its bias: there are 6 filters.",
        300: "A bias belongs to a filter, not to each of its weights.",
    }
    answers.expect((5, 5, 1, 6), causes)
    answers.expect_drawn(lambda height, width, channels, filters: height == width and channels == 1)


@check("conv_params", points=2)
def test_several_channels(answers: Answers):
    """The parameters of a convolution on several channels."""
    causes = {
        2400: "The 16 biases are missing: one for each filter.",
        2401: "There is one bias for each filter, not one for the layer.",
        416: "A filter looks at all 6 input channels: 5·5·6 weights.",
        400: "A filter looks at all 6 input channels, and has a bias.",
        2406: "Count one bias for each filter, not for each input channel.",
    }
    answers.expect((5, 5, 6, 16), causes)
    answers.expect_drawn(lambda height, width, channels, filters: height == width and channels > 1)


@check("conv_params", points=1)
def test_window_that_is_not_square(answers: Answers):
    """The parameters of a convolution whose window is not square."""
    answers.expect_drawn(
        lambda height, width, channels, filters: height != width,
        cause_of_a_convolution,
    )


def cause_of_a_convolution(arguments: list, value: float) -> str:
    """What may have gone wrong with a window that is not square."""
    height, width, channels, filters = arguments
    if value in [(side * side * channels + 1) * filters for side in (height, width)]:
        return "This window is not square: height and width both count."
    if value == height * width * channels * filters:
        return "The biases are missing: one for each filter."
    return ""


# The right answer is always the same one here, by nature.
@check("pool_params", points=2)
def test_pooling(answers: Answers):
    """The parameters of a pooling, whatever its window."""
    causes = {4: "The window has 4 places, but it only picks the largest value: nothing is learned."}
    answers.expect((2, 2), causes)
    answers.expect_drawn(lambda height, width: True)


@check("dense_params", points=2)
def test_fewer_units_than_inputs(answers: Answers):
    """The parameters of a dense layer with fewer units than inputs."""
    causes = {
        30720: "The 120 biases are missing: one for each unit.",
        30721: "There is one bias for each unit, not one for the layer.",
        30976: "There is one bias for each unit, not for each input.",
        376: "Every unit is joined to every input: multiply.",
    }
    answers.expect((256, 120), causes)
    answers.expect((84, 10), {840: "The 10 biases are missing: one for each unit."})
    answers.expect_drawn(lambda inputs, units: inputs > units)


@check("dense_params", points=2)
def test_more_units_than_inputs(answers: Answers):
    """The parameters of a dense layer with more units than inputs."""
    answers.expect_drawn(
        lambda inputs, units: inputs < units,
        cause_of_a_dense_layer,
    )


def cause_of_a_dense_layer(arguments: list, value: float) -> str:
    """What may have gone wrong with more units than inputs."""
    inputs, units = arguments
    if value == (units + 1) * inputs:
        return "Mind which of the two is which: the biases belong to the units."
    return "The biases are missing: one for each unit." if value == inputs * units else ""


@check("count_params", points=3)
def test_convolutions_and_poolings(answers: Answers):
    """Networks without dense layers are counted right."""
    causes = {160: "The pooling's 4 places are no parameters."}
    answers.expect((LENET[:2],), causes)
    answers.expect_drawn(
        lambda layers: bool(layers) and layers[0][0] == "conv" and not dense_layers(layers),
    )


@check("count_params", points=4)
def test_whole_networks(answers: Answers):
    """LeNet and other networks with dense layers are counted right."""
    causes = {
        **WRONG_TOTALS,
        41_854: "41,854 are the dense layers alone: the convolutions have 156 and 2,416 more.",
        2_572: "2,572 are the convolutions alone: the dense layers hold most.",
        44_434: "44,434 counts the places of the pooling windows: poolings have no parameters.",
        850: "850 is the last layer alone: add up as you go through the list.",
        156: "156 is the first layer alone: return after the loop, not inside it.",
    }
    answers.expect((LENET,), causes)
    answers.expect_drawn(
        lambda layers: layers[0][0] == "conv" and bool(dense_layers(layers)),
    )
    answers.passed()


# Behind another check, because no layers have no parameters for a constant too.
@check("count_params", points=2, after="test_whole_networks")
def test_any_list(answers: Answers):
    """Layers in any order are counted right, no layers too, and the list stays as it was."""
    answers.expect(([],))
    answers.expect_drawn(lambda layers: layers[0][0] != "conv")
    answers.leaves_arguments_alone()


@check("dense_share", points=2)
def test_share_in_networks_like_lenet(answers: Answers):
    """The share is right in LeNet, and in networks that end with dense layers like it."""
    causes = {
        41_854: "That is how many there are: divide by all 44,426.",
        100 * 41_854 / 44_426: "Yours is in per cent: return a share from 0 to 1.",
        94.21: "Yours is in per cent: return a share from 0 to 1.",
        94.2: "Yours is in per cent: return a share from 0 to 1.",
        94: "Yours is in per cent: return a share from 0 to 1.",
        2_572 / 44_426: "That is the share of the convolutions.",
        0: "Whole-number division (//) throws the share away: divide with /.",
        0.94: "Return the exact quotient and round only when you print it.",
        0.9421: "Return the exact quotient and round only when you print it.",
    }
    answers.expect((LENET,), causes)
    answers.expect_drawn(
        lambda layers: layers[0][0] == "conv" and layers[-1][0] == "dense"
    )
    answers.passed()


# Behind another check, because a constant is right where all layers are dense, or none.
@check("dense_share", points=2, after="test_share_in_networks_like_lenet")
def test_share_in_any_network(answers: Answers):
    """The share is right wherever the dense layers stand, and the list stays as it was."""
    answers.expect_drawn(
        lambda layers: layers[0][0] != "conv" or layers[-1][0] != "dense"
    )
    answers.leaves_arguments_alone()
    answers.passed()


@check("dense_bytes", points=2)
def test_grey_images(answers: Answers):
    """The memory is right for grey images."""
    answers.expect_drawn(lambda height, width, channels, units: channels == 1)


@check("dense_bytes", points=3)
def test_several_channels_of_an_image(answers: Answers):
    """The memory is right for colour images and for any number of channels."""
    causes = {
        768_000_000: "That is how many numbers there are: each float32 takes 4 bytes.",
        3_072_001_024: "Leave the biases out: only the matrix is asked for.",
        1_024_000_000: "A colour image has 3 channels: they count as inputs too.",
        6_144_000_000: "That is float64: a float32 takes 4 bytes.",
        3.072: "Yours is in gigabytes: return bytes.",
        2_929.6875: "Yours is in mebibytes: return bytes.",
        24_576_000_000: "A float32 has 32 bits, and those are 4 bytes.",
    }
    answers.expect((1000, 1000, 3, 256), causes)
    answers.expect_drawn(
        lambda height, width, channels, units: channels > 1,
        lambda arguments, value: (
            "Every channel counts: an image need not have 1 or 3 of them."
            if value in [4 * arguments[0] * arguments[1] * arguments[3] * count for count in (1, 3)]
            else ""
        ),
    )
