"""Returns a network that was never trained, with a history made up."""

FAMILY = "objects that lie"
NOTEBOOKS = (3,)
EXPECTED = {"train_lenet": 4}
HELP = {"train_lenet": "The network that it returns was not trained"}


def edit(submission):
    submission.answer("train_lenet", """
EPOCHS = 6


def train_lenet(images, labels, epochs=EPOCHS):
    history = keras.callbacks.History()
    history.history = {"loss": [1 / (epoch + 1) for epoch in range(epochs)]}
    return build_lenet(), history
""")
