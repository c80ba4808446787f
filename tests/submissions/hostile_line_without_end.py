"""Prints three megabytes in one line, and takes two of them back: some patterns take hours for that."""

from hostile_tools import midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)


def edit(submission):
    midway(submission, "print('x' * 2_000_000 + '\\b' * 1_000_000)")
