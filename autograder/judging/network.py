"""TRUSTED: runs in the judge and may import the standard library and NumPy only.

A claimed list of layers and weights becomes a `Network` whose shapes, parameter counts and
predictions are worked out here again. Nothing in the claim is believed: every value is checked for
type and range before it is used, and whatever cannot be a network of the allowed kinds raises
`NetworkError`, the only error of this module.

How `Network.predict` is made fast, without knowing which network comes:

* Activations keep the image axis LAST: (height, width, channels, images). Every element-wise step
  then runs over long contiguous rows, and a convolution is one small matrix product per output
  position, which BLAS does well: (filters, window) @ (window, images).
* Images go through all the layers in chunks small enough to stay in a core's cache.
* Max pooling is done before the bias and the activation in front of it (see `_in_fast_order`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, NoReturn, TypeGuard

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# What the reader accepts. LeNet's largest variant in the course (wide, all 'same') has 5 layers,
# 1.7 million parameters, 73,000 working numbers and 25 million operations an image.
MAX_LAYERS = 64
MAX_NAME_LENGTH = 100  # characters
MAX_SIZE = 256  # pixels: image height and width, kernel, pool and stride
MAX_CHANNELS = 8_192  # filters of a convolution, units of a dense layer, channels of the input
MAX_PARAMETERS = 5_000_000  # in the whole network; 20 MB as float32
MAX_WORKING_NUMBERS = 2**20  # float32 values that one layer holds at once for one image
MAX_OPERATIONS = 60_000_000  # for one image, all layers: see _OPERATIONS_PER_NUMBER
MAX_OUTPUTS = 2**22  # float32 values that one call of predict gives back, over all images
MAX_SCALE = 1e6  # size of a Rescaling layer's scale and offset

# MAX_OPERATIONS bounds the time, so moving, adding a bias to and activating a number count as well
# as the multiplications and additions of the layers.
_OPERATIONS_PER_NUMBER = 10

# Images per chunk. 64 fill the vector registers and keep LeNet (1 MB a layer) inside an L2 cache;
# larger networks take fewer, down to 16, where matrix products become slow.
_MOST_IMAGES = 64
_FEWEST_IMAGES = 16
_CHUNK_NUMBERS = 2**20  # float32 values; 4 MiB

# The most memory `read_network` takes: the float32 weights and the copy being rearranged, and a
# margin for the small objects. The most `predict` takes beside the images: a chunk at work, its
# result, and one byte for each value of the result when it is checked.
MAX_READ_BYTES = 2 * 4 * MAX_PARAMETERS + 2**20
MAX_PREDICT_BYTES = 4 * _FEWEST_IMAGES * MAX_WORKING_NUMBERS + 5 * MAX_OUTPUTS + 2**20

Shape = tuple[int, ...]


class NetworkError(ValueError):
    """A claimed network that cannot be read or run.

    Attributes:
        layer_index: position in the claimed list, from 0; None where no single layer is to blame.
        sentence: what is wrong and what to do, for the student; also `str(error)`. It quotes at
            most 60 characters of the claim, with control characters escaped.
    """

    def __init__(self, layer_index: int | None, sentence: str) -> None:
        super().__init__(sentence)
        self.layer_index = layer_index
        self.sentence = sentence


@dataclass(frozen=True)
class Layer:
    """One layer as recomputed here.

    Attributes:
        index: position in the claimed list, from 0 (an InputLayer counts there, but is left out).
        kind: the Keras class name, such as "Conv2D".
        name: the student's name for it; at most MAX_NAME_LENGTH characters of untrusted text.
        activation: one of ACTIVATIONS; "linear" where the layer has none.
        output_shape: without the image axis, such as (24, 24, 6) or (10,).
        params: number of trained values.
    """

    index: int
    kind: str
    name: str
    activation: str
    output_shape: Shape
    params: int


@dataclass(frozen=True)
class Network:
    """A network that passed every check of `read_network`, ready to predict."""

    input_shape: Shape
    layers: tuple[Layer, ...]
    _steps: tuple[_Step, ...] = field(repr=False, compare=False)
    _images_per_chunk: int = field(repr=False, compare=False)

    @property
    def output_shapes(self) -> list[Shape]:
        """Each layer's output shape without the image axis, InputLayer left out."""
        return [layer.output_shape for layer in self.layers]

    @property
    def total_params(self) -> int:
        """The number of trained values; 44,426 for the LeNet of the course."""
        return sum(layer.params for layer in self.layers)

    def predict(self, images: np.ndarray) -> np.ndarray:
        """The network's outputs, as Keras' `model.predict` gives them.

        Args:
            images: (N, *input_shape), whole or floating-point numbers; computed as float32.

        Returns:
            (N, *output shape of the last layer) float32, such as (N, 10).

        Raises:
            NetworkError: for images of another shape, for outputs that are not finite, and for
                more than MAX_OUTPUTS of them.
        """
        images = np.asarray(images)
        fits = images.ndim > 0 and images.shape[1:] == self.input_shape
        if not fits or images.dtype.kind not in "uif":
            raise NetworkError(
                None,
                f"The network takes images of shape (N, {_numbers(self.input_shape)}), "
                f"not {images.dtype} values of shape {images.shape}.",
            )
        last = self.layers[-1]
        if len(images) * math.prod(last.output_shape) > MAX_OUTPUTS:
            raise NetworkError(
                last.index,
                f"The network gives {math.prod(last.output_shape):,} outputs for one image, too "
                f"many for {len(images):,} images; end it with one unit for each class.",
            )
        outputs = np.empty((len(images), *last.output_shape), np.float32)
        for start in range(0, len(images), self._images_per_chunk):
            chunk = slice(start, start + self._images_per_chunk)
            # A copy of our own, which the steps may overwrite. (n, H, W, C) -> (H, W, C, n)
            values = np.moveaxis(images[chunk], 0, -1).astype(np.float32, order="C")
            # Infinities on the way are as in Keras (a sigmoid may mend them); the end is checked.
            with np.errstate(all="ignore"):
                for step in self._steps:
                    values = step(values)
            outputs[chunk] = np.moveaxis(values, -1, 0)
        if not np.isfinite(outputs).all():
            raise NetworkError(
                None,
                "The network's outputs are not all finite numbers, so its weights are far too "
                "large; train it again, with a smaller learning rate.",
            )
        return outputs

    def accuracy(self, images: np.ndarray, labels: np.ndarray) -> float:
        """The share of images whose largest output is at the label's place, from 0 to 1.

        Args:
            images: (N, *input_shape), as for `predict`; N at least 1.
            labels: (N,) whole numbers, the places from 0.

        Raises:
            NetworkError: as `predict`, and for a network that does not end in one row of outputs.
        """
        last = self.layers[-1]
        if len(last.output_shape) != 1:
            raise NetworkError(
                last.index,
                f"The network ends in outputs of shape ({_numbers(last.output_shape)}), not in one "
                "row of class scores; add Flatten and a Dense layer with one unit for each class.",
            )
        outputs, labels = self.predict(images), np.asarray(labels)
        if labels.shape != outputs.shape[:1] or not labels.size or labels.dtype.kind not in "ui":
            raise NetworkError(
                None,
                f"{len(outputs)} images need as many whole-number labels, at least one, not "
                f"{labels.dtype} values of shape {labels.shape}.",
            )
        # Of equal scores argmax takes the first, as Keras does.
        return int(np.count_nonzero(outputs.argmax(axis=1) == labels)) / labels.size


def read_network(layers: Sequence[dict[str, Any]], input_shape: Shape = (28, 28, 1)) -> Network:
    """Check a claimed list of layers and make a `Network` of it.

    Args:
        layers: in order, each {"kind": Keras class name, "name": text, "config": {...} as Keras'
            `get_config()` has it, "weights": [kernel, bias] as NumPy arrays}. Config entries that
            this module does not use are ignored.
        input_shape: (height, width, channels) or (values,) of one image.

    Raises:
        NetworkError: for anything else, for kinds and activations that are not on the list, for
            weights that do not fit the configuration, and for networks over the limits above.
    """
    input_shape = shape = _read_input_shape(input_shape)
    if type(layers) not in (list, tuple) or not layers:
        raise NetworkError(None, "The network has no layers; return a Keras model that has some.")
    if len(layers) > MAX_LAYERS:
        raise NetworkError(
            None,
            f"The network has {len(layers)} layers and at most {MAX_LAYERS} are accepted; "
            "build the one that the exercise asks for.",
        )
    read: list[Layer] = []
    steps: list[_Step] = []
    operations = params = 0
    working_numbers = math.prod(shape)
    for index, claimed in enumerate(layers):
        claim = _read_claim(index, claimed)
        if claim.kind == "InputLayer":
            claim.read_weights()
            continue
        plan = _PLANNERS[claim.kind](claim, shape)
        numbers = max(plan.working_numbers, math.prod(plan.output_shape))
        operations += plan.operations + _OPERATIONS_PER_NUMBER * numbers
        layer_params = sum(math.prod(weight) for weight in plan.weight_shapes)
        params += layer_params
        working_numbers = max(working_numbers, numbers)
        # All limits come before the first array of that size is made.
        for amount, limit, unit in (
            (params, MAX_PARAMETERS, "parameters"),
            (operations, MAX_OPERATIONS, "operations for one image"),
            (numbers, MAX_WORKING_NUMBERS, "numbers in memory for one image"),
        ):
            if amount > limit:
                claim.fail(
                    f"the network would need {amount:,} {unit} and at most {limit:,} are accepted; "
                    "make the layers smaller."
                )
        weights = claim.read_weights(*plan.weight_shapes)
        steps += plan.make_steps(*weights)
        if activation := ACTIVATIONS[plan.activation]:
            steps.append(activation)
        shape = plan.output_shape
        read.append(Layer(index, claim.kind, claim.name, plan.activation, shape, layer_params))
    if not read:
        raise NetworkError(None, "The network has only an input; add the layers that are asked for.")
    return Network(
        input_shape=input_shape,
        layers=tuple(read),
        _steps=_in_fast_order(steps),
        _images_per_chunk=max(_FEWEST_IMAGES, min(_MOST_IMAGES, _CHUNK_NUMBERS // working_numbers)),
    )


# ---- Reading a claim: hostile values in, plain checked values out ----


@dataclass(frozen=True)
class _Claim:
    """One claimed layer, of an allowed kind; its config and weights are still unchecked."""

    index: int
    kind: str
    name: str
    config: dict[str, Any]
    weights: Sequence[Any]

    def fail(self, sentence: str) -> NoReturn:
        raise NetworkError(self.index, f"Layer {self.index + 1} ({self.kind}): {sentence}")

    def value(self, key: str) -> object:
        if key not in self.config:
            self.fail(f"its configuration has no {key}; use Keras' own layer.")
        return self.config[key]

    def number(self, key: str, most: int) -> int:
        value = self.value(key)
        if not _is_whole(value, most):
            self.fail(f"{key} must be a whole number from 1 to {most:,}, not {_quote(value)}.")
        return value

    def pair(self, key: str) -> tuple[int, int]:
        value: Any = self.value(key)
        if (
            type(value) not in (list, tuple)
            or len(value) != 2
            or not all(_is_whole(side, MAX_SIZE) for side in value)
        ):
            self.fail(f"{key} must be two whole numbers from 1 to {MAX_SIZE}, not {_quote(value)}.")
        first, second = value
        return first, second

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        value = self.value(key)
        if type(value) is not str or value not in allowed:
            self.fail(f"{key} must be one of {', '.join(allowed)}, not {_quote(value)}.")
        return value

    def flag(self, key: str) -> bool:
        value = self.value(key)
        if type(value) is not bool:
            self.fail(f"{key} must be True or False, not {_quote(value)}.")
        return value

    def factor(self, key: str) -> np.float32:
        value: Any = self.value(key)
        # The comparison is also False for NaN, and exact for whole numbers too large for a float.
        if type(value) not in (int, float) or not abs(value) <= MAX_SCALE:
            self.fail(f"{key} must be a number up to {MAX_SCALE:,.0f} in size, not {_quote(value)}.")
        return np.float32(value)

    def read_weights(self, *shapes: Shape) -> list[np.ndarray]:
        """The weights as finite float32 arrays of exactly these shapes."""
        if len(self.weights) != len(shapes):
            self.fail(
                f"it must have {len(shapes)} weight arrays, not {len(self.weights)}; use Keras' own layer."
            )
        arrays = []
        for weight, shape, name in zip(self.weights, shapes, ("kernel", "bias"), strict=False):
            if type(weight) is not np.ndarray or weight.dtype not in _WEIGHT_DTYPES:
                given = weight.dtype.name if type(weight) is np.ndarray else _quote(weight)
                self.fail(
                    f"its {name} must be an array of {' or '.join(map(str, _WEIGHT_DTYPES))}, "
                    f"not {given}; build the model with Keras' usual dtype."
                )
            if weight.shape != shape:
                self.fail(
                    f"its {name} must have shape ({_numbers(shape)}), not "
                    f"({_numbers(weight.shape)}); build the model again and save its weights again."
                )
            with np.errstate(over="ignore"):
                array = weight.astype(np.float32)
            if not np.isfinite(array).all():
                self.fail(
                    f"its {name} has values that are not finite float32 numbers, so training went "
                    "astray; train it again, with a smaller learning rate."
                )
            arrays.append(array)
        return arrays


_WEIGHT_DTYPES = tuple(np.dtype(name) for name in ("float16", "float32", "float64"))


def _read_input_shape(shape: Any) -> Shape:
    if (
        type(shape) not in (list, tuple)
        or len(shape) not in (1, 3)
        or not all(_is_whole(side, MAX_SIZE) for side in shape[:-1])
        or not _is_whole(shape[-1], MAX_CHANNELS)
        or math.prod(shape) > MAX_WORKING_NUMBERS
    ):
        raise NetworkError(
            None,
            f"The input must be (height, width, channels), such as (28, 28, 1), or (values,), with "
            f"at most {MAX_SIZE} pixels a side and {MAX_CHANNELS:,} channels.",
        )
    return tuple(shape)


def _read_claim(index: int, claimed: object) -> _Claim:
    where = f"Layer {index + 1}"
    if type(claimed) is not dict:
        raise NetworkError(index, f"{where} is not described by a table; use Keras' own layers.")
    kind, name = claimed.get("kind"), claimed.get("name")
    if type(kind) is not str or kind not in _KINDS:
        raise NetworkError(
            index,
            f"{where} is of kind {_quote(kind)}, which cannot be judged; use only {', '.join(_KINDS)}.",
        )
    if type(name) is not str or len(name) > MAX_NAME_LENGTH:
        raise NetworkError(
            index,
            f"{where} ({kind}) must have a name of at most {MAX_NAME_LENGTH} characters, not {_quote(name)}.",
        )
    config: Any = claimed.get("config")
    weights: Any = claimed.get("weights")
    if type(config) is not dict or type(weights) not in (list, tuple):
        raise NetworkError(
            index,
            f"{where} ({kind}) has no table of settings or no list of weights; use Keras' own layers.",
        )
    return _Claim(index, kind, name, config, weights)


def _is_whole(value: object, most: int) -> TypeGuard[int]:
    """From 1 to `most`; True is not 1 here, and 2.0 is not 2."""
    return type(value) is int and 1 <= value <= most


def _quote(value: Any) -> str:
    """A hostile value for an error sentence, cut short, with control characters escaped."""
    if type(value) is str:
        return repr(value[:40])
    if value is None or type(value) in (bool, float):
        return repr(value)
    if type(value) is int:
        # Python refuses to write out whole numbers of more than some thousand digits.
        return str(value) if value.bit_length() <= 64 else "a number of more than 64 bits"
    flat = type(value) in (list, tuple) and not any(type(v) in (list, tuple) for v in value[:4])
    if flat and 1 <= len(value) <= 4:
        return f"[{', '.join(map(_quote, value))}]"[:60]
    return f"a {type(value).__name__[:40]}"


def _numbers(shape: Shape) -> str:
    return ", ".join([*map(str, shape[:8]), *["…"][: len(shape) > 8]])


# ---- Planning: from checked settings to shapes, costs and the steps of the forward pass ----
#
# A step takes float32 values with the image axis last, (H, W, C, n) or (values, n). It may
# overwrite them: each array has one reader.

_Step = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class _Plan:
    """What one layer will do and cost, known before anything of its size is allocated."""

    output_shape: Shape
    activation: str = "linear"
    weight_shapes: tuple[Shape, ...] = ()
    make_steps: Callable[..., list[_Step]] = list  # from the weights
    working_numbers: int = 0  # float32 values in memory at once, for one image
    operations: int = 0  # multiplications, additions and comparisons for one image


@dataclass(frozen=True)
class _Span:
    """One axis of a sliding window: sizes in pixels."""

    size: int
    window: int
    stride: int
    output: int
    before: int  # padding
    after: int

    @property
    def padded(self) -> int:
        return self.before + self.size + self.after


def _spans(claim: _Claim, shape: Shape, window: Shape) -> tuple[_Span, _Span]:
    """Height and width of a sliding window's way over an image."""
    if len(shape) != 3:
        claim.fail(
            f"it needs (height, width, channels), and the layer before it gives "
            f"({_numbers(shape)}); put it before Flatten."
        )
    claim.choice("data_format", ("channels_last",))
    same = claim.choice("padding", ("valid", "same")) == "same"
    spans = []
    for size, length, stride in zip(shape, window, claim.pair("strides"), strict=False):
        if same:
            # TensorFlow's rule: as many outputs as strides begin inside the image, and of the
            # padding that this needs, the odd pixel goes after the image.
            output = -(-size // stride)
            padding = max((output - 1) * stride + length - size, 0)
        else:
            if length > size:
                claim.fail(
                    f"a window of {length} pixels does not fit into {size}; check the layers before it."
                )
            output = (size - length) // stride + 1
            padding = 0
        spans.append(_Span(size, length, stride, output, padding // 2, padding - padding // 2))
    return spans[0], spans[1]


def _plan_conv2d(claim: _Claim, shape: Shape) -> _Plan:
    filters = claim.number("filters", MAX_CHANNELS)
    window = claim.pair("kernel_size")
    if claim.pair("dilation_rate") != (1, 1):
        claim.fail("dilation_rate must be 1; leave it out.")
    if claim.number("groups", MAX_CHANNELS) != 1:
        claim.fail("groups must be 1; leave it out.")
    use_bias = claim.flag("use_bias")
    activation = claim.choice("activation", tuple(ACTIVATIONS))
    rows, columns = _spans(claim, shape, window)
    channels = shape[2]
    window_numbers = rows.window * columns.window * channels
    outputs = rows.output * columns.output * filters

    def make_steps(kernel: np.ndarray, bias: np.ndarray | None = None) -> list[_Step]:
        # Keras' (height, width, channels, filters) -> one row for each filter, in strip order.
        matrix = np.ascontiguousarray(kernel.transpose(3, 1, 0, 2)).reshape(filters, -1)
        return [_Convolve(rows, columns, matrix), *_add_bias(bias)]

    return _Plan(
        output_shape=(rows.output, columns.output, filters),
        activation=activation,
        weight_shapes=((*window, channels, filters), (filters,))[: 1 + use_bias],
        make_steps=make_steps,
        working_numbers=math.prod(shape)
        + channels * columns.padded * (rows.padded + rows.output * rows.window)
        + outputs,
        operations=2 * window_numbers * outputs,
    )


def _plan_pooling(claim: _Claim, shape: Shape) -> _Plan:
    rows, columns = _spans(claim, shape, claim.pair("pool_size"))
    channels = shape[2]
    pool = _MaxPool if claim.kind == "MaxPooling2D" else _AveragePool
    return _Plan(
        output_shape=(rows.output, columns.output, channels),
        make_steps=lambda: [pool(rows, columns)],
        working_numbers=math.prod(shape) + channels * columns.padded * (rows.padded + 3 * rows.output),
        operations=channels * rows.output * (rows.window * columns.padded + columns.window * columns.output),
    )


def _plan_dense(claim: _Claim, shape: Shape) -> _Plan:
    """On (H, W, C), as in Keras, a dense layer works on every pixel's channels."""
    units = claim.number("units", MAX_CHANNELS)
    use_bias = claim.flag("use_bias")
    activation = claim.choice("activation", tuple(ACTIVATIONS))
    output_shape = (*shape[:-1], units)

    def make_steps(kernel: np.ndarray, bias: np.ndarray | None = None) -> list[_Step]:
        matrix = np.ascontiguousarray(kernel.T)
        return [lambda values: np.matmul(matrix, values), *_add_bias(bias)]

    return _Plan(
        output_shape=output_shape,
        activation=activation,
        weight_shapes=((shape[-1], units), (units,))[: 1 + use_bias],
        make_steps=make_steps,
        working_numbers=math.prod(shape) + math.prod(output_shape),
        operations=2 * math.prod(shape) * units,
    )


def _plan_flatten(claim: _Claim, shape: Shape) -> _Plan:
    claim.choice("data_format", ("channels_last",))
    numbers = math.prod(shape)
    return _Plan(
        output_shape=(numbers,),
        make_steps=lambda: [lambda values: values.reshape(numbers, -1)],
    )


def _plan_activation(claim: _Claim, shape: Shape) -> _Plan:
    return _Plan(shape, activation=claim.choice("activation", tuple(ACTIVATIONS)))


def _plan_dropout(_claim: _Claim, shape: Shape) -> _Plan:
    """Dropout does nothing outside training."""
    return _Plan(shape)


def _plan_rescaling(claim: _Claim, shape: Shape) -> _Plan:
    scale, offset = claim.factor("scale"), claim.factor("offset")

    def rescale(values: np.ndarray) -> np.ndarray:
        values *= scale
        values += offset
        return values

    return _Plan(shape, make_steps=lambda: [rescale])


_PLANNERS: dict[str, Callable[[_Claim, Shape], _Plan]] = {
    "Conv2D": _plan_conv2d,
    "MaxPooling2D": _plan_pooling,
    "AveragePooling2D": _plan_pooling,
    "Flatten": _plan_flatten,
    "Dense": _plan_dense,
    "Activation": _plan_activation,
    "Dropout": _plan_dropout,
    "Rescaling": _plan_rescaling,
}
_KINDS = (*_PLANNERS, "InputLayer")


# ---- The forward pass ----


@dataclass(frozen=True)
class _Convolve:
    """(H, W, channels, n) -> (rows, columns, filters, n), without the bias."""

    rows: _Span
    columns: _Span
    matrix: np.ndarray  # (filters, window width * window height * channels)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        values = _pad(values, self.rows, self.columns, 0.0)
        _, width, channels, images = values.shape
        # For each row of outputs, the strip of image rows under it, column by column:
        # (rows, width, window height, channels, n). In a strip each window is one contiguous
        # piece, so only the strips are copied, not every window.
        strips = sliding_window_view(values, self.rows.window, axis=0)[:: self.rows.stride]
        strips = np.ascontiguousarray(np.moveaxis(strips, -1, 2))
        column = self.rows.window * channels
        strips = strips.reshape(self.rows.output, width * column, images)
        windows = sliding_window_view(strips, self.columns.window * column, axis=1)
        windows = windows[:, :: self.columns.stride * column].swapaxes(-1, -2)
        sums: np.ndarray = np.matmul(self.matrix, windows)
        return sums


@dataclass(frozen=True)
class _MaxPool:
    """(H, W, C, n) -> (rows, columns, C, n). Padding is never the largest."""

    rows: _Span
    columns: _Span

    def __call__(self, values: np.ndarray) -> np.ndarray:
        values = _pad(values, self.rows, self.columns, -np.inf)
        return _pool(np.maximum, values, self.rows, self.columns)


@dataclass(frozen=True)
class _AveragePool:
    """(H, W, C, n) -> (rows, columns, C, n). As in TensorFlow, padding does not count."""

    rows: _Span
    columns: _Span

    def __call__(self, values: np.ndarray) -> np.ndarray:
        ones = np.ones((self.rows.size, self.columns.size, 1, 1), np.float32)
        total, count = (
            _pool(np.add, _pad(pixels, self.rows, self.columns, 0.0), self.rows, self.columns)
            for pixels in (values, ones)
        )
        np.divide(total, count, out=total)
        return total


def _pool(combine: np.ufunc, values: np.ndarray, rows: _Span, columns: _Span) -> np.ndarray:
    """Combine the pixels of each window: first down its rows, then along its columns."""
    end = rows.stride * rows.output
    values = reduce(combine, (values[i : i + end : rows.stride] for i in range(rows.window)))
    end = columns.stride * columns.output
    return reduce(combine, (values[:, j : j + end : columns.stride] for j in range(columns.window)))


def _pad(values: np.ndarray, rows: _Span, columns: _Span, fill: float) -> np.ndarray:
    if (rows.padded, columns.padded) == values.shape[:2]:
        return values
    padded = np.full((rows.padded, columns.padded, *values.shape[2:]), fill, np.float32)
    padded[rows.before :, columns.before :][: rows.size, : columns.size] = values
    return padded


@dataclass(frozen=True)
class _AddBias:
    bias: np.ndarray  # (channels, 1)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        np.add(values, self.bias, out=values)
        return values


def _add_bias(bias: np.ndarray | None) -> list[_Step]:
    return [] if bias is None else [_AddBias(bias[:, np.newaxis])]


def _sigmoid(values: np.ndarray) -> np.ndarray:
    # 1 / (1 + exp(-x)); an overflow of exp gives the right limit, 0.
    np.negative(values, out=values)
    np.exp(values, out=values)
    values += 1
    np.divide(np.float32(1), values, out=values)
    return values


def _relu(values: np.ndarray) -> np.ndarray:
    np.maximum(values, 0, out=values)
    return values


def _tanh(values: np.ndarray) -> np.ndarray:
    np.tanh(values, out=values)
    return values


def _softmax(values: np.ndarray) -> np.ndarray:
    # Over the channels or units: the last axis in Keras, the one before the images here.
    values -= values.max(axis=-2, keepdims=True)
    np.exp(values, out=values)
    values /= values.sum(axis=-2, keepdims=True)
    return values


ACTIVATIONS: dict[str, _Step | None] = {
    "sigmoid": _sigmoid,
    "relu": _relu,
    "tanh": _tanh,
    "softmax": _softmax,
    "linear": None,
}
_NEVER_DECREASING = (_sigmoid, _relu, _tanh)


def _in_fast_order(steps: list[_Step]) -> tuple[_Step, ...]:
    """Move max pooling before the bias and the activation that stand in front of it.

    Where f never decreases, the largest of f(a), f(b), ... is f of the largest of a, b, ..., so the
    result is the same, and f is worked out for one value of each window instead of all (for 2x2
    windows a quarter). Adding a channel's bias never decreases either, rounding included. Softmax
    mixes the channels, so it keeps its place.
    """
    ordered: list[_Step] = []
    for step in steps:
        place = len(ordered)
        if isinstance(step, _MaxPool):
            while place and (
                isinstance(ordered[place - 1], _AddBias) or ordered[place - 1] in _NEVER_DECREASING
            ):
                place -= 1
        ordered.insert(place, step)
    return tuple(ordered)
