"""An answer computes a number so large that nothing can interrupt it."""

from hostile_tools import LOST, REST

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "reacting to an interrupt")
NOTES = ("It was in the cell 'dense_params'.",)
FLAGGED = REST


def edit(submission):
    submission.answer("dense_params", """
def dense_params(inputs, units):
    return 7 ** 7 ** 11 % 2
""")
