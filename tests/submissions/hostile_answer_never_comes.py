"""An answer adds up numbers without end, inside one call that no interrupt reaches."""

from hostile_tools import LOST, REST

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "ran longer than")
NOTES = ("The cell 'dense_params' ran longer than",)
FLAGGED = REST


def edit(submission):
    submission.answer("dense_params", """
def dense_params(inputs, units):
    return sum(range(10**14))
""")
