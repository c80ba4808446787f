"""count_params returns after the first layer, and so nothing for an empty list."""

NOTEBOOKS = (2,)
EXPECTED = {"count_params": 0}
HELP = {"count_params": "156 is the first layer alone: return after the loop, not inside it."}


def edit(submission):
    submission.change("count_params", "\n    return total", "\n            return total")
