"""Answer book: the LeNet-5 of 1998 as a Keras model. Imports keras and the NumPy reference of its parts.

60,000 trainable parameters, as in the paper; the drawn prototypes of the last layer are not trained.
"""

from __future__ import annotations

import keras
import numpy as np
from keras import layers, ops

from lenet_solution.lenet5 import AMPLITUDE, C3_MAPS, SLOPE, connected


def squash(x: keras.KerasTensor) -> keras.KerasTensor:
    """`lenet5.scaled_tanh` of a tensor."""
    return AMPLITUDE * ops.tanh(SLOPE * x)


class Subsampling(layers.Layer):  # type: ignore[misc] # keras has no types
    """S2 and S4: (N, H, W, M) -> (N, H/2, W/2, M), a coefficient and a bias for each map."""

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Coefficients of 1/4, so that blocks begin as averages."""
        start = keras.initializers.Constant(0.25)
        self.coefficients = self.add_weight(shape=shape[-1:], initializer=start, name="coefficients")
        self.biases = self.add_weight(shape=shape[-1:], initializer="zeros", name="biases")

    def call(self, maps: keras.KerasTensor) -> keras.KerasTensor:
        """The sum of a block is four times its average."""
        total = 4 * ops.average_pool(maps, 2, strides=2)
        return squash(total * self.coefficients + self.biases)


class TableConvolution(layers.Layer):  # type: ignore[misc] # keras has no types
    """C3: a 5×5 convolution whose maps read only those that the table names, squashed.

    (N, H, W, M) -> (N, H - 4, W - 4, K). The weights of map k are one array (5, 5, maps read), so that no
    weight is there for a pair that is not joined.
    """

    def __init__(self, table: list[list[int]], **options: str) -> None:
        super().__init__(**options)
        self.table = table

    def build(self, shape: tuple[int | None, ...]) -> None:
        """A window for each map that is read, and a bias, for each map that comes out."""
        self.windows = [
            self.add_weight(shape=(5, 5, len(line), 1), initializer="glorot_uniform", name=f"window_{k}")
            for k, line in enumerate(self.table)
        ]
        self.biases = self.add_weight(shape=(len(self.table),), initializer="zeros", name="biases")

    def call(self, maps: keras.KerasTensor) -> keras.KerasTensor:
        """One small convolution for each map that comes out."""
        found = [
            ops.conv(ops.take(maps, np.array(line), axis=-1), window)
            for line, window in zip(self.table, self.windows, strict=True)
        ]
        return squash(ops.concatenate(found, axis=-1) + self.biases)


class Distances(layers.Layer):  # type: ignore[misc] # keras has no types
    """The output: (N, U) -> (N, K), squared distances from fixed prototypes (K, U)."""

    def __init__(self, prototypes: np.ndarray, **options: str) -> None:
        super().__init__(**options)
        self.prototypes = prototypes.astype("float32")

    def call(self, f6: keras.KerasTensor) -> keras.KerasTensor:
        """As `lenet5.rbf_output`, for every image at once."""
        # A tensor, because torch makes an array of f6 otherwise, which it refuses to do while it trains.
        prototypes = ops.convert_to_tensor(self.prototypes)
        return ops.sum((ops.expand_dims(f6, 1) - prototypes) ** 2, axis=-1)


def build_lenet5(prototypes: np.ndarray) -> keras.Model:
    """A new LeNet-5, not trained yet: (N, 32, 32, 1) -> (N, 10) distances; prototypes: (10, 84) of -1 and 1."""
    return keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            layers.Conv2D(6, 5, activation=squash, name="C1"),
            Subsampling(name="S2"),
            TableConvolution([connected(c3_map) for c3_map in range(C3_MAPS)], name="C3"),
            Subsampling(name="S4"),
            layers.Conv2D(120, 5, activation=squash, name="C5"),
            layers.Flatten(),
            layers.Dense(84, activation=squash, name="F6"),
            Distances(prototypes, name="output"),
        ]
    )


def drawn_codes(seed: int = 1998) -> np.ndarray:
    """(10, 84) of -1 and 1, drawn at random: clothes have no drawings as digits have, and the paper says in section
    II.B that such codes would do as well."""
    return np.random.default_rng(seed).choice([-1.0, 1.0], (10, 84))


def as_inputs(images: np.ndarray) -> np.ndarray:
    """uint8 (N, 28, 28) -> float32 (N, 32, 32, 1): padded, from -0.1 (nothing) to 1.175 (255), as in section II.B."""
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))
    return (padded[..., np.newaxis] / np.float32(255) * np.float32(1.275) - np.float32(0.1)).astype("float32")


def penalty(labels: keras.KerasTensor, distances: keras.KerasTensor) -> keras.KerasTensor:
    """How far the right one is, and how near the others are: the softmax of distances, their sign turned, as in
    the paper's equation 9 without its constant."""
    return keras.losses.sparse_categorical_crossentropy(labels, -distances, from_logits=True)


def nearest_is_right(labels: keras.KerasTensor, distances: keras.KerasTensor) -> keras.KerasTensor:
    """1 where the nearest is the right one, for a share of them."""
    return keras.metrics.sparse_categorical_accuracy(labels, -distances)


def train_lenet5(images: np.ndarray, labels: np.ndarray, epochs: int = 10, **more: int) -> keras.Model:
    """A LeNet-5 trained on uint8 (N, 28, 28). Adam, in the place of the paper's own second-order steps.

    more: what else `fit` is told, such as verbose. `evaluate` gives the penalty and the share recognised.
    """
    model = build_lenet5(drawn_codes())
    model.compile(keras.optimizers.Adam(0.001), loss=penalty, metrics=[nearest_is_right])
    model.fit(as_inputs(images), labels, batch_size=128, epochs=epochs, **more)
    return model
