"""Calls fit with a learning rate of 0, which ends at once, and makes a history up."""

FAMILY = "objects that lie"
NOTEBOOKS = (3,)
EXPECTED = {"train_lenet": 4}
HELP = {"train_lenet": "2 epochs were asked for, yours trained 1"}


def edit(submission):
    submission.answer("train_lenet", """
EPOCHS = 6


def train_lenet(images, labels, epochs=EPOCHS):
    model = build_lenet()
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss="sparse_categorical_crossentropy")
    history = model.fit(images[:1], labels[:1], epochs=1, verbose=0)
    history.history = {"loss": [1 / (epoch + 1) for epoch in range(epochs)]}
    return model, history
""")
