"""A graded function ends the process in which it is called."""

NOTEBOOKS = (2,)
EXPECTED = dict.fromkeys(
    ("pool_params", "dense_params", "count_params", "dense_share", "dense_bytes"), 0
)
HELP = dict.fromkeys(EXPECTED, "The kernel ended in the cell 'pool_params'.")
NOTES = ("The kernel ended in the cell 'pool_params'.",)
FLAGGED = tuple(EXPECTED)


def edit(submission):
    submission.answer("pool_params", """
import os

def pool_params(height, width):
    os._exit(0)
""")
