"""The instructor's machine: `autograder calibrate`, which measures what an honest run reaches.

Imports keras where it trains alone, and runs only the answer book: never a student's code. Nothing
on the judging path imports this file.

The record is a JSON file: the recipe, and one entry for every run. It is written anew after each
run, so a calibration that was stopped goes on where it stopped. A second record holds runs of other
honest recipes (lenet_solution/recipes.py), because students are free to choose theirs.
"""

import json
import math
import os
import platform
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from autograder.assignments.lenet.exercises import POINTS, points_for

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
    most_below: float  # share of all such runs that falls under it at most, with 95 % confidence
    chance_below: float  # that the next honest run falls under it, if runs are normally distributed
    target: float
    chance_below_target: float

    def sentence(self) -> str:
        """The finding in words, for the terminal and the README."""
        return (
            f"{self.n} runs of the reference recipe, {self.seconds:.0f} s each: test accuracy "
            f"{self.mean:.4f} on average, standard deviation {self.sd:.4f}, lowest "
            f"{self.lowest:.4f}. Below the pass mark of {self.pass_mark:g} fell {self.below} of "
            f"{self.n}: however runs are distributed, at most {self.most_below:.1%} of all fall "
            "below it (with 95 % confidence). If their distribution is normal, which runs this few "
            "cannot show so far out, the next one does with a chance of "
            f"{_odds(self.chance_below)}, and misses the target of {self.target:g} with a chance "
            f"of {_odds(self.chance_below_target)}."
        )


@dataclass(frozen=True)
class OtherRecipes:
    """What the runs of other honest recipes say. Accuracies as in `Summary`."""

    recipes: int
    n: int
    reached: int  # runs on the pass mark or above
    pass_mark: float
    lowest: float
    highest: float
    lowest_recipe: str

    def sentence(self) -> str:
        """The finding in words, for the terminal and the README."""
        return (
            f"{self.n} runs of {self.recipes} other recipes: test accuracy {self.lowest:.4f} "
            f"({self.lowest_recipe}) to {self.highest:.4f}. The pass mark of {self.pass_mark:g} "
            f"reached {self.reached} of {self.n}; the lowest earns "
            f"{points_for(self.lowest):g} of {POINTS:g} points."
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
    from lenet_solution import training  # imports keras: only here, see the first lines

    epochs = training.EPOCHS if epochs is None else epochs
    recipe = {**training.recipe(), "epochs": epochs}
    new: dict[str, Any] = {"recipe": recipe, "runs": []}
    record = read(record_path) if record_path.exists() else new
    if record["recipe"] != recipe:
        raise CalibrationError(
            f"{record_path} holds runs of another recipe: move it away, then calibrate again."
        )
    known = {entry["seed"] for entry in record["runs"]}

    def train(images: np.ndarray, labels: np.ndarray) -> Any:
        return training.train_lenet(images, labels, epochs)[0]

    planned = [
        Planned({"seed": seed, "epochs": epochs}, training.prepare_images, train)
        for seed in dict.fromkeys(seeds)
        if seed not in known
    ]
    _train_all(planned, record, record_path)
    return record


def run_recipes(seeds: Iterable[int], record_path: Path) -> dict[str, Any]:
    """Train every other recipe once from every seed, as `run` does the reference; the record.

    Its entries name their recipe; what is in the record is not trained again.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from lenet_solution.recipes import RECIPES  # imports keras: only here, see the first lines

    new: dict[str, Any] = {"recipe": "others", "runs": []}
    record = read(record_path) if record_path.exists() else new
    known = {(entry.get("recipe"), entry["seed"]) for entry in record["runs"]}
    planned = [
        Planned({"recipe": r.name, "seed": seed, "epochs": r.epochs}, r.prepare, r.train)
        for seed in dict.fromkeys(seeds)  # every recipe once, before any has a second run
        for r in RECIPES
        if (r.name, seed) not in known
    ]
    _train_all(planned, record, record_path)
    return record


@dataclass(frozen=True)
class Planned:
    """One training to come. labels: what its entry in the record begins with, the seed included.

    prepare: uint8 (N, 28, 28) -> float32 (N, 28, 28, 1), which train takes, with labels (N,); it
    gives the trained model.
    """

    labels: dict[str, Any]
    prepare: Callable[[np.ndarray], np.ndarray]
    train: Callable[[np.ndarray, np.ndarray], Any]


def _train_all(planned: Sequence[Planned], record: dict[str, Any], record_path: Path) -> None:
    """Train one after another; each run is added to the record and written at once."""
    if not planned:
        return
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

    (train_images, train_labels), (test_images, test_labels) = load_fashion_mnist()
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
            task = progress.add_task("", total=len(planned))
            for one in planned:
                name = ", ".join(filter(None, [one.labels.get("recipe"), f"seed {one.labels['seed']}"]))
                progress.update(task, description=name)
                keras.utils.set_random_seed(one.labels["seed"])
                images = one.prepare(train_images)
                start = time.perf_counter()
                model = one.train(images, train_labels)
                seconds = time.perf_counter() - start
                scores = model.predict(one.prepare(test_images), batch_size=1000)  # (10000, 10)
                accuracy = float(np.mean(np.argmax(scores, axis=1) == test_labels))
                record["runs"].append(
                    {
                        **one.labels,
                        "seconds": round(seconds, 1),
                        "test_accuracy": round(accuracy, 4),  # whole images out of 10,000
                        "device": _device(model),
                        "backend": keras.backend.backend(),
                        "versions": _versions(),
                    }
                )
                _write(record, record_path)
                progress.console.print(f"{name}: {accuracy:.4f} in {seconds:.1f} s")
                progress.advance(task)
    finally:
        keras.utils.enable_interactive_logging()


def read(record_path: Path) -> dict[str, Any]:
    """The record in a file. Raises `CalibrationError` when it is not one."""
    try:
        record: dict[str, Any] = json.loads(record_path.read_text(encoding="utf-8"))
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
        below=(below := int((accuracies < pass_mark).sum())),
        most_below=at_most(below, n),
        chance_below=student_t_below((pass_mark - mean) / width, n - 1),
        target=target,
        chance_below_target=student_t_below((target - mean) / width, n - 1),
    )


def other_recipes(record: dict[str, Any], pass_mark: float) -> OtherRecipes:
    """What a record of other recipes says. Raises `CalibrationError` when it holds no run."""
    runs = record["runs"]
    if not runs:
        raise CalibrationError("no run of another recipe is recorded: calibrate with --recipes.")
    lowest = min(runs, key=lambda entry: entry["test_accuracy"])
    return OtherRecipes(
        recipes=len({entry["recipe"] for entry in runs}),
        n=len(runs),
        reached=sum(entry["test_accuracy"] >= pass_mark for entry in runs),
        pass_mark=pass_mark,
        lowest=lowest["test_accuracy"],
        highest=max(entry["test_accuracy"] for entry in runs),
        lowest_recipe=lowest["recipe"],
    )


def at_most(count: int, n: int) -> float:
    """The largest share (0..1) under which `count` or fewer of n runs still happen once in twenty.

    This is the upper bound of Clopper and Pearson (1934) with 95 % confidence. It supposes nothing
    but that runs are independent; for none of n it is 1 - 0.05 ** (1 / n), about 3 / n.
    """
    low, high = count / n, 1.0
    while high - low > 1e-9:
        share = (low + high) / 2
        chance = sum(math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(count + 1))
        low, high = (share, high) if chance > 0.05 else (low, share)
    return high


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
    from matplotlib.ticker import MaxNLocator

    found = summary(record, pass_mark, target)
    accuracies = 100 * np.array([entry["test_accuracy"] for entry in record["runs"]])
    figure = Figure(figsize=(8, 4.2), layout="constrained")
    axes = figure.subplots()
    edges = np.arange(math.floor(accuracies.min() * 5), math.ceil(accuracies.max() * 5) + 2) / 5
    counts, _, _ = axes.hist(accuracies, bins=edges.tolist(), color="#9ecae1", edgecolor="white")
    top = np.max(counts) * 1.1
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
    axes.set_xlim(min(100 * pass_mark, accuracies.min()) - 0.4, max(100 * target, accuracies.max()) + 0.4)
    axes.set_ylim(-0.18 * top, top)
    locator = axes.yaxis.get_major_locator()
    assert isinstance(locator, MaxNLocator), "Matplotlib's own, for an axis of numbers"
    locator.set_params(integer=True)
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= top])
    axes.set_xlabel("test accuracy (% of 10,000 images)")
    axes.set_ylabel("runs per 0.2 %")
    axes.set_title(
        f"Reference recipe from {found.n} seeds, {found.below} below the pass mark: at most "
        f"{found.most_below:.1%} of all runs\n(95 % confidence, any distribution); a chance of "
        f"{_odds(found.chance_below)} if runs are normally distributed",
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
