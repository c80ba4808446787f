"""TRUSTED: the public checks of notebook 2, which students can run themselves."""

from __future__ import annotations

from typing import Any

from autograder.assignments.lenet.checks.networks import WRONG_TOTALS
from autograder.assignments.lenet.checks.slips import Slip, Slips
from autograder.assignments.lenet.exercises import LENET
from autograder.judging.api import check
from autograder.judging.facts import Answers, Cause
from autograder.judging.parts import dense_layers

CONV_PARAMS = (
    Slip(
        "The {filters} biases are missing: one for each filter.",
        lambda height, width, channels, filters: height * width * channels * filters,
    ),
    Slip(
        "There is one bias for each filter, not one for the layer.",
        lambda height, width, channels, filters: height * width * channels * filters + 1,
    ),
    Slip(
        "That is one filter: there are {filters} of them.",
        lambda height, width, channels, filters: height * width * channels + 1,
    ),
    Slip(
        "That is one filter without its bias: there are {filters} filters.",
        lambda height, width, channels, filters: height * width * channels,
    ),
    Slip(
        "A bias belongs to a filter, not to each of its weights.",
        lambda height, width, channels, filters: 2 * height * width * channels * filters,
    ),
    Slip(
        "A filter looks at all {channels} input channels: {height}·{width}·{channels} weights.",
        lambda height, width, channels, filters: (height * width + 1) * filters,
    ),
    Slip(
        "A filter looks at all its input channels, and has a bias.",
        lambda height, width, channels, filters: height * width * filters,
    ),
    Slip(
        "Count one bias for each filter, not for each input channel.",
        lambda height, width, channels, filters: height * width * channels * filters + channels,
    ),
    Slip(
        "A filter has one bias, not one for each input channel.",
        lambda height, width, channels, filters: (height * width + 1) * channels * filters,
    ),
    *(
        Slip("This window is not square: height and width both count.", formula)
        for formula in (
            lambda height, width, channels, filters: (height * height * channels + 1) * filters,
            lambda height, width, channels, filters: (width * width * channels + 1) * filters,
        )
    ),
    # Wherever else the number of filters is taken from, the weights are as many, and the biases are not.
    *(
        Slip(
            "The parameters are exchanged: their order is conv_params(height, width, channels_in, filters).",
            formula,
        )
        for formula in (
            lambda height, width, channels, filters: height * width * channels * filters + channels,
            lambda height, width, channels, filters: height * width * channels * filters + height,
            lambda height, width, channels, filters: height * width * channels * filters + width,
        )
    ),
)


@check("conv_params", points=2)
def test_grey_image(answers: Answers) -> None:
    """The parameters of a convolution on one channel."""
    slips = Slips(CONV_PARAMS, answers)
    slips.expect(5, 5, 1, 6)
    slips.expect_drawn(lambda height, width, channels, filters: height == width and channels == 1)


@check("conv_params", points=2)
def test_several_channels(answers: Answers) -> None:
    """The parameters of a convolution on several channels."""
    slips = Slips(CONV_PARAMS, answers)
    slips.expect(5, 5, 6, 16)
    slips.expect_drawn(lambda height, width, channels, filters: height == width and channels > 1)


@check("conv_params", points=1)
def test_window_that_is_not_square(answers: Answers) -> None:
    """The parameters of a convolution whose window is not square."""
    slips = Slips(CONV_PARAMS, answers)
    slips.expect_drawn(lambda height, width, channels, filters: height != width)


# The right answer is always the same one here, by nature.
@check("pool_params", points=2)
def test_pooling(answers: Answers) -> None:
    """The parameters of a pooling, whatever its window."""
    causes: dict[float, str] = {
        4: "The window has 4 places, but it only picks the largest value: nothing is learned."
    }
    answers.expect((2, 2), causes)
    answers.expect_drawn(lambda height, width: True)


DENSE_PARAMS = (
    Slip("The {units} biases are missing: one for each unit.", lambda inputs, units: inputs * units),
    Slip(
        "There is one bias for each unit, not one for the layer.",
        lambda inputs, units: inputs * units + 1,
    ),
    Slip(
        "There is one bias for each unit, not for each input.",
        lambda inputs, units: inputs * units + inputs,
    ),
    Slip(
        "The parameters are exchanged: their order is dense_params(inputs, units).",
        lambda inputs, units: inputs * units + inputs,
    ),
    Slip("Every unit is joined to every input: multiply.", lambda inputs, units: inputs + units),
)


@check("dense_params", points=2)
def test_fewer_units_than_inputs(answers: Answers) -> None:
    """The parameters of a dense layer with fewer units than inputs."""
    slips = Slips(DENSE_PARAMS, answers)
    slips.expect(256, 120)
    slips.expect(84, 10)
    slips.expect_drawn(lambda inputs, units: inputs > units)


@check("dense_params", points=2)
def test_more_units_than_inputs(answers: Answers) -> None:
    """The parameters of a dense layer with more units than inputs."""
    slips = Slips(DENSE_PARAMS, answers)
    slips.expect_drawn(lambda inputs, units: inputs < units)


@check("count_params", points=3)
def test_convolutions_and_poolings(answers: Answers) -> None:
    """Networks without dense layers are counted right."""
    causes: dict[float, str] = {160: "The pooling's 4 places are no parameters."}
    answers.expect((LENET[:2],), causes)
    answers.expect_drawn(
        lambda layers: bool(layers) and layers[0][0] == "conv" and not dense_layers(layers),
    )


@check("count_params", points=4)
def test_whole_networks(answers: Answers) -> None:
    """LeNet and other networks with dense layers are counted right."""
    causes: dict[float, str] = {
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
def test_any_list(answers: Answers) -> None:
    """Layers in any order are counted right, no layers too, and the list stays as it was."""
    answers.expect(([],))
    answers.expect_drawn(lambda layers: layers[0][0] != "conv")
    answers.leaves_arguments_alone()


@check("dense_share", points=2)
def test_share_in_networks_like_lenet(answers: Answers) -> None:
    """The share is right in LeNet, and in networks that end with dense layers like it."""
    causes = {
        41_854: "That is how many there are: divide by all 44,426.",
        100 * 41_854 / 44_426: "Yours is in per cent: return a share from 0 to 1.",
        94.21: "Yours is in per cent: return a share from 0 to 1.",
        94.2: "Yours is in per cent: return a share from 0 to 1.",
        94: "Yours is in per cent: return a share from 0 to 1.",
        2_572 / 44_426: "That is the share of the convolutions.",
        0: "Whole-number division (//) throws the share away: divide with /. Or: No layer was counted as "
        "dense.",
        0.94: "Return the exact quotient and round only when you print it.",
        0.9421: "Return the exact quotient and round only when you print it.",
    }
    answers.expect((LENET,), causes)
    answers.expect_drawn(lambda layers: layers[0][0] == "conv" and layers[-1][0] == "dense")
    answers.passed()


# Behind another check, because a constant is right where all layers are dense, or none.
@check("dense_share", points=2, after="test_share_in_networks_like_lenet")
def test_share_in_any_network(answers: Answers) -> None:
    """The share is right wherever the dense layers stand, and the list stays as it was."""
    answers.expect_drawn(lambda layers: layers[0][0] != "conv" or layers[-1][0] != "dense")
    answers.leaves_arguments_alone()
    answers.passed()


# What a number of bytes must be multiplied by where it is in something else, and how that is said.
OTHER_THAN_BYTES = (
    (4, "That is how many numbers there are: each float32 takes 4 bytes."),
    (1 / 2, "That is float64: a float32 takes 4 bytes."),
    (1 / 8, "A float32 has 32 bits, and those are 4 bytes."),
    (10**3, "Yours is in kilobytes: return bytes."),
    (10**6, "Yours is in megabytes: return bytes."),
    (10**9, "Yours is in gigabytes: return bytes."),
    (2**10, "Yours is in kibibytes: return bytes."),
    (2**20, "Yours is in mebibytes: return bytes."),
    (2**30, "Yours is in gibibytes: return bytes."),
)
_LARGEST = 1e100  # what is larger, or no number, has no cause here


def why_not_bytes(answers: Answers) -> Cause:
    """The cause of a wrong number of bytes, by what would make it right."""

    def cause(arguments: list[Any], number: float) -> str:
        _, _, channels, units = arguments

        if not abs(number) < _LARGEST:
            return ""

        def is_right(other: float) -> bool:
            return answers.question.is_right("dense_bytes", arguments, round(other))

        known = (told for factor, told in OTHER_THAN_BYTES if is_right(number * factor))
        if found := next(known, ""):
            return found
        if any(is_right(number - size * units) for size in (1, 4)):
            return "Leave the biases out: only the matrix is asked for."
        if is_right(number * channels) or is_right(number / 3 * channels):
            return "Every channel counts as inputs too: an image need not have 1 or 3 of them."
        return ""

    return cause


@check("dense_bytes", points=2)
def test_grey_images(answers: Answers) -> None:
    """The memory is right for grey images."""
    answers.expect_drawn(lambda height, width, channels, units: channels == 1, why_not_bytes(answers))


@check("dense_bytes", points=3)
def test_several_channels_of_an_image(answers: Answers) -> None:
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
    answers.expect_drawn(lambda height, width, channels, units: channels > 1, why_not_bytes(answers))
