"""Softmax at the end, in notebook 1 and again in notebook 3: it costs where it was asked for."""

NOTEBOOKS = (1, 3)
EXPECTED = {"build_lenet": 17}
HELP = {
    "build_lenet": "uses softmax",
    "train_lenet": "uses softmax, and LeNet uses sigmoid.",
    "test_accuracy": "the weights are measured in LeNet",
}


def edit(submission):
    for name in ("build_lenet", "network"):
        submission.change(
            name,
            '(units, activation="sigmoid"',
            '(units, activation="softmax" if units == 10 else "sigmoid"',
        )
