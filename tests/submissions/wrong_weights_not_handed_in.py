"""The notebook without the file of trained weights."""

NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 0}
HELP = {"test_accuracy": "There is no lenet.weights.h5 beside the notebook."}


def edit(submission):
    submission.files.clear()
