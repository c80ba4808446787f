"""TRUSTED: the public checks of notebook 3, which students can run themselves."""

from __future__ import annotations

import math

import numpy as np

from autograder.checks.api import Partly, Passed, Uncertain, Wrong, check
from autograder.checks.images import drawn, judged_images, measured_accuracy
from autograder.checks.networks import lenet_of, require_lenet
from autograder.exercises import CHANCE_LIKE, PASS_MARK, POINTS, points_for
from autograder.facts import Answers, Training, Weights, quote
from autograder.verdicts import Row

MEAN, STD = 0.2860, 0.3530  # of Fashion-MNIST's training pixels divided by 255; notebook 3 gives both
HONEST_GAP = 0.02  # share of images by which the test set may come out better than the training set
# Training images that are drawn for it: a few, whose accuracy is within 0.02 in all but few cases;
# and many (within 0.01) before anybody is suspected.
FEW, MANY = 2_500, 20_000


def prepared(answers: Answers) -> list[tuple[np.ndarray, np.ndarray]]:
    """(images, what prepare_images made of them) for every public batch; Wrong if no arrays."""
    pairs = []
    for arguments, value in answers.public():
        if not isinstance(value, np.ndarray) or not value.size:
            raise Wrong(f"prepare_images should return an array, yours returns {quote(value)}.")
        pairs.append((arguments[0], value))
    return pairs


@check("prepare_images", points=2)
def test_prepared_shape(answers: Answers):
    """N images come out as (N, 28, 28, 1): every pixel has a channel axis."""
    for images, value in prepared(answers):
        if value.shape != (*images.shape, 1):
            forgotten = "The channel axis is missing. " if value.shape == images.shape else ""
            raise Wrong(
                f"{forgotten}{len(images)} images should come out as {(*images.shape, 1)}, yours "
                f"have the shape {value.shape}. images[..., np.newaxis] adds an axis at the end."
            )


@check("prepare_images", points=1)
def test_prepared_dtype(answers: Answers):
    """They come out as float32."""
    for _, value in prepared(answers):
        if value.dtype != np.float32:
            raise Wrong(f"Yours are {value.dtype}: end with .astype('float32').")


@check("prepare_images", points=3, after="test_prepared_shape")
def test_prepared_values(answers: Answers):
    """Every pixel is divided by 255, MEAN is taken away, and the rest is divided by STD."""
    for images, value in prepared(answers):
        scaled = images[..., np.newaxis] / 255
        expected = (scaled - MEAN) / STD
        if np.allclose(value, expected, atol=2e-3):
            continue
        causes = [
            (images[..., np.newaxis], "The pixels are unchanged, from 0 to 255."),
            (scaled, "The pixels are only divided by 255: MEAN and STD come next."),
            (scaled - MEAN, "STD is missing: divide by it at the end."),
            (scaled - MEAN / STD, "Mind the brackets: take MEAN away first, then divide by STD."),
            ((images[..., np.newaxis] - MEAN) / STD, "Divide by 255 before MEAN is taken away."),
        ]
        known = [text for array, text in causes if np.allclose(value, array, atol=2e-3)]
        low, high = (0 - MEAN) / STD, (1 - MEAN) / STD
        raise Wrong(
            f"Black should become {low:.3f} and white {high:.3f}, yours go from "
            f"{float(value.min()):.3f} to {float(value.max()):.3f}. "
            f"{known[0] if known else ''}".strip()
        )


@check("train_lenet", points=2)
def test_returns_model_and_history(training: Training):
    """train_lenet(images, labels, epochs) returns the model and its history."""
    if training.returned is not None:
        raise Wrong(
            f"train_lenet should return (model, history), yours returns a {training.returned}. "
            "model.fit(...) gives the history: keep it, and end with return model, history."
        )


@check("train_lenet", points=2, after="test_returns_model_and_history")
def test_trains_lenet(training: Training):
    """The model it trains is LeNet, with 44,426 parameters."""
    require_lenet(training.network, "The model that train_lenet returns")


@check("train_lenet", points=2, after="test_returns_model_and_history")
def test_trains_as_long_as_asked(training: Training):
    """It trains for as many epochs as asked, its loss is a number, and its weights change."""
    loss = training.history.get("loss")
    if not isinstance(loss, list):
        raise Wrong("The history has no loss: return what model.fit(...) returns.")
    if len(loss) != training.epochs:
        raise Wrong(
            f"{training.epochs} epochs were asked for, yours trained {len(loss)}: give fit "
            "epochs=epochs."
        )
    if not all(isinstance(value, float) and math.isfinite(value) for value in loss):
        raise Wrong(f"The loss is {quote(loss[-1])} in the end: try a smaller learning rate.")
    if training.changed is None:
        raise Wrong(
            "The network that it returns was not trained: train it with model.fit, and return it."
        )
    if not training.changed:
        raise Wrong(
            "Its weights are the same after training as before: is the learning rate 0, or the "
            "network that it returns another than the one that it trains?"
        )


@check("test_accuracy", points=0)
def test_weights_are_lenets(weights: Weights):
    """The weights file was handed in and fits your network, which is LeNet."""
    if weights.file == "missing":
        raise Wrong(
            f"There is no {weights.name} beside the notebook. Run the cells that train and save, "
            "and hand the file in together with the notebooks."
        )
    if weights.file == "unreadable":
        raise Wrong(_unreadable(weights))
    require_lenet(weights.network, "The network whose weights were handed in")


def _unreadable(weights: Weights) -> str:
    message = weights.error.message
    if any(word in message.lower() for word in ("shape", "layer", "expected", "variable", "mismatch")):
        return (
            f"The weights in {weights.name} do not fit your build_lenet(): the file was saved from "
            "another network. Train and save again with the network as it is now."
        )
    return (
        f"{weights.name} cannot be opened as a Keras weights file ({weights.error.type}). Save it "
        "again with model.save_weights, and hand in that very file."
    )


@check("test_accuracy", points=POINTS, after="test_weights_are_lenets")
def test_accuracy_on_test_images(weights: Weights):
    """The network recognises the 10,000 test images well enough for full marks."""
    network = lenet_of(require_lenet(weights.network, "The network whose weights were handed in"))
    train, test = judged_images()
    accuracy = measured_accuracy(weights, network, test)
    for count in (FEW, MANY):
        on_training = measured_accuracy(weights, network, drawn(train, count, weights.nonce))
        if accuracy <= on_training + HONEST_GAP:
            break
    rows = [
        Row("test images recognised", f"{accuracy:.2%}", f"{PASS_MARK:.2%}", accuracy >= PASS_MARK),
    ]
    if accuracy > on_training + HONEST_GAP:
        raise Uncertain(
            f"{accuracy:.2%} of the test images are recognised, but only {on_training:.2%} of the "
            "training images. Weights that were trained on the training images do not do that."
        )
    if accuracy >= PASS_MARK:
        raise Passed(f"Measured: {accuracy:.2%}. Well trained!", rows)
    if accuracy <= CHANCE_LIKE:
        raise Wrong(
            f"Measured: {accuracy:.2%}, hardly more than the 10 % of guessing. Did the loss fall "
            "while training? Sigmoids need larger start weights, or more epochs, to leave the "
            "plateau.",
            rows,
        )
    raise Partly(
        points_for(accuracy) / POINTS,
        f"Measured: {accuracy:.2%}; full marks from {PASS_MARK:.2%}. Train for a few more epochs, "
        "or try another optimiser or learning rate.",
        rows,
    )
