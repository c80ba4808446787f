"""Runs anywhere; standard library only. The functions on which an exercise builds, and stand-ins for them.

Nobody loses twice for one mistake. An exercise is asked a second time while made-up functions, which
give numbers that are drawn, stand in for those that it builds on. Whoever then gives what the right
answer makes of these numbers has put them together right, whatever the own functions give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from operator import mul
from typing import Any

BUILDS_ON = {
    "lenet_shapes": ("output_size",),
    "count_params": ("conv_params", "pool_params", "dense_params"),
    "dense_share": ("conv_params", "pool_params", "dense_params", "count_params"),
    "dense_bytes": ("dense_params",),
}
OF_KIND = {"conv": "conv_params", "pool": "pool_params", "dense": "dense_params"}

# {}: numbers that are drawn. Whole sources, because they are sent into the student's kernel.
_SOURCES = {
    "output_size": (
        "def output_size(size, window, stride=1, padding=0):\n"
        "    return {} * size + {} * window + {} * stride + {} * padding\n"
    ),
    "conv_params": (
        "def conv_params(height, width, channels_in, filters):\n"
        "    return {} * height + {} * width + {} * channels_in + {} * filters\n"
    ),
    "pool_params": "def pool_params(height, width):\n    return {} * height + {} * width\n",
    "dense_params": "def dense_params(inputs, units):\n    return {} * inputs + {} * units\n",
}
_COUNT = """def count_params(layers):
    factors = {}
    return sum(
        sum(factor * size for factor, size in zip(factors[kind], sizes))
        for kind, *sizes in layers if kind in factors
    )
"""


def draw_factors(exercise: str, draw: Callable[[int, int], list[int]]) -> dict[str, list[int]]:
    """What stand-ins multiply their arguments by, for each function on which an exercise builds.

    draw: gives so many different numbers, from 2 up to the second one. Different, so that two arguments
    in each other's place show. Sizes go through output_size four times, and are squared: what comes of
    large factors would not fit into the 63 bits of a claim.
    """
    return {
        name: draw(_SOURCES[name].count("{}"), 12 if name == "output_size" else 98)
        for name in BUILDS_ON[exercise]
        if name in _SOURCES
    }


def stand_ins(exercise: str, factors: dict[str, list[int]]) -> dict[str, str]:
    """The source of each stand-in."""
    sources = {name: _SOURCES[name].format(*numbers) for name, numbers in factors.items()}
    if "count_params" in BUILDS_ON[exercise]:
        sources["count_params"] = _COUNT.format({kind: factors[name] for kind, name in OF_KIND.items()})
    return sources


def right_with(factors: dict[str, list[int]], exercise: str, arguments: list[Any]) -> list[Any]:
    """What a right answer gives while these stand in; where there are two ways, what each gives."""
    functions = {name: partial(_weighted, numbers) for name, numbers in factors.items()}
    return list(_RIGHT[exercise](functions, *arguments))


def _weighted(factors: list[int], *sizes: int) -> int:
    """What a stand-in gives for all its arguments; see _SOURCES."""
    return sum(map(mul, factors, sizes))


def calls_of_parts(exercise: str, calls: list[list[Any]]) -> list[tuple[str, list[Any]]]:
    """Calls (function, arguments) that show which of the functions is wrong, each once.

    calls: of the exercise itself. Small ones: a function may take long for large numbers.
    """
    found: list[tuple[str, list[Any]]] = list(_SAMPLES.get(exercise, ()))
    for call in calls if "conv_params" in BUILDS_ON.get(exercise, ()) else ():
        [layers] = call
        found += [(OF_KIND[kind], sizes) for kind, *sizes in layers if kind in OF_KIND]
        if "count_params" in BUILDS_ON[exercise]:
            found += [("count_params", [layers]), ("count_params", [dense_layers(layers)])]
    return [part for place, part in enumerate(found) if part not in found[:place]]


def dense_layers(layers: list[tuple]) -> list[tuple]:
    """The dense layers of a list, in order."""
    return [layer for layer in layers if layer[0] == "dense"]


_SAMPLES = {
    "lenet_shapes": [("output_size", [28, 5]), ("output_size", [24, 2, 2])],
    "dense_bytes": [("dense_params", [256, 120])],
}


def _count(parts: dict[str, Callable], layers: list[tuple]) -> int:
    return sum(parts[OF_KIND[kind]](*sizes) for kind, *sizes in layers if kind in OF_KIND)


def _share(parts: dict[str, Callable], layers: list[tuple]) -> float:
    whole = _count(parts, layers)
    return _count(parts, dense_layers(layers)) / whole if whole else 0.0


def _bytes(parts: dict[str, Callable], height: int, width: int, channels: int, units: int) -> int:
    return 4 * (parts["dense_params"](height * width * channels, units) - units)


def _shapes(parts: dict[str, Callable]) -> Iterator[list[list[int]]]:
    """With the poolings by output_size too, and halved."""
    size = parts["output_size"]
    for pooled in (lambda side: size(side, 2, 2, 0), lambda side: side // 2):
        first = size(28, 5, 1, 0)
        second = size(pooled(first), 5, 1, 0)
        sides = [(first, 6), (pooled(first), 6), (second, 16), (pooled(second), 16)]
        flat = pooled(second) ** 2 * 16
        yield [*([side, side, channels] for side, channels in sides), [flat], [120], [84], [10]]


_RIGHT: dict[str, Callable[..., Any]] = {
    "lenet_shapes": _shapes,
    "count_params": lambda parts, layers: [_count(parts, layers)],
    "dense_share": lambda parts, layers: [_share(parts, layers)],
    "dense_bytes": lambda parts, *sizes: [_bytes(parts, *sizes)],
}
