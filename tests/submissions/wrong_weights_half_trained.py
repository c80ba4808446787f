"""The training stopped too early: the weights are still small, and earn a part of the points."""

from corpus import WEIGHTS
from weights_files import edited

NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 9.5}
HELP = {"test_accuracy": "full marks from 86.50%. Train for a few more epochs"}


def edit(submission):
    submission.files[WEIGHTS] = edited(submission.files[WEIGHTS], lambda array: 0.5 * array)
