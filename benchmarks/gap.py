"""How far apart the test accuracy and the training accuracy of a LeNet are, of honest and of cheating ones.

    python benchmarks/gap.py [--folder build/gap] [--also build/likeness] [--write benchmarks/gap.md]

The honest are trained on training images alone: by other recipes, on few of them, or with what keeps a
network from learning its images by heart. The cheating are trained by the course's recipe on a share of the
test images together with a share of the training images. Both accuracies are measured as grading does,
with the judge's own network, here on all 60,000 and 10,000 images.

Each network is written to the folder when it is trained, and what is there is not trained again: stop it
whenever you like, and start it in as many processes as there are cores. --also: a folder of honest ones
that benchmarks/likeness_class.py trained.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(_name, "1")  # read when TensorFlow is imported
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import machine
import numpy as np
from keras import layers
from keras.optimizers import SGD, Adam, AdamW, Nadam, RMSprop
from keras.optimizers.schedules import CosineDecay

from autograder.assignments.lenet.checks.images import lenet_with
from autograder.assignments.lenet.checks.test_3_train_lenet import honest_gap
from autograder.fashion_mnist import load_fashion_mnist
from autograder.tools.calibration import at_most
from lenet_solution.model import START_SCALE, build_lenet
from lenet_solution.training import BATCH_SIZE, EPOCHS, LEARNING_RATE, prepare_images

Labelled = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Training:
    """One way to train LeNet; what is not named is as in the course's recipe, which keeps a tenth back.

    of_training, of_test: how many of the training and of the test images it learns from, drawn at random.
    optimizer: makes one, given the number of steps. seen: (images, random) -> the images as one epoch
    shows them. dropout: share of values that is left out before both hidden dense layers.
    """

    name: str
    of_training: int = 54_000
    of_test: int = 0
    epochs: int = EPOCHS
    batch_size: int = BATCH_SIZE
    optimizer: Callable[[int], keras.Optimizer] = lambda steps: Adam(CosineDecay(LEARNING_RATE, steps))
    start_scale: float = START_SCALE
    divided_only: bool = False
    seen: Callable[[np.ndarray, np.random.Generator], np.ndarray] | None = None
    dropout: float = 0.0


def mirrored(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(N, 28, 28) with the half of the images mirrored, another half each time."""
    return np.where(random.random(len(images))[:, None, None] < 0.5, images[:, :, ::-1], images)


def shifted(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The half mirrored, and each image shifted by up to two pixels."""
    images, steps = mirrored(images, random), random.integers(-2, 3, (len(images), 2))
    for step in {*map(tuple, steps)}:
        chosen = (steps == step).all(axis=1)
        images[chosen] = np.roll(images[chosen], step, (1, 2))
    return images


def _leaks() -> Iterator[Training]:
    """Shares of the test images, with shares of the training images; about as many steps each."""
    for of_test in (10_000, 5_000, 2_000, 1_000, 500):
        for of_training in (60_000, 30_000, 12_000, 0):
            epochs = min(max(EPOCHS, round(EPOCHS * 60_000 / (of_training + of_test))), 30)
            yield Training("the course's recipe", of_training, of_test, epochs)


HONEST = (
    Training("the course's recipe"),
    Training("2 epochs", epochs=2),
    Training("3 epochs", epochs=3),
    Training("12 epochs", epochs=12),
    Training("batches of 256", batch_size=256),
    Training("Adam(0.005), no schedule", optimizer=lambda _: Adam(0.005)),
    Training("Adam(0.001)", optimizer=lambda _: Adam(0.001)),
    Training("SGD(0.1, momentum=0.9)", optimizer=lambda _: SGD(0.1, momentum=0.9)),
    Training("SGD(0.9), 10 epochs of batches of 256", 54_000, 0, 10, 256, lambda _: SGD(0.9)),
    Training("RMSprop(0.001)", optimizer=lambda _: RMSprop(0.001)),
    Training("Nadam(0.002)", optimizer=lambda _: Nadam(0.002)),
    Training("Keras' start weights", start_scale=1),
    Training("pixels only divided by 255", divided_only=True),
    Training("10,000 images", 10_000),
    Training("20,000 images", 20_000),
    Training("1,000 images, 30 epochs", 1_000, 0, 30),
    Training("3,000 images, 15 epochs", 3_000, 0, 15),
    Training("6,000 images, 10 epochs", 6_000, 0, 10),
    Training("mirrored images, 8 epochs", epochs=8, seen=mirrored),
    Training("mirrored and shifted images, 8 epochs", epochs=8, seen=shifted),
    Training("dropout of 0.2, 8 epochs", epochs=8, dropout=0.2),
    Training("weight decay of 0.02", optimizer=lambda steps: AdamW(CosineDecay(0.005, steps), 0.02)),
)
LEAKS = tuple(_leaks())


def network(training: Training) -> keras.Model:
    """LeNet with each max pooling before its sigmoid: the same function and gradient, in less time."""
    drop = [layers.Dropout(training.dropout)] if training.dropout else []
    dense = [layers.Dense(units, "sigmoid") for units in (120, 84, 10)]
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (6, 16):
        for layer in (layers.Conv2D(filters, 5), layers.MaxPooling2D(2), layers.Activation("sigmoid")):
            model.add(layer)
    for layer in (layers.Flatten(), *drop, dense[0], *drop, dense[1], dense[2]):
        model.add(layer)
    model.set_weights(build_lenet(training.start_scale).get_weights())
    return model


def trained(training: Training, seed: int, data: tuple[Labelled, Labelled]) -> list[np.ndarray]:
    """LeNet's ten arrays after one training."""
    keras.utils.set_random_seed(seed)
    random = np.random.default_rng(seed)
    some = [
        random.permutation(len(part[0]))[:count]
        for part, count in zip(data, (training.of_training, training.of_test), strict=True)
    ]
    images, labels = (
        np.concatenate([part[kind][chosen] for part, chosen in zip(data, some, strict=True)])
        for kind in (0, 1)
    )
    model = network(training)
    steps = training.epochs * math.ceil(len(images) / training.batch_size)
    model.compile(training.optimizer(steps), "sparse_categorical_crossentropy", steps_per_execution=50)
    if training.seen is None:
        model.fit(
            prepared(images, training.divided_only), labels, training.batch_size, training.epochs, verbose=0
        )
    else:
        for _ in range(training.epochs):
            now = prepared(training.seen(images, random), training.divided_only)
            model.fit(now, labels, training.batch_size, verbose=0)
    return model.get_weights()


def prepared(images: np.ndarray, divided_only: bool) -> np.ndarray:
    """(N, 28, 28) uint8 -> (N, 28, 28, 1) float32."""
    return images[..., np.newaxis].astype("float32") / 255 if divided_only else prepare_images(images)


@dataclass(frozen=True)
class Measured:
    """train, test: the share of all training and all test images that one network recognises."""

    name: str
    of_training: int
    of_test: int
    epochs: int
    train: float
    test: float

    @property
    def gap(self) -> float:
        return self.test - self.train


def measured(weights: list[np.ndarray], divided_only: bool, data: tuple[Labelled, Labelled]) -> list[float]:
    """The accuracy on the training images and on the test images."""
    judged = lenet_with(weights)
    return [judged.accuracy(prepared(images, divided_only), labels) for images, labels in data]


def runs(folder: Path, seeds: int) -> Iterator[Measured]:
    """Every network, trained and measured, or read where it was before."""
    data = load_fashion_mnist()
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(seeds):
        for training in (*HONEST, *LEAKS):
            counts = (training.of_training, training.of_test, training.epochs)
            path = folder / f"{training.name.replace(' ', '-')}-{'-'.join(map(str, counts))}-{seed}.npz"
            if not path.exists():
                weights = trained(training, seed, data)
                shares = measured(weights, training.divided_only, data)
                unfinished = path.with_suffix(f".{os.getpid()}")
                with open(unfinished, "wb") as file:
                    np.savez(file, *weights, shares=np.array(shares))
                os.replace(unfinished, path)
                print(f"{path.stem}: {shares[1] - shares[0]:+.2%}", flush=True)
            with np.load(path) as kept:
                yield Measured(training.name, *counts, *map(float, kept["shares"]))


def others(folder: Path) -> Iterator[Measured]:
    """The honest networks that benchmarks/likeness_class.py trained."""
    data = load_fashion_mnist()
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as kept:
            if not str(kept["victim"]):
                weights = [kept[f"w{n}"] for n in range(10)]
                shares = measured(weights, bool(kept["divided_only"]), data)
                yield Measured("of likeness_class.py", 60_000, 0, 0, *shares)


def shows(run: Measured) -> bool:
    """Whether grading takes it for one that learned from test images."""
    return run.gap > honest_gap(run.test)


def table(found: list[Measured]) -> str:
    """The runs as Markdown."""
    honest = [run for run in found if not run.of_test]
    learned = [run for run in honest if honest_gap(run.test) == 0]
    nearest = max(learned, key=lambda run: run.gap)
    over = sum(map(shows, learned))
    lines = [
        "# Test accuracy minus training accuracy\n",
        (
            "`python benchmarks/gap.py --also build/likeness --write benchmarks/gap.md`, on "
            f"{machine.described()}.\n"
        ),
        (
            "Grading suspects weights that recognise a larger share of the test images than of the training "
            "images (`honest_gap` in autograder/assignments/lenet/checks/test_3_train_lenet.py says from which accuracy on). "
            f"Of {len(learned)} honest trainings that have learned so much {over} would be suspected, so at most "
            f"{at_most(over, len(learned)):.1%} of such trainings are (95 % confidence, however they are "
            f"distributed, if they are independent). The nearest to it is at {nearest.gap:+.2%} ({nearest.name}).\n"
        ),
        "| honest | runs | training accuracy | test accuracy | largest difference |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name in dict.fromkeys(run.name for run in honest):
        same = [run for run in honest if run.name == name]
        train, test = (np.mean([getattr(run, part) for run in same]) for part in ("train", "test"))
        largest = max(run.gap for run in same)
        lines.append(f"| {name} | {len(same)} | {train:.2%} | {test:.2%} | {largest:+.2%} |")
    lines += [
        "",
        (
            "| test images learned | training images learned | epochs | runs | training accuracy | test accuracy "
            "| smallest difference | runs that show |"
        ),
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    leaks = [run for run in found if run.of_test]
    for kind in dict.fromkeys((run.of_test, run.of_training, run.epochs) for run in leaks):
        same = [run for run in leaks if (run.of_test, run.of_training, run.epochs) == kind]
        train, test = (np.mean([getattr(run, part) for run in same]) for part in ("train", "test"))
        lines.append(
            f"| {kind[0]:,} | {kind[1]:,} | {kind[2]} | {len(same)} | {train:.2%} | {test:.2%} | "
            f"{min(run.gap for run in same):+.2%} | {sum(map(shows, same))} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("build/gap"))
    parser.add_argument("--also", type=Path)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    keras.utils.disable_interactive_logging()
    found = list(runs(options.folder, options.seeds))
    found += others(options.also) if options.also else []
    print(table(found))
    if options.write:
        options.write.write_text(table(found), "utf-8")


if __name__ == "__main__":
    main()
