"""Answer book, notebook 3: imports keras and NumPy only, so that it trains on any backend.

No seed is fixed here: students who all started from the same numbers would hand in the same
weights, and honest work would look copied. `autograder.tools.calibration` sets a seed before it calls.
"""

import math

import keras
import numpy as np

from lenet_solution.model import START_SCALE, build_lenet

# Mean and standard deviation of the grey values of all 60,000 training images, on a scale of 0..1.
MEAN = 0.2860
STD = 0.3530

# Chosen by measurement; calibration.json holds the runs. Everything stays at Keras' defaults that
# can: a student writes this recipe in six lines.
EPOCHS = 6
BATCH_SIZE = 64
LEARNING_RATE = 0.005
VALIDATION_SPLIT = 0.1


def prepare_images(images: np.ndarray) -> np.ndarray:
    """uint8 (N, 28, 28), grey values 0..255 -> float32 (N, 28, 28, 1), mean 0, deviation 1."""
    scaled = images.astype("float32") / 255
    return ((scaled - MEAN) / STD)[..., np.newaxis]


def train_lenet(
    images: np.ndarray, labels: np.ndarray, epochs: int = EPOCHS
) -> tuple[keras.Model, keras.callbacks.History]:
    """Train a new LeNet on prepared images, float32 (N, 28, 28, 1), and labels 0..9, (N,).

    Returns the model and Keras' History (loss, accuracy, val_loss, val_accuracy by epoch). The
    last tenth of the images is kept back for validation. The learning rate falls almost to zero
    along a half cosine, so that the last epoch settles and runs differ less from one another.
    """
    model = build_lenet()
    steps = epochs * math.ceil(len(images) / BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)
    # No steps_per_execution, though it saves TensorFlow some time: the torch backend refuses it.
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(
        images,
        labels,
        batch_size=BATCH_SIZE,
        epochs=epochs,
        validation_split=VALIDATION_SPLIT,
    )
    return model, history


def recipe() -> dict[str, str | int | float]:
    """What a trained network depends on besides its seed: calibration runs are kept apart by it."""
    return {
        "optimizer": "Adam",
        "schedule": "CosineDecay",
        "learning_rate": LEARNING_RATE,
        "batch_size": BATCH_SIZE,
        "validation_split": VALIDATION_SPLIT,
        "start_scale": START_SCALE,
    }
