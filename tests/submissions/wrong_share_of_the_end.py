"""What follows the first Flatten is taken for the dense layers: so it is in LeNet, not in every list."""

NOTEBOOKS = (2,)
EXPECTED = {"dense_share": 2}
HELP = {"dense_share": "dense_share(["}


def edit(submission):
    submission.answer("dense_share", """
def dense_share(layers):
    end = layers[layers.index(("flatten",)):] if ("flatten",) in layers else []
    dense = end or [layer for layer in layers if layer[0] == "dense"]
    return count_params(dense) / count_params(layers)
""")
