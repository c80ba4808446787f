"""The weights file holds the same number everywhere."""

import numpy as np
from corpus import WEIGHTS
from weights_files import edited

FAMILY = "weights"
NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 0}
HELP = {"test_accuracy": "hardly more than the 10 % of guessing"}


def edit(submission):
    submission.files[WEIGHTS] = edited(
        submission.files[WEIGHTS], lambda array: np.full_like(array, 0.1)
    )
