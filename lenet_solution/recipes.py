"""Answer book, notebook 3: other honest recipes, measured beside the reference. Any Keras backend.

They are what students write who do not follow the notebook to the letter. None was chosen by its
result; recipes.json holds what those reached that were run: `autograder calibrate --recipes` adds to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
from keras.optimizers import SGD, Adam, Nadam, RMSprop
from keras.optimizers.schedules import CosineDecay

from lenet_solution.model import START_SCALE, build_lenet
from lenet_solution.training import BATCH_SIZE, EPOCHS, LEARNING_RATE, VALIDATION_SPLIT, prepare_images


def _reference(steps: int) -> keras.Optimizer:
    return Adam(CosineDecay(LEARNING_RATE, steps))


def _only_divided(images: np.ndarray) -> np.ndarray:
    return images[..., np.newaxis].astype("float32") / 255


@dataclass(frozen=True)
class Recipe:
    """One way to train LeNet; whatever is not named is as in the reference recipe.

    optimizer: makes a new one, given the number of steps in the whole training.
    prepare: uint8 (N, 28, 28) -> float32 (N, 28, 28, 1).
    """

    name: str
    optimizer: Callable[[int], keras.Optimizer] = _reference
    epochs: int = EPOCHS
    batch_size: int = BATCH_SIZE
    start_scale: float = START_SCALE
    prepare: Callable[[np.ndarray], np.ndarray] = prepare_images

    def train(self, images: np.ndarray, labels: np.ndarray) -> keras.Model:
        """A new LeNet, trained on prepared images, float32 (N, 28, 28, 1), and labels 0..9, (N,)."""
        model = build_lenet(self.start_scale)
        steps = self.epochs * math.ceil(len(images) / self.batch_size)
        model.compile(self.optimizer(steps), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(
            images,
            labels,
            batch_size=self.batch_size,
            epochs=self.epochs,
            validation_split=VALIDATION_SPLIT,
        )
        return model


RECIPES = (
    Recipe("batches of 256", batch_size=256),
    Recipe("3 epochs", epochs=3),
    Recipe("Adam(0.005), no schedule", lambda _: Adam(0.005)),
    Recipe("Adam(0.001)", lambda _: Adam(0.001)),
    Recipe("Adam(0.001), 10 epochs of batches of 128", lambda _: Adam(0.001), 10, 128),
    Recipe("SGD(0.1, momentum=0.9)", lambda _: SGD(0.1, momentum=0.9)),
    Recipe("SGD(0.9), 10 epochs of batches of 256", lambda _: SGD(0.9), 10, 256),
    Recipe("RMSprop(0.001)", lambda _: RMSprop(0.001)),
    Recipe("Nadam(0.002)", lambda _: Nadam(0.002)),
    Recipe("Keras' start weights", start_scale=1),
    Recipe("pixels only divided by 255", prepare=_only_divided),
    Recipe(
        "Keras' own settings: Adam(), batches of 32, start weights, pixels from 0 to 1",
        lambda _: Adam(),
        batch_size=32,
        start_scale=1,
        prepare=_only_divided,
    ),
    Recipe("12 epochs", epochs=12),
)
