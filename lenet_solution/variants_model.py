"""Answer book: the wide, the narrow and the subclassed network as Keras models."""

from __future__ import annotations

import keras
from keras import layers


def variant(filters: tuple[int, int], units: int, padding: str = "valid") -> keras.Sequential:
    """Two convolutions, each with its pooling, and two dense layers; sigmoid everywhere."""
    stack: list[keras.Layer] = [keras.Input((28, 28, 1))]
    for count in filters:
        stack += [
            layers.Conv2D(count, 5, padding=padding, activation="sigmoid"),
            layers.MaxPooling2D(2, padding=padding),
        ]
    stack += [
        layers.Flatten(),
        layers.Dense(units, activation="sigmoid"),
        layers.Dense(10, activation="sigmoid"),
    ]
    return keras.Sequential(stack)


def build_wide() -> keras.Sequential:
    """582,026 parameters."""
    return variant((32, 64), 512)


def build_narrow() -> keras.Sequential:
    """36,758 parameters."""
    return variant((6, 16), 128)


def build_padded() -> keras.Sequential:
    """1,663,370 parameters: what the course's source calls the wide network in another form."""
    return variant((32, 64), 512, "same")


class Subclassed(keras.Model):
    """The source's subclassed form: `build_padded` as a class."""

    def __init__(self) -> None:
        super().__init__()
        self.layers_in_order = build_padded().layers

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        """(N, 28, 28, 1) -> (N, 10)."""
        for layer in self.layers_in_order:
            images = layer(images)
        return images
