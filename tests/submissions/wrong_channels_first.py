"""Shapes are predicted with the channels in front, and the dense layers as matrices."""

NOTEBOOKS = (1,)
EXPECTED = {"lenet_shapes": 1}
HELP = {"lenet_shapes": "Height and width come first, channels last."}


def edit(submission):
    submission.answer("lenet_shapes", """
def lenet_shapes():
    images = [(6, 24, 24), (6, 12, 12), (16, 8, 8), (16, 4, 4)]
    return images + [(256,), (256, 120), (120, 84), (84, 10)]
""")
