"""Prints a megabyte in one line, and takes half of it back: some patterns take the square of that."""

from hostile_tools import midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)


def edit(submission):
    midway(submission, "print('x' * 1_000_000 + '\\b' * 500_000)")
