"""A notebook of the student's own lies beside the one that was asked for."""

import json

import nbformat

NOTEBOOKS = (2,)


def edit(submission):
    own = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    submission.files["scratch.ipynb"] = json.dumps(own).encode()
