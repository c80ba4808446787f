"""All cells stand in reverse order, so that the tests come before what they test."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "tags and metadata"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")


def edit(submission):
    submission.untouched()
    submission.notebook(2).cells.reverse()
