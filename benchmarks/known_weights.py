"""Makes autograder/copies/known_weights.npz again: what the grader knows of LeNets before a class hands in.

    python benchmarks/likeness_class.py     # once: trains the honest networks
    python benchmarks/known_weights.py

* The networks that anybody can have, because they are in this repository.
* What the average of the honest networks says about every tenth test image.
* Samples of the start weights that usual seeds give: straight after keras.utils.set_random_seed, and
  for the second and third network built after it, when the seed stands at the head of a notebook; with
  one initializer for all layers, as in the course, and with one for each, as Keras has it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT / "tests"))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from corpus import TRAINED
from keras import layers
from likeness_class import FOLDER, fingerprint, prepared, read
from weights_files import network_of, networks_that_know_test_images

from autograder.assignments.lenet.checks.images import ASKED
from autograder.copies import known_weights
from autograder.copies.likeness import comparable
from autograder.copies.responses import responses
from lenet_solution.model import build_lenet

SEEDS = [
    *range(101), 111, 123, 200, 222, 256, 300, 314, 333, 365, 404, 420, 444, 500, 512, 555, 666, 777, 888,
    999, 1000, 1024, 1111, 1234, 1337, 1984, 1998, *range(2000, 2031), 2048, 3141, 3407, 4096, 4242, 4321,
    5678, 7777, 8888, 9999, 12345, 27182, 31415, 31337, 42424, 54321, 99999, 123456, 314159,
    424242, 654321, 999999, 1234567, 12345678, 123456789,
]  # fmt: skip
BUILT = 3  # networks after a seed
PUBLIC = {
    "the weights of the reference solution": "lenet_solution/lenet.weights.h5",
    "weights from the tests of this course's repository": "tests/fixtures/lenet.weights.h5",
    "weights, trained on the test images, from the tests of this course's repository":
        "tests/fixtures/trained_on_test_set.weights.h5",
}  # fmt: skip


def with_initializers_of_their_own() -> keras.Model:
    """LeNet as in notebook 1, the layers that have weights: the others draw no numbers."""
    return keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(6, 5), layers.MaxPooling2D(2), layers.Conv2D(16, 5),
        layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(120), layers.Dense(84), layers.Dense(10),
    ])  # fmt: skip


def starts() -> tuple[np.ndarray, np.ndarray]:
    """(N,) seeds, (N, 128) float16 samples of the start weights that they give."""
    seeds, samples = [], []
    for build in (build_lenet, with_initializers_of_their_own):
        for seed in SEEDS:
            keras.utils.set_random_seed(seed)
            for _ in range(BUILT):
                seeds.append(seed)
                samples.append(known_weights.sample(build().get_weights()[::2]))
    return np.array(seeds), np.array(samples, np.float16)


def public() -> dict[str, list[np.ndarray]]:
    """The ten arrays of each public network, by what it is, in words."""
    model, networks = build_lenet(), {}
    for told, path in PUBLIC.items():
        model.load_weights(CHECKOUT / path, skip_mismatch=False)
        networks[told] = model.get_weights()
    for number, name in enumerate(TRAINED):
        told = f"weights of a made-up student ({name}) from the tests of this course's repository"
        networks[told] = network_of(number)
    for name, arrays in networks_that_know_test_images().items():
        training, test = name.split("_")
        told = f"weights, trained on {training} training and {test} test images, from the tests of this course's repository"
        networks[told] = arrays
    return networks


def average_scores() -> np.ndarray:
    """(1000, 10) float16: the mean over the honest networks of the class that began from numbers of their own."""
    scores = []
    for path in sorted(FOLDER.glob("own-*.npz")):
        weights, _, divided_only, _ = read(path)
        scores.append(comparable(responses(weights, prepared(divided_only)[ASKED]).scores))
    return np.mean(scores, axis=0).astype(np.float16)


def write(**arrays: np.ndarray) -> None:
    """The record that autograder/copies/known_weights.py reads."""
    np.savez_compressed(Path(known_weights.__file__).with_suffix(".npz"), **arrays)
    known_weights._record.cache_clear()


if __name__ == "__main__":
    seeds, samples = starts()
    record = {"seeds": seeds, "starts": samples, "average_scores": average_scores()}
    write(**record)  # fingerprints are made with the average
    known = {told: np.frombuffer(fingerprint(one).to_bytes(), np.uint8) for told, one in public().items()}
    write(**record, public_names=[*known], public=[*known.values()])
