"""TRUSTED; standard library and NumPy only. LeNet as a function, however its arrays are stored."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.judging.tracing import ACTIVATIONS, Traced

# The table of the main assignment in docs/course.md: kind, shape after the layer, parameters, activation.
LENET = [
    ("Conv2D", (24, 24, 6), 156, "sigmoid"),
    ("MaxPooling2D", (12, 12, 6), 0, "linear"),
    ("Conv2D", (8, 8, 16), 2_416, "sigmoid"),
    ("MaxPooling2D", (4, 4, 16), 0, "linear"),
    ("Flatten", (256,), 0, "linear"),
    ("Dense", (120,), 30_840, "sigmoid"),
    ("Dense", (84,), 10_164, "sigmoid"),
    ("Dense", (10,), 850, "sigmoid"),
]
INPUT = (28, 28, 1)
TOTAL = 44_426
# The shapes of LeNet's ten arrays, in the order of its layers. No two are of one size.
ARRAYS = [
    (5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,), (256, 120), (120,), (120, 84), (84,), (84, 10), (10,),
]  # fmt: skip
# The probe has products computed in full, which moves LeNet's outputs by less than 0.00001. Where it
# cannot, GPUs round their factors to 11 bits: with the grader's weights that moves the outputs by up to
# 0.001 (simulated for 40 draws). From image to image they differ by 0.06 (the median of the same draws).
SAME_OUTPUTS = 0.0015


def convolved(
    images: np.ndarray,
    arrays: Sequence[np.ndarray],
    activations: Sequence[str],
    pool: Callable[..., np.ndarray],
) -> np.ndarray:
    """What LeNet's two convolutions and poolings give: (N, 28, 28, 1) -> (N, 256) float64. See `lenet_outputs`."""
    values = np.asarray(images, np.float64)
    applied = [ACTIVATIONS[name] for name in activations]
    for kernel, bias, activate in zip(arrays[0:4:2], arrays[1:4:2], applied, strict=True):
        windows = sliding_window_view(values, (5, 5), axis=(1, 2))  # (N, rows, columns, C, 5, 5)
        values = activate(np.tensordot(windows, kernel, ((3, 4, 5), (2, 0, 1))) + bias)
        n, rows, columns, channels = values.shape
        values = pool(values.reshape(n, rows // 2, 2, columns // 2, 2, channels), axis=(2, 4))
    return values.reshape(len(values), -1)


Convolve = Callable[[np.ndarray, Sequence[np.ndarray], Sequence[str], Callable[..., np.ndarray]], np.ndarray]


def lenet_outputs(
    images: np.ndarray,
    arrays: Sequence[np.ndarray],
    convolve: Convolve = convolved,
    activations: Sequence[str] = ("sigmoid",) * 5,
    pool: Callable[..., np.ndarray] = np.max,
) -> np.ndarray:
    """What LeNet gives, slowly and plainly. images: (N, 28, 28, 1) -> (N, 10) float64.

    arrays: kernel and bias of its two convolutions and three dense layers, shapes as in `ARRAYS`.
    activations: of these five layers, keys of `ACTIVATIONS`. pool: what becomes of a 2×2 window.
    convolve: gives what `convolved` gives.
    """
    values = convolve(images, arrays, activations[:2], pool)
    applied = [ACTIVATIONS[name] for name in activations[2:]]
    for kernel, bias, activate in zip(arrays[4::2], arrays[5::2], applied, strict=True):
        values = activate(values @ kernel + bias)
    return values


def arrangements(arrays: Sequence[np.ndarray]) -> Iterator[list[np.ndarray]]:
    """LeNet's ten arrays among these, in the order of its layers, for each way they can be read.

    Which is which, its size says. A kernel may be stored with its axes the other way round, and the 256
    values may be put in a row in another order than Keras' Flatten does: the network is the same.
    """
    if not has_lenets_sizes([array.shape for array in arrays]):
        return
    by_size = {array.size: array for array in arrays}
    found = [by_size[math.prod(shape)] for shape in ARRAYS]
    for stored in (as_it_is, with_axes_in_order, with_sides_swapped, turned, turned_over):
        kernels = [stored(array, shape).reshape(shape) for array, shape in zip(found, ARRAYS, strict=True)]
        for axes in itertools.permutations(range(3)):
            places = np.arange(256).reshape([(4, 4, 16)[axis] for axis in axes])
            rows = places.transpose(np.argsort(axes)).ravel()
            yield [*kernels[:4], kernels[4][rows], *kernels[5:]]


def has_lenets_sizes(shapes: Sequence[tuple[int, ...]]) -> bool:
    """Whether arrays of these shapes hold as many numbers as LeNet's ten, each as one of them."""
    return sorted(map(math.prod, shapes)) == sorted(map(math.prod, ARRAYS))


def as_it_is(array: np.ndarray, _shape: tuple[int, ...]) -> np.ndarray:
    """Stored as Keras does, but perhaps in fewer or more axes."""
    return array


def with_axes_in_order(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Stored with its axes in another order, such as (filters, channels, height, width)."""
    orders = [
        order
        for order in itertools.permutations(range(array.ndim))
        if array.ndim <= 4 and tuple(array.shape[axis] for axis in order) == shape
    ]
    return array.transpose(orders[0]) if orders and array.shape != shape else array


def with_sides_swapped(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """As `with_axes_in_order`, with the width of windows before their height."""
    ordered = with_axes_in_order(array, shape)
    return ordered.swapaxes(0, 1) if ordered.ndim == 4 and ordered.shape == shape else ordered


def turned(array: np.ndarray, _shape: tuple[int, ...]) -> np.ndarray:
    """Stored as a matrix of (outputs, inputs)."""
    return array.T if array.ndim == 2 else array


def turned_over(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """As it is, with windows back to front: a convolution as mathematics has it, not a correlation."""
    return array[::-1, ::-1] if array.shape == shape and array.ndim == 4 else array


def same_outputs(right: np.ndarray, output: np.ndarray) -> bool:
    """The same, but for rounding."""
    return output.shape == right.shape and bool(np.allclose(right, output, rtol=0, atol=_rounding(right)))


def same_places(right: np.ndarray, output: np.ndarray) -> bool:
    """Whether output, (N,), names the place of the largest of each row of right, (N, classes).

    Of scores that are the same but for rounding, either is the largest.
    """
    places = np.arange(right.shape[1])
    if output.shape != right.shape[:1] or not np.isin(output, places).all():
        return False
    named = right[np.arange(len(right)), output.astype(int)]
    return bool((named >= right.max(axis=1) - _rounding(right)).all())


def _rounding(right: np.ndarray) -> float:
    """By how much outputs may differ that are the same: of what is not squashed, a share of the largest."""
    return SAME_OUTPUTS * max(1.0, float(abs(right).max(initial=0.0)))


@functools.lru_cache(maxsize=4)
def lenet_arrangement(traced: Traced) -> int | None:
    """Which of the `arrangements` of its weights makes this network compute LeNet; None for none.

    It gave the same outputs as LeNet, for the grader's images and every draw of the grader's weights.
    """
    return computing_arrangement(traced, lenet_outputs)


def computing_arrangement(
    traced: Traced,
    function: Callable[[np.ndarray, Sequence[np.ndarray], Convolve], np.ndarray],
    same: Callable[[np.ndarray, np.ndarray], bool] = same_outputs,
) -> int | None:
    """The same for any function of images (N, 28, 28, 1), LeNet's ten arrays and what convolves them.

    same: whether the function's outputs, given first, and the network's agree.
    """
    images, outputs = traced.images, traced.outputs
    if not traced.takes_our_images or not has_lenets_sizes(traced.used_shapes):
        return None
    if any(output.shape[:1] != images.shape[:1] for output in outputs):
        return None
    ways = _ways(traced)
    for number, draws in enumerate(ways.draws):
        # Of most ways the first image shows already that they are wrong.
        if same(function(ways.first, draws[0], ways.convolved), outputs[0][:1]) and all(
            same(function(images, way, convolved), output) for way, output in zip(draws, outputs, strict=True)
        ):
            return number
    return None


class _Ways:
    """The grader's weights in each of the `arrangements`, for every draw; first: the first image alone.

    Functions that are tried one after the other differ behind the convolutions more often than in them, so what
    these make of the first image is kept.
    """

    def __init__(self, traced: Traced):
        self.first = traced.images[:1]
        drawn = [arrangements(traced.drawn(draw)) for draw in range(len(traced.outputs))]
        self.draws = list(zip(*drawn, strict=True))
        self._kept: dict[tuple[int, tuple[str, ...], Callable[..., np.ndarray]], np.ndarray] = {}

    def convolved(
        self,
        images: np.ndarray,
        arrays: Sequence[np.ndarray],
        activations: Sequence[str],
        pool: Callable[..., np.ndarray],
    ) -> np.ndarray:
        """As `convolved`. arrays: one of `draws`, which live as long as this."""
        if images is not self.first:
            return convolved(images, arrays, activations, pool)
        key = (id(arrays), tuple(activations), pool)
        if key not in self._kept:
            self._kept[key] = convolved(images, arrays, activations, pool)
        return self._kept[key]


@functools.lru_cache(maxsize=1)
def _ways(traced: Traced) -> _Ways:
    return _Ways(traced)


def computes_lenet(traced: Traced) -> bool:
    """Whether the network is LeNet, however it is written."""
    return lenet_arrangement(traced) is not None
