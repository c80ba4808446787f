"""A notebook with a cell longer than any page should show."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "it has a cell of over 200,000 characters")
FLAGGED = COUNTING


def edit(submission):
    submission.own_cell("x = [\n" + "    [[[[(1)]]]],\n" * 100_000 + "]", after="conv_params")
