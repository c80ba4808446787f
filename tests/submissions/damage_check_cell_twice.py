"""The cell of a check was copied and pasted, with its metadata."""

import copy

NOTEBOOKS = (2,)
NOTES = ("The cell 'conv_params' was there more than once; the last one counts.",)


def edit(submission):
    notebook, index = submission.place("conv_params")
    notebook.cells.insert(index + 1, copy.deepcopy(notebook.cells[index]))
