"""train_lenet makes a network of its own, with relu, and always trains for 3 epochs."""

NOTEBOOKS = (3,)
EXPECTED = {"train_lenet": 2}
HELP = {"train_lenet": "2 epochs were asked for, yours trained 3: give fit epochs=epochs."}


def edit(submission):
    submission.change("train_lenet", "model = build_lenet()", """model = keras.Sequential(
        [layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dense(10, "softmax")]
    )""")
    submission.change("train_lenet", "epochs=epochs, ", "epochs=3, ")
