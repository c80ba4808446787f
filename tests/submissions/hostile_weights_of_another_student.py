"""The weights of the student called "correct", with a little noise on each."""

import numpy as np
from corpus import FIXTURE, WEIGHTS
from weights_files import edited, rearranged

FAMILY = "weights"
NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 0}
HELP = {"test_accuracy": "These are the weights of another submission"}
FLAGGED = ("test_accuracy",)


def edit(submission):
    theirs = rearranged(FIXTURE.read_bytes(), "correct")
    random = np.random.default_rng(1)
    submission.files[WEIGHTS] = edited(
        theirs, lambda array: array * random.normal(1, 0.05, array.shape)
    )
