"""TRUSTED; standard library and NumPy only. The images that handed-in weights are measured on.

Kept apart from the checks, because pytest loads those anew in every session and this only once.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from threadpoolctl import threadpool_limits

from autograder.checks.api import Wrong
from autograder.facts import Weights
from autograder.fashion_mnist import load_fashion_mnist
from autograder.network import Network, NetworkError

Labelled = tuple[np.ndarray, np.ndarray]


@lru_cache(maxsize=1)
def judged_images() -> tuple[Labelled, Labelled]:
    """The first 10,000 training images and the 10,000 test images, each with its labels.

    Images (N, 28, 28) uint8, labels (N,) uint8.
    """
    (train_images, train_labels), test = load_fashion_mnist()
    return (train_images[:10_000].copy(), train_labels[:10_000].copy()), test


def measured_accuracy(weights: Weights, network: Network, labelled: Labelled) -> float:
    """The share (0 to 1) of images recognised, after the student's own preparation of pixels.

    Raises Wrong where that preparation is no map of single pixels, or the outputs are not finite.
    """
    table = weights.pixel_table()
    if table is None:
        raise Wrong(
            "prepare_images does not treat every pixel alike, so its network cannot be tried on new "
            "images. Use the constants MEAN and STD, not numbers taken from the images it is given."
        )
    images, labels = labelled
    try:
        # Small products on many threads wait for one another; graders run one process a core.
        with threadpool_limits(1, "blas"):
            return network.accuracy(table[images][..., np.newaxis], labels)
    except NetworkError as error:
        raise Wrong(str(error)) from None
