"""A cell prints a million lines."""

NOTEBOOKS = (2,)


def edit(submission):
    submission.own_cell("for line in range(1_000_000):\n    print(line)", after="conv_params")
