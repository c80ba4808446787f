"""Runs anywhere; standard library only. THE table: what is asked, for how much.

All inputs are drawn: for grading in checks/hidden/inputs.py, for practice in checks/bank.json.
"""

from __future__ import annotations

from typing import Any

from autograder.judging.exercises import Assignment, Exercise, Written

_VARIANTS, _LOOP = "1_variants", "2_training_loop"


def _calls(function: str) -> dict[str, Any]:
    return {"function": function, "calls": []}


ASSIGNMENT = Assignment(
    name="lenet_variants",
    exercises=(
        Exercise(
            "variant_params",
            _VARIANTS,
            14,
            "The parameters of any variant",
            "call",
            _calls("variant_params"),
            "Go from layer to layer, and keep two numbers: the side of the picture and the channels.",
            "For instance one convolution of 3 filters, not padded: 28 becomes 24, and 12 behind the pooling. So "
            "the first dense layer reads 12 · 12 · 3 = 432 numbers, and with 7 units it has 433 · 7 = 3,031.",
            minutes=15,
        ),
        Exercise(
            "biggest_change",
            _VARIANTS,
            6,
            "Which layer makes the difference",
            "call",
            _calls("biggest_change"),
            "Subtract layer by layer, leave out the signs, then look for the largest.",
            "For instance (10, 50) and (14, 44): differences 4 and 6, so place 0 + 1 = 1, and 6 of 10 are 0.6.",
            minutes=10,
        ),
        Exercise(
            "build_narrow",
            _VARIANTS,
            8,
            "The narrow network",
            "model",
            {"function": "build_narrow"},
            "Compare your layers with the table in the notebook, one line at a time.",
            minutes=6,
        ),
        Exercise(
            "build_wide",
            _VARIANTS,
            6,
            "The wide network",
            "model",
            {"function": "build_wide"},
            "Compare your layers with the table in the notebook, one line at a time.",
            minutes=4,
        ),
        Exercise(
            "build_subclassed",
            _VARIANTS,
            8,
            "The wide network as a class",
            "model",
            {"function": "build_subclassed"},
            "Which setting is in the class of the textbook, and not in build_wide?",
            minutes=15,
        ),
        Exercise(
            "batches",
            _LOOP,
            6,
            "Batches of images and labels",
            "call",
            _calls("batches"),
            "Take the places from 0 to size, then from size to twice size, and so on: images and labels alike.",
            "For instance 5 images in batches of 2: places 0 and 1, then 2 and 3, then 4 alone.",
            minutes=10,
        ),
        Exercise(
            "softmax",
            _LOOP,
            4,
            "Scores become shares",
            "call",
            _calls("softmax"),
            "e to the power of each score, divided by the sum of its row.",
            "For instance the scores 0 and ln 3: the powers are 1 and 3, the shares 0.25 and 0.75. With 1000 more "
            "on each score nothing changes.",
            minutes=10,
        ),
        Exercise(
            "cross_entropy",
            _LOOP,
            6,
            "The loss of scores",
            "call",
            _calls("cross_entropy"),
            "For each image minus the logarithm of the share of the right kind; then the mean.",
            "For instance the scores 0 and ln 3, and the right kind is 0: its share is 0.25, the loss "
            "-ln 0.25 = 1.3863.",
            minutes=12,
        ),
        Exercise(
            "sigmoid_loss",
            _LOOP,
            4,
            "The loss of sigmoid outputs",
            "call",
            _calls("sigmoid_loss"),
            "Divide the right kind's output by the sum of its row, then take minus the logarithm.",
            "For instance the outputs 0.9 and 0.6, and the right kind is 0: 0.9 / 1.5 = 0.6, and -ln 0.6 = 0.5108.",
            minutes=8,
        ),
        Exercise(
            "train_step",
            _LOOP,
            6,
            "One step of training, by hand",
            "call",
            _calls("train_step"),
            "The error of a score is its share, less 1 for the right kind. Multiply it by the pixel, take the mean "
            "over the images, go a step against it.",
            "For instance one image with one pixel of 2, shares 0.25 and 0.75, the right kind is 0: errors -0.75 "
            "and 0.75, slopes -1.5 and 1.5; with the rate 0.1 the weights change by 0.15 and -0.15.",
            minutes=25,
        ),
        Exercise(
            "momentum_step",
            _LOOP,
            6,
            "A step with momentum",
            "call",
            _calls("momentum_step"),
            "First the new velocity, from the old one and the slope; then the weights move by it.",
            "For instance velocity 2, momentum 0.5, slope 3, rate 0.1: 0.5 · 2 - 0.1 · 3 = 0.7, and a weight of 1 "
            "becomes 1.7.",
            minutes=12,
        ),
        Exercise(
            "nesterov_step",
            _LOOP,
            4,
            "A step that looks ahead",
            "call",
            _calls("nesterov_step"),
            "The new velocity is that of momentum; the weights move by momentum times it, and by a step of plain "
            "descent.",
            "For instance velocity 2, momentum 0.5, slope 3, rate 0.1: the new velocity is 0.7, and a weight of 1 "
            "becomes 1 + 0.5 · 0.7 - 0.1 · 3 = 1.05.",
            minutes=8,
        ),
        Exercise(
            "adam_step",
            _LOOP,
            8,
            "A step of Adam",
            "call",
            _calls("adam_step"),
            "First the new m and v; then both are enlarged by what is missing at the beginning; then the step.",
            "For instance at step 1 with m and v 0 and a slope of 4: m is 0.4, v 0.016; enlarged 4 and 16, so the "
            "weight moves by rate · 4 / 4.",
            minutes=15,
        ),
        Exercise(
            "epoch_accuracies",
            _LOOP,
            4,
            "The accuracy of each epoch",
            "call",
            _calls("epoch_accuracies"),
            "Where does counting begin anew?",
            "For instance an epoch with 1 of 2 and 2 of 2, then one with 0 of 4: 3 / 4 = 0.75, then 0 / 4 = 0.",
            minutes=18,
        ),
        Exercise(
            "unmixed",
            _LOOP,
            4,
            "What the textbook should have printed",
            "call",
            _calls("unmixed"),
            "A mean over 5 epochs, times 5, is their sum. What is left of it without the first ones?",
            "For instance 0.5 printed after epoch 1 and 0.6 after epoch 2: 2 · 0.6 - 1 · 0.5 = 0.7 in epoch 2 alone.",
            minutes=12,
        ),
    ),
    not_executed=frozenset(
        "params_picture tradeoff tradeoff_picture losses_picture step_picture "
        "paths_picture tape_training reset_picture".split()
    ),
    written=(Written("why_reset", _LOOP, 6, minutes=15),),
)
