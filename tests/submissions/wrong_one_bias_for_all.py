"""One bias is counted for a whole layer."""

NOTEBOOKS = (2,)
EXPECTED = {"conv_params": 0, "dense_params": 0}
HELP = {
    "conv_params": "There is one bias for each filter, not one for the layer.",
    "dense_params": "There is one bias for each unit, not one for the layer.",
}


def edit(submission):
    submission.answer("conv_params", """
def conv_params(height, width, channels_in, filters):
    return height * width * channels_in * filters + 1
""")
    submission.answer("dense_params", """
def dense_params(inputs, units):
    return inputs * units + 1
""")
