"""Poolings of a single pixel that move by 2: every shape is LeNet's, and three of four numbers are lost."""

NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 14}
HELP = {"build_lenet": "should have a window of 2×2 that moves 2 pixels at a time"}


def edit(submission):
    submission.change("build_lenet", "layers.MaxPooling2D(2)", "layers.MaxPooling2D(1, strides=2)")
