"""Trains the class that benchmarks/likeness.py measures: 300 honest LeNets and 66 copies of some of them.

    python benchmarks/likeness_class.py [--folder build/likeness]

Each network is written to the folder as soon as it is trained, and what is there is not trained
again: stop it whenever you like, and start it in as many processes as there are cores.

The honest: 260 begin from numbers of their own; 20 students wrote one seed into their notebook, five
of them with the same recipe to the letter; 20 began from weights that somebody handed round. Recipes are
the course's, made shorter, and others that students write. The copies: every change that leaves a
network's function as it is, noise, training further, layers made anew, alone and combined. Beside
these stand 20 that have hardly begun to learn and 3 that learned for long from a small start: they must
not look like one another either.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(_name, "1")  # read when TensorFlow is imported
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import keras
import numpy as np
from disguises import for_divided, negated, noisy, reordered, shifted, unseen_noise
from keras import layers
from keras.optimizers import SGD, Adam, RMSprop
from keras.optimizers.schedules import CosineDecay

from autograder.assignments.lenet.checks.images import ASKED, lenet_with
from autograder.copies.likeness import Fingerprint, fingerprint_of
from autograder.copies.responses import responses
from autograder.fashion_mnist import load_fashion_mnist
from lenet_solution.model import START_SCALE, build_lenet
from lenet_solution.training import (
    BATCH_SIZE,
    LEARNING_RATE,
    VALIDATION_SPLIT,
    prepare_images,
)

FOLDER = Path("build/likeness")
ONE_SEED = 42  # what the 20 students wrote into their notebook
HANDED_ROUND = 77  # where the weights came from that 20 students began with

Weights = list[np.ndarray]  # LeNet's ten arrays in Keras' order


@dataclass(frozen=True)
class Recipe:
    """A short way to train LeNet; what is not named is as in the reference recipe."""

    name: str
    epochs: int = 3
    batch_size: int = BATCH_SIZE
    optimizer: Callable[[int], keras.Optimizer] = lambda steps: Adam(CosineDecay(LEARNING_RATE, steps))
    start_scale: float = START_SCALE
    divided_only: bool = False  # pixels from 0 to 1
    images: int = 60_000


REFERENCE = Recipe("reference, 3 epochs")
QUICK = Recipe("reference, 1 epoch", epochs=1)
WHOLE = Recipe("reference, 6 epochs", epochs=6)
LARGE_BATCHES = Recipe(
    "batches of 256, 3 epochs", batch_size=256, optimizer=lambda steps: Adam(CosineDecay(0.01, steps))
)
NO_SCHEDULE = Recipe("Adam(0.005), batches of 128, 2 epochs", 2, 128, lambda _: Adam(0.005))
MOMENTUM = Recipe("SGD(0.1, momentum=0.9), 2 epochs", 2, optimizer=lambda _: SGD(0.1, momentum=0.9))
RMS = Recipe("RMSprop(0.002), 2 epochs", 2, optimizer=lambda _: RMSprop(0.002))
DIVIDED = Recipe("pixels only divided by 255, 2 epochs", 2, divided_only=True)
LONG = Recipe(
    "Keras' start weights, 10 epochs", 10, start_scale=1
)  # most is learned, least left of the start
SMALL_START = Recipe("Keras' start weights, 4 epochs", 4, start_scale=1)
HOW_MANY = {
    REFERENCE: 40, QUICK: 60, WHOLE: 10, LARGE_BATCHES: 60, NO_SCHEDULE: 20, MOMENTUM: 20, RMS: 20,
    DIVIDED: 20, SMALL_START: 10,
}  # fmt: skip
UNSHORTENED = 80  # networks that are trained so long; the others shorter, or it would take hours
# Networks that have hardly begun to learn, in which the same rough answers come first.
BARELY = [
    Recipe(
        f"1 epoch of {images:,} images, start weights × {scale**0.5:g}", 1, start_scale=scale, images=images
    )
    for images in (2_000, 4_000, 8_000, 16_000, 30_000)
    for scale in (START_SCALE, START_SCALE, START_SCALE, 1)
]
# What students with the same start did with it.
VARIED = [
    QUICK, WHOLE, LARGE_BATCHES, NO_SCHEDULE, MOMENTUM, RMS, DIVIDED,
    Recipe("reference, 2 epochs", 2),
    Recipe("reference, 4 epochs", 4),
    Recipe("batches of 32, 2 epochs", 2, 32),
    Recipe("batches of 128, 3 epochs", 3, 128),
    Recipe("Adam(0.001), 3 epochs", optimizer=lambda _: Adam(0.001)),
    Recipe("Adam(0.01), 2 epochs", 2, optimizer=lambda steps: Adam(CosineDecay(0.01, steps))),
    Recipe("SGD(0.5), 3 epochs", optimizer=lambda _: SGD(0.5)),
    REFERENCE,
]  # fmt: skip


def shortened(recipe: Recipe) -> Recipe:
    """The recipe, for an epoch of half the images only."""
    name = f"{recipe.name.rsplit(', ', 1)[0]}, 1 epoch of 30,000 images"
    return replace(recipe, name=name, epochs=1, images=30_000)


@dataclass(frozen=True)
class Planned:
    """One network to come. kind: what the tables call it; make: gives its weights.

    divided_only: how its images are prepared. victim: the name of the network that was copied.
    """

    name: str
    kind: str
    make: Callable[[Trainer], Weights]
    divided_only: bool = False
    victim: str = ""


class Trainer:
    """The training images, and networks trained on them.

    Max pooling stands before the sigmoid here, which never decreases: the function and its gradient
    are the course's LeNet's, at a third less time.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        (images, self._labels), _ = load_fashion_mnist()
        self._images = {False: prepare_images(images), True: images[..., np.newaxis].astype("float32") / 255}

    def of(self, name: str) -> Weights:
        """The weights of a network that was trained before."""
        return read(self.folder / f"{name}.npz")[0]

    def trained(self, recipe: Recipe, seed: int, start: Weights | None = None) -> Weights:
        """A LeNet trained from this seed; from these start weights, the seed says only the order."""
        keras.utils.set_random_seed(seed)
        start = start or build_lenet(recipe.start_scale).get_weights()
        return self.further(start, recipe)

    def further(self, weights: Weights, recipe: Recipe, frozen: tuple[int, ...] = ()) -> Weights:
        """The weights after so much more training. frozen: the layers (0 to 4) that stay as they are."""
        model = pooled_first(frozen)
        model.set_weights(weights)
        images = self._images[recipe.divided_only][: recipe.images]
        steps = recipe.epochs * math.ceil(len(images) / recipe.batch_size)
        model.compile(recipe.optimizer(steps), "sparse_categorical_crossentropy", steps_per_execution=50)
        model.fit(
            images, self._labels[: recipe.images], batch_size=recipe.batch_size, epochs=recipe.epochs,
            validation_split=VALIDATION_SPLIT, validation_freq=recipe.epochs + 1, verbose=0,
        )  # fmt: skip
        return model.get_weights()


def pooled_first(frozen: tuple[int, ...]) -> keras.Model:
    """LeNet with each max pooling before its sigmoid, and layers that do not learn."""
    learning = [
        layers.Conv2D(6, 5), layers.Conv2D(16, 5), layers.Dense(120, "sigmoid"),
        layers.Dense(84, "sigmoid"), layers.Dense(10, "sigmoid"),
    ]  # fmt: skip
    for place in frozen:
        learning[place].trainable = False
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for layer in learning[:2]:
        for one in (layer, layers.MaxPooling2D(2), layers.Activation("sigmoid")):
            model.add(one)
    for layer in (layers.Flatten(), *learning[2:]):
        model.add(layer)
    return model


# ---- What a copier does, beside what disguises.py has ----


def fresh_first(weights: Weights, rng: np.random.Generator) -> Weights:
    """New start weights in the first layer."""
    return [*build_lenet().get_weights()[:2], *weights[2:]]


def fresh_last(weights: Weights, rng: np.random.Generator) -> Weights:
    """New start weights in the last layer."""
    return [*weights[:8], *build_lenet().get_weights()[8:]]


def _low(epochs: int) -> Recipe:
    return Recipe(
        f"{epochs} epochs at a tenth of the rate", epochs, optimizer=lambda _: Adam(LEARNING_RATE / 10)
    )


def _full(epochs: int) -> Recipe:
    return Recipe(f"{epochs} epochs at the full rate", epochs)


HIDDEN_KEPT = (0, 1, 2, 3)  # layers that stay while the last one is trained
# (what the tables call it, changes, training after them, frozen layers, how many)
COPIES = [
    ("reordered", [reordered], None, (), 4),
    ("negated", [negated], None, (), 4),
    ("reordered, negated", [reordered, negated], None, (), 4),
    ("last biases shifted", [shifted], None, (), 2),
    ("first layer rescaled", [for_divided], None, (), 3),
    ("reordered, negated, shifted, rescaled", [reordered, negated, shifted, for_divided], None, (), 4),
    ("noise of 10 %", [noisy(0.1)], None, (), 3),
    ("noise of 40 %", [noisy(0.4)], None, (), 3),
    ("noise of 10 %, reordered, negated, shifted", [noisy(0.1), reordered, negated, shifted], None, (), 2),
    ("noise of 40 %, reordered, negated, shifted", [noisy(0.4), reordered, negated, shifted], None, (), 3),
    ("1 epoch at the full rate", [], _full(1), (), 3),
    ("reordered, negated, 1 epoch at the full rate", [reordered, negated], _full(1), (), 3),
    ("3 epochs at a tenth of the rate", [], _low(3), (), 2),
    ("reordered, negated, 6 epochs at a tenth of the rate", [reordered, negated], _low(6), (), 3),
    ("3 epochs at the full rate", [], _full(3), (), 2),
    ("6 epochs at the full rate", [], _full(6), (), 2),
    ("reordered, negated, 6 epochs at the full rate", [reordered, negated], _full(6), (), 3),
    ("first layer new, 2 epochs at the full rate", [fresh_first], _full(2), (), 3),
    ("reordered, negated, first layer new, 3 epochs at the full rate", [reordered, negated, fresh_first], _full(3), (), 1),
    ("last layer new, alone trained for 1 epoch", [fresh_last], _full(1), HIDDEN_KEPT, 2),
    ("reordered, negated, last layer new, alone trained for 1 epoch", [reordered, negated, fresh_last], _full(1), HIDDEN_KEPT, 2),
    ("noise of 40 %, reordered, negated, 3 epochs at the full rate", [noisy(0.4), reordered, negated], _full(3), (), 2),
    # Thought up when the rest stood.
    ("noise that hardly shows, reordered, negated", [unseen_noise, reordered, negated], None, (), 3),
    ("first and last layer new, reordered, negated, 2 epochs at the full rate", [fresh_first, fresh_last, reordered, negated], _full(2), (), 1),
    ("noise of 100 %, reordered, negated, 2 epochs at the full rate", [noisy(1.0), reordered, negated], _full(2), (), 1),
    ("reordered, negated, 10 epochs at the full rate", [reordered, negated], _full(10), (), 1),
]  # fmt: skip


def plan() -> list[Planned]:
    """All networks, some honest ones and the copies of those first, so that a part is of use."""
    honest = [recipe for recipe, count in HOW_MANY.items() for _ in range(count)]
    random.Random(0).shuffle(honest)
    honest = [*honest[:UNSHORTENED], *map(shortened, honest[UNSHORTENED:])]
    own = [
        Planned(f"own-{n:03}", recipe.name, _from_seed(recipe, 10_000 + n), recipe.divided_only)
        for n, recipe in enumerate(honest)
    ]
    one_seed = [
        Planned(f"seed-{n:02}", f"one seed: {recipe.name}", _from_seed(recipe, ONE_SEED), recipe.divided_only)
        for n, recipe in enumerate([REFERENCE] * 5 + VARIED)
    ]
    one_start = [
        Planned(
            f"start-{n:02}", f"one start: {recipe.name}", _from_start(recipe, 20_000 + n), recipe.divided_only
        )
        for n, recipe in enumerate([REFERENCE] * 5 + VARIED)
    ]
    copied = iter([one for one in own if not one.divided_only])
    copies = []
    for kind, changes, training, frozen, count in COPIES:
        for _ in range(count):
            victim = next(copied)
            copies.append(
                Planned(
                    f"copy-{len(copies):02}", kind, _copy(victim.name, changes, training, frozen, len(copies)),
                    for_divided in changes, victim.name,
                )
            )  # fmt: skip
    barely = [
        Planned(f"barely-{n:02}", recipe.name, _from_seed(recipe, 40_000 + n))
        for n, recipe in enumerate(BARELY)
    ]
    long = [Planned(f"long-{n}", LONG.name, _from_seed(LONG, 50_000 + n)) for n in range(3)]
    first, rest = own[:UNSHORTENED], own[UNSHORTENED:]
    return [*first, *copies, *one_seed, *one_start, *barely, *long, *rest]


def _from_seed(recipe: Recipe, seed: int) -> Callable[[Trainer], Weights]:
    return lambda trainer: trainer.trained(recipe, seed)


def _from_start(recipe: Recipe, seed: int) -> Callable[[Trainer], Weights]:
    def make(trainer: Trainer) -> Weights:
        keras.utils.set_random_seed(HANDED_ROUND)
        return trainer.trained(recipe, seed, build_lenet().get_weights())

    return make


def _copy(victim: str, changes: list, training: Recipe | None, frozen: tuple, number: int):
    def make(trainer: Trainer) -> Weights:
        keras.utils.set_random_seed(30_000 + number)
        rng, weights = np.random.default_rng(number), trainer.of(victim)
        for change in changes:
            weights = change(weights, rng)
        return trainer.further(weights, training, frozen) if training else weights

    return make


def read(path: Path) -> tuple[Weights, str, bool, str]:
    """(weights, kind, whether its pixels are only divided by 255, whom it was copied from)."""
    with np.load(path) as kept:
        weights = [kept[f"w{n}"] for n in range(10)]
        return weights, str(kept["kind"]), bool(kept["divided_only"]), str(kept["victim"])


def outputs_of(path: Path) -> np.ndarray:
    """(10000, 10) float32: what a network of the class gives for the test images, as the judge works it out.

    Kept beside it for the next time.
    """
    kept = path.with_suffix(".npy")
    if not kept.exists():
        weights, _, divided_only, _ = read(path)
        np.save(kept, outputs(weights, divided_only))
    return np.load(kept)


def outputs(weights: Weights, divided_only: bool = False) -> np.ndarray:
    """As `outputs_of`, of any weights."""
    return lenet_with(weights).predict(prepared(divided_only))


@lru_cache
def prepared(divided_only: bool) -> np.ndarray:
    """(10000, 28, 28, 1) float32: the test images."""
    _, (images, _) = load_fashion_mnist()
    return images[..., np.newaxis].astype("float32") / 255 if divided_only else prepare_images(images)


def fingerprint(
    weights: Weights,
    said: np.ndarray | None = None,
    images: np.ndarray | None = None,
    start: Weights | None = None,
) -> Fingerprint:
    """That of a network, as the judge makes it.

    said: what it gives for the test images, where that is known. images: those, prepared in another way.
    start: samples of the weights that it began with.
    """
    images = prepared(False) if images is None else images
    said = lenet_with(weights).predict(images) if said is None else said
    _, (_, labels) = load_fashion_mnist()
    return fingerprint_of(weights, responses(weights, images[ASKED]), said.argmax(axis=1) != labels, start)


def write(path: Path, one: Planned, weights: Weights) -> None:
    """Whole or not at all."""
    unfinished = path.with_suffix(f".{os.getpid()}")
    with open(unfinished, "wb") as file:
        np.savez(
            file, kind=one.kind, divided_only=one.divided_only, victim=one.victim,
            **{f"w{n}": array.astype("float32") for n, array in enumerate(weights)},
        )  # fmt: skip
    os.replace(unfinished, path)


def open_tasks(folder: Path) -> Iterator[Planned]:
    """What nobody has trained or begun, in order; a copy when its victim is there."""
    for one in plan():
        if (folder / f"{one.name}.npz").exists():
            continue
        if one.victim and not (folder / f"{one.victim}.npz").exists():
            continue
        try:
            (folder / f"{one.name}.begun").touch(exist_ok=False)
        except FileExistsError:
            continue
        yield one


def main() -> None:
    """Train what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(folder)
    for one in open_tasks(folder):
        write(folder / f"{one.name}.npz", one, one.make(trainer))
        (folder / f"{one.name}.begun").unlink()
        print(one.name, one.kind, flush=True)
        keras.backend.clear_session()


if __name__ == "__main__":
    main()
