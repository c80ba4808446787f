"""Two cells do not run to their end: a colon is missing, and a name is misspelt."""

NOTEBOOKS = (2,)
EXPECTED = {"conv_params": 0, "dense_params": 0}
HELP = {
    "conv_params": "because the cell 'conv_params_solution' ended with SyntaxError: “expected ':'",
    "dense_params": "There is no dense_params, but a dense_param: is that it?",
}


def edit(submission):
    submission.change("conv_params", "filters):", "filters)")
    submission.change("dense_params", "def dense_params", "def dense_param")
