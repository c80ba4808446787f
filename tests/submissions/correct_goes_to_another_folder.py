"""The notebook works in another folder than the one where it was started, and the weights lie beside it."""

from nbformat.v4 import new_code_cell

NOTEBOOKS = (3,)


def edit(submission):
    submission.notebook(3).cells.insert(2, new_code_cell('import os\n\nos.chdir("/tmp")'))
