"""The network was trained on the test images."""

from corpus import FIXTURE, WEIGHTS

FAMILY = "weights"
NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 0}
HELP = {"test_accuracy": "Weights that were trained on the training images do not do that."}
FLAGGED = ("test_accuracy",)


def edit(submission):
    theirs = FIXTURE.with_name("trained_on_test_set.weights.h5")
    submission.files[WEIGHTS] = theirs.read_bytes()
