"""train_lenet keeps its best epoch in a file and returns the network in it."""

NOTEBOOKS = (3,)


def edit(submission):
    submission.change("train_lenet", "validation_split=0.1)", """validation_split=0.1,
        callbacks=[keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)])
    model = keras.models.load_model("best.keras")""")
