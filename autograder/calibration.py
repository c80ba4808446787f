"""The instructor's machine: `autograder calibrate`, which measures what an honest run reaches.

Imports keras inside `run` alone, and runs only the answer book: never a student's code. Nothing on
the judging path imports this file.

The record is a JSON file: the recipe, and one entry for every run. It is written anew after each
run, so a calibration that was stopped goes on where it stopped.
"""

import json
import math
import os
import platform
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

MEASURED_WITH = ("keras", "numpy", "tensorflow", "tensorflow-cpu", "jax", "torch")


class CalibrationError(ValueError):
    """A record cannot be read, belongs to another recipe, or holds too few runs."""


@dataclass(frozen=True)
class Summary:
    """What the runs of a record say. Accuracies are shares (0..1) of the 10,000 test images."""

    n: int
    mean: float
    sd: float  # with n - 1 in the denominator
    lowest: float
    seconds: float  # median of one training
    pass_mark: float
    below: int  # runs of the record under the pass mark
    chance_below: float  # that the next honest run falls under it
    target: float
    chance_below_target: float

    def sentence(self) -> str:
        """The finding in words, for the terminal and the README."""
        return (
            f"{self.n} runs of the reference recipe, {self.seconds:.0f} s each: test accuracy "
            f"{self.mean:.4f} on average, standard deviation {self.sd:.4f}, lowest "
            f"{self.lowest:.4f}. Below the pass mark of {self.pass_mark:g} fell {self.below} of "
            f"{self.n}; the next honest run falls below it with a chance of "
            f"{_odds(self.chance_below)}, and misses the target of {self.target:g} with a chance "
            f"of {_odds(self.chance_below_target)}."
        )


def calibrate(
    seeds: Iterable[int], record_path: Path, png_path: Path, pass_mark: float, target: float
) -> Summary:
    """Train from every seed that the record lacks, then draw the picture and sum up.

    Raises `CalibrationError`, and `FashionMnistError` where there are no data.
    """
    record = run(seeds, record_path)
    found = summary(record, pass_mark, target)
    plot(record, png_path, pass_mark, target)
    return found


def run(seeds: Iterable[int], record_path: Path, epochs: int | None = None) -> dict[str, Any]:
    """Train the reference recipe once from every seed; return the record, old runs included.

    A seed that the record already holds is not trained again. `epochs` is the recipe's own where
    it is None. Shows progress on the terminal.

    Raises `CalibrationError` when the record was made with another recipe.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras  # only here: see the first lines
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from autograder.fashion_mnist import load_fashion_mnist
    from lenet_solution import training

    epochs = training.EPOCHS if epochs is None else epochs
    recipe = {**training.recipe(), "epochs": epochs}
    record = read(record_path) if record_path.exists() else {"recipe": recipe, "runs": []}
    if record["recipe"] != recipe:
        raise CalibrationError(
            f"{record_path} holds runs of another recipe: move it away, then calibrate again."
        )
    known = {entry["seed"] for entry in record["runs"]}
    missing = [seed for seed in dict.fromkeys(seeds) if seed not in known]
    if not missing:
        return record

    (train_images, train_labels), (test_images, test_labels) = load_fashion_mnist()
    train_images = training.prepare_images(train_images)
    test_images = training.prepare_images(test_images)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(elapsed_when_finished=False),
    )
    # Keras' own bar would be drawn through this one.
    keras.utils.disable_interactive_logging()
    try:
        with Progress(*columns) as progress:
            task = progress.add_task(f"seed {missing[0]}", total=len(missing))
            for seed in missing:
                progress.update(task, description=f"seed {seed}")
                keras.utils.set_random_seed(seed)
                start = time.perf_counter()
                model, _ = training.train_lenet(train_images, train_labels, epochs)
                seconds = time.perf_counter() - start
                scores = model.predict(test_images, batch_size=1000)  # (10000, 10)
                accuracy = float(np.mean(np.argmax(scores, axis=1) == test_labels))
                record["runs"].append(
                    {
                        "seed": seed,
                        "epochs": epochs,
                        "seconds": round(seconds, 1),
                        "test_accuracy": round(accuracy, 4),  # whole images out of 10,000
                        "device": _device(model),
                        "backend": keras.backend.backend(),
                        "versions": _versions(),
                    }
                )
                _write(record, record_path)
                progress.console.print(f"seed {seed}: {accuracy:.4f} in {seconds:.1f} s")
                progress.advance(task)
    finally:
        keras.utils.enable_interactive_logging()
    return record


def read(record_path: Path) -> dict[str, Any]:
    """The record in a file. Raises `CalibrationError` when it is not one."""
    try:
        record = json.loads(record_path.read_text(encoding="utf-8"))
        record["recipe"]
        for entry in record["runs"]:
            int(entry["seed"]), float(entry["test_accuracy"]), float(entry["seconds"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CalibrationError(
            f"{record_path} is not a calibration record ({type(error).__name__}: {error}): restore "
            "it from version control, or move it away and calibrate again."
        ) from error
    return record


def summary(record: dict[str, Any], pass_mark: float, target: float) -> Summary:
    """Mean, spread, and the chance that the next run falls below the mark, and below the target.

    The chance is that of the predictive Student-t distribution: when n runs with mean m and
    standard deviation s come from one normal distribution, the next run x has
    (x - m) / (s * sqrt(1 + 1/n)) distributed as t with n - 1 degrees of freedom. Unlike the normal
    curve through m and s, it allows for both being estimates, so few runs give a larger chance.

    Raises `CalibrationError` for fewer than three runs or runs that are all alike.
    """
    accuracies = np.array([entry["test_accuracy"] for entry in record["runs"]], dtype=float)
    n = len(accuracies)
    if n < 3:
        raise CalibrationError(f"{n} runs say nothing about their spread: calibrate with 20 seeds.")
    mean, sd = float(accuracies.mean()), float(accuracies.std(ddof=1))
    if sd == 0:
        raise CalibrationError(f"all {n} runs are alike to the digit: their seeds had no effect.")
    width = sd * math.sqrt(1 + 1 / n)
    return Summary(
        n=n,
        mean=mean,
        sd=sd,
        lowest=float(accuracies.min()),
        seconds=float(np.median([entry["seconds"] for entry in record["runs"]])),
        pass_mark=pass_mark,
        below=int((accuracies < pass_mark).sum()),
        chance_below=student_t_below((pass_mark - mean) / width, n - 1),
        target=target,
        chance_below_target=student_t_below((target - mean) / width, n - 1),
    )


def student_t_below(t: float, degrees: int) -> float:
    """P(T < t) of Student's t distribution for 1 to 10,000 degrees of freedom, without SciPy.

    With t = sqrt(degrees) * tan(angle) the density becomes a power of a cosine on a finite
    interval, which Simpson's rule integrates as it stands.
    """
    log_scale = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)
    scale = math.exp(log_scale) / math.sqrt(math.pi)
    # From the end of the tail to |t|: a small chance is a small integral, not 1 minus a large one.
    angles = np.linspace(math.atan(abs(t) / math.sqrt(degrees)), math.pi / 2, 2001)
    weights = np.full(len(angles), 2.0)
    weights[1::2] = 4.0
    weights[[0, -1]] = 1.0
    step = angles[1] - angles[0]
    # cos(pi/2) is 6e-17 in floating point and the power of a few tiny negatives would be nan.
    density = np.maximum(np.cos(angles), 0.0) ** (degrees - 1)
    tail = scale * float(weights @ density * step) / 3
    return tail if t <= 0 else 1 - tail


def plot(record: dict[str, Any], png_path: Path, pass_mark: float, target: float) -> None:
    """Draw the runs, as a histogram and one by one, with their mean, the target and the mark."""
    from matplotlib.figure import Figure  # without pyplot: no window, no global state

    found = summary(record, pass_mark, target)
    accuracies = 100 * np.array([entry["test_accuracy"] for entry in record["runs"]])
    figure = Figure(figsize=(8, 4.2), layout="constrained")
    axes = figure.subplots()
    edges = np.arange(math.floor(accuracies.min() * 5), math.ceil(accuracies.max() * 5) + 2) / 5
    counts, _, _ = axes.hist(accuracies, bins=edges, color="#9ecae1", edgecolor="white")
    top = counts.max() * 1.1
    # Runs that share a value stand under one another: each dot is one run.
    ranks = np.array([np.sum(accuracies[:i] == a) for i, a in enumerate(accuracies)])
    axes.plot(
        accuracies,
        -0.06 * top - 0.03 * top * (ranks % 3),
        "o",
        color="#08519c",
        markersize=5,
        alpha=0.7,
        label=f"one run ({found.n})",
        clip_on=False,
    )
    axes.axvline(100 * found.mean, color="#08519c", label=f"mean {found.mean:.2%}")
    axes.axvline(100 * target, color="#e6550d", linestyle="--", label=f"target {target:.1%}")
    axes.axvline(100 * pass_mark, color="#a50f15", label=f"pass mark {pass_mark:.1%}")
    axes.set_xlim(
        min(100 * pass_mark, accuracies.min()) - 0.4, max(100 * target, accuracies.max()) + 0.4
    )
    axes.set_ylim(-0.18 * top, top)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= top])
    axes.set_xlabel("test accuracy (% of 10,000 images)")
    axes.set_ylabel("runs per 0.2 %")
    axes.set_title(
        f"Reference recipe from {found.n} seeds: an honest run misses the pass mark with a "
        f"chance of {_odds(found.chance_below)}",
        fontsize="medium",
    )
    figure.legend(loc="outside lower center", ncols=4, frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(png_path, dpi=120, metadata={"Software": None})


def _odds(chance: float) -> str:
    """A chance as people say it: '1 in 2,400', two digits, never better than one in a million."""
    if chance < 1e-6:
        return "less than 1 in 1,000,000"
    if chance > 0.5:
        return f"{chance:.0%}"
    digits = 1 - math.floor(math.log10(1 / chance))
    # Rounded down: the printed chance is never smaller than the computed one.
    step = 10 ** max(0, -digits)
    return f"1 in {math.floor(1 / chance / step) * step:,}"


def _write(record: dict[str, Any], path: Path) -> None:
    """Replace the file in one step, so that a reader or a power cut never meets half of it."""
    partial = path.with_name(path.name + ".part")
    partial.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, path)


def _device(model: Any) -> str:
    """Where the weights live; every backend's tensors name their device, each in its own way."""
    name = str(model.weights[0].value.device)
    on_gpu = "gpu" in name.lower() or "cuda" in name.lower()
    return f"GPU ({name})" if on_gpu else f"CPU, {os.cpu_count()} cores"


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in MEASURED_WITH:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions
