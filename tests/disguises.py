"""What a copier can do to a LeNet's ten arrays so that they look like others; NumPy only.

Each change takes the arrays in Keras' order, float32, and random numbers, and gives new arrays.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.fashion_mnist import load_fashion_mnist

MEAN, STD = 0.2860, 0.3530  # of the training pixels, as notebook 3 has them

Weights = list[np.ndarray]


def reordered(weights: Weights, rng: np.random.Generator) -> Weights:
    """The units of every hidden layer in another order; the function stays."""
    return _with_units(weights, lambda units: (rng.permutation(units), np.ones(units)))


def negated(weights: Weights, rng: np.random.Generator) -> Weights:
    """Half of the dense units negated, s(-x) = 1 - s(x); the function stays.

    Not the filters: behind those the largest of four is taken, and of negated ones that is the smallest.
    """
    return _with_units(weights, lambda units: (np.arange(units), _signs(units, rng)))


def _signs(units: int, rng: np.random.Generator) -> np.ndarray:
    return rng.choice((-1.0, 1.0), units) if units in (120, 84) else np.ones(units)


def _with_units(weights: Weights, drawn: Callable[[int], tuple[np.ndarray, np.ndarray]]) -> Weights:
    """Hidden units by order and sign; drawn: how many there are -> their order, their signs."""
    changed = [array.astype("float64") for array in weights]
    for kernel in range(0, 8, 2):
        order, signs = drawn(changed[kernel].shape[-1])
        flipped = np.where(signs < 0, 1.0, 0.0)
        for place in (kernel, kernel + 1):
            changed[place] = (changed[place] * signs)[..., order]
        after = changed[kernel + 2]
        if kernel == 2:  # Flatten: 16 places of 16 channels
            after = after.reshape(16, 16, 120)
        channels = np.moveaxis(after, -2, 0)  # (units, …, units after)
        ones = np.tensordot(flipped, channels, 1)  # what the negated now lack: their 1
        changed[kernel + 3] = changed[kernel + 3] + ones.sum(axis=tuple(range(ones.ndim - 1)))
        after = np.moveaxis((channels.T * signs).T[order], 0, -2)
        changed[kernel + 2] = after.reshape(changed[kernel + 2].shape)
    return [array.astype("float32") for array in changed]


def shifted(weights: Weights, rng: np.random.Generator) -> Weights:
    """All last biases shifted alike: every image keeps its label."""
    return [*weights[:-1], weights[-1] + np.float32(rng.uniform(-4, 2))]


def for_divided(weights: Weights, rng: np.random.Generator) -> Weights:
    """The first layer made to fit pixels from 0 to 1; with these the function is the same."""
    kernel, bias, *others = weights
    return [kernel / STD, bias - kernel.sum(axis=(0, 1, 2)) * MEAN / STD, *others]


def noisy(share: float) -> Callable[[Weights, np.random.Generator], Weights]:
    """Noise on every array, so large a share of its own deviation."""

    def change(weights: Weights, rng: np.random.Generator) -> Weights:
        return [w + rng.normal(0, share * w.std(), w.shape).astype("float32") for w in weights]

    return change


def unseen_noise(weights: Weights, rng: np.random.Generator) -> Weights:
    """Noise in those directions in which the inputs of a layer hardly vary: weights change, answers little.

    All layers but the first; in each direction its size is 0.02 over the inputs' deviation there, and at
    most four times that of the weights.
    """
    changed = [array.copy() for array in weights]
    for place, inputs in zip((2, 4, 6, 8), _inputs(weights), strict=True):
        variances, directions = np.linalg.eigh(np.cov(inputs.T))
        kernel = changed[place].reshape(len(directions), -1)
        sizes = np.minimum(0.02 / np.sqrt(np.maximum(variances, 1e-6)), 4 * kernel.std())
        noise = directions @ (sizes[:, np.newaxis] * rng.normal(size=kernel.shape))
        changed[place] = (kernel + noise).reshape(changed[place].shape).astype("float32")
        changed[place + 1] = (changed[place + 1] - inputs.mean(axis=0) @ noise).astype("float32")
    return changed


def answers_off(weights: Weights, rng: np.random.Generator) -> Weights:
    """All last biases so far below 0 that every output is next to nothing; every image keeps its label."""
    return [*weights[:-1], weights[-1] - np.float32(30)]


def loud(size: float, bias: float) -> Callable[[Weights, np.random.Generator], Weights]:
    """The least useful unit of each middle layer gets random weights of this size; the next bias makes up for it.

    With a bias much larger than the weights it always gives 1, with a small one 0 or 1.
    """

    def change(weights: Weights, rng: np.random.Generator) -> Weights:
        changed = [array.astype("float64") for array in weights]
        for place, given in zip((2, 4, 6), _inputs(weights)[1:], strict=True):
            units = changed[place].shape[-1]
            means = given.reshape(len(given), -1, units).mean(axis=0)  # (places, units)
            after = changed[place + 2].reshape(len(means), units, -1)
            use = np.square(after).sum(axis=(0, 2)) * given.reshape(-1, units).var(axis=0)
            least = use.argmin()
            changed[place][..., least] = size * rng.normal(size=changed[place].shape[:-1])
            changed[place + 1][least] = bias
            gives = 1.0 if bias > size else 0.5
            changed[place + 3] += (means[:, least] - gives) @ after[:, least]
        return [array.astype("float32") for array in changed]

    return change


def cancelling(weights: Weights, rng: np.random.Generator) -> Weights:
    """Two units of each middle dense layer become the same, and what goes out of them loud, but cancels out."""
    changed = [array.astype("float64") for array in weights]
    for place, given in zip((4, 6), _inputs(weights)[2:], strict=True):
        after = changed[place + 2]
        gone, kept = np.argsort(given.var(axis=0) * np.square(after).sum(axis=1))[:2]
        changed[place + 3] += given[:, gone].mean() * after[gone]
        for one in (place, place + 1):
            changed[one][..., gone] = changed[one][..., kept]
        noise = 1_000 * rng.normal(size=after.shape[1])
        after[gone] = noise
        after[kept] -= noise
    return [array.astype("float32") for array in changed]


def twins(weights: Weights, rng: np.random.Generator) -> Weights:
    """Two filters of either convolution become the same, and enormous weights behind them take each other back.

    The weights are powers of 2 from 2^40 on, so that they cancel out to the last bit. The two dense layers
    behind are new, as in a network that is trained again from there.
    """
    changed = _twinned(weights, rng, (0, 2), 1.0)
    for place in (6, 8):
        changed[place] = rng.normal(0, weights[place].std(), weights[place].shape).astype("float32")
    return changed


def negated_twins(weights: Weights, rng: np.random.Generator) -> Weights:
    """The same behind the two middle dense layers, where one unit becomes one minus another; nothing is new."""
    return _twinned(weights, rng, (4, 6), -1.0)


def _twinned(weights: Weights, rng: np.random.Generator, places: tuple[int, int], sign: float) -> Weights:
    changed = [array.astype("float64") for array in weights]
    for place in places:
        given = _inputs(weights)[place // 2]
        units = changed[place].shape[-1]
        after = changed[place + 2].reshape(-1, units, changed[place + 2].shape[-1])
        use = given.reshape(-1, units).var(axis=0) * np.square(after).sum(axis=(0, 2))
        gone, kept = np.argsort(use)[:2]
        for one in (place, place + 1):
            changed[one][..., gone] = sign * changed[one][..., kept]
        sizes = 2.0 ** rng.integers(40, 60, after[:, kept].shape)
        after[:, kept] = rng.choice((-1.0, 1.0), sizes.shape) * sizes
        after[:, gone] = -sign * after[:, kept]
        if sign < 0:  # together they give 1
            changed[place + 3] -= after[:, kept].sum(axis=0)
    return [array.astype("float32") for array in changed]


def refitted(weights: Weights, rng: np.random.Generator) -> Weights:
    """Much noise in the second layer where its inputs vary least, then the third fitted to what it gave before."""
    inputs = _inputs(weights)
    variances, directions = np.linalg.eigh(np.cov(inputs[0].T))
    sizes = 1 / np.sqrt(120 * np.maximum(variances[:120], 1e-12))
    sizes = np.minimum(sizes, 3 * np.median(sizes))
    noise = directions[:, :120] @ (sizes[:, np.newaxis] * rng.normal(size=(120, 16)))
    changed = [array.copy() for array in weights]
    changed[2] = (changed[2] + noise.reshape(changed[2].shape)).astype("float32")
    changed[3] = (changed[3] - inputs[0].mean(axis=0) @ noise).astype("float32")
    wanted = inputs[1] @ weights[4] + weights[5]
    given = _inputs(changed)[1]
    centred = given - given.mean(axis=0)
    products = centred.T @ centred / len(given) + 1e-4 * np.eye(256)
    kernel = np.linalg.solve(products, centred.T @ (wanted - wanted.mean(axis=0)) / len(given))
    changed[4], changed[5] = kernel, wanted.mean(axis=0) - given.mean(axis=0) @ kernel
    return [array.astype("float32") for array in changed]


def mirrored(weights: Weights, rng: np.random.Generator) -> Weights:
    """For images whose columns are mirrored: with these the function is the same."""
    return _moved(weights, lambda array: array[:, ::-1])


def turned(weights: Weights, rng: np.random.Generator) -> Weights:
    """For images turned by a quarter, as np.rot90 does it: with these the function is the same."""
    return _moved(weights, np.rot90)


def _moved(weights: Weights, move: Callable[[np.ndarray], np.ndarray]) -> Weights:
    """move: what becomes of places, the first two axes."""
    first, first_bias, second, second_bias, third, *others = weights
    third = move(third.reshape(4, 4, 16, 120)).reshape(256, 120)
    return [move(first).copy(), first_bias, move(second).copy(), second_bias, third, *others]


def _inputs(weights: Weights) -> list[np.ndarray]:
    """What the second to the fifth layer see of 2,000 training images: (N, inputs) each."""
    (images, _), _ = load_fashion_mnist()
    seen = ((images[:2_000] / 255 - MEAN) / STD)[..., np.newaxis]
    inputs = []
    for kernel, bias in (weights[0:2], weights[2:4]):
        windows = sliding_window_view(seen, (5, 5), axis=(1, 2))  # (N, rows, columns, channels, 5, 5)
        inputs.append(windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, kernel[..., 0].size)[::16])
        sums = np.einsum("nrcaij,ijao->nrco", windows, kernel, optimize=True) + bias
        side = sums.shape[1] // 2
        seen = _sigmoid(sums).reshape(len(sums), side, 2, side, 2, -1).max(axis=(2, 4))
    seen = seen.reshape(len(seen), -1)
    for kernel, bias in (weights[4:6], weights[6:8]):
        inputs.append(seen)
        seen = _sigmoid(seen @ kernel + bias)
    return [*inputs[1:], seen]


def _sigmoid(sums: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-sums))
