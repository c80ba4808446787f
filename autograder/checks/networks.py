"""TRUSTED; standard library and NumPy only. How a network differs from LeNet, and the likely why."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Uncertain, Wrong
from autograder.network import Layer, Network, NetworkError
from autograder.verdicts import Row

# course.md's table of the main assignment: kind, shape after the layer, parameters, activation.
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
TOTAL = 44_426
# GPUs round the factors of a product to 11 bits unless told not to. With the grader's weights that
# moves LeNet's outputs by up to 0.001 (simulated for 40 draws); from image to image they differ by
# 0.06 (the median of the same draws).
SAME_OUTPUTS = 0.004
WRONG_TOTALS = {
    61_706: "61,706 is LeNet with its first convolution padded (or with 32×32 images): leave the "
    "padding 'valid', so that 28 becomes 24.",
    107_786: "107,786 is LeNet with padding 'same' everywhere: leave out padding in convolutions "
    "and poolings.",
    44_190: "44,190 is LeNet without its 236 biases: every filter and every unit has one.",
    34_622: "34,622 is LeNet without its 84-unit layer: 256 → 120 → 84 → 10.",
    36_758: "36,758 is the narrow variant, with one dense layer of 128 units: LeNet has two, of 120 "
    "and 84.",
    582_026: "582,026 is the wide variant, with 32 and 64 filters: LeNet has 6 and 16.",
}


def steps(network: Network | NetworkError | None) -> list[Layer]:
    """The layers as the table counts them: an Activation belongs to the trained layer before it."""
    if network is None:
        raise Wrong("There is no network to look at.")
    if isinstance(network, NetworkError):
        raise Wrong(network.sentence)
    merged: list[Layer] = []
    for layer in network.layers:
        before = merged[-1] if merged else None
        if layer.kind == "Activation" and before and before.params and before.activation == "linear":
            merged[-1] = Layer(
                before.index, before.kind, before.name, layer.activation, before.output_shape,
                before.params,
            )
        else:
            merged.append(layer)
    return merged


def shape_text(shape: tuple[int, ...]) -> str:
    """(24, 24, 6) -> "24 × 24 × 6"."""
    return " × ".join(str(n) for n in shape)


def comparison(network: Network) -> list[Row]:
    """The table that a student reads: a row for every layer, theirs beside LeNet's."""
    yours = [(layer.kind, layer.output_shape, layer.params) for layer in steps(network)]
    rows = []
    for index in range(max(len(yours), len(LENET))):
        mine = yours[index] if index < len(yours) else None
        asked = LENET[index][:3] if index < len(LENET) else None
        rows.append(
            Row(str(index + 1), _layer_text(mine), _layer_text(asked), mine == asked)
        )
    total = network.total_params
    rows.append(Row("in all", f"{total:,} parameters", f"{TOTAL:,} parameters", total == TOTAL))
    return rows


def _layer_text(layer: tuple | None) -> str:
    if layer is None:
        return "—"
    kind, shape, params = layer
    return f"{kind}, {shape_text(shape)}, {params:,}"


def first_difference(network: Network) -> str | None:
    """One sentence about the first layer that is not LeNet's, with the likely reason; else None."""
    layers = steps(network)
    channels = 1
    for number, (kind, shape, params, _) in enumerate(LENET, start=1):
        if number > len(layers):
            return f"Layer {number} is missing: after {len(layers)} layers comes {kind}, LeNet has 8."
        layer = layers[number - 1]
        if layer.kind != kind:
            return f"Layer {number} should be {kind}, yours is {layer.kind}. {_kind_hint(layer, kind)}"
        if layer.output_shape != shape:
            return (
                f"Layer {number} ({kind}) should give {shape_text(shape)}, yours gives "
                f"{shape_text(layer.output_shape)}. {_shape_hint(kind, layer.output_shape, shape)}"
            )
        if layer.params != params:
            return (
                f"Layer {number} ({kind}) should have {params:,} parameters, yours has "
                f"{layer.params:,}. {_params_hint(kind, layer.params, shape[-1], params, channels)}"
            )
        channels = shape[-1]
    if len(layers) > len(LENET):
        extra = layers[len(LENET)]
        return f"LeNet ends after 8 layers, yours goes on with {extra.kind}."
    return None


def _kind_hint(layer: Layer, kind: str) -> str:
    if layer.kind == "AveragePooling2D":
        return "The networks of this course keep the largest value of each window: MaxPooling2D."
    if kind == "Flatten":
        return "Flatten the 4 × 4 × 16 values before the first dense layer."
    if layer.kind in ("Dropout", "Rescaling", "Activation"):
        return f"Leave {layer.kind} out: the network asked for has no such layer here."
    return "Go through the table from the top: one line, one layer."


def _shape_hint(kind: str, yours: tuple[int, ...], asked: tuple[int, ...]) -> str:
    if kind == "Conv2D":
        if yours[:2] == asked[:2]:
            return f"The number of filters decides the last axis: {asked[-1]}."
        if yours[0] == asked[0] + 4:
            return "It was padded: with padding 'valid', a 5×5 window takes 4 from height and width."
        if yours[0] == asked[0] + 2:
            return "That is a 3×3 window; LeNet's is 5×5."
        return "Check kernel_size=5, strides=1 and padding='valid'."
    if kind == "MaxPooling2D":
        return "A 2×2 window that moves 2 pixels at a time halves height and width."
    if kind == "Dense":
        return f"The number of units is the shape: {asked[0]}."
    return "The layers before it decide: look at those first."


def _params_hint(kind: str, yours: int, outputs: int, asked: int, channels: int) -> str:
    if yours == asked - outputs:
        return f"The {outputs} biases are missing: leave use_bias alone."
    if kind == "Conv2D":
        return f"A filter holds 5·5·{channels} weights and a bias."
    return "Inputs times units, and a bias for each unit."


def require_lenet(network: Network | NetworkError | None, whose: str) -> Network:
    """The network when its layers, shapes, parameters and activations are LeNet's, else Wrong."""
    layers = steps(network)
    assert isinstance(network, Network)
    difference = first_difference(network)
    if difference:
        raise Wrong(f"{whose} is not the LeNet of this course. {difference}", comparison(network))
    others = [layer for layer, row in zip(layers, LENET, strict=True) if layer.activation != row[3]]
    if others:
        raise Wrong(
            f"{whose} is not the LeNet of this course: its layer {others[0].name} uses "
            f"{others[0].activation}, and LeNet uses sigmoid."
        )
    return network


def require_same_outputs(network: Network, images: object, outputs: object) -> None:
    """Uncertain unless the claimed outputs are what the claimed layers and our weights give."""
    try:
        expected = network.predict(np.asarray(images))
    except NetworkError as error:
        raise Wrong(error.sentence) from None
    got = np.asarray(outputs)
    if got.shape != expected.shape or not np.allclose(got, expected, rtol=0, atol=SAME_OUTPUTS):
        raise Uncertain(
            "The network's outputs are not what its layers and weights give. Build it of Keras' own "
            "layers, each used once and in the order in which they are called."
        )
