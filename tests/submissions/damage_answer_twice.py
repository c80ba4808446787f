"""A solution cell was copied with its metadata, and the copy finished: the last one counts."""

import copy

NOTEBOOKS = (2,)
NOTES = ("The cell 'conv_params_solution' was there more than once; the last one counts.",)


def edit(submission):
    notebook, index = submission.place("conv_params_solution")
    notebook.cells.insert(index, copy.deepcopy(notebook.cells[index]))
    notebook.cells[index].source = submission.stubs["conv_params_solution"]
