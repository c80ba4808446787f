"""How far what an honest training prints last lies from what is measured on the test images.

    python benchmarks/printed.py [--folder build/printed] [--write benchmarks/printed.md]

The course's recipe and three others of the answer book, once each. Printed is the accuracy on the tenth of the
training images that `fit` kept back, after the last epoch: as a notebook shows it, and as it may be copied
into another one. Each run is written to the folder when it ends, and what is there is not trained again.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(_name, "1")  # read when TensorFlow is imported
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import machine
import numpy as np

from autograder.class_report.tally import FAR_APART
from autograder.fashion_mnist import load_fashion_mnist
from lenet_solution.recipes import RECIPES, Recipe

REFERENCE = Recipe("the course's recipe")


def runs(folder: Path) -> Iterator[tuple[str, float, float]]:
    """Of each recipe its name, the accuracy that it printed last, and that on the test images."""
    (images, labels), (test_images, test_labels) = load_fashion_mnist()
    folder.mkdir(parents=True, exist_ok=True)
    for number, recipe in enumerate((REFERENCE, *RECIPES[:3])):
        path = folder / f"{number}.json"
        if not path.exists():
            keras.utils.set_random_seed(number)
            model = recipe.train(recipe.prepare(images), labels)
            scores = model.predict(recipe.prepare(test_images), batch_size=1000, verbose=0)
            test = float(np.mean(scores.argmax(axis=1) == test_labels))
            path.write_text(json.dumps([recipe.name, model.history.history["val_accuracy"][-1], test]))
        name, printed, test = json.loads(path.read_text())
        yield name, printed, test


def table(found: list[tuple[str, float, float]]) -> str:
    """The runs as Markdown."""
    apart = [printed - test for _, printed, test in found]
    lines = [
        "# Printed accuracy minus measured accuracy\n",
        f"`python benchmarks/printed.py --write benchmarks/printed.md`, on {machine.described()}.\n",
        (
            "The class report names students whose notebook printed an accuracy more than "
            f"{FAR_APART * 100:g} points away from the measured one (`FAR_APART` in "
            f"autograder/class_report/tally.py). Of these {len(found)} honest trainings the differences go from "
            f"{min(apart):+.2%} to {max(apart):+.2%}.\n"
        ),
        "| recipe | printed, kept back | measured, test images | difference |",
        "| --- | ---: | ---: | ---: |",
    ]
    lines += [f"| {n} | {printed:.2%} | {test:.2%} | {printed - test:+.2%} |" for n, printed, test in found]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("build/printed"))
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    made = table(list(runs(options.folder)))
    print(made)
    if options.write:
        options.write.write_text(made, "utf-8")


if __name__ == "__main__":
    main()
