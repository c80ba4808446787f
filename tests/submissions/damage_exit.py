"""A cell calls exit(), as in a script."""

NOTEBOOKS = (2,)
EXPECTED = dict.fromkeys(("dense_params", "count_params", "dense_share", "dense_bytes"), 0)
HELP = dict.fromkeys(EXPECTED, "The kernel ended")
NOTES = ("The kernel ended",)
FLAGGED = tuple(EXPECTED)


def edit(submission):
    submission.own_cell("exit()", after="pool_params")
