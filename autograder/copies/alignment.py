"""TRUSTED; NumPy only. LeNets whose units stand in another order, or are negated, put side by side.

A layer's units may be reordered, and a dense unit negated, s(-x) = 1 - s(x), as long as the next layer
undoes it: the function stays. So of two networks one is moved, unit by unit, until its weights are as
like the other's as they can be. Layer after layer the best assignment is found (Kuhn: The Hungarian
method, 1955), given the layers around it, until nothing improves (weight matching in Ainsworth, Hayase,
Srinivasa: Git Re-Basin, 2023), from several beginnings: some layers may have been made anew.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.copies.responses import Responses

Kernels = list[np.ndarray]  # five, each float64 (places, units before, units), see `kernels_of`

_SHAPES = ((25, 1, 6), (25, 6, 16), (16, 16, 120), (1, 120, 84), (1, 84, 10))
_HIDDEN = range(4)  # the layers whose units may be moved: of the last one each is a class
_LEAST_SIZE = 1e-9  # of a singular value, as a share of the largest: below it is what float64 rounds
_TINY = 1e-30  # length of a unit's weights: what is shorter is nothing
_FOUND = 0.5  # mean cosine that no wrong way reaches: from there no other beginning is tried
_ROUNDS = 20  # at most; four or five are usual


def kernels_of(arrays: Sequence[np.ndarray], seen: Responses) -> Kernels:
    """LeNet's five kernels by place and units; of each kernel only the directions.

    arrays: in Keras' arrangement. seen: what the network gives for reference images. A weight counts by how
    much its input varies, and beside the others of its unit: so no unit that is loud, and of no use, outweighs
    the others. Inputs that are the same have one weight, their sum: so none hides behind another. From the last
    one goes what all classes have in common: it changes no image's label. Biases are left out: they are few,
    and say little.
    """
    kernels = shaped(arrays)
    for kernel, spread, twins in zip(kernels[1:], seen.spreads, seen.twins, strict=True):
        inputs = kernel.reshape(-1, len(spread), kernel.shape[2])
        for place in np.flatnonzero(twins[0] != np.arange(len(spread))):
            inputs[:, twins[0][place]] += twins[1][place] * inputs[:, place]
            inputs[:, place] = 0
        inputs *= spread[:, np.newaxis]
    kernels[4] = kernels[4] - kernels[4].mean(axis=2, keepdims=True)
    return [_equalised(kernel / np.maximum(np.linalg.norm(kernel, axis=(0, 1)), _TINY)) for kernel in kernels]


def shaped(arrays: Sequence[np.ndarray]) -> Kernels:
    """Five arrays in Keras' arrangement, by place and units, as new arrays."""
    return [np.array(array, np.float64).reshape(shape) for array, shape in zip(arrays, _SHAPES, strict=True)]


def _equalised(kernel: np.ndarray) -> np.ndarray:
    """The kernel with all its singular values made one, of root mean square 1.

    What every network learns from the same images lies in few directions with large singular values; from
    small start weights it outweighs all else, and makes honest networks alike. Reordering and negating
    units turns the result as it turns the kernel.
    """
    matrix = scaled(kernel).reshape(-1, kernel.shape[2])
    left, sizes, right = np.linalg.svd(matrix, full_matrices=False)
    kept = sizes > _LEAST_SIZE * max(sizes[0], 1e-12)
    return scaled((left[:, kept] @ right[kept]).reshape(kernel.shape))


def scaled(array: np.ndarray) -> np.ndarray:
    """The array, with a root mean square of 1; zeros stay."""
    size = np.sqrt(np.mean(np.square(array)))
    return array / size if size > 0 else array


def cosines(some: Kernels, others: Kernels) -> np.ndarray:
    """(5,) the cosine of each kernel with its counterpart, as they stand."""
    return np.array([np.mean(a * b) for a, b in zip(some, others, strict=True)])


def aligned(some: Kernels, others: Kernels) -> Kernels:
    """The others with their units moved so that they are most like these."""
    best, most = others, -np.inf
    for begin in (_as_they_stand, _from_the_first_layer, _from_the_last_layer):
        moved = _improved(some, begin(some, others))
        if (likeness := float(cosines(some, moved).mean())) > most:
            best, most = moved, likeness
        if most > _FOUND:
            break
    return best


def assignment(gain: np.ndarray) -> np.ndarray:
    """(n,) the column for each row of (n, n) finite numbers, all different, with the largest sum.

    Shortest augmenting paths: rows come in one by one, and make room along the cheapest path.
    """
    rows = len(gain)
    cost = gain.max() - gain
    row_price, column_price = np.zeros(rows), np.zeros(rows + 1)
    holder = np.full(rows + 1, -1)  # the row that has a column; the last column is a waiting room
    for newcomer in range(rows):
        column = rows
        holder[column] = newcomer
        shortest = np.full(rows, np.inf)
        came_from = np.full(rows, rows)
        seen = np.zeros(rows + 1, bool)
        while holder[column] >= 0:
            seen[column] = True
            row = holder[column]
            reduced = cost[row] - row_price[row] - column_price[:rows]
            better = (reduced < shortest) & ~seen[:rows]
            shortest[better], came_from[better] = reduced[better], column
            nearest = int(np.where(seen[:rows], np.inf, shortest).argmin())
            step = shortest[nearest]
            row_price[holder[seen]] += step
            column_price[seen] -= step
            shortest[~seen[:rows]] -= step
            column = nearest
        while column != rows:
            holder[column] = holder[came_from[column]]
            column = came_from[column]
    columns = np.empty(rows, int)
    columns[holder[:rows]] = np.arange(rows)
    return columns


def _as_they_stand(some: Kernels, others: Kernels) -> Kernels:
    return others


def _from_the_first_layer(some: Kernels, others: Kernels) -> Kernels:
    for layer in _HIDDEN:
        others = _matched(others, layer, _by_what_comes_in(some, others, layer))
    return others


def _from_the_last_layer(some: Kernels, others: Kernels) -> Kernels:
    for layer in reversed(_HIDDEN):
        others = _matched(others, layer, _by_what_goes_out(some, others, layer))
    return others


def _improved(some: Kernels, others: Kernels) -> Kernels:
    """The others after so many rounds of moving the units of each layer that nothing improves."""
    reached = _likeness(some, others)
    for _ in range(_ROUNDS):
        for layer in _HIDDEN:
            both = _by_what_comes_in(some, others, layer) + _by_what_goes_out(some, others, layer)
            others = _matched(others, layer, both)
        before, reached = reached, _likeness(some, others)
        if reached <= before + 1e-6 * abs(before):
            break
    return others


def _likeness(some: Kernels, others: Kernels) -> float:
    return sum(float(np.sum(a * b)) for a, b in zip(some, others, strict=True))


def _by_what_comes_in(some: Kernels, others: Kernels, layer: int) -> np.ndarray:
    """(units, units) how alike their incoming weights are, the layer before being aligned."""
    here, there = (kernels[layer].reshape(-1, kernels[layer].shape[2]) for kernels in (some, others))
    return here.T @ there


def _by_what_goes_out(some: Kernels, others: Kernels, layer: int) -> np.ndarray:
    """(units, units) how alike their outgoing weights are, the layer behind being aligned."""
    here, there = (
        np.moveaxis(kernels[layer + 1], 1, 0).reshape(kernels[layer + 1].shape[1], -1)
        for kernels in (some, others)
    )
    return here @ there.T


def _matched(others: Kernels, layer: int, likeness: np.ndarray) -> Kernels:
    """The others with this layer's units in the order, and with the signs, that likeness asks for."""
    order = assignment(np.abs(likeness))
    signs = np.where(likeness[np.arange(len(order)), order] < 0, -1.0, 1.0)
    moved = list(others)
    moved[layer] = moved[layer][:, :, order] * signs
    moved[layer + 1] = moved[layer + 1][:, order, :] * signs[:, np.newaxis]
    return moved
