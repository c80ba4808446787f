"""A function that stops with an error of its own, which its report must quote."""

NOTEBOOKS = (2,)
EXPECTED = {"conv_params": 0}
HELP = {"conv_params": "raised NameError: “name 'biases' is not defined”"}


def edit(submission):
    submission.answer("conv_params", """
def conv_params(height, width, channels_in, filters):
    return height * width * channels_in * filters + biases
""")
