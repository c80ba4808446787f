"""TRUSTED: the hidden checks of notebook 2."""

from __future__ import annotations

from collections.abc import Callable

from autograder.checks.api import check
from autograder.facts import Answers
from lenet_solution import parameters


def compare(answers: Answers, right: Callable[..., float], cause: str) -> None:
    """Wrong at the first hidden call whose value is not the answer book's."""
    for arguments, value in answers.hidden():
        answers.compare_number(arguments, value, right(*arguments), cause)


@check("conv_params", points=1)
def test_any_convolution(answers: Answers):
    """The same formula holds for other windows, channels and filters."""
    compare(
        answers, parameters.conv_params,
        "Use all four arguments: height · width · channels_in weights a filter, and a bias.",
    )


@check("pool_params", points=1)
def test_any_pooling(answers: Answers):
    """A larger pooling has no parameters either."""
    compare(answers, parameters.pool_params, "Whatever its size, a pooling learns nothing.")


@check("dense_params", points=2)
def test_any_dense_layer(answers: Answers):
    """The same formula holds for other inputs and units."""
    compare(answers, parameters.dense_params, "Use both arguments, and one bias for each unit.")


@check("count_params", points=3)
def test_any_network(answers: Answers):
    """Other networks are counted right as well, with windows that are not square."""
    compare(
        answers, parameters.count_params,
        "Go through the list that you are given: its sizes are not LeNet's.",
    )


@check("dense_share", points=2)
def test_share_in_any_network(answers: Answers):
    """The share is right for other networks as well."""
    compare(answers, parameters.dense_share, "Work from the list that you are given.")


@check("dense_bytes", points=2)
def test_any_image(answers: Answers):
    """The memory is right for other images and units."""
    compare(answers, parameters.dense_bytes, "Use all four arguments: inputs times units, 4 bytes each.")
