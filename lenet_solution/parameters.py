"""Answer book, notebooks 1 and 2: imports nothing, so trusted checks may use it.

Shapes leave the batch axis out. A layer list is written as the notebooks write it:
``("conv", height, width, channels_in, filters)``, ``("pool", height, width)``, ``("flatten",)``,
``("dense", inputs, units)``.
"""

Layer = tuple[str, *tuple[int, ...]]

LENET: list[Layer] = [
    ("conv", 5, 5, 1, 6),
    ("pool", 2, 2),
    ("conv", 5, 5, 6, 16),
    ("pool", 2, 2),
    ("flatten",),
    ("dense", 256, 120),
    ("dense", 120, 84),
    ("dense", 84, 10),
]

FLOAT32_BYTES = 4


def output_size(size: int, window: int, stride: int = 1, padding: int = 0) -> int:
    """How many places a window can take along one axis of `size` pixels, padded on both ends."""
    return (size + 2 * padding - window) // stride + 1


def lenet_shapes() -> list[tuple[int, ...]]:
    """The output shape of each of LeNet's eight layers for one 28x28x1 picture."""
    return [(24, 24, 6), (12, 12, 6), (8, 8, 16), (4, 4, 16), (256,), (120,), (84,), (10,)]


def conv_params(height: int, width: int, channels_in: int, filters: int) -> int:
    """Every filter has one weight per window pixel and input channel, and one bias."""
    return (height * width * channels_in + 1) * filters


def pool_params(height: int, width: int) -> int:
    """Pooling learns nothing, whatever its window."""
    return 0


def dense_params(inputs: int, units: int) -> int:
    """Every unit has one weight per input, and one bias."""
    return (inputs + 1) * units


def count_params(layers: list[Layer]) -> int:
    """The parameters of a whole list of layers; ValueError names a kind that it does not know."""
    return sum(_layer_params(layer) for layer in layers)


def dense_share(layers: list[Layer]) -> float:
    """The share (0..1) of all parameters that sits in dense layers; 0 where there are none."""
    total = count_params(layers)
    dense = count_params([layer for layer in layers if layer[0] == "dense"])
    return dense / total if total else 0.0


def dense_bytes(height: int, width: int, channels: int, units: int) -> int:
    """Bytes of the float32 weight matrix, without biases, of a dense layer on a flat picture."""
    return height * width * channels * units * FLOAT32_BYTES


def _layer_params(layer: Layer) -> int:
    kind, *sizes = layer
    if kind == "conv":
        return conv_params(*sizes)
    if kind == "pool":
        return pool_params(*sizes)
    if kind == "flatten":
        return 0
    if kind == "dense":
        return dense_params(*sizes)
    raise ValueError(f"there is no layer kind {kind!r} here: use conv, pool, flatten or dense")
