"""The network of the student called "correct", its units in another order, with noise on each weight."""

import numpy as np
from corpus import TRAINED, WEIGHTS
from weights_files import edited, file_of, network_of, rearranged

FAMILY = "weights"
NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 18}  # likeness is for a person, and costs nobody points by itself
FLAGGED = ("test_accuracy",)


def edit(submission):
    theirs = rearranged(file_of(network_of(TRAINED.index("correct"))), "a copier's")
    random = np.random.default_rng(1)
    submission.files[WEIGHTS] = edited(
        theirs, lambda array: array * random.normal(1, 0.05, array.shape)
    )
