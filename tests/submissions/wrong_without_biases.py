"""No biases anywhere: 44,190 parameters, in the network and in the sums."""

NOTEBOOKS = (1, 2)
EXPECTED = {
    "build_lenet": 15,
    "conv_params": 0,
    "dense_params": 0,
}
HELP = {
    "build_lenet": "44,190 is LeNet without its 236 biases",
    "conv_params": "The 6 biases are missing",
    "dense_params": "The 120 biases are missing",
    "count_params": "conv_params and dense_params, on which it builds, are not right yet",
}


def edit(submission):
    submission.change("build_lenet", "filters, 5,", "filters, 5, use_bias=False,")
    submission.change("build_lenet", "(units,", "(units, use_bias=False,")
    submission.answer("conv_params", """
def conv_params(height, width, channels_in, filters):
    return height * width * channels_in * filters
""")
    submission.answer("dense_params", """
def dense_params(inputs, units):
    return inputs * units
""")
