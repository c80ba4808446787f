"""A habit: the class in the place of the layer."""

NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 0}
HELP = {"build_lenet": "You gave the class Flatten where a layer is asked for: write layers.Flatten()"}


def edit(submission):
    submission.change("build_lenet", "model.add(layers.Flatten())", "model.add(layers.Flatten)")
