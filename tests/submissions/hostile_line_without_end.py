"""Prints two megabytes in one line, and takes one of them back: some patterns take the square of that."""

from hostile_tools import midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)


def edit(submission):
    midway(submission, "print('x' * 2_000_000 + '\\b' * 1_000_000)")
