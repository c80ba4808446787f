"""LeNet with a batch normalisation more: only what that changes costs points."""

NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 9}
HELP = {"build_lenet": "LeNet is older than batch normalisation: leave it out."}


def edit(submission):
    submission.change(
        "build_lenet", "model.add(layers.Flatten())",
        "model.add(layers.BatchNormalization())\n    model.add(layers.Flatten())",
    )
