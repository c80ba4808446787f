"""A modern habit: relu inside, softmax at the end."""

NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 17}
HELP = {"build_lenet": "uses relu. Every convolution and dense layer of LeNet has activation='sigmoid'"}


def edit(submission):
    submission.change("build_lenet", '5, activation="sigmoid"', '5, activation="relu"')
    submission.change(
        "build_lenet",
        '(units, activation="sigmoid"',
        '(units, activation="softmax" if units == 10 else "relu"',
    )
