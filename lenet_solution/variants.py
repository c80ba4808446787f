"""Answer book: the variants of LeNet and the training loop, slow and obvious. Imports NumPy only, so trusted
checks may use it.

Pictures are 28×28×1, windows 5×5, poolings 2×2. Optimizers are those of Keras: with their signs, and with
Adam's 0.9, 0.999 and 1e-7. Arrays are float64 inside, whatever comes in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7


def variant_params(filters: Sequence[int], units: Sequence[int], padding: str) -> list[int]:
    """The parameters of each convolution and each dense layer; behind every convolution comes a pooling."""
    side, channels, counts = 28, 1, []
    for count in filters:
        counts.append((5 * 5 * channels + 1) * count)
        side = (side - 4) // 2 if padding == "valid" else math.ceil(side / 2)
        channels = count
    inputs = side * side * channels
    for count in units:
        counts.append((inputs + 1) * count)
        inputs = count
    return counts


def biggest_change(one: Sequence[int], other: Sequence[int]) -> list[float]:
    """The place of the layer whose count differs most, and its share (0 to 1) of all differences."""
    differences = [abs(a - b) for a, b in zip(one, other, strict=True)]
    place = max(range(len(differences)), key=lambda layer: differences[layer])
    return [place, differences[place] / sum(differences)]


def batches(images: np.ndarray, labels: np.ndarray, size: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """(N, ...) grey values and (N,) labels -> pairs of `size`, the last one of what is left; grey from 0 to 1."""
    pairs = []
    for start in range(0, len(images), size):
        pairs.append((images[start : start + size] / 255, labels[start : start + size]))
    return pairs


def softmax(scores: np.ndarray) -> np.ndarray:
    """(N, K) -> (N, K): the shares of each row, which are together 1."""
    shares = np.zeros(scores.shape)
    for n, row in enumerate(np.asarray(scores, np.float64)):
        powers = [math.exp(score - max(row)) for score in row]
        shares[n] = [power / sum(powers) for power in powers]
    return shares


def cross_entropy(scores: np.ndarray, labels: np.ndarray) -> float:
    """scores: (N, K), of any size; labels: (N,) -> the mean of -ln of the right kind's share."""
    total = 0.0
    for row, label in zip(np.asarray(scores, np.float64), labels, strict=True):
        largest = max(row)
        total += largest + math.log(sum(math.exp(score - largest) for score in row)) - row[label]
    return float(total / len(scores))


def sigmoid_loss(outputs: np.ndarray, labels: np.ndarray) -> float:
    """What Keras makes of sigmoid outputs (N, K): each divided by the sum of its row, then -ln, then the mean."""
    total = 0.0
    for row, label in zip(np.asarray(outputs, np.float64), labels, strict=True):
        total -= math.log(row[label] / sum(row))
    return total / len(outputs)


def train_step(weights: np.ndarray, images: np.ndarray, labels: np.ndarray, rate: float) -> np.ndarray:
    """A step of gradient descent with softmax and cross-entropy: weights (D, K), images (N, D), labels (N,)."""
    return np.asarray(weights, np.float64) - rate * loss_gradient(weights, images, labels)


def loss_gradient(weights: np.ndarray, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The slope of cross_entropy(images @ weights, labels) in each weight, (D, K)."""
    gradient = np.zeros(weights.shape)
    shares = softmax(images.astype(np.float64) @ weights)
    for image, share, label in zip(images, shares, labels, strict=True):
        for pixel in range(weights.shape[0]):
            for kind in range(weights.shape[1]):
                gradient[pixel, kind] += image[pixel] * (share[kind] - (kind == label)) / len(images)
    return gradient


def momentum_step(
    weights: np.ndarray, gradient: np.ndarray, velocity: np.ndarray, rate: float, momentum: float
) -> list[np.ndarray]:
    """[new weights, new velocity]."""
    velocity = momentum * np.asarray(velocity, np.float64) - rate * np.asarray(gradient, np.float64)
    return [weights + velocity, velocity]


def nesterov_step(
    weights: np.ndarray, gradient: np.ndarray, velocity: np.ndarray, rate: float, momentum: float
) -> list[np.ndarray]:
    """[new weights, new velocity]: the weights go on as if the new velocity had been slowed down once more."""
    _, velocity = momentum_step(weights, gradient, velocity, rate, momentum)
    return [weights + momentum * velocity - rate * np.asarray(gradient, np.float64), velocity]


def adam_step(
    weights: np.ndarray, gradient: np.ndarray, m: np.ndarray, v: np.ndarray, step: int, rate: float
) -> list[np.ndarray]:
    """[new weights, new m, new v]; step: 1 for the first."""
    slope = np.asarray(gradient, np.float64)
    m = BETA_1 * m + (1 - BETA_1) * slope
    v = BETA_2 * v + (1 - BETA_2) * slope * slope
    mean, square = m / (1 - BETA_1**step), v / (1 - BETA_2**step)
    return [weights - rate * mean / (np.sqrt(square) + EPSILON), m, v]


def epoch_accuracies(counts: Sequence[Sequence[Sequence[int]]]) -> list[float]:
    """counts: for each epoch (right, seen) of every batch -> the accuracy of each epoch by itself."""
    return [sum(right for right, _ in epoch) / sum(seen for _, seen in epoch) for epoch in counts]


def unmixed(first: int, printed_first: float, last: int, printed_last: float) -> float:
    """The mean of the epochs behind `first` up to `last`, from means over all epochs until then."""
    return (last * printed_last - first * printed_first) / (last - first)
