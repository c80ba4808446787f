"""TRUSTED: the hidden checks of notebook 1."""

from __future__ import annotations

from autograder.checks.api import check
from autograder.facts import Answers
from lenet_solution.parameters import output_size


@check("output_size", points=2)
def test_any_sizes(answers: Answers):
    """The same formula holds for other sizes, windows, strides and paddings."""
    for arguments, value in answers.hidden():
        size, window, stride, padding = arguments
        exact = (size + 2 * padding - window) / stride + 1
        causes = {
            exact: "Part of a step is no position: round down, with //.",
            round(exact + 0.5): "Part of a step is no position: round down.",
        }
        answers.compare_number(arguments, value, output_size(*arguments), causes)
