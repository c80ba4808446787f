"""TRUSTED: the checks of notebook 2, which students can run themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograder.judging.api import Wrong, check
from autograder.judging.arrays import (
    Concerns,
    Inputs,
    Slip,
    as_array,
    expect,
    expect_shapes,
    expect_unchanged,
    listed,
    right_array,
    same,
)
from autograder.judging.claims import Other
from autograder.judging.facts import Answers, Call, quote

Found = Sequence[tuple[list[Any], np.ndarray]]


# ---- batches ----


def pairs(answers: Answers, call: Call) -> list[tuple[np.ndarray, np.ndarray]]:
    """The batches of an answer, (images, labels) each; Wrong for what is none."""
    called, value = answers.call(call.arguments), answers.value_of(call)
    if value is None:
        raise Wrong(f"{called} gave None. Is there a return at the end of your function?")
    if isinstance(value, Other) and value.text.startswith("<generator"):
        raise Wrong(f"{called} gave a generator: collect its pairs in a list, with append or list( ).")
    if not isinstance(value, list):
        raise Wrong(f"{called} should be a list of pairs, but yours is {quote(value)}.")
    found = []
    for number, pair in enumerate(value):
        arrays = [as_array(one) for one in pair] if isinstance(pair, list) else []
        if len(arrays) != 2 or any(array is None or array.ndim == 0 for array in arrays):
            raise Wrong(
                f"Each batch should be a pair, (images, labels), but number {number} is {quote(pair)}."
            )
        images, labels = arrays
        assert images is not None and labels is not None
        found.append((images, labels))
    return found


@check("batches", points=2)
def test_sizes(answers: Answers) -> None:
    """Every batch has its size, the last one what is left, images and labels alike."""
    for call in answers.drawn():
        images, _, size = call.arguments
        right = [min(size, len(images) - start) for start in range(0, len(images), size)]
        found = pairs(answers, call)
        for what, counts in (
            ("images", [len(part) for part, _ in found]), ("labels", [len(part) for _, part in found]),
        ):  # fmt: skip
            if counts != right:
                told = (
                    f"{len(images)} images in batches of {size}: your batches have {_numbers(counts)} {what}."
                )
                raise Wrong(f"{told} {_cause_of_sizes(counts, right, size)}".strip())


def _numbers(counts: Sequence[int]) -> str:
    told = ", ".join(map(str, counts[:8])) or "no"
    return told + (", …" if len(counts) > 8 else "")


def _cause_of_sizes(counts: list[int], right: list[int], size: int) -> str:
    if counts == [number for number in right if number == size]:
        return "What is left at the end is lost: it is a batch too, a smaller one."
    if len(counts) == 1 < len(right) and counts[0] == right[0]:
        return "Only the first batch comes back: does return stand inside the loop?"
    if counts[:-1] == right and counts[-1] == 0:
        return "The last one is empty: begin a batch only where an image is left."
    if counts == [sum(right)]:
        return "All in one batch: cut them after every so many images."
    if len(counts) == len(right) and {*counts} == {size}:
        return "The last one is filled up: it has only what is left."
    return ""


@check("batches", points=2, after="test_sizes")
def test_images_of_batches(answers: Answers) -> None:
    """The images of all batches are those that were given, in their order, from 0 to 1."""
    given = []
    for call in answers.drawn():
        try:
            images = np.concatenate([part for part, _ in pairs(answers, call)])
        except ValueError:  # of different shapes
            raise Wrong(
                "The images of your batches have different shapes: cut along the first axis alone."
            ) from None
        given.append((call.arguments, images))
    for arguments, images in given:
        right = right_array(answers, arguments)
        if images.shape != right.shape:
            raise Wrong(
                f"The images together should have the shape {right.shape}, but yours have {images.shape}. Only the "
                "first axis is cut."
            )
        if not same(images, right):
            told = f"In {answers.call(arguments)} the images are not those that were given, divided by 255."
            cause = " Or: ".join(dict.fromkeys(slip.told for slip in IMAGES if slip.gives(given)))
            raise Wrong(f"{told} {cause}".strip()) if answers.graded else Wrong(told, hints=(cause,))


IMAGES = (
    Slip("They are still from 0 to 255: divide by 255.", lambda images, labels, size: images.astype(float)),
    Slip("Divide by 255, not by 256.", lambda images, labels, size: images / 256),
    Slip("They were divided twice.", lambda images, labels, size: images / 255 / 255),
    Slip("All are 0, or 1: // rounds down, divide with /.", lambda images, labels, size: images // 255),
    Slip("They come out in another order.", lambda images, labels, size: images[::-1] / 255),
)


@check("batches", points=2, after="test_sizes")
def test_labels_of_batches(answers: Answers) -> None:
    """Each label goes with its image, and what was given stays as it was."""
    for call in answers.drawn():
        _, labels, _ = call.arguments
        found = np.concatenate([part.reshape(-1) for _, part in pairs(answers, call)])
        if not same(found, labels.astype(float)):
            cause = "Labels are whole numbers: leave them as they are." if same(found, labels / 255) else (
                "Cut the labels at the same places as the images."
            )  # fmt: skip
            raise Wrong(
                f"{answers.call(call.arguments)} should have the labels {listed(labels[:8])}"
                f"{' …' if len(labels) > 8 else ''}, but yours are {listed(found[:8])}. {cause}"
            )
    expect_unchanged(answers)


# ---- Losses ----


def expect_right(
    answers: Answers,
    concerns: Concerns,
    slips: Sequence[Slip],
    inputs: Inputs | None = None,
    *,
    cause: Callable[[tuple[int, ...], tuple[int, ...]], str],
    asked: str = "",
    **settings: Any,
) -> None:
    """Passes when the drawn calls concerned have the right shapes, then the right numbers.

    In one check, because who fails on other calls has what these earn. cause, asked: see `expect_shapes`;
    settings: see `expect`.
    """
    expect_shapes(answers, cause, concerns=concerns, asked=asked)
    expect(answers, concerns, slips, inputs, **settings)


NOT_FINITE = (
    "That is not finite: e to the power of 800 is more than a computer's number holds, and e to the power of -800 is 0. "
    "Subtract the largest score of each row first; the shares stay the same."
)


def told_of_infinity(found: Found) -> str:
    """The cause where some answer is no number, or without end."""
    return "" if all(np.isfinite(array).all() for _, array in found) else NOT_FINITE


def powers(scores: np.ndarray) -> np.ndarray:
    """e to the power of each, as far as that is finite."""
    with np.errstate(over="ignore"):
        found: np.ndarray = np.exp(np.asarray(scores, np.float64))
        return found


def shares(scores: np.ndarray) -> np.ndarray:
    scores = np.asarray(scores, np.float64)
    large = powers(scores - scores.max(axis=1, keepdims=True))
    found: np.ndarray = large / large.sum(axis=1, keepdims=True)
    return found


def one_hot(labels: np.ndarray, kinds: int) -> np.ndarray:
    found: np.ndarray = np.eye(kinds)[labels]
    return found


def quietly(formula: Callable[..., Any]) -> Callable[..., np.ndarray]:
    """The same where numbers that are too large are not worth a warning."""

    def of(*arguments: Any) -> np.ndarray:
        with np.errstate(all="ignore"):
            return np.asarray(formula(*arguments), np.float64)

    return of


def slip(told: str, formula: Callable[..., Any]) -> Slip:
    return Slip(told, quietly(formula))


SOFTMAX = (
    slip("Each row is an image of its own: divide by the sum of its row.", lambda s: powers(s) / powers(s).sum()),
    slip("Rows are images, columns are kinds: add up along the row, axis=1.", lambda s: powers(s) / powers(s).sum(axis=0)),
    slip("The powers are not divided: their shares are asked for.", powers),
    slip("That is the sigmoid, of each score by itself: shares of one row are together 1.", lambda s: 1 / (1 + powers(-s))),
    slip("The scores themselves are divided: take e to the power of each first.", lambda s: s / s.sum(axis=1, keepdims=True)),
    slip("That is the logarithm of the shares.", lambda s: np.log(shares(s))),
    slip("The sign is wrong: the largest score has the largest share.", lambda s: shares(-s)),
    slip("e is the base, not 2.", lambda s: shares(s * np.log(2))),
)  # fmt: skip


_softmax = partial(expect_right, cause=lambda shape, right: "Each score becomes one share, in its own place.")


def _are_small(scores: np.ndarray, *_: Any) -> bool:
    return bool(np.abs(scores).max() < 50)


def _are_large(scores: np.ndarray, *_: Any) -> bool:
    return not _are_small(scores)


def _row(arguments: list[Any], place: tuple[int, ...]) -> str:
    row = arguments[0][place[0]]
    return f"The scores of its row are {listed(row)}."


@check("softmax", points=2)
def test_small_scores(answers: Answers) -> None:
    """Small scores become the right shares, row by row."""
    _softmax(answers, _are_small, SOFTMAX, _row, otherwise=told_of_infinity)


@check("softmax", points=2, after="test_small_scores")
def test_large_scores(answers: Answers) -> None:
    """Scores of any size do, and what was given stays as it was."""
    _softmax(answers, _are_large, SOFTMAX, _row, otherwise=told_of_infinity)
    expect_unchanged(answers)


def of_right(shares_: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(N, K), (N,) -> (N,): what the right kind has."""
    found: np.ndarray = shares_[np.arange(len(labels)), labels]
    return found


def losses(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(N,): right for scores of any size."""
    scores = np.asarray(scores, np.float64)
    lower = scores - scores.max(axis=1, keepdims=True)
    found: np.ndarray = np.log(powers(lower).sum(axis=1)) - of_right(lower, labels)
    return found


CROSS_ENTROPY = (
    slip("The sign is missing: the logarithm of a share is below 0, the loss is not.", lambda s, y: -losses(s, y).mean()),
    slip("Take the mean over the images, not the sum.", lambda s, y: losses(s, y).sum()),
    slip("The mean is over the images alone: each counts once, not once for every kind.", lambda s, y: losses(s, y).mean() / s.shape[1]),
    slip("That is the logarithm with base 2: take the natural one, np.log.", lambda s, y: losses(s, y).mean() / np.log(2)),
    slip("That is the logarithm with base 10: take the natural one, np.log.", lambda s, y: losses(s, y).mean() / np.log(10)),
    slip("That is the loss of the kind with the largest score: the right kind's is asked for.", lambda s, y: losses(s, s.argmax(axis=1)).mean()),
    slip("That is the mean share of the right kind: minus its logarithm is asked for.", lambda s, y: of_right(shares(s), y).mean()),
    slip("First the logarithm for each image, then the mean.", lambda s, y: -np.log(of_right(shares(s), y).mean())),
    slip("The score itself is no share: softmax comes first.", lambda s, y: -of_right(s, y).mean()),
    slip("These are scores, not sigmoid outputs: softmax makes shares of them.", lambda s, y: -np.log(of_right(1 / (1 + powers(-s)), y)).mean()),
    slip("Softmax was applied twice.", lambda s, y: losses(shares(s), y).mean()),
    slip("All labels but the first are left out.", lambda s, y: losses(s[:1], y[:1]).mean()),
    slip("That is the mean squared error.", lambda s, y: ((shares(s) - one_hot(y, s.shape[1])) ** 2).mean()),
)  # fmt: skip
_loss = partial(expect_right, cause=lambda shape, right: "Take the mean over the images: one number is left.")
AT_ITS_LIMIT = (
    "A small number was added to the share, or it was cut off, so that its logarithm stays finite: then a very wrong "
    "answer costs too little. Work with the scores: subtract the largest, and ln(share) is the score less the logarithm "
    "of the sum of powers."
)


NO_LOSS = (
    "That is not finite: e to the power of 800 is more than a computer's number holds, and a share that became 0 has no "
    "logarithm. Work with the scores: subtract the largest of each row; then ln(share) is the score, less the logarithm of "
    "the sum of powers."
)


def told_of_limits(found: Found) -> str:
    """The cause where large scores give what is not finite, or always the same."""
    if told_of_infinity(found):
        return NO_LOSS
    return AT_ITS_LIMIT if all(float(array) < losses(*arguments).mean() for arguments, array in found) else ""


def _image(arguments: list[Any], place: tuple[int, ...]) -> str:
    scores, labels = arguments
    return f"The scores are {listed(scores)}, the right kind is {int(labels[0])}." if len(scores) == 1 else ""


@check("cross_entropy", points=2)
def test_one_image(answers: Answers) -> None:
    """The loss of one image is right."""
    _loss(
        answers, lambda s, y: _are_small(s) and len(s) == 1, CROSS_ENTROPY, _image, otherwise=told_of_infinity
    )


@check("cross_entropy", points=2)
def test_several_images(answers: Answers) -> None:
    """The loss of several images is their mean."""
    _loss(
        answers, lambda s, y: _are_small(s) and len(s) > 1, CROSS_ENTROPY, _image, otherwise=told_of_infinity
    )


# Behind another one, because minus the right kind's score, less the largest, is right for large scores.
@check("cross_entropy", points=2, after="test_several_images")
def test_loss_of_large_scores(answers: Answers) -> None:
    """The loss of scores of any size is right, and what was given stays as it was."""
    _loss(answers, _are_large, CROSS_ENTROPY, _image, otherwise=told_of_limits, worked=False)
    expect_unchanged(answers)


def normalised(outputs: np.ndarray) -> np.ndarray:
    outputs = np.asarray(outputs, np.float64)
    found: np.ndarray = outputs / outputs.sum(axis=1, keepdims=True)
    return found


SIGMOID = (
    slip("The outputs were not divided by the sum of their row.", lambda o, y: -np.log(of_right(o, y)).mean()),
    slip("Softmax was applied: here the outputs are divided by their sum, without powers.", lambda o, y: losses(o, y).mean()),
    slip("Divide by the sum of each row, not of all.", lambda o, y: -np.log(of_right(o / o.sum(), y)).mean()),
    slip("Divide by the sum of each row, axis=1.", lambda o, y: -np.log(of_right(o / o.sum(axis=0), y)).mean()),
    slip("The sign is missing.", lambda o, y: np.log(of_right(normalised(o), y)).mean()),
    slip("Take the mean over the images, not the sum.", lambda o, y: -np.log(of_right(normalised(o), y)).sum()),
    slip("That is the mean share of the right kind: minus its logarithm is asked for.", lambda o, y: of_right(normalised(o), y).mean()),
    slip("First the logarithm for each image, then the mean.", lambda o, y: -np.log(of_right(normalised(o), y).mean())),
    slip("That is binary cross-entropy, which looks at every output by itself.", lambda o, y: -np.where(one_hot(y, o.shape[1]) == 1, np.log(o), np.log(1 - o)).mean()),
    slip("That is the logarithm with base 10 or 2: take the natural one, np.log.", lambda o, y: -np.log10(of_right(normalised(o), y)).mean()),
    slip("That is the logarithm with base 10 or 2: take the natural one, np.log.", lambda o, y: -np.log2(of_right(normalised(o), y)).mean()),
)  # fmt: skip


def _outputs(arguments: list[Any], place: tuple[int, ...]) -> str:
    outputs, labels = arguments
    return (
        f"The outputs are {listed(outputs)}, the right kind is {int(labels[0])}." if len(outputs) == 1 else ""
    )


@check("sigmoid_loss", points=2)
def test_one_row_of_outputs(answers: Answers) -> None:
    """The loss of one image is right, whether its outputs are large or small."""
    _loss(answers, lambda o, y: len(o) == 1, SIGMOID, _outputs)


@check("sigmoid_loss", points=2)
def test_several_rows_of_outputs(answers: Answers) -> None:
    """The loss of several images is right, and what was given stays as it was."""
    _loss(answers, lambda o, y: len(o) > 1, SIGMOID, _outputs)
    expect_unchanged(answers)


# ---- Steps ----


def errors(weights: np.ndarray, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(N, K): shares, less 1 for the right kind."""
    found: np.ndarray = shares(images.astype(float) @ weights) - one_hot(labels, weights.shape[1])
    return found


def slopes(weights: np.ndarray, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    found: np.ndarray = images.T.astype(float) @ errors(weights, images, labels) / len(images)
    return found


TRAIN = (
    slip("The step goes up: subtract the slope, times the rate.", lambda w, x, y, r: w + r * slopes(w, x, y)),
    slip("That is the slope: a step against it is asked for.", lambda w, x, y, r: slopes(w, x, y)),
    slip("That is the step alone: the new weights are asked for.", lambda w, x, y, r: -r * slopes(w, x, y)),
    slip("The rate is missing.", lambda w, x, y, r: w - slopes(w, x, y)),
    slip("Take the mean over the images, not the sum.", lambda w, x, y, r: w - r * slopes(w, x, y) * len(x)),
    slip("The mean is over the images alone, not over the kinds too.", lambda w, x, y, r: w - r * slopes(w, x, y) / w.shape[1]),
    slip("The mean is over the images, not over the pixels.", lambda w, x, y, r: w - r * slopes(w, x, y) * len(x) / w.shape[0]),
    slip("The right kind is left out: its error is its share less 1.", lambda w, x, y, r: w - r * x.T @ shares(x @ w) / len(x)),
    slip("Scores are no shares: softmax comes before the error.", lambda w, x, y, r: w - r * x.T @ (x @ w - one_hot(y, w.shape[1])) / len(x)),
    slip("Softmax makes the shares here, not the sigmoid.", lambda w, x, y, r: w - r * x.T @ (1 / (1 + powers(-x @ w)) - one_hot(y, w.shape[1])) / len(x)),
    slip("Only the right kind has been corrected: the others have errors too.", lambda w, x, y, r: w - r * x.T @ (errors(w, x, y) * one_hot(y, w.shape[1])) / len(x)),
    slip("Nothing has changed.", lambda w, x, y, r: w),
)  # fmt: skip


_trained = partial(expect_right, cause=lambda shape, right: "A row for each pixel, a column for each kind.")


@check("train_step", points=3)
def test_a_batch_of_one(answers: Answers) -> None:
    """With one image the new weights are right."""
    _trained(answers, lambda w, x, y, rate: len(x) == 1, TRAIN, _weight)


@check("train_step", points=3)
def test_a_batch_of_several(answers: Answers) -> None:
    """With several images they are right too, and what was given stays as it was."""
    _trained(answers, lambda w, x, y, rate: len(x) > 1, TRAIN, _weight)
    expect_unchanged(answers)


def _weight(arguments: list[Any], place: tuple[int, ...]) -> str:
    weights, images, labels, rate = arguments
    told = f"The weight was {weights[place]:.4g}, the rate is {rate}."
    if len(images) > 1:
        return told
    return f"{told} The image is {listed(images)}, its kind {int(labels[0])}, its scores are {listed(images @ weights)}."


Pair = Callable[..., Sequence[np.ndarray]]


def moved(velocity: Callable[..., Any], move: Callable[..., Any] | None = None) -> Pair:
    """[new weights, new velocity]; move: of the new velocity and all arguments, what is added to the weights."""

    def formula(
        w: np.ndarray, g: np.ndarray, v: np.ndarray, rate: float, momentum: float
    ) -> list[np.ndarray]:
        new: np.ndarray = velocity(w, g, v, rate, momentum)
        return [w + (move(new, g, v, rate, momentum) if move else new), new]

    return formula


def new_velocity(w: np.ndarray, g: np.ndarray, v: np.ndarray, rate: float, momentum: float) -> np.ndarray:
    found: np.ndarray = momentum * v.astype(float) - rate * g
    return found


def exchanged(pair: Pair) -> Pair:
    return lambda *arguments: pair(*arguments)[::-1]


MOMENTUM = (
    slip("They come in another order: first the new weights, then the new velocity.", exchanged(moved(new_velocity))),
    slip("The sign of the slope is wrong: the rate times the slope is subtracted.", moved(lambda w, g, v, r, m: m * v + r * g)),
    slip("That is the velocity without the rate in it, subtracted at the end: here the rate is in the velocity.", moved(lambda w, g, v, r, m: m * v + g, lambda n, g, v, r, m: -r * n)),
    slip("The velocity goes up the slope, and is subtracted at the end: here the minus is in the velocity.", moved(lambda w, g, v, r, m: m * v + r * g, lambda n, *_: -n)),
    slip("The rate is missing.", moved(lambda w, g, v, r, m: m * v - g)),
    slip("Momentum and rate have changed places.", moved(lambda w, g, v, r, m: r * v - m * g)),
    slip("The old velocity is lost: momentum times it belongs to the new one.", moved(lambda w, g, v, r, m: -r * g)),
    slip("The old velocity is not slowed down: multiply it by momentum.", moved(lambda w, g, v, r, m: v - r * g)),
    slip("That is an average: here the slope is not multiplied by 1 - momentum.", moved(lambda w, g, v, r, m: m * v - (1 - m) * r * g)),
    slip("The weights move by the new velocity, not by the old one.", moved(new_velocity, lambda n, g, v, r, m: v)),
    slip("The weights move by the whole new velocity, not by the slope alone.", moved(new_velocity, lambda n, g, v, r, m: -r * g)),
    slip("The new velocity is added to the weights, not subtracted.", moved(new_velocity, lambda n, *_: -n)),
    slip("The rate counts once, in the velocity.", moved(new_velocity, lambda n, g, v, r, m: r * n)),
    slip("The weights have not moved.", moved(new_velocity, lambda n, *_: 0 * n)),
    slip("That is Nesterov's step, the next exercise.", moved(new_velocity, lambda n, g, v, r, m: m * n - r * g)),
)  # fmt: skip
NESTEROV = (
    slip("That is plain momentum: Nesterov's weights move by momentum times the new velocity, and a step of plain descent.", moved(new_velocity)),
    slip("Of the two parts of the step the plain one is missing: the rate times the slope, subtracted.", moved(new_velocity, lambda n, g, v, r, m: m * n)),
    slip("The new velocity is slowed down once more: momentum times it.", moved(new_velocity, lambda n, g, v, r, m: n - r * g)),
    slip("The plain step is subtracted, not added.", moved(new_velocity, lambda n, g, v, r, m: m * n + r * g)),
    slip("Momentum times the new velocity is added, not subtracted.", moved(new_velocity, lambda n, g, v, r, m: -m * n - r * g)),
    slip("Momentum counts once in the velocity, and once more in the step; yours has it once too often.", moved(new_velocity, lambda n, g, v, r, m: m * m * n - r * g)),
    *MOMENTUM[:9],
)  # fmt: skip
WEIGHTS, VELOCITY = 0, 1
_PAIR = "two arrays, the new weights and the new velocity"


def _from_rest(weights: np.ndarray, gradient: np.ndarray, velocity: np.ndarray, *_: Any) -> bool:
    return not velocity.any()


def _is_moving(*arguments: Any) -> bool:
    return not _from_rest(*arguments)


def expect_moved(answers: Answers, concerns: Callable[..., bool], slips: Sequence[Slip]) -> None:
    """Passes when the new velocity is right, and then the new weights; each is compared by itself."""
    expect_shapes(answers, _cause_of_a_pair, concerns=concerns, asked=_PAIR)
    expect(answers, concerns, slips, _of_a_step, part=VELOCITY)
    # From here on the velocity is right, so a mistake in it explains nothing.
    right = [(call.arguments, right_array(answers, call.arguments)[VELOCITY]) for call in answers.drawn()]
    of_weights = [slip for slip in slips if slip.gives(right, VELOCITY)]
    expect(answers, concerns, of_weights, _of_a_step, part=WEIGHTS)


def _of_a_step(arguments: list[Any], place: tuple[int, ...]) -> str:
    weights, gradient, velocity, rate, momentum = arguments
    return (
        f"There the weight was {weights[place]:.4g}, the slope {gradient[place]:.4g}, the velocity "
        f"{velocity[place] + 0.0:.4g}; rate {rate}, momentum {momentum}."
    )


def _cause_of_a_pair(shape: tuple[int, ...], right: tuple[int, ...]) -> str:
    if shape == right[1:]:
        return "One of them is missing: return both, weights, velocity."
    return "Each has the shape of what was given: return weights, velocity."


@check("momentum_step", points=2)
def test_from_rest(answers: Answers) -> None:
    """The first step, with a velocity of 0, is right."""
    expect_moved(answers, _from_rest, MOMENTUM)


@check("momentum_step", points=4)
def test_moving(answers: Answers) -> None:
    """Every further step is right, and what was given stays as it was."""
    expect_moved(answers, _is_moving, MOMENTUM)
    expect_unchanged(answers)


@check("nesterov_step", points=1)
def test_nesterov_from_rest(answers: Answers) -> None:
    """The first step, with a velocity of 0, is right."""
    expect_moved(answers, _from_rest, NESTEROV)


@check("nesterov_step", points=3)
def test_nesterov_moving(answers: Answers) -> None:
    """Every further step is right, and what was given stays as it was."""
    expect_moved(answers, _is_moving, NESTEROV)
    expect_unchanged(answers)


B1, B2 = 0.9, 0.999


def adam(
    first: Callable[..., Any] = lambda m, g: B1 * m + (1 - B1) * g,
    second: Callable[..., Any] = lambda v, g: B2 * v + (1 - B2) * g * g,
    step_of: Callable[..., Any] = lambda m, v, t: m / (1 - B1**t) / np.sqrt(v / (1 - B2**t)),
    sign: int = -1,
) -> Pair:
    """[new weights, new m, new v]."""

    def formula(
        w: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, t: int, rate: float
    ) -> list[np.ndarray]:
        m, v, g = (
            first(m.astype(float), g.astype(float)),
            second(v.astype(float), g.astype(float)),
            g.astype(float),
        )
        new: np.ndarray = w + sign * rate * step_of(m, v, t)
        return [new, m, v]

    return formula


ADAM_M = (
    slip("0.9 and 0.1 have changed places.", adam(first=lambda m, g: 0.1 * m + 0.9 * g)),
    slip("The slope counts a tenth: multiply it by 0.1.", adam(first=lambda m, g: 0.9 * m + g)),
    slip("0.999 is for v: m keeps 0.9.", adam(first=lambda m, g: B2 * m + (1 - B2) * g)),
    slip("m takes the slope itself, not its square.", adam(first=lambda m, g: B1 * m + (1 - B1) * g * g)),
    slip("m as it is kept is asked for, not the enlarged one.", lambda w, g, m, v, t, r: [w, (B1 * m + (1 - B1) * g) / (1 - B1**t), v]),
    slip("The old m is lost.", adam(first=lambda m, g: 0.1 * g)),
    slip("m was not changed.", adam(first=lambda m, g: m)),
)  # fmt: skip
ADAM_V = (
    slip("v takes the square of the slope.", adam(second=lambda v, g: B2 * v + (1 - B2) * g)),
    slip("v takes the square of the slope, not its size.", adam(second=lambda v, g: B2 * v + (1 - B2) * abs(g))),
    slip("0.9 is for m: v keeps 0.999.", adam(second=lambda v, g: B1 * v + (1 - B1) * g * g)),
    slip("0.999 and 0.001 have changed places.", adam(second=lambda v, g: (1 - B2) * v + B2 * g * g)),
    slip("The square of the slope counts a thousandth: multiply it by 0.001.", adam(second=lambda v, g: B2 * v + g * g)),
    slip("0.99 was taken: v keeps 0.999.", adam(second=lambda v, g: 0.99 * v + 0.01 * g * g)),
    slip("The square is of the slope alone, without the 0.001.", adam(second=lambda v, g: B2 * v + ((1 - B2) * g) ** 2)),
    slip("v as it is kept is asked for, not the enlarged one.", lambda w, g, m, v, t, r: [w, m, (B2 * v + (1 - B2) * g * g) / (1 - B2**t)]),
    slip("The old v is lost.", adam(second=lambda v, g: 0.001 * g * g)),
    slip("v was not changed.", adam(second=lambda v, g: v)),
)  # fmt: skip
ADAM_WEIGHTS = (
    slip("m and v were not enlarged: divide by 1 - 0.9**step, and by 1 - 0.999**step.", adam(step_of=lambda m, v, t: m / np.sqrt(v))),
    slip("m was not enlarged: divide it by 1 - 0.9**step.", adam(step_of=lambda m, v, t: m / np.sqrt(v / (1 - B2**t)))),
    slip("v was not enlarged: divide it by 1 - 0.999**step.", adam(step_of=lambda m, v, t: m / (1 - B1**t) / np.sqrt(v))),
    slip("The root of v is missing.", adam(step_of=lambda m, v, t: m / (1 - B1**t) / (v / (1 - B2**t)))),
    slip("The step number is not in it: both are enlarged as at step 1.", adam(step_of=lambda m, v, t: m / (1 - B1) / np.sqrt(v / (1 - B2)))),
    slip("The first step has the number 1: yours counts one more.", adam(step_of=lambda m, v, t: m / (1 - B1 ** (t + 1)) / np.sqrt(v / (1 - B2 ** (t + 1))))),

    slip("The step goes up: subtract it.", adam(sign=1)),
    slip("Divide by the root, do not multiply.", adam(step_of=lambda m, v, t: m / (1 - B1**t) * np.sqrt(v / (1 - B2**t)))),
    slip("That is without v: divide by the root of the enlarged v.", adam(step_of=lambda m, v, t: m / (1 - B1**t))),
    slip("The weights have not moved.", adam(sign=0)),
    slip("The old m and v were used: take the new ones.", lambda w, g, m, v, t, r: [w - r * m / (1 - B1**t) / np.sqrt(v / (1 - B2**t)), m, v]),
    slip("Only the slope's sign is left, without m: take the enlarged m.", lambda w, g, m, v, t, r: [w - r * np.sign(g), m, v]),
)  # fmt: skip


def _of_adam(arguments: list[Any], place: tuple[int, ...]) -> str:
    weights, gradient, m, v, step, rate = arguments
    return (
        f"There the weight was {weights[place]:.4g}, the slope {gradient[place]:.4g}, m {m[place] + 0.0:.4g}, v "
        f"{v[place]:.4g}; step {step}, rate {rate}."
    )


def _told_of_roots(found: Found) -> str:
    """The cause where some weight is no number."""
    if all(np.isfinite(array).all() for _, array in found):
        return ""
    return "A number below 0 has no root: is it 1 - 0.999**step by which v is divided? It is a power, no product."


def _cause_of_three(shape: tuple[int, ...], right: tuple[int, ...]) -> str:
    if shape in (right[1:], (2, *right[1:])):
        return "Something is missing: return all three, weights, m, v."
    return "Each has the shape of what was given: return weights, m, v."


_adam = partial(expect_right, cause=_cause_of_three, asked="three arrays, the new weights, m and v")


def _has_slopes(weights: np.ndarray, gradient: np.ndarray, *_: Any) -> bool:
    return bool(gradient.any())


@check("adam_step", points=1)
def test_m(answers: Answers) -> None:
    """The new m is right."""
    _adam(answers, _has_slopes, ADAM_M, _of_adam, part=1)


@check("adam_step", points=1)
def test_v(answers: Answers) -> None:
    """The new v is right."""
    _adam(answers, _has_slopes, ADAM_V, _of_adam, part=2)


@check("adam_step", points=2)
def test_first_step(answers: Answers) -> None:
    """The weights after the first step are right."""
    _adam(
        answers,
        lambda w, g, m, v, step, rate: step == 1 and _has_slopes(w, g),
        ADAM_WEIGHTS,
        _of_adam,
        part=0,
    )


@check("adam_step", points=3)
def test_later_steps(answers: Answers) -> None:
    """The weights after later steps are right, and what was given stays as it was."""
    _adam(
        answers,
        lambda w, g, m, v, step, rate: step > 1,
        ADAM_WEIGHTS,
        _of_adam,
        part=0,
        otherwise=_told_of_roots,
        worked=False,
    )
    expect_unchanged(answers)


# Behind the other one: who leaves the weights as they are has earned nothing by it.
@check("adam_step", points=1, after="test_later_steps")
def test_no_slope(answers: Answers) -> None:
    """A weight that has no slope, now or before, stays as it is."""
    _adam(
        answers,
        lambda *arguments: not _has_slopes(*arguments),
        (),
        _of_adam,
        part=0,
        otherwise=lambda found: "0 divided by 0 is no number: add 0.0000001 to the root, outside of it.",
        worked=False,
    )


# ---- The metric ----


def rates(counts: Sequence[Sequence[Sequence[int]]]) -> list[np.ndarray]:
    """For each epoch (batches, 2): right, seen."""
    return [np.array(epoch, float) for epoch in counts]


def running(counts: Sequence[Sequence[Sequence[int]]]) -> np.ndarray:
    """What is printed where nothing is ever reset."""
    sums = np.cumsum([epoch.sum(axis=0) for epoch in rates(counts)], axis=0)
    found: np.ndarray = sums[:, 0] / sums[:, 1]
    return found


EPOCHS = (
    slip("That is over all epochs until then: count anew in each epoch.", running),
    slip("That is the mean of the batches: a smaller one must not count as much. Divide all right ones by all seen.", lambda c: [(e[:, 0] / e[:, 1]).mean() for e in rates(c)]),
    slip("That is the last batch alone.", lambda c: [e[-1, 0] / e[-1, 1] for e in rates(c)]),
    slip("That is the first batch alone.", lambda c: [e[0, 0] / e[0, 1] for e in rates(c)]),
    slip("The fraction is upside down: right ones divided by those seen.", lambda c: [e[:, 1].sum() / e[:, 0].sum() for e in rates(c)]),
    slip("A share is from 0 to 1: that is in per cent.", lambda c: [100 * e[:, 0].sum() / e[:, 1].sum() for e in rates(c)]),
    slip("That is how many were wrong.", lambda c: [1 - e[:, 0].sum() / e[:, 1].sum() for e in rates(c)]),
    slip("That is how many were right: divide by how many were seen.", lambda c: [e[:, 0].sum() for e in rates(c)]),
    slip("The rest of the images at the end of an epoch was left out.", lambda c: [e[:-1, 0].sum() / e[:-1, 1].sum() for e in rates(c)]),
    slip("Whole-number division (//) throws the share away: divide with /.", lambda c: [e[:, 0].sum() // e[:, 1].sum() for e in rates(c)]),
    slip("The epochs are in the wrong order: the first one comes first.", lambda c: [e[:, 0].sum() / e[:, 1].sum() for e in rates(c)][::-1]),
    slip("Give the accuracy as it is: round only when you print.", lambda c: [round(e[:, 0].sum() / e[:, 1].sum(), 2) for e in rates(c)]),
    slip("All epochs are in the first one's accuracy.", lambda c: np.resize(running(c)[-1:], len(c))),
)  # fmt: skip


_accuracies = partial(
    expect_right,
    cause=lambda shape, right: "One accuracy for each epoch, not for each batch, and not for all.",
    asked="a list with a number for each epoch",
)


@check("epoch_accuracies", points=1)
def test_one_epoch(answers: Answers) -> None:
    """One epoch is right, with a last batch that is smaller."""
    _accuracies(answers, lambda counts: len(counts) == 1, EPOCHS[1:-1])


@check("epoch_accuracies", points=3)
def test_several_epochs(answers: Answers) -> None:
    """Several epochs are right, each by itself, and what was given stays as it was."""
    _accuracies(answers, lambda counts: len(counts) > 1, EPOCHS)
    expect_unchanged(answers)


UNMIXED = (
    slip("Divide by the number of epochs in between.", lambda a, p, b, q: b * q - a * p),
    slip("That is how much more was printed: the epochs in between were better than that.", lambda a, p, b, q: q - p),
    slip("That is the mean of both: the first epochs are in the second one too.", lambda a, p, b, q: (p + q) / 2),
    slip("That is what was printed.", lambda a, p, b, q: q),
    slip("Divide by the epochs in between, not by all.", lambda a, p, b, q: (b * q - a * p) / b),
    slip("A mean is no sum: multiply each by its epochs first.", lambda a, p, b, q: (q - p) / (b - a)),
    slip("Each mean belongs to its own epochs: they have changed places.", lambda a, p, b, q: (a * q - b * p) / (b - a)),
    slip("The sums are subtracted, not added.", lambda a, p, b, q: (b * q + a * p) / (b + a)),
    slip("Epochs are counted from 1: after epoch 5 there were 5.", lambda a, p, b, q: ((b + 1) * q - (a + 1) * p) / (b - a)),
    slip("Epochs are counted from 1: after epoch 5 there were 5.", lambda a, p, b, q: ((b - 1) * q - (a - 1) * p) / (b - a)),
    slip("From epoch 5 to 10 there are 5 epochs behind the fifth, not 6.", lambda a, p, b, q: (b * q - a * p) / (b - a + 1)),
)  # fmt: skip


_unmixed = partial(expect_right, cause=lambda shape, right: "One number is asked for.")


@check("unmixed", points=2)
def test_in_a_row(answers: Answers) -> None:
    """Where the two epochs follow each other it is right."""
    _unmixed(answers, lambda first, p, last, q: last - first == 1, UNMIXED)


@check("unmixed", points=2, after="test_in_a_row")
def test_further_apart(answers: Answers) -> None:
    """Where several epochs lie between them it is right."""
    _unmixed(answers, lambda first, p, last, q: last - first > 1, UNMIXED)
