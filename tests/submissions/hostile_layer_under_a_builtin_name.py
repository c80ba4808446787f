"""Layers that call themselves Keras' Dense, have its sizes and weights, and compute something else."""

FAMILY = "objects that lie"
NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 0}  # until a person has looked
HELP = {"build_lenet": "nothing that this network says of itself can be believed"}
FLAGGED = ("build_lenet",)


def edit(submission):
    submission.answer("build_lenet", """
class Dense(layers.Dense):
    __module__ = layers.Dense.__module__

    def call(self, inputs):
        return keras.ops.relu(super().call(inputs)) * 0 + 0.5


def build_lenet():
    return keras.Sequential([
        keras.Input(shape=(28, 28, 1)),
        layers.Conv2D(6, 5, activation="sigmoid"), layers.MaxPooling2D(2),
        layers.Conv2D(16, 5, activation="sigmoid"), layers.MaxPooling2D(2),
        layers.Flatten(),
        Dense(120, activation="sigmoid"), Dense(84, activation="sigmoid"),
        Dense(10, activation="sigmoid"),
    ])
""")
