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
    """The 60,000 training images and the 10,000 test images, each with its labels.

    Images (N, 28, 28) uint8, labels (N,) uint8.
    """
    return load_fashion_mnist()


def drawn(labelled: Labelled, count: int, nonce: str) -> Labelled:
    """So many of the images, or all, with their labels; which ones, the nonce (hex digits) decides.

    Nobody can train on just those that will be drawn: nobody knows a graded submission's nonce.
    """
    images, labels = labelled
    random = np.random.default_rng(int(nonce, 16))
    chosen = random.choice(len(images), min(count, len(images)), replace=False)
    return images[chosen], labels[chosen]


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
