"""A graded function calls exit() where it should return."""

NOTEBOOKS = (2,)
EXPECTED = dict.fromkeys(
    ("pool_params", "dense_params", "count_params", "dense_share", "dense_bytes"), 0
)
HELP = dict.fromkeys(EXPECTED, "exit() ended the kernel in the cell 'pool_params'.")
NOTES = ("exit() ended the kernel in the cell 'pool_params'.",)
FLAGGED = tuple(EXPECTED)


def edit(submission):
    submission.answer("pool_params", "def pool_params(height, width):\n    exit()")
