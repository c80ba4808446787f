"""Answer book, notebook 1: imports keras only, so that it builds on any of its backends."""

import keras
from keras import layers

# Glorot's start weights times four (their variance times sixteen). A sigmoid is at most 1/4 steep,
# so with plain Glorot weights the signal all but dies on its way through five of them, and training
# sits at 10 % for one to three epochs before it starts.
START_SCALE = 16.0


def build_lenet(start_scale: float = START_SCALE) -> keras.Model:
    """A new, untrained LeNet with random start weights: (N, 28, 28, 1) -> (N, 10).

    Sigmoid everywhere, the last layer included; 44,426 parameters. A `start_scale` of 1 gives
    Keras' own start weights.
    """
    start = keras.initializers.VarianceScaling(start_scale, mode="fan_avg", distribution="uniform")
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, activation="sigmoid", kernel_initializer=start),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 5, activation="sigmoid", kernel_initializer=start),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="sigmoid", kernel_initializer=start),
            layers.Dense(84, activation="sigmoid", kernel_initializer=start),
            layers.Dense(10, activation="sigmoid", kernel_initializer=start),
        ]
    )
