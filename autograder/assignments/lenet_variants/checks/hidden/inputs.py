"""TRUSTED: the inputs that only the grader knows, drawn anew for every submission, and the answers.

Every draw covers each branch by design, so that no wrong answer passes by a lucky draw. What an optimizer is
given is of such sizes that each of its parts shows in what comes out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lenet_solution import variants

CLASSES = 4


def hidden_calls(exercise: str, random: np.random.Generator) -> list[list[Any]]:
    """The calls (lists of arguments) that a graded exercise is asked; practice draws from the same.

    Fractions in arrays are float32, as in a network.
    """
    calls = DRAWS[exercise](random) if exercise in DRAWS else []
    return [[_as_float32(argument) for argument in call] for call in calls]


def _as_float32(argument: Any) -> Any:
    fractions = isinstance(argument, np.ndarray) and argument.dtype.kind == "f"
    return argument.astype("float32") if fractions else argument


def right_answer(function: str, arguments: list[Any]) -> Any:
    """What the answer book's function of that name gives; of batches the images alone, in one array."""
    answer = getattr(variants, function)(*arguments)
    return np.concatenate([images for images, _ in answer]) if function == "batches" else answer


def _whole(random: np.random.Generator, low: int, high: int, count: int) -> list[int]:
    """Different whole numbers, in any order."""
    return [int(number) for number in random.choice(np.arange(low, high), count, replace=False)]


def _variant_params(random: np.random.Generator) -> list[list[Any]]:
    """One convolution and two, padded and not; three only padded, where 7 pixels are pooled to 4."""
    calls: list[list[Any]] = []
    for padding, shapes in (("valid", [(1, 2), (2, 2)]), ("same", [(1, 2), (2, 1), (2, 3), (3, 2)])):
        for convolutions, dense in shapes:
            filters, units = _whole(random, 3, 40, convolutions), _whole(random, 41, 200, dense)
            calls.append([filters, units, padding])
    return calls


def _biggest_change(random: np.random.Generator) -> list[list[Any]]:
    """The layer that differs most is each of the first four once, twice as more and twice as less; it is neither
    the largest nor the smallest one, nor the one that has grown the most by its share."""
    calls = []
    for number, place in enumerate(random.permutation(4)):
        count = int(random.integers(4, 7))
        others = [layer for layer in range(count) if layer != place]
        large, grown, *_ = (int(layer) for layer in random.permutation(others))
        one = random.integers(2_000, 4_000, count)
        change = random.integers(50, 400, count) * random.permutation([1, -1] * 3)[:count]
        one[large] = random.integers(90_000, 99_000)  # the largest in both lists
        one[grown], change[grown] = random.integers(10, 50), random.integers(700, 900)  # by its share
        change[place] = random.integers(1_000, 1_800) * (-1) ** number
        change[large] = -abs(change[large]) * np.sign(
            change[place]
        )  # signs that are left in show in the share
        calls.append([one.tolist(), (one + change).tolist()])
    return calls


def _batches(random: np.random.Generator) -> list[list[Any]]:
    """With a rest and without one, fewer images than a batch, and a hundred in a batch; all images differ."""
    calls = []
    for count, size, side in ((7, 3, 4), (6, 3, 3), (2, 5, 4), (230, 100, 2)):
        images = random.integers(1, 256, (count, side, side)).astype("uint8")
        images[:, 0, 0] = np.arange(count) + 20
        labels = random.permutation(np.arange(count) % 10).astype("uint8")
        calls.append([images, labels, size])
    return calls


def _softmax(random: np.random.Generator) -> list[list[Any]]:
    """One row and several, small numbers; and large ones, of both signs, with rows of different size."""
    large = random.normal(size=(3, 5)) + np.array([[900.0], [-900.0], [0.0]])
    return [
        [random.normal(size=(1, 3))],
        [random.normal(size=(4, 3)) + np.array([[0.0], [3], [-3], [1]])],
        [large],
        [random.normal(size=(2, 10)) * 400],
    ]


def _kinds(random: np.random.Generator, count: int) -> np.ndarray:
    """Labels of which none is met twice before all were met."""
    return random.permutation(np.resize(random.permutation(CLASSES), count)).astype("int64")


def _cross_entropy(random: np.random.Generator) -> list[list[Any]]:
    """One image and several, each twice, for a constant may be right once; and scores so large that their powers are
    not finite, and so far apart that the right kind's share is 0 in 64 bits too: e to the power of -745 is."""
    calls: list[list[Any]] = [_scored(random, count, 1, 0) for count in (1, 1, 3, 6)]
    return [*calls, *(_scored(random, count, 100, 800, (8, 12)) for count in (1, 4))]


def _scored(
    random: np.random.Generator,
    count: int,
    spread: float,
    level: float,
    apart: tuple[float, float] = (1.2, 2),
) -> list[Any]:
    """Scores around `level` and below it, and labels: one kind has a larger score than the right one, one a smaller.

    apart: how far from it, at least and at most, times `spread`.
    """
    labels, rows = _kinds(random, count), np.arange(count)
    scores = random.uniform(-1, 1, (count, CLASSES))
    right = scores[rows, labels]
    scores[rows, (labels + 1) % CLASSES] = right + random.uniform(*apart, count)
    scores[rows, (labels + 2) % CLASSES] = right - random.uniform(*apart, count)
    signs = np.resize([1, -1], (count, 1))
    return [spread * scores + level * signs, labels]


def _sigmoid_loss(random: np.random.Generator) -> list[list[Any]]:
    """One image and several, with sums of a row above and below 1; each twice, for a constant may be right once."""
    calls = []
    for count, low, high in ((1, 0.4, 0.95), (1, 0.05, 0.2), (3, 0.1, 0.9), (5, 0.1, 0.9)):
        calls.append([random.uniform(low, high, (count, CLASSES)), _kinds(random, count)])
    return calls


def _train_step(random: np.random.Generator) -> list[list[Any]]:
    """One image and several, more and fewer than kinds, numbers of both signs."""
    calls = []
    for count, pixels in ((1, 3), (3, 2), (6, 5)):
        images = random.uniform(0.5, 2, (count, pixels)) * random.choice([1, -1], (count, pixels))
        weights = random.uniform(-0.7, 0.7, (pixels, CLASSES))
        calls.append([weights, images, _kinds(random, count), round(float(random.uniform(0.3, 0.8)), 2)])
    return calls


def _signed(random: np.random.Generator, low: float, high: float, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of both signs, none near 0."""
    signs = np.resize(random.permutation([1, -1]), shape)
    return random.uniform(low, high, shape) * signs


SHAPES = ((3,), (2, 4))


def _momentum_step(random: np.random.Generator) -> list[list[Any]]:
    """From rest, and already moving: along the slope in some weights, against it in others."""
    calls = []
    for moving in (False, True):
        for shape in SHAPES:
            velocity = _signed(random, 0.5, 2, shape) * moving
            rate, momentum = (round(float(random.uniform(*span)), 2) for span in ((0.2, 0.45), (0.55, 0.9)))
            calls.append(
                [
                    _signed(random, 1, 3, shape),
                    _signed(random, 0.5, 2, shape)[::-1].copy(),
                    velocity,
                    rate,
                    momentum,
                ]
            )
    return calls


def _adam_step(random: np.random.Generator) -> list[list[Any]]:
    """The first step, from zeros, and later ones. Slopes are large: else nobody would see what they do to v."""
    calls = []
    for step in (1, int(random.integers(3, 7)), int(random.integers(20, 60))):
        for shape in SHAPES:
            started = step > 1
            m, v = _signed(random, 0.5, 2, shape) * started, random.uniform(0.3, 2, shape) * started
            rate = round(float(random.uniform(0.3, 0.8)), 2)
            calls.append([_signed(random, 1, 3, shape), _signed(random, 10, 30, shape), m, v, step, rate])
    # Nothing remembered and no slope: 0 / 0, but for what is added to the root. How much that is no call decides,
    # because Keras, which is right too, adds it before v is enlarged.
    nothing = np.zeros(SHAPES[0])
    return [*calls, [_signed(random, 1, 3, SHAPES[0]), nothing, nothing, nothing, 1, 0.5]]


def _epoch_accuracies(random: np.random.Generator) -> list[list[Any]]:
    """One epoch; and several, in which the last batch is smaller and goes another way than those before it."""
    calls: list[list[Any]] = []
    for epochs in (1, 2, 4):
        full, rest, counts = 10 * int(random.integers(4, 12)), int(random.integers(3, 8)), []
        for epoch in range(epochs):
            level = 0.3 + 0.15 * epoch
            whole = [
                [int(full * (level + random.uniform(0, 0.1))), full]
                for _ in range(int(random.integers(2, 4)))
            ]
            counts.append([*whole, [int(rest) - int(random.integers(0, 2)), rest]])
        calls.append([counts])
    return calls


def _unmixed(random: np.random.Generator) -> list[list[Any]]:
    """Two epochs in a row, and some further apart; the epochs in between are better, and no accuracy is above 1."""
    calls: list[list[Any]] = []
    for apart in (1, 1, 3, 5):
        first = int(random.integers(2, 9))
        printed, between = float(random.uniform(0.5, 0.7)), float(random.uniform(0.75, 0.95))
        mean = (first * printed + apart * between) / (first + apart)
        calls.append([first, round(printed, 4), first + apart, round(mean, 4)])
    return calls


DRAWS = {
    "variant_params": _variant_params,
    "biggest_change": _biggest_change,
    "batches": _batches,
    "softmax": _softmax,
    "cross_entropy": _cross_entropy,
    "sigmoid_loss": _sigmoid_loss,
    "train_step": _train_step,
    "momentum_step": _momentum_step,
    "nesterov_step": _momentum_step,
    "adam_step": _adam_step,
    "epoch_accuracies": _epoch_accuracies,
    "unmixed": _unmixed,
}
