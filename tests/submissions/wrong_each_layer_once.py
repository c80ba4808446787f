"""A layer that a network has twice is counted once."""

NOTEBOOKS = (2,)
EXPECTED = {"count_params": 7}
HELP = {"count_params": "count_params(["}


def edit(submission):
    submission.change("count_params", "in layers:", "in dict.fromkeys(layers):")
