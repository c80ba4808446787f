"""Right in another way: another optimiser, loss and schedule, no word printed, in another folder."""

NOTEBOOKS = (3,)


def edit(submission):
    submission.own_cell('import os; os.chdir("/tmp")', after="data")
    submission.answer("train_lenet", """
EPOCHS = 12


def train_lenet(images, labels, epochs=EPOCHS):
    network = build_lenet()
    network.compile(
        optimizer=keras.optimizers.SGD(0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=[keras.metrics.SparseCategoricalAccuracy()],
    )
    slower = keras.callbacks.ReduceLROnPlateau("loss", patience=1)
    progress = network.fit(
        images, labels, epochs=epochs, batch_size=32, verbose=0, callbacks=[slower]
    )
    return network, progress
""")
