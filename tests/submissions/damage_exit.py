"""A cell calls exit(), as in a script."""

NOTEBOOKS = (2,)
EXPECTED = dict.fromkeys(("dense_params", "count_params", "dense_share", "dense_bytes"), 0)
HELP = dict.fromkeys(EXPECTED, "ended the kernel in cell")
NOTES = ("exit() ended the kernel in cell",)
FLAGGED = tuple(EXPECTED)


def edit(submission):
    submission.own_cell("exit()", after="pool_params")
