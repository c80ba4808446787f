"""One of two notebooks is an empty file; the other one is graded."""

NOTEBOOKS = (1, 2)
EXPECTED = {"output_size": 0, "lenet_shapes": 0, "build_lenet": 0}
HELP = dict.fromkeys(EXPECTED, "The submitted file could not be read: it is not a notebook")
NOTES = ("it is not a notebook in the format that JupyterLab saves",)
FLAGGED = tuple(EXPECTED)


def edit(submission):
    submission.files["1_build_lenet.ipynb"] = b""
