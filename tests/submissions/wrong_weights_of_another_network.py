"""The weights were saved from a network with a padded first convolution."""

import numpy as np
from corpus import WEIGHTS
from weights_files import edited

NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 0}
HELP = {"test_accuracy": "do not fit your build_lenet(): the file was saved from another network."}


def edit(submission):
    def padded(array):
        return np.resize(array, (400, 120)) if array.shape == (256, 120) else array

    submission.files[WEIGHTS] = edited(submission.files[WEIGHTS], padded)
