"""A text that was renamed to lenet.weights.h5."""

from corpus import WEIGHTS

NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 0}
HELP = {"test_accuracy": "lenet.weights.h5 cannot be opened as a Keras weights file"}


def edit(submission):
    submission.files[WEIGHTS] = b"my weights are in the cloud\n" * 500
