"""Runs anywhere; standard library only. THE table: what is asked, for how much.

The checks that decide an exercise live in checks/ (pytest functions, marked with its id); the inputs that
only the grader knows live in checks/hidden/.
"""

from __future__ import annotations

import math
from typing import Any

from autograder.judging.exercises import Assignment, Exercise, Written

# Test accuracy, as a share of the 10,000 test images. lenet_solution/calibration.json holds the
# runs behind these figures; `autograder calibrate` makes that record again.
PASS_MARK = 0.865  # full marks from here on
CALIBRATED = (0.8791, 0.8933)  # the lowest and the highest of these runs, for reports to draw
TARGET = 0.87  # what students are told to reach: a little stricter, so that nobody who is content fails
CHANCE_LIKE = 0.20  # no marks up to here: guessing one of ten classes gives 0.10
POINTS = 18.0  # for it, the whole of exercise test_accuracy

LENET = [
    ("conv", 5, 5, 1, 6),
    ("pool", 2, 2),
    ("conv", 5, 5, 6, 16),
    ("pool", 2, 2),
    ("flatten",),
    ("dense", 256, 120),
    ("dense", 120, 84),
    ("dense", 84, 10),
]


def points_for(accuracy: float) -> float:
    """The points (0 to POINTS, in halves) for a share of test images recognised.

    Half points are rounded down, so that the mark itself is the only way to all of them.
    """
    if accuracy >= PASS_MARK:
        return POINTS
    share = max(accuracy - CHANCE_LIKE, 0.0) / (PASS_MARK - CHANCE_LIKE)
    return math.floor(round(2 * POINTS * share, 6)) / 2


def _calls(function: str, *arguments: tuple[Any, ...]) -> dict[str, Any]:
    return {"function": function, "calls": [list(a) for a in arguments]}


_NAMES = {"LENET": LENET, "LENET[:2]": LENET[:2]}

_BUILD, _COUNT, _TRAIN = "1_build_lenet", "2_count_parameters", "3_train_lenet"

ASSIGNMENT = Assignment(
    name="lenet",
    exercises=(
        Exercise(
            "output_size",
            _BUILD,
            6,
            "The size of what a sliding window leaves",
            "call",
            _calls("output_size", (28, 5), (24, 2, 2), (28, 5, 1, 2)),
            "Count the places of the window from the first to the last, in steps of stride. A step "
            "that would push it over the edge is not taken.",
            "For instance 10 pixels, window 4, stride 4: it begins at pixel 0 and at pixel 4; at 8 "
            "it would stick out. These are 2 places. With padding 1 the side is 12 long, and "
            "there is a third one.",
            minutes=20,
        ),
        Exercise(
            "lenet_shapes",
            _BUILD,
            9,
            "The shape after every layer, by hand",
            "call",
            _calls("lenet_shapes", ()),
            "Go from layer to layer: what comes out of one goes into the next.",
            "For instance 10 × 10 × 1, with 3 filters of 3×3: 10 - 3 + 1 = 8, so 8 × 8 × 3; a 2×2 "
            "pooling makes 4 × 4 × 3 of it, and in one row these are 48 numbers: (48,).",
            minutes=15,
        ),
        Exercise(
            "build_lenet",
            _BUILD,
            20,
            "LeNet as a Keras model",
            "model",
            {"function": "build_lenet"},
            "Compare your layers with the table in the notebook, one line at a time.",
            minutes=15,
        ),
        Exercise(
            "conv_params",
            _COUNT,
            5,
            "The parameters of a convolution",
            "call",
            _calls("conv_params", (5, 5, 1, 6), (5, 5, 6, 16)),
            "First count the weights of one filter: one for each pixel of its window, in every "
            "channel that comes in. How many filters are there, and how many biases?",
            "For instance 2 filters of 3×3 on 4 channels: one filter has 36 weights and a bias, "
            "which are 37; both have 74.",
            minutes=10,
        ),
        Exercise(
            "pool_params",
            _COUNT,
            2,
            "The parameters of a pooling",
            "call",
            _calls("pool_params", (2, 2)),
            "What would pooling have to learn?",
            "For instance max pooling of 1, 5, 3 and 4: it answers 5. No number of its own is "
            "needed for that.",
            minutes=3,
        ),
        Exercise(
            "dense_params",
            _COUNT,
            4,
            "The parameters of a dense layer",
            "call",
            _calls("dense_params", (256, 120), (84, 10)),
            "First count the numbers of one unit: its weights, and its bias. How many units are there?",
            "For instance 3 inputs and 2 units: one unit has 3 weights and a bias, which are 4; both have 8.",
            minutes=7,
        ),
        Exercise(
            "count_params",
            _COUNT,
            9,
            "The parameters of a whole network",
            "call",
            _calls("count_params", (LENET,), (LENET[:2],), ([],)),
            "Add up layer by layer, with the three functions you already have. The list that is "
            "given may be any: other sizes, another order, many layers or none.",
            "For instance [('dense', 3, 2), ('flatten',), ('dense', 2, 1)]: 8, nothing and 3 more, "
            "which are 11.",
            names=_NAMES,
            minutes=18,
        ),
        Exercise(
            "dense_share",
            _COUNT,
            4,
            "The share of the dense layers",
            "call",
            _calls("dense_share", (LENET,)),
            "Parameters of the dense layers, divided by all parameters: a number from 0 to 1. Dense "
            "layers may stand anywhere in the list.",
            "For instance 20 parameters in convolutions and 80 in dense layers: 80 / 100 = 0.8.",
            names=_NAMES,
            minutes=7,
        ),
        Exercise(
            "dense_bytes",
            _COUNT,
            5,
            "The memory of a dense layer on an image",
            "call",
            _calls("dense_bytes", (1000, 1000, 3, 256)),
            "How many numbers come in from the image? Each of them has a weight for every unit, and "
            "every weight takes 4 bytes.",
            "For instance a colour image of 2×5 and 10 units: 2 · 5 · 3 = 30 inputs, 300 weights, "
            "1,200 bytes.",
            minutes=7,
        ),
        Exercise(
            "prepare_images",
            _TRAIN,
            6,
            "Images as the network likes them",
            "call",
            # One image more than there are for tests, made in the kernel; others are drawn.
            {"function": "prepare_images", "calls": [[("$greys", (10_001, 28, 28))]], "images": True},
            "Divide by 255, take MEAN away, divide by STD, and give every pixel a channel axis.",
            minutes=17,
        ),
        Exercise(
            "train_lenet",
            _TRAIN,
            6,
            "A function that trains",
            "train",
            {"function": "train_lenet", "epochs": 2},
            "Build, compile, fit, and return the model together with its history.",
            minutes=38,
        ),
        Exercise(
            "test_accuracy",
            _TRAIN,
            18,
            "The trained network on images it has never seen",
            "weights",
            {"builder": "build_lenet", "prepare": "prepare_images", "file": "lenet.weights.h5"},
            "Train with train_lenet, save the weights, and hand the file in with the notebook.",
            minutes=10,
        ),
    ),
    not_executed=frozenset(
        "boot_picture slide_picture window_picture shapes_picture shape_table network_picture conv_picture dense_picture "
        "parameter_bars share_picture neighbours_picture look prepare_picture suspect_training network_size "
        "training curves filters confusion misclassified save_weights experiment".split()
    ),
    written=(Written("why_dense", _COUNT, 6, minutes=18),),
)
