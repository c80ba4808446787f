"""Runs anywhere; standard library only. The functions on which an exercise builds, and stand-ins for them.

Nobody loses twice for one mistake. An exercise is asked again while made-up functions, which give
numbers that are drawn, stand in for those that it builds on: for one of them, for two, and so on. Where
they stood for those that are wrong, and for no other, whoever gives what the right answer makes of these
numbers has put them together right, whatever the own functions give.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations, product
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


Layer = Sequence[Any]  # a kind and its sizes; a list where it was in JSON
Parts = Mapping[str, Callable[..., int]]  # functions, or stand-ins, by name


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


def stand_together(exercise: str) -> list[list[str]]:
    """For which functions stand-ins stand at once, each time that the exercise is asked again.

    count_params is a sum of the others, so it is replaced only together with all of them.
    """
    single = [name for name in BUILDS_ON[exercise] if name in _SOURCES]
    sets = [list(names) for size in range(1, len(single) + 1) for names in combinations(single, size)]
    return sets if len(single) == len(BUILDS_ON[exercise]) else [*sets, list(BUILDS_ON[exercise])]


def right_with(
    factors: dict[str, list[int]],
    replaced: Collection[str],
    told: Mapping[tuple[Any, ...], Any],
    exercise: str,
    arguments: list[Any],
) -> list[Any]:
    """What a right answer may give while stand-ins are in these functions' place.

    told: what the functions that are not replaced gave, by (name, *arguments).
    """
    functions = {
        name: partial(_weighted, numbers) if name in replaced else partial(_told, told, name)
        for name, numbers in factors.items()
    }  # fmt: skip
    return list(_RIGHT[exercise](functions, *arguments))


def _told(told: Mapping[tuple[Any, ...], Any], name: str, *sizes: int) -> Any:
    return told[name, *sizes]


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


def dense_layers(layers: list[Layer]) -> list[Layer]:
    """The dense layers of a list, in order."""
    return [layer for layer in layers if layer[0] == "dense"]


_SAMPLES = {
    "lenet_shapes": [("output_size", [28, 5]), ("output_size", [24, 2, 2])],
    "dense_bytes": [("dense_params", [256, 120])],
}


def _sum(parts: Parts, layers: list[Layer], *kinds: str) -> int:
    """The parameters of the layers of these kinds."""
    return sum(parts[OF_KIND[kind]](*sizes) for kind, *sizes in layers if kind in kinds)


def _count(parts: Parts, layers: list[Layer]) -> Iterator[int]:
    """With what pool_params gives for poolings, and without: they have no parameters."""
    yield _sum(parts, layers, *OF_KIND)
    yield _sum(parts, layers, "conv", "dense")


def _share(parts: Parts, layers: list[Layer]) -> Iterator[float]:
    """Dense of all; what is left of all without the convolutions; dense of dense and convolutions."""
    whole, conv, dense = (_sum(parts, layers, *kinds) for kinds in (OF_KIND, ["conv"], ["dense"]))
    for some, all_ in ((dense, whole), (whole - conv, whole), (dense, conv + dense)):
        yield some / all_ if all_ else 0.0


def _bytes(parts: Parts, height: int, width: int, channels: int, units: int) -> int:
    return 4 * (parts["dense_params"](height * width * channels, units) - units)


def _shapes(parts: Parts) -> Iterator[list[list[int]]]:
    """With the poolings by output_size too, and halved; each size worked out of the one before, as that
    came out or as it should be."""
    size = parts["output_size"]
    pools = (lambda side: size(side, 2, 2, 0), lambda side: side // 2)
    for pool_1, pool_2, *right in product(pools, pools, *[(False, True)] * 4):
        first = size(28, 5, 1, 0)
        second = pool_1(24 if right[0] else first)
        third = size(12 if right[1] else second, 5, 1, 0)
        fourth = pool_2(8 if right[2] else third)
        sides = [(first, 6), (second, 6), (third, 16), (fourth, 16)]
        flat = 256 if right[3] else fourth**2 * 16
        yield [*([side, side, channels] for side, channels in sides), [flat], [120], [84], [10]]


_RIGHT: dict[str, Callable[..., Any]] = {
    "lenet_shapes": _shapes,
    "count_params": _count,
    "dense_share": _share,
    "dense_bytes": lambda parts, *sizes: [_bytes(parts, *sizes)],
}
