"""Every public answer is right, because it is written down; other inputs are not looked at."""

NOTEBOOKS = (2,)
EXPECTED = {
    "conv_params": 4,
    "pool_params": 1,
    "dense_params": 2,
    "count_params": 6,
    "dense_share": 2,
    "dense_bytes": 3,
}
HELP = {
    "conv_params": "Use all four arguments: height · width · channels_in weights a filter",
    "pool_params": "Whatever its size, a pooling learns nothing.",
    "dense_params": "Use both arguments, and one bias for each unit.",
    "count_params": "Go through the list that you are given: its sizes are not LeNet's.",
    "dense_share": "Work from the list that you are given.",
    "dense_bytes": "Use all four arguments: inputs times units, 4 bytes each.",
}


def edit(submission):
    submission.answer("conv_params", """
def conv_params(height, width, channels_in, filters):
    return 156 if filters == 6 else 2416
""")
    submission.answer("pool_params", """
def pool_params(height, width):
    return 0 if height == 2 else 1
""")
    submission.answer("dense_params", """
def dense_params(inputs, units):
    return {120: 30840, 84: 10164}.get(units, 850)
""")
    submission.answer("count_params", """
def count_params(layers):
    return {0: 0, 2: 156}.get(len(layers), 44426)
""")
    submission.answer("dense_share", """
def dense_share(layers):
    return 41854 / 44426
""")
    submission.answer("dense_bytes", """
def dense_bytes(height, width, channels, units):
    return 3_072_000_000
""")
