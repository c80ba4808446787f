"""TRUSTED: what students do not see."""

from autograder.judging.api import check


@check("double", points=3, after="test_small_numbers")
def test_large_numbers(answers):
    """Twice a large number."""
    answers.expect_drawn(lambda number: True)
