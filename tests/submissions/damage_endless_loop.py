"""A cell runs forever."""

NOTEBOOKS = (2,)
EXPECTED = dict.fromkeys(("dense_params", "count_params", "dense_share", "dense_bytes"), 0)
HELP = dict.fromkeys(EXPECTED, "is there a loop without an end?")
NOTES = ("(“while True:”) ran longer than 60 s: is there a loop without an end?",)
FLAGGED = tuple(EXPECTED)


def edit(submission):
    submission.own_cell("while True:\n    pass", after="pool_params")
