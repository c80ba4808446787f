"""The programs of the course's source, run again: what it printed beside what they print here.

    python benchmarks/programs.py [--epochs 40] [--write benchmarks/programs.md]

Trains the narrow, the wide and the subclassed network with the loop by hand, and LeNet by the textbook's recipe
for 50 epochs. About 45 minutes on two cores; --epochs is that of the wide network, the narrow one gets ten and the
subclassed one three, for its speed.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
from pathlib import Path

import keras
import machine

from autograder.fashion_mnist import load_fashion_mnist
from lenet_solution.textbook import Epoch, as_pictures, train_textbook, training_loop
from lenet_solution.variants import unmixed
from lenet_solution.variants_model import Subclassed, build_narrow, build_wide

SOURCE = {  # network -> {epoch: (training, test)}, percent, as the source printed them
    "wide": {2: (62.64, 77.08), 5: (75.37, 80.77), 10: (81.57, 83.66)},
    "narrow": {1: (54.69, 70.71), 2: (64.52, 72.83), 5: (73.66, 76.80), 10: (79.24, 80.30)},
}
TEXTBOOK = (50, 85.86, 0.3684)  # epochs, test accuracy in percent, test loss
EPOCHS = 10  # whose speed is compared
BUILD = {"narrow": build_narrow, "wide": build_wide, "subclassed": Subclassed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=40, help="of the wide network")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    train, test = load_fashion_mnist()
    runs: dict[str, list[Epoch]] = {}
    params = {}
    for name, build in BUILD.items():
        keras.utils.set_random_seed(1)
        model, runs[name] = build(), []
        epochs = {"wide": options.epochs, "narrow": EPOCHS, "subclassed": 3}[name]
        for epoch in training_loop(model, train, test, epochs):
            print(name, epoch, flush=True)
            runs[name].append(epoch)
        params[name] = model.count_params()
    keras.utils.set_random_seed(1)
    model = train_textbook(as_pictures(train[0]), train[1], TEXTBOOK[0], verbose=2)
    loss, accuracy = model.evaluate(as_pictures(test[0]), test[1], verbose=0)
    text = "\n\n".join([
        "# The source's programs, run again",
        f"Made by `python {' '.join(sys.argv)}`.", f"{machine.described()}.",
        printed(runs), speed(runs, params), more_epochs(runs["wide"]),
        textbooks(accuracy, loss),
    ])  # fmt: skip
    print(text)
    if options.write:
        options.write.write_text(text + "\n", "utf-8")


def textbooks(accuracy: float, loss: float) -> str:
    return (
        f"LeNet by the textbook's recipe, {TEXTBOOK[0]} epochs: test accuracy {accuracy:.2%}, loss {loss:.4f}; "
        f"the source printed {TEXTBOOK[1]} % and {TEXTBOOK[2]}."
    )


def printed(runs: dict[str, list[Epoch]]) -> str:
    """Training and test accuracy as printed: means over all epochs until then."""
    rows = [
        "| network | epoch | source: training / test | here: training / test |",
        "| --- | ---: | --- | --- |",
    ]
    for name, run in runs.items():
        for epoch in run:
            if epoch.number not in (1, 2, 5, 10, 20, 40):
                continue
            told = SOURCE.get(name, {}).get(epoch.number)
            theirs = f"{told[0]} % / {told[1]} %" if told else "–"
            rows.append(
                f"| {name} | {epoch.number} | {theirs} | {epoch.accuracy:.2%} / {epoch.test_accuracy:.2%} |"
            )
    return "As printed, means over all epochs until then:\n\n" + "\n".join(rows)


def speed(runs: dict[str, list[Epoch]], params: dict[str, int]) -> str:
    """Seconds an epoch; the first, in which TensorFlow builds its graph, does not count."""
    seconds = {
        name: statistics.median(epoch.seconds for epoch in run[1:EPOCHS]) for name, run in runs.items()
    }
    rows = ["| network | parameters | seconds an epoch | narrow = 1 |", "| --- | ---: | ---: | ---: |"]
    rows += [
        f"| {name} | {params[name]:,} | {taken:.1f} | {taken / seconds['narrow']:.1f} |"
        for name, taken in seconds.items()
    ]
    return "The source calls the narrow network more than twice as fast as the wide one:\n\n" + "\n".join(
        rows
    )


def more_epochs(run: list[Epoch]) -> str:
    """Whether more epochs bring the wide network to 90 % of the test images, epoch by epoch."""
    own = [run[0].test_accuracy] + [
        unmixed(before.number, before.test_accuracy, after.number, after.test_accuracy)
        for before, after in itertools.pairwise(run)
    ]
    best = max(range(len(own)), key=own.__getitem__)
    reached = next((n for n, accuracy in enumerate(own, 1) if accuracy >= 0.9), None)
    said = (
        f"reaches 90 % of the test images in epoch {reached}"
        if reached
        else "does not reach 90 % of the test images"
    )
    return (
        f"More epochs: in {len(own)} the wide network {said}. Its best epoch by itself is number {best + 1} with "
        f"{own[best]:.2%}, its last has {own[-1]:.2%}; printed, as a mean over all, stands {run[-1].test_accuracy:.2%}."
    )


if __name__ == "__main__":
    main()
