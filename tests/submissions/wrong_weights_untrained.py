"""The weights were saved before training: random numbers, as good as guessing."""

import numpy as np
from corpus import WEIGHTS
from weights_files import edited

NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 0}
HELP = {"test_accuracy": "hardly more than the 10 % of guessing"}


def edit(submission):
    random = np.random.default_rng(1)
    submission.files[WEIGHTS] = edited(
        submission.files[WEIGHTS], lambda array: random.normal(0, 0.05, array.shape)
    )
