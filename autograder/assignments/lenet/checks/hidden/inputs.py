"""TRUSTED: the inputs that only the grader knows, drawn anew for every submission, and the answers.

Every draw covers each branch by design, so that no wrong answer passes by a lucky draw. Most numbers
are small: practice draws them in the same way (make_bank.py), and students work them out on paper. Some
are larger than any that practice draws: an answer that was looked up is none.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from lenet_solution import parameters


def hidden_calls(exercise: str, random: np.random.Generator) -> list[list[Any]]:
    """The further calls (lists of arguments) that a graded exercise is asked; none for most probes."""
    return [*small_calls(exercise, random), *large_calls(exercise, random)]


def small_calls(exercise: str, random: np.random.Generator) -> list[list[Any]]:
    """Those that reach every branch, as practice draws them too."""
    draw = DRAWS.get(exercise)
    return draw(random) if draw else []


def practice_calls(exercise: str, random: np.random.Generator) -> list[list[Any]]:
    """Those that practice draws: the small ones, and behind them some that 8 bits do not hold."""
    numbers = _different(random, 20, 29, 5)
    return [
        *small_calls(exercise, random),
        *_for_each_check(exercise, random, numbers, _between(random, 256, 329)),
    ]


def large_calls(exercise: str, random: np.random.Generator) -> list[list[Any]]:
    """Those with numbers that practice never draws, so that no table of its answers has them all."""
    numbers = _different(random, 30, 99, 5)
    return _for_each_check(exercise, random, numbers, 10 * numbers[0] + numbers[1])  # 330 and more


def _for_each_check(
    exercise: str, random: np.random.Generator, numbers: list[int], size: int
) -> list[list[Any]]:
    """One for each check of a function of few small numbers.

    The others take many numbers at once, and their draws do not come twice.
    """
    side, other, channels, filters, more = numbers
    calls = {
        "output_size": [
            [size, channels], [size, channels, _between(random, 2, 9)],
            [size, channels, _between(random, 1, 9), _between(random, 4, 9)],
        ],
        "conv_params": [
            [side, side, 1, filters], [side, side, channels, filters], [side, other, channels, more],
        ],
        "pool_params": [[side, other]],
        "dense_params": [[size, filters], [filters, size]],
    }  # fmt: skip
    return calls.get(exercise, [])


def right_answer(function: str, arguments: list[Any]) -> float:
    """What the answer book's function of that name gives."""
    answer: float = getattr(parameters, function)(*arguments)
    return answer


# For every stride and remainder. None is LeNet's 5 where the stride is 1, and none is the stride: then
# size // stride were right as well. Where there is a remainder, one more comes from dividing the
# window by the stride, so that to divide both apart and subtract is wrong.
WINDOWS = {(1, 0): [3, 4, 6], (2, 0): [4, 6], (2, 1): [5], (3, 0): [5, 7], (3, 1): [5], (3, 2): [5, 7]}
PADDED_WINDOWS = {
    (1, 0): [2, 3, 4], (2, 0): [3, 4], (2, 1): [3, 5], (3, 0): [2, 4], (3, 1): [4, 5], (3, 2): [1, 2],
}  # fmt: skip
# No two with 2 · (a + b) = a · b.
SIDES = [2, 3, 5, 7, 8, 9]


_SIDE = 28  # pixels
# By how many pixels a line of an image is shifted at most, where the wave is as long as the image.
_SHIFT = 6.0


def draw_change(random: np.random.Generator) -> dict[str, np.ndarray]:
    """How the task of a network that is trained again is changed (see retraining.py).

    places: (784,) int16, from which pixel of an image each pixel comes; kinds: (10,) uint8, what each
    label becomes, never itself. The rows of an image are shifted along a wave, then its columns along
    another. A wave is the sum of one as long as the image and one half as long; how high each is and where
    it begins is drawn, and they shear the image by as much in every draw. What leaves the image on one side
    comes in on the other, so no pixel is lost. Then it is turned by quarters, or mirrored as well.
    Neighbours stay near one another, as convolutions need them, but each part of the image is sheared in a
    way of its own, and filters that were learned for other waves do not fit: benchmarks/changes.md has what
    networks of other changes recognise, when all else is undone.
    """
    places, lines = np.arange(_SIDE**2).reshape(_SIDE, _SIDE), np.arange(_SIDE)
    angle = 2 * np.pi * lines / _SIDE
    waves = np.stack([np.cos(angle), np.sin(angle), np.cos(2 * angle) / 2, np.sin(2 * angle) / 2])
    for _ in ("rows", "columns"):
        heights = random.normal(size=4)
        shifts = np.rint(_SHIFT * heights @ waves / np.linalg.norm(heights)).astype(int)
        places = places[lines[:, np.newaxis], (lines + shifts[:, np.newaxis]) % _SIDE].T
    places = np.rot90(places if random.integers(2) else places.T, int(random.integers(4)))
    kinds = random.permutation(10)
    while (kinds == np.arange(10)).any():
        kinds = random.permutation(10)
    return {"places": places.ravel().astype("int16"), "kinds": kinds.astype("uint8")}


def _output_size(random: np.random.Generator) -> list[list[Any]]:
    """Every stride with every remainder, without padding and with it, and some edges."""
    calls = []
    for stride in (1, 2, 3):
        for remainder in range(stride):
            window, places = _one_of(random, WINDOWS[stride, remainder]), _between(random, 2, 5)
            size = window + (places - 1) * stride + remainder
            calls.append([size, window, stride, 0][: 2 if stride == 1 else 3])
    paddings = [int(n) for n in random.permutation([1, 2, 3])]
    for stride in (1, 2, 3):
        for remainder in range(stride):
            padding = paddings[(stride + remainder) % 3]
            window = _one_of(random, PADDED_WINDOWS[stride, remainder])
            least = math.ceil((2 * padding - remainder) / stride) + 1  # the image covers the window
            places = least + _between(random, 1, 3)
            size = window + (places - 1) * stride + remainder - 2 * padding
            calls.append([size, window, stride, padding])
    window, stride = _between(random, 6, 9), _between(random, 4, 7)
    narrow, steps = _between(random, 1, 3), _between(random, 6, 12)
    calls += [
        [window, window],  # one place
        [narrow + steps * stride + stride - 1, narrow, stride],  # narrower than the stride
        [window + steps * stride + stride - 1 - 6, window, stride, 3],
    ]
    return calls


def _between(random: np.random.Generator, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return int(random.integers(low, high + 1))


def _one_of(random: np.random.Generator, numbers: list[int]) -> int:
    return int(random.choice(numbers))


def _sides(random: np.random.Generator, count: int) -> list[int]:
    """So many different sides of windows."""
    return [int(n) for n in random.permutation(SIDES)[:count]]


def _different(random: np.random.Generator, low: int, high: int, count: int) -> list[int]:
    """So many different whole numbers from low to high, in any order."""
    return [int(n) for n in random.choice(np.arange(low, high + 1), count, replace=False)]


def _prime(random: np.random.Generator) -> int:
    """A number of filters that is no product of the small numbers beside it."""
    return _one_of(random, [11, 13, 17, 19, 23])


def _conv_params(random: np.random.Generator) -> list[list[Any]]:
    square, other, height, width, channels, more = _sides(random, 6)
    return [
        [square, square, 1, _prime(random)],  # from a grey image
        [other, other, 1, more],
        [other, other, channels, _prime(random)],  # square, from several channels
        [square, square, _prime(random), more],
        [height, width, channels, _prime(random)],  # not square, all four different
        [width, height, _prime(random), more],
    ]


def _dense_params(random: np.random.Generator) -> list[list[Any]]:
    few, some, many, most = (_between(random, low, 2 * low) for low in (2, 7, 20, 80))
    return [[some, few], [most, many], [most, 1], [few, some], [many, most], [1, some]]


def _convolutions(random: np.random.Generator, channels: int, windows: list[int]) -> list[parameters.Layer]:
    """Two convolutions, whose windows are not square and differ, and a pooling between them."""
    (a, b, c, d), filters, more = windows, _prime(random), _between(random, 3, 8)
    pool: parameters.Layer = ("pool", *_different(random, 2, 6, 2))
    return [("conv", a, b, channels, filters), pool, ("conv", c, d, filters, more)]


def _dense(random: np.random.Generator) -> list[parameters.Layer]:
    """Three dense layers that fit one another; no two lengths are the same."""
    sizes = [_between(random, 40, 60), _between(random, 13, 20), _between(random, 24, 36), _prime(random) - 9]
    return [("dense", *pair) for pair in itertools.pairwise(sizes)]


def _count_params(random: np.random.Generator) -> list[list[Any]]:
    windows = _sides(random, 4)
    convolutions = [_convolutions(random, channels, windows) for channels in (1, 3)]
    dense = _dense(random)
    conv = convolutions[0][0]  # it and a dense layer come twice: each time they count
    odd = [("flatten",), *dense[:1], conv, ("pool", 2, 3), conv, *dense[1:], dense[0], ("flatten",)]
    return [
        [convolutions[0][:1]],  # without dense layers
        [convolutions[1]],
        [[*convolutions[0], ("flatten",), dense[0]]],  # in the usual order
        [[*convolutions[1], ("pool", 3, 2), ("flatten",), *dense]],
        [odd],  # in another order, and without one kind or another
        [dense],
        [[("pool", 4, 3), ("pool", 3, 4)]],
    ]


def _dense_share(random: np.random.Generator) -> list[list[Any]]:
    while True:
        one, two, usual, _, odd, only, _ = _count_params(random)
        calls = [usual, odd, [[*odd[0], *two[0]]], only, one]
        # Shares that say how many digits they were rounded to.
        if all(_needs_all_digits(parameters.dense_share(*call)) for call in calls[:3]):
            return calls


def _needs_all_digits(share: float) -> bool:
    """Whether rounding to five digits changes it, and adding up in another order does not matter."""
    millionths = share * 1e6
    return 2 < millionths % 10 < 8 and 0.1 < (millionths + 0.5) % 1 < 0.9


def _dense_bytes(random: np.random.Generator) -> list[list[Any]]:
    sizes = [_different(random, 4, 40, 3) for _ in range(5)]
    channels = (1, 1, 3, 2, _between(random, 4, 9))
    return [
        [height, width, count, units] for (height, width, units), count in zip(sizes, channels, strict=True)
    ]


DRAWS = {
    "output_size": _output_size,
    "conv_params": _conv_params,
    "pool_params": lambda random: [_different(random, 2, 9, 2), [3, 3], [1, _between(random, 4, 9)]],
    "dense_params": _dense_params,
    "count_params": _count_params,
    "dense_share": _dense_share,
    "dense_bytes": _dense_bytes,
}
