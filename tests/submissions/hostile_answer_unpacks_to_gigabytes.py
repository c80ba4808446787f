"""Returns a list that holds the same array over and over: small in memory, 200 gigabytes when written down."""

from hostile_tools import LOST, REST

FAMILY = "objects that lie"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "it went over the limit for memory")
NOTES = ("It was in the cell 'dense_params'.",)
FLAGGED = REST


def edit(submission):
    submission.answer("dense_params", """
def dense_params(inputs, units):
    return [[np.zeros(100_000)] * 500] * 500
""")
