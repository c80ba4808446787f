"""The training went astray: its weights are NaN."""

import numpy as np
from corpus import WEIGHTS
from weights_files import edited

NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 0}
HELP = {"test_accuracy": "finite"}


def edit(submission):
    submission.files[WEIGHTS] = edited(
        submission.files[WEIGHTS], lambda array: np.full_like(array, np.nan)
    )
