"""What networks of other changed tasks are worth on a changed task, to one who trains nothing.

    python benchmarks/changes.py [--networks 16] [--tasks 12] [--write benchmarks/changes.md]

A cheat may hold networks that were trained for other draws of draw_change (checks/hidden/inputs.py), try
each in every turn and mirroring, and give its outputs the kinds that most images of a task have by their
labels. Of several networks he takes the one that recognises most of these images. Tried are networks for
one task each; one for many tasks from everywhere; and one for many tasks of a part, as a cheat makes them
who divides all tasks into parts, each around one of his draws.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import machine
import numpy as np
from held_networks import BATCH_SIZE, EPOCHS, keras, moved, places_of, trained

from autograder.assignments.lenet.checks.images import judged_images
from autograder.assignments.lenet.exercises import points_for
from autograder.copies.alignment import assignment
from lenet_solution.training import prepare_images

SEEN, NEW = slice(0, 1_000), slice(1_000, 3_000)  # test images whose labels the cheat has, and others
SHARES, ROUNDS = 60, 4  # of a network for many tasks: another one for each share of the images in each round
TASK, MANY = 10_000, 20_000  # seeds of the tasks that are tried, and of those that are trained on together
TIMES = 200  # so many choices of a few networks out of all


def recognised(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """The shares (0 to 1) of SEEN and of NEW, turned and with its outputs named as is best for SEEN.

    The images are turned here instead of the network, which is the same and simpler.
    """

    def said(turned: np.ndarray) -> np.ndarray:
        return model.predict_on_batch(prepare_images(turned)).argmax(axis=1)

    def named(turned: np.ndarray) -> tuple[float, np.ndarray]:
        table = np.zeros((10, 10))
        np.add.at(table, (said(turned[SEEN]), labels[SEEN]), 1)
        kinds = assignment(table)  # (10,) the label for each output
        return table[np.arange(10), kinds].sum() / table.sum(), kinds

    tried = [(*named(turned), turned) for turned in turns(images)]
    share, kinds, turned = max(tried, key=lambda one: one[0])
    return share, float((kinds[said(turned[NEW])] == labels[NEW]).mean())


def turns(images: np.ndarray) -> list[np.ndarray]:
    """(N, 28, 28) in the eight ways to turn and mirror them."""
    return [np.rot90(way, n, axes=(1, 2)) for way in (images, images[:, :, ::-1]) for n in range(4)]


def everywhere() -> Iterator[np.ndarray]:
    """The places of one task after another."""
    return (places_of(seed) for seed in itertools.count(MANY))


def around(centre: int, centres: int) -> Iterator[np.ndarray]:
    """As everywhere, of the tasks that in one of their turns are nearer to the centre's than to any other.

    They are turned so. centre: its seed, which is below the number of centres. How near: by the square of
    how many pixels apart the same pixel comes from, where a row, and a column, is a ring.
    """
    kept = np.stack([_rows_and_columns(places_of(seed)) for seed in range(centres)])
    for places in everywhere():
        turned = [way.ravel() for way in turns(places.reshape(1, 28, 28))]
        apart = np.abs(kept[:, np.newaxis] - np.stack([_rows_and_columns(way) for way in turned]))
        apart = (np.minimum(apart, 28 - apart) ** 2).mean(axis=(2, 3))  # (centres, turns)
        nearest, turn = np.unravel_index(apart.argmin(), apart.shape)
        if nearest == centre:
            yield turned[turn]


def _rows_and_columns(places: np.ndarray) -> np.ndarray:
    """(2, 784) int."""
    return np.stack(np.divmod(places.astype(int), 28))


def of_many(tasks: Iterator[np.ndarray], images: np.ndarray, labels: np.ndarray, seed: int) -> keras.Model:
    """A network that has seen each image in ROUNDS of these tasks."""
    shares = [share for _ in range(ROUNDS) for share in np.array_split(images, SHARES)]
    many = np.concatenate([moved(share, next(tasks)) for share in shares])
    return trained(many, np.tile(labels, ROUNDS), seed, epochs=1)


def best_of(tried: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """What a cheat with so many of the networks reaches, (TIMES · tasks,); tried: (tasks, networks, 2)."""
    reached = []
    for _ in range(TIMES):
        some = tried[:, random.choice(tried.shape[1], count, replace=False)]
        reached.append(some[np.arange(len(some)), some[..., 0].argmax(axis=1), 1])
    return np.concatenate(reached)


def table(own: list[float], rows: dict[str, np.ndarray]) -> str:
    """own: of each network for one task, on it; rows: what is reached on other tasks, by what is held."""
    lines = [
        "# Networks that were trained for other changes\n",
        (
            "`python benchmarks/changes.py --write benchmarks/changes.md`, on "
            f"{machine.described()}; other programs ran beside it.\n"
        ),
        (
            f"{len(own)} networks for one task each ({EPOCHS} epochs of batches of {BATCH_SIZE}) recognise "
            f"{np.mean(own):.1%} of its new images (from {min(own):.1%} to {max(own):.1%}). Networks for many "
            f"tasks saw each image in {ROUNDS} of them, {SHARES * ROUNDS} tasks in all. On tasks that none was "
            "trained for, turned, mirrored and with outputs named by the labels of 1,000 images:\n"
        ),
        "| what the cheat holds | recognised, mean | most | points for most |",
        "| --- | ---: | ---: | ---: |",
    ]
    for held, reached in rows.items():
        most = reached.max()
        lines.append(f"| {held} | {reached.mean():.1%} | {most:.1%} | {points_for(most):g} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--networks", type=int, default=16)
    parser.add_argument("--tasks", type=int, default=12)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    (images, labels), (test_images, test_labels) = judged_images()

    def on(model: keras.Model, tasks: list[np.ndarray]) -> np.ndarray:
        """(tasks, 2) the shares of SEEN and NEW."""
        new = test_images[: NEW.stop]
        return np.array([recognised(model, moved(new, places), test_labels) for places in tasks])

    tasks = [places_of(TASK + number) for number in range(options.tasks)]
    own, tried = [], []
    for seed in range(options.networks):
        places = places_of(seed)
        model = trained(moved(images, places), labels, seed)
        said = model.predict(prepare_images(moved(test_images, places)), verbose=0).argmax(axis=1)
        own.append(float((said == test_labels).mean()))
        tried.append(on(model, tasks))
        print(f"{seed}: {own[-1]:.1%} of its own task, {tried[-1][:, 1].max():.1%} of another", flush=True)
    random = np.random.default_rng(0)
    rows = {
        f"the best of {count} for one task each": best_of(np.stack(tried, axis=1), count, random)
        for count in (1, 2, 4, 8, 16)
        if count <= options.networks
    }
    model = of_many(everywhere(), images, labels, options.networks)
    rows["one for many tasks"] = on(model, tasks)[:, 1]
    part = around(0, options.networks)
    model = of_many(part, images, labels, options.networks + 1)
    rows[f"one for many tasks of a part, of {options.networks}"] = on(
        model, list(itertools.islice(part, options.tasks))
    )[:, 1]
    text = table(own, rows)
    if options.write:
        options.write.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
