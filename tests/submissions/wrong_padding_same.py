"""Both convolutions and poolings are padded, in the prediction and in the network: 107,786."""

NOTEBOOKS = (1,)
EXPECTED = {"lenet_shapes": 2, "build_lenet": 9}
HELP = {
    "lenet_shapes": "Layer 1 (Conv2D) gives 24 × 24 × 6, you predicted 28 × 28 × 6.",
    "build_lenet": "107,786 is LeNet with padding 'same' everywhere",
}


def edit(submission):
    submission.answer("lenet_shapes", """
def lenet_shapes():
    return [(28, 28, 6), (14, 14, 6), (14, 14, 16), (7, 7, 16), (784,), (120,), (84,), (10,)]
""")
    submission.change("build_lenet", "filters, 5,", 'filters, 5, padding="same",')
    submission.change("build_lenet", "MaxPooling2D(2)", 'MaxPooling2D(2, padding="same")')
