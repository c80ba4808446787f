"""Networks that a cheat may hold for changed tasks: each is trained on a task of its own.

    python tests/held_networks.py NETWORKS FILE

FILE: LeNet's 44,426 numbers of each network, one network after the other, as float16. This is a program of
its own because a process in which TensorFlow has trained cannot be forked.
"""

from __future__ import annotations

import os
import sys

for _name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(_name, "1")  # read when TensorFlow is imported

import keras
import numpy as np
from keras.optimizers import Adam
from keras.optimizers.schedules import CosineDecay

from autograder.assignments.lenet.checks.hidden.inputs import draw_change
from autograder.fashion_mnist import load_fashion_mnist
from lenet_solution.model import build_lenet
from lenet_solution.training import LEARNING_RATE, prepare_images

EPOCHS, BATCH_SIZE = 2, 128  # enough to recognise most images of their own task


def places_of(seed: int) -> np.ndarray:
    """(784,) from which pixel each pixel comes, in the change of this seed."""
    return draw_change(np.random.default_rng(seed))["places"]


def moved(images: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The images, (N, 28, 28), as those of the task with these places."""
    return images.reshape(len(images), -1)[:, places].reshape(images.shape)


def trained(images: np.ndarray, labels: np.ndarray, seed: int, epochs: int = EPOCHS) -> keras.Model:
    """A LeNet for these images, (N, 28, 28) uint8; seed: of its start weights and order of batches."""
    keras.utils.set_random_seed(seed)
    model = build_lenet()
    rate = CosineDecay(LEARNING_RATE, epochs * -(-len(images) // BATCH_SIZE))
    model.compile(Adam(rate), loss="sparse_categorical_crossentropy")
    model.fit(prepare_images(images), labels, batch_size=BATCH_SIZE, epochs=epochs, verbose=0)
    return model


if __name__ == "__main__":
    (images, labels), _ = load_fashion_mnist()
    with open(sys.argv[2], "wb") as file:
        for seed in range(int(sys.argv[1])):
            file.writelines(
                array.astype("float16").tobytes()
                for array in trained(moved(images, places_of(seed)), labels, seed).get_weights()
            )
