"""Answer book: the LeNet-5 of 1998, slow and obvious. Imports NumPy only, so trusted checks may use it.

Source of the figures: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document
recognition", Proc. IEEE 86(11), 1998, section II.B and table I. Maps are (height, width, maps), float64
inside whatever comes in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

AMPLITUDE, SLOPE = 1.7159, 2 / 3  # f(1) = 1 and f(-1) = -1, to four digits
S2_MAPS, C3_MAPS = 6, 16
OPPOSITE = {12: (2, 5), 13: (0, 3), 14: (1, 4)}  # what these C3 maps leave out of the circle of six


def pad_to_32(images: np.ndarray) -> np.ndarray:
    """(N, 28, 28) -> (N, 32, 32), the same dtype: a border of two zeros on every side."""
    padded = np.zeros((len(images), 32, 32), images.dtype)
    for image, larger in zip(images, padded, strict=True):
        for row in range(28):
            for column in range(28):
                larger[row + 2, column + 2] = image[row, column]
    return padded


def layer_shapes(side: int) -> list[tuple[int, ...]]:
    """The output shapes of C1, S2, C3, S4, C5 and F6 for an input of side × side pixels."""
    c1 = side - 4
    s2 = c1 // 2
    c3 = s2 - 4
    s4 = c3 // 2
    c5 = s4 - 4
    return [(c1, c1, 6), (s2, s2, 6), (c3, c3, 16), (s4, s4, 16), (c5, c5, 120), (84,)]


def scaled_tanh(x: np.ndarray | float) -> np.ndarray:
    """The squashing function, of every number in x, any shape."""
    squashed: np.ndarray = AMPLITUDE * np.tanh(SLOPE * np.asarray(x, np.float64))
    return squashed


def subsample(maps: np.ndarray, coefficients: np.ndarray, biases: np.ndarray) -> np.ndarray:
    """S2 and S4: maps (H, W, M), a coefficient (M,) and a bias (M,) for each map -> (H/2, W/2, M)."""
    height, width, count = maps.shape
    smaller = np.zeros((height // 2, width // 2, count))
    for row in range(height // 2):
        for column in range(width // 2):
            for m in range(count):
                block = maps[2 * row : 2 * row + 2, 2 * column : 2 * column + 2, m].astype(np.float64)
                smaller[row, column, m] = block.sum() * coefficients[m] + biases[m]
    return scaled_tanh(smaller)


def connected(c3_map: int) -> list[int]:
    """Table I: which of the six S2 maps a C3 map (0 to 15) reads, in rising order."""
    if c3_map < 6:
        inputs = [(c3_map + step) % S2_MAPS for step in range(3)]
    elif c3_map < 12:
        inputs = [(c3_map + step) % S2_MAPS for step in range(4)]
    else:
        inputs = [s2_map for s2_map in range(S2_MAPS) if s2_map not in OPPOSITE.get(c3_map, ())]
    return sorted(inputs)


def partial_convolution(
    maps: np.ndarray, weights: np.ndarray, biases: np.ndarray, table: Sequence[Sequence[int]]
) -> np.ndarray:
    """C3 before squashing: maps (H, W, M) -> (H - w + 1, W - w + 1, K).

    weights (w, w, M, K), of which only those count that the table names; biases (K,); table: for each of
    the K maps that come out, the maps that it reads.
    """
    height, width, _ = maps.shape
    window = len(weights)
    out = np.zeros((height - window + 1, width - window + 1, len(table)))
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            for k, inputs in enumerate(table):
                out[row, column, k] = biases[k]
                for m in inputs:
                    part = maps[row : row + window, column : column + window, m].astype(np.float64)
                    out[row, column, k] += (part * weights[:, :, m, k]).sum()
    return out


def lenet5_params(maps: int, table: Sequence[Sequence[int]], c5: int, f6: int) -> list[int]:
    """The parameters of C1, S2, C3, S4, C5 and F6. maps: of C1 and S2; table: as above; windows of 5×5."""
    return [
        (5 * 5 * 1 + 1) * maps,
        2 * maps,
        sum(5 * 5 * len(inputs) + 1 for inputs in table),
        2 * len(table),
        (5 * 5 * len(table) + 1) * c5,
        (c5 + 1) * f6,
    ]


def rbf_output(f6: np.ndarray, prototypes: np.ndarray) -> np.ndarray:
    """The output units: f6 (U,), prototypes (K, U) -> (K,), the squared distance to each of them."""
    outputs = [
        sum((float(a) - float(b)) ** 2 for a, b in zip(f6, prototype, strict=True))
        for prototype in prototypes
    ]
    return np.array(outputs)


def nearest(outputs: np.ndarray) -> int:
    """(K,) -> the class whose output is smallest: the prototype that is nearest."""
    return min(range(len(outputs)), key=lambda k: float(outputs[k]))
