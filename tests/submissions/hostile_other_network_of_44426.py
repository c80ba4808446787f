"""Another network with exactly 44,426 parameters, and named like LeNet's layers."""

FAMILY = "weights"
NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 5}  # for the number of parameters, which is right
HELP = {"build_lenet": "LeNet has 8 layers"}


def edit(submission):
    submission.answer("build_lenet", """
def build_lenet():
    return keras.Sequential([
        keras.Input(shape=(28, 28, 1)),
        layers.Flatten(name="conv2d"),
        layers.Dense(28, activation="sigmoid", name="dense"),
        layers.Dense(112, activation="sigmoid", name="dense_1"),
        layers.Dense(156, activation="sigmoid", name="dense_2"),
        layers.Dense(10, activation="sigmoid", name="dense_3"),
    ])
""")
