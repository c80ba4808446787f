"""Cells were moved: the checks stand above their answers, the helpers below their use."""

NOTEBOOKS = (2,)


def edit(submission):
    cells = submission.notebook(2).cells
    cells[1:] = reversed(cells[1:])
