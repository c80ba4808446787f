"""A text stands in a file with a notebook's name."""

NOTEBOOKS = (2,)
STEM = "2_count_parameters"
EXPECTED = dict.fromkeys(
    ("conv_params", "pool_params", "dense_params", "count_params", "dense_share", "dense_bytes"), 0
)
HELP = dict.fromkeys(EXPECTED, "The submitted file could not be read: it is not a notebook")
NOTES = ("it is not a notebook in the format that JupyterLab saves",)
FLAGGED = tuple(EXPECTED)


def edit(submission):
    submission.files[f"{STEM}.ipynb"] = b"def conv_params(height, width, channels_in, filters):\n"
