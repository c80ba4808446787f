"""TRUSTED: the inputs that only the grader knows, drawn anew for every submission.

Ranges are chosen so that no wrong formula in tests/submissions gives a right answer by chance.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def hidden_calls(exercise: str, random: np.random.Generator) -> list[list[Any]]:
    """The further calls (lists of arguments) for one exercise; none for most probes."""
    draw = DRAWS.get(exercise)
    return draw(random) if draw else []


def _numbers(random: np.random.Generator, *ranges: tuple[int, int]) -> list[int]:
    return [int(random.integers(low, high + 1)) for low, high in ranges]


def _output_size(random: np.random.Generator) -> list[list[Any]]:
    calls = []
    for stride in (1, 2, 3):
        size, window, padding = _numbers(random, (40, 90), (3, 9), (1, 3))
        # A remainder of 1 for strides above 1, so that rounding down matters.
        size += (1 - (size + 2 * padding - window)) % stride if stride > 1 else 0
        calls.append([size, window, stride, padding])
    return calls


def _layers(random: np.random.Generator) -> list[tuple]:
    height, width, channels, first, second, units, more = _numbers(
        random, (2, 4), (5, 7), (2, 4), (5, 9), (10, 19), (20, 60), (70, 99)
    )
    return [
        ("conv", height, width, channels, first),
        ("pool", 3, 3),
        ("conv", width, height, first, second),
        ("flatten",),
        ("dense", 7 * second, units),
        ("dense", units, more),
    ]


DRAWS = {
    "output_size": _output_size,
    "conv_params": lambda random: [
        _numbers(random, (2, 4), (5, 7), (2, 9), (10, 40)),
        _numbers(random, (8, 11), (3, 6), (12, 30), (3, 9)),
    ],
    "pool_params": lambda random: [_numbers(random, (3, 5), (6, 9))],
    "dense_params": lambda random: [_numbers(random, (300, 900), (20, 200))],
    "count_params": lambda random: [[_layers(random)], [_layers(random)]],
    "dense_share": lambda random: [[_layers(random)]],
    "dense_bytes": lambda random: [_numbers(random, (100, 400), (500, 900), (2, 5), (11, 99))],
}
