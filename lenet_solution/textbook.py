"""Answer book: the programs of the course's source, as they stood there, to compare them with what we teach.

`training_loop` is TensorFlow's alone, because tf.data and GradientTape are; `train_textbook` runs on any
backend of Keras.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from lenet_solution.model import build_lenet

Split = tuple[np.ndarray, np.ndarray]  # uint8 (N, 28, 28), grey values 0..255, and labels 0..9, (N,)

BATCH = 100  # of the training loop
EPOCHS = 40


@dataclass(frozen=True)
class Epoch:
    """What is printed after an epoch: means over images of training and of test, accuracies as shares.

    seconds: of training, without the test images.
    """

    number: int
    loss: float
    accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float


def training_loop(
    model: keras.Model, train: Split, test: Split, epochs: int = EPOCHS, reset: bool = False
) -> Iterator[Epoch]:
    """Train the model by hand: GradientTape, Adam, the cross-entropy of its outputs, grey values from 0 to 1.

    reset: whether each epoch's means are its own. The source never resets them, so that what it prints
    is the mean over all epochs until then, on the test images too.
    """
    import tensorflow as tf  # the other programs need none

    def batches(split: Split) -> Any:
        images, labels = split
        grey = images[..., np.newaxis] / np.float32(255)
        return tf.data.Dataset.from_tensor_slices((grey, labels.astype("int64"))).batch(BATCH)

    training, testing = batches(train), batches(test)
    optimizer = keras.optimizers.Adam()
    loss_of = keras.losses.SparseCategoricalCrossentropy()
    losses = keras.metrics.Mean(), keras.metrics.Mean()
    accuracies = keras.metrics.SparseCategoricalAccuracy(), keras.metrics.SparseCategoricalAccuracy()

    def train_step(images: Any, labels: Any) -> None:
        with tf.GradientTape() as tape:
            outputs = model(images, training=True)
            loss = loss_of(labels, outputs)
        slopes = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables, strict=True))
        losses[0].update_state(loss)
        accuracies[0].update_state(labels, outputs)

    def test_step(images: Any, labels: Any) -> None:
        outputs = model(images, training=False)
        losses[1].update_state(loss_of(labels, outputs))
        accuracies[1].update_state(labels, outputs)

    train_graph, test_graph = tf.function(train_step), tf.function(test_step)
    for number in range(1, epochs + 1):
        if reset:
            for metric in (*losses, *accuracies):
                metric.reset_state()
        begun = time.perf_counter()
        for images, labels in training:
            train_graph(images, labels)
        seconds = time.perf_counter() - begun
        for images, labels in testing:
            test_graph(images, labels)
        loss, test_loss = (float(metric.result()) for metric in losses)
        accuracy, test_accuracy = (float(metric.result()) for metric in accuracies)
        yield Epoch(number, loss, accuracy, test_loss, test_accuracy, seconds)


def as_pictures(images: np.ndarray) -> np.ndarray:
    """uint8 (N, 28, 28) -> float32 (N, 28, 28, 1), grey values still from 0 to 255: the textbook leaves them."""
    return images[..., np.newaxis].astype("float32")


def train_textbook(images: np.ndarray, labels: np.ndarray, epochs: int = 50, **more: Any) -> keras.Model:
    """The textbook's LeNet: Keras' start weights, SGD(0.9), batches of 32, a tenth kept for validation.

    images: as `as_pictures` gives them. more: what else `fit` is told, such as verbose.
    """
    model = build_lenet(start_scale=1)
    model.compile(
        optimizer=keras.optimizers.SGD(0.9), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(images, labels, batch_size=32, epochs=epochs, validation_split=0.1, **more)
    return model
