"""The channels that come in are left out, for filters and for colour images."""

NOTEBOOKS = (2,)
# What adds up the student's own numbers loses nothing for them; grey images have one channel.
EXPECTED = {"conv_params": 2, "dense_bytes": 2}
HELP = {
    "count_params": "conv_params, on which it builds, is not right yet",
    "dense_share": "conv_params, on which it builds, is not right yet",
    "conv_params": "A filter looks at all 6 input channels: 5·5·6 weights.",
    "dense_bytes": "A colour image has 3 channels: they count as inputs too.",
}


def edit(submission):
    submission.answer("conv_params", """
def conv_params(height, width, channels_in, filters):
    return (height * width + 1) * filters
""")
    submission.answer("dense_bytes", """
def dense_bytes(height, width, channels, units):
    return height * width * units * 4
""")
