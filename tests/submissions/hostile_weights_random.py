"""The weights are random numbers, large enough for confident answers."""

import numpy as np
from corpus import WEIGHTS
from weights_files import edited

FAMILY = "weights"
NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 0}
HELP = {"test_accuracy": "hardly more than the 10 % of guessing"}


def edit(submission):
    random = np.random.default_rng(2)
    submission.files[WEIGHTS] = edited(
        submission.files[WEIGHTS], lambda array: random.normal(0, 1e6, array.shape)
    )
