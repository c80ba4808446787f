"""Notebook 2 was saved under the name of notebook 1."""

import json

NOTEBOOKS = (1, 2)
EXPECTED = {"output_size": 0, "lenet_shapes": 0, "build_lenet": 0}
HELP = {"output_size": "output_size is not defined"}
NOTES = ("The cell 'output_size_solution' was missing; it was put back.",)


def edit(submission):
    content = json.dumps(submission.notebook(2)).encode()
    submission.files["1_build_lenet.ipynb"] = content
