"""TRUSTED: the inputs that only the grader knows, drawn anew for every submission, and the answers.

Every draw covers each branch by design, so that no wrong answer passes by a lucky draw. Arrays are small: a
student's loops take no time, and an answer in nested lists fits into a claim.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lenet_solution import lenet5


def hidden_calls(exercise: str, random: np.random.Generator) -> list[list[Any]]:
    """The calls (lists of arguments) that a graded exercise is asked, beside those of its record."""
    calls = small_calls(exercise, random)
    if exercise == "layer_shapes":  # sides that practice never draws: an answer that was looked up is none
        calls += [[4 * int(quarter)] for quarter in random.choice(np.arange(20, 60), 2, replace=False)]
    return calls


def small_calls(exercise: str, random: np.random.Generator) -> list[list[Any]]:
    """Those that reach every branch, as practice draws them too. Fractions are float32, as in a network."""
    calls = DRAWS[exercise](random) if exercise in DRAWS else []
    return [[_as_float32(argument) for argument in call] for call in calls]


def _as_float32(argument: Any) -> Any:
    fractions = isinstance(argument, np.ndarray) and argument.dtype.kind == "f"
    return argument.astype("float32") if fractions else argument


def right_answer(function: str, arguments: list[Any]) -> Any:
    """What the answer book's function of that name gives; of a list of S2 maps, `mask`."""
    answer = getattr(lenet5, function)(*arguments)
    if function == "connected":
        return mask(answer)
    if not np.ndim(arguments[0]) and function == "scaled_tanh":
        return float(answer)
    return answer


def mask(s2_maps: list[int]) -> int:
    """Different lists of S2 maps as different numbers, for a digest."""
    return sum(2**s2_map for s2_map in s2_maps)


def _pad_to_32(random: np.random.Generator) -> list[list[Any]]:
    """One image and several, grey values and fractions; no pixel is 0, so that what is lost shows."""
    return [
        [random.integers(1, 256, (1, 28, 28)).astype("uint8")],
        [random.integers(1, 256, (3, 28, 28)).astype("uint8")],
        [random.uniform(0.1, 1, (2, 28, 28))],
    ]


def _layer_shapes(random: np.random.Generator) -> list[list[Any]]:
    """Sides that leave no remainder in S2 and S4."""
    return [[4 * int(quarter)] for quarter in random.choice(np.arange(9, 20), 3, replace=False)]


def _scaled_tanh(random: np.random.Generator) -> list[list[Any]]:
    """1 and -1, and a plain number; and numbers of both signs, with one axis and with three."""
    return [
        [np.array([1.0, -1.0])],
        [round(float(random.uniform(0.3, 3)), 3)],
        [random.uniform(0.2, 4, 9) * random.permutation([1, -1] * 4 + [1])],
        [random.uniform(-2, 2, (2, 3, 4))],
    ]


def _subsample(random: np.random.Generator) -> list[list[Any]]:
    """One map and several, which are not square; numbers in the range in which squashing shows.

    Of one map both signs of coefficient and bias are met, and of several maps too.
    """
    calls, sign = [], int(random.choice([1, -1]))
    for height, width, count in ((4, 6, 1), (6, 4, 1), (4, 8, 3), (8, 6, 4)):
        sign = -sign
        signs = (
            ([sign], [-sign])
            if count == 1
            else [random.permutation([1, -1, 1, -1])[:count] for _ in range(2)]
        )
        coefficients = random.uniform(0.5, 0.9, count) * signs[0]
        biases = random.uniform(0.3, 0.8, count) * signs[1]
        calls.append([random.uniform(-1, 1, (height, width, count)), coefficients, biases])
    return calls


def _partial_convolution(random: np.random.Generator) -> list[list[Any]]:
    """Tables that name every map, and others, with lines of several lengths; windows of 1 to 5."""
    calls = []
    for height, width, window, maps, out, whole in (
        (2, 3, 1, 2, 3, True), (5, 6, 3, 2, 2, True), (6, 5, 2, 3, 4, True),
        (4, 3, 1, 4, 5, False), (7, 6, 3, 5, 4, False), (8, 7, 5, 6, 5, False),
    ):  # fmt: skip
        table = [[*range(maps)] if whole else _some(random, maps, k) for k in range(out)]
        calls.append(
            [
                random.uniform(-1, 1, (height, width, maps)),
                random.uniform(-1, 1, (window, window, maps, out)),
                random.uniform(0.5, 2, out),
                table,
            ]
        )
    return calls


def _some(random: np.random.Generator, maps: int, line: int) -> list[int]:
    """A line of a table, with at least one map and not all; the first line leaves the first map out."""
    choice = np.arange(maps) if line else np.arange(1, maps)
    chosen = random.choice(choice, int(random.integers(1, maps)), replace=False)
    return sorted(int(m) for m in chosen)


def _lenet5_params(random: np.random.Generator) -> list[list[Any]]:
    """Networks of other sizes: all numbers in one of them differ, so that none stands for another."""
    calls = []
    for _ in range(3):
        maps, out, c5, f6 = (int(random.integers(low, 2 * low)) for low in (3, 7, 20, 50))
        calls.append([maps, [_some(random, maps, k) for k in range(out)], c5, f6])
    return calls


def _rbf_output(random: np.random.Generator) -> list[list[Any]]:
    """Pictures of -1 and 1, of which one is met exactly; and any numbers."""
    pictures = random.choice([-1.0, 1.0], (4, 12))
    pictures[:, :3] = 1 - 2 * (np.arange(4)[:, np.newaxis] == np.arange(3))  # no two are the same
    return [
        [pictures[int(random.integers(4))].copy(), pictures],
        [random.uniform(-1.7, 1.7, 3), random.uniform(-1, 1, (2, 3))],
        [random.uniform(-1.7, 1.7, 7), random.uniform(-1, 1, (3, 7))],
        [random.uniform(-1.7, 1.7, 84), random.choice([-1.0, 1.0], (10, 84))],
    ]


def _nearest(random: np.random.Generator) -> list[list[Any]]:
    """Each digit once; before it, where there is room, stands an output that is almost as small, so that none
    is found by being small alone. In every other call some are above 256, and one of them is small in uint8."""
    calls = []
    for number, digit in enumerate(random.permutation(10)):
        smallest = random.uniform(230, 250) if number % 2 else random.uniform(5, 30)
        outputs = smallest + random.uniform(5, 200, 10)
        close = random.integers(digit) if digit else random.integers(1, 10)
        if number % 2:
            outputs[random.choice(np.delete(np.arange(10), [digit, close]))] = random.uniform(257, 270)
        outputs[digit], outputs[close] = smallest, smallest + random.uniform(0.5, 2)
        calls.append([outputs])
    return calls


DRAWS = {
    "pad_to_32": _pad_to_32,
    "layer_shapes": _layer_shapes,
    "scaled_tanh": _scaled_tanh,
    "subsample": _subsample,
    "partial_convolution": _partial_convolution,
    "lenet5_params": _lenet5_params,
    "rbf_output": _rbf_output,
    "nearest": _nearest,
}
