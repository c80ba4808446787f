"""The places of a window are counted without the last one, and the shapes follow from it."""

NOTEBOOKS = (1,)
EXPECTED = {"output_size": 0, "lenet_shapes": 2}
HELP = {
    "output_size": "Count both ends: the first place and the last.",
    "lenet_shapes": "you predicted 23 × 23 × 6. A 5×5 window takes 4",
}


def edit(submission):
    submission.change("output_size", "// stride + 1", "// stride")
    submission.answer("lenet_shapes", """
def lenet_shapes():
    return [(23, 23, 6), (11, 11, 6), (6, 6, 16), (2, 2, 16), (64,), (120,), (84,), (10,)]
""")
