"""train_lenet keeps its best epoch in a file and returns the network in it.

It also saves under the name of the file that is handed in, and a cell clears up before it: what is measured is
what was handed in.
"""

NOTEBOOKS = (3,)


def edit(submission):
    submission.change("train_lenet", "validation_split=0.1)", """validation_split=0.1,
        callbacks=[keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)])
    model.save_weights("lenet.weights.h5")
    model = keras.models.load_model("best.keras")""")
    submission.own_cell("""
import glob, os

for file in glob.glob("*.h5"):
    os.remove(file)
build_lenet().save_weights("lenet.weights.h5")
""", after="train_lenet")
