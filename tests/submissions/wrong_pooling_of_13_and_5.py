"""Poolings whose windows are 13 and 5 pixels wide and move by 1: every shape is LeNet's, the network is not."""

NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 14}
HELP = {"build_lenet": "should have a window of 2×2 that moves 2 pixels at a time"}


def edit(submission):
    windows = "layers.MaxPooling2D({6: 13, 16: 5}[filters], strides=1)"
    submission.change("build_lenet", "layers.MaxPooling2D(2)", windows)
