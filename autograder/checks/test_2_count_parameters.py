"""TRUSTED: the public checks of notebook 2, which students can run themselves."""

from __future__ import annotations

from autograder.checks.api import Passed, check
from autograder.checks.networks import WRONG_TOTALS
from autograder.exercises import LENET
from autograder.facts import Answers
from autograder.verdicts import Row


@check("conv_params", points=2)
def test_first_convolution_has_156(answers: Answers):
    """A 5×5 convolution from 1 to 6 channels has 156 parameters."""
    causes = {
        150: "The 6 biases are missing: one for each filter.",
        151: "There is one bias for each filter, not one for the layer.",
        26: "That is one filter: there are 6 of them.",
        25: "That is one filter without its bias: there are 6 filters.",
        300: "A bias belongs to a filter, not to each of its weights.",
    }
    answers.expect_number((5, 5, 1, 6), 156, causes)


@check("conv_params", points=2)
def test_second_convolution_has_2416(answers: Answers):
    """A 5×5 convolution from 6 to 16 channels has 2,416 parameters."""
    causes = {
        2400: "The 16 biases are missing: one for each filter.",
        2401: "There is one bias for each filter, not one for the layer.",
        416: "A filter looks at all 6 input channels: 5·5·6 weights.",
        400: "A filter looks at all 6 input channels, and has a bias.",
        2406: "Count one bias for each filter, not for each input channel.",
    }
    answers.expect_number((5, 5, 6, 16), 2416, causes)


@check("pool_params", points=1)
def test_pooling_has_none(answers: Answers):
    """A 2×2 pooling has no parameters."""
    causes = {4: "The window has 4 places, but it only picks the largest value: nothing is learned."}
    answers.expect_number((2, 2), 0, causes)


@check("dense_params", points=1)
def test_dense_256_to_120(answers: Answers):
    """A dense layer from 256 inputs to 120 units has 30,840 parameters."""
    causes = {
        30720: "The 120 biases are missing: one for each unit.",
        30721: "There is one bias for each unit, not one for the layer.",
        30976: "There is one bias for each unit, not for each input.",
        376: "Every unit is joined to every input: multiply.",
    }
    answers.expect_number((256, 120), 30840, causes)


@check("dense_params", points=1)
def test_dense_84_to_10(answers: Answers):
    """A dense layer from 84 inputs to 10 units has 850 parameters."""
    causes = {840: "The 10 biases are missing: one for each unit."}
    answers.expect_number((84, 10), 850, causes)


@check("count_params", points=4)
def test_lenet_has_44426(answers: Answers):
    """The whole LeNet has 44,426 parameters."""
    causes = {
        **WRONG_TOTALS,
        41_854: "41,854 are the dense layers alone: the convolutions have 156 and 2,416 more.",
        2_572: "2,572 are the convolutions alone: the dense layers hold most.",
        44_434: "44,434 counts the places of the pooling windows: poolings have no parameters.",
        850: "850 is the last layer alone: add up as you go through the list.",
        156: "156 is the first layer alone: return after the loop, not inside it.",
    }
    answers.expect_number((LENET,), 44_426, causes)


@check("count_params", points=1)
def test_convolution_and_pooling(answers: Answers):
    """A convolution and a pooling together have the convolution's 156 parameters."""
    causes = {160: "The pooling's 4 places are no parameters."}
    answers.expect_number((LENET[:2],), 156, causes)


@check("count_params", points=1)
def test_no_layers_no_parameters(answers: Answers):
    """An empty list of layers has 0 parameters."""
    answers.expect_number(([],), 0)


@check("dense_share", points=2)
def test_lenet_is_mostly_dense(answers: Answers):
    """94 % of LeNet's parameters are in its dense layers."""
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
    share = 41_854 / 44_426
    answers.expect_number((LENET,), share, causes)
    raise Passed(rows=[Row("share", f"{share:.2%}", f"{share:.2%}", True)])


@check("dense_bytes", points=3)
def test_colour_image_of_a_million_pixels(answers: Answers):
    """256 units on a 1000×1000 colour image need a matrix of 3,072,000,000 bytes: about 3 GB."""
    causes = {
        768_000_000: "That is how many numbers there are: each float32 takes 4 bytes.",
        3_072_001_024: "Leave the biases out: only the matrix is asked for.",
        1_024_000_000: "A colour image has 3 channels: they count as inputs too.",
        6_144_000_000: "That is float64: a float32 takes 4 bytes.",
        3.072: "Yours is in gigabytes: return bytes.",
        2_929.6875: "Yours is in mebibytes: return bytes.",
        24_576_000_000: "A float32 has 32 bits, and those are 4 bytes.",
    }
    answers.expect_number((1000, 1000, 3, 256), 3_072_000_000, causes)
