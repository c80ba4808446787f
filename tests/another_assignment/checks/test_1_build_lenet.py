"""TRUSTED: what students see checked."""

from autograder.judging.api import Wrong, check


@check("double", points=1)
def test_small_numbers(answers):
    """Twice a small number."""
    for (number,), value in answers.public():
        if value != 2 * number:
            raise Wrong("It gives the square." if value == number**2 else "")
