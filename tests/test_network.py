"""The NumPy forward pass against real Keras, and every sentence of NetworkError."""

from __future__ import annotations

import copy
import os
import warnings
from pathlib import Path

import numpy as np
import pytest

from autograder.fashion_mnist import load_fashion_mnist
from autograder.judging.network import NetworkError, read_network

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # TensorFlow's own, at import
    import keras
    from keras import layers

    from lenet_solution.training import prepare_images

TRAINED_WEIGHTS = Path(__file__).parent / "fixtures" / "lenet.weights.h5"


def lenet() -> keras.Model:
    return sequential(
        layers.Conv2D(6, 5, activation="sigmoid"),
        layers.MaxPooling2D(),
        layers.Conv2D(16, 5, activation="sigmoid"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(120, activation="sigmoid"),
        layers.Dense(84, activation="sigmoid"),
        layers.Dense(10, activation="sigmoid"),
    )


def small(filters: tuple[int, int], units: int, padding: str = "valid") -> keras.Model:
    """The second assignment's networks: wide, narrow, and wide with padding 'same'."""
    return sequential(
        layers.Conv2D(filters[0], 5, padding=padding, activation="sigmoid"),
        layers.MaxPooling2D(padding=padding),
        layers.Conv2D(filters[1], 5, padding=padding, activation="sigmoid"),
        layers.MaxPooling2D(padding=padding),
        layers.Flatten(),
        layers.Dense(units, activation="sigmoid"),
        layers.Dense(10, activation="sigmoid"),
    )


def sequential(*stack: keras.Layer, input_shape: tuple[int, ...] = (28, 28, 1)) -> keras.Model:
    return keras.Sequential([layers.Input(input_shape), *stack])


def with_random_weights(model: keras.Model, seed: int = 0) -> keras.Model:
    """Kernels and biases large enough that every activation bends."""
    rng = np.random.default_rng(seed)
    model.set_weights(
        [
            rng.normal(0, 2 / np.sqrt(np.prod(w.shape[:-1]) if w.ndim > 1 else 1), w.shape)
            for w in model.get_weights()
        ]
    )
    return model


def claim_of(model: keras.Model) -> list[dict]:
    """The model's layers as a probe reports them: JSON's lists for tuples."""
    return [
        {
            "kind": type(layer).__name__,
            "name": layer.name,
            "config": {
                key: list(value) if isinstance(value, tuple) else value
                for key, value in layer.get_config().items()
            },
            "weights": layer.get_weights(),
        }
        for layer in model.layers
    ]


def assert_as_keras(model: keras.Model, images: np.ndarray) -> None:
    ours = read_network(claim_of(model), model.input_shape[1:])
    assert ours.total_params == model.count_params()
    visible = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    assert ours.output_shapes == [layer.output.shape[1:] for layer in visible]
    assert [layer.name for layer in ours.layers] == [layer.name for layer in visible]
    outputs, theirs = ours.predict(images), model.predict(images, verbose=0)
    assert outputs.dtype == np.float32
    # Sums are rounded in another order, so for outputs beyond 1 the bound grows with them.
    atol = 1e-5 * max(1, np.abs(theirs).max())
    np.testing.assert_allclose(outputs, theirs, rtol=0, atol=atol)


def images_of(count: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(count, *shape)).astype(np.float32)


# ---- The same as Keras ----


@pytest.mark.parametrize(
    ("model", "params"),
    [
        (lambda: lenet(), 44_426),
        (lambda: small((32, 64), 512), 582_026),
        (lambda: small((6, 16), 128), 36_758),
        (lambda: small((32, 64), 512, "same"), 1_663_370),
    ],
    ids=["lenet", "wide", "narrow", "wide_same"],
)
def test_networks_of_the_course(model, params):
    model = with_random_weights(model())
    assert read_network(claim_of(model)).total_params == params
    assert_as_keras(model, images_of(150, 28, 28, 1))  # whole chunks and a piece of one


def test_lenet_layer_by_layer():
    ours = read_network(claim_of(lenet()))
    assert [(layer.kind, layer.activation, layer.output_shape, layer.params) for layer in ours.layers] == [
        ("Conv2D", "sigmoid", (24, 24, 6), 156),
        ("MaxPooling2D", "linear", (12, 12, 6), 0),
        ("Conv2D", "sigmoid", (8, 8, 16), 2_416),
        ("MaxPooling2D", "linear", (4, 4, 16), 0),
        ("Flatten", "linear", (256,), 0),
        ("Dense", "sigmoid", (120,), 30_840),
        ("Dense", "sigmoid", (84,), 10_164),
        ("Dense", "sigmoid", (10,), 850),
    ]


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("window", "strides"),
    [((1, 1), (1, 1)), ((2, 3), (1, 1)), ((3, 2), (2, 3)), ((5, 4), (3, 2)), ((2, 2), (4, 5))],
)
def test_windows_strides_and_padding(window, strides, padding):
    settings = {"strides": strides, "padding": padding}
    for layer in (
        layers.Conv2D(4, window, activation="tanh", **settings),
        layers.MaxPooling2D(window, **settings),
        layers.AveragePooling2D(window, **settings),
    ):
        model = with_random_weights(sequential(layer, input_shape=(13, 10, 3)))
        assert_as_keras(model, images_of(5, 13, 10, 3))


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "tanh", "softmax", "linear"])
@pytest.mark.parametrize("pooling", [layers.MaxPooling2D, layers.AveragePooling2D])
def test_pooling_after_every_activation(activation, pooling):
    """Max pooling changes places with the activation before it only where that is the same."""
    model = sequential(
        layers.Conv2D(5, 3, padding="same"),
        layers.Activation(activation),
        pooling(3, strides=2, padding="same"),
        layers.Conv2D(7, 3, activation=activation, use_bias=False),
        pooling(2),
        layers.Dense(6, activation=activation),  # on every pixel's channels, as in Keras
        layers.Flatten(),
        layers.Dense(10, activation=activation, use_bias=False),
        input_shape=(15, 14, 2),
    )
    assert_as_keras(with_random_weights(model), images_of(70, 15, 14, 2))


def test_rescaling_dropout_and_a_dense_network():
    grey = np.random.default_rng(2).integers(0, 256, (20, 28, 28, 1), dtype=np.uint8)
    model = sequential(
        layers.Rescaling(1 / 255, offset=-0.5),
        layers.Dropout(0.5),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    )
    assert_as_keras(with_random_weights(model), grey)
    model = sequential(layers.Dense(3, activation="relu"), input_shape=(784,))
    assert_as_keras(with_random_weights(model), images_of(4, 784))


def test_functional_models_and_their_input_layer():
    inputs = layers.Input((28, 28, 1))
    outputs = layers.Dense(10)(layers.Flatten()(inputs))
    model = with_random_weights(keras.Model(inputs, outputs))
    assert_as_keras(model, images_of(4, 28, 28, 1))
    assert [layer.index for layer in read_network(claim_of(model)).layers] == [1, 2]


def test_the_images_are_left_as_they_were():
    model = read_network(claim_of(sequential(layers.Activation("relu"), layers.Flatten())))
    images = images_of(3, 28, 28, 1)
    before = images.copy()
    model.predict(images)
    assert np.array_equal(images, before)
    assert model.predict(images[:0]).shape == (0, 784)


def test_trained_lenet_equals_keras_on_the_whole_test_set():
    images, labels = load_fashion_mnist()[1]
    images = prepare_images(images)
    model = lenet()
    model.load_weights(TRAINED_WEIGHTS)
    ours = read_network(claim_of(model))
    theirs = model.predict(images, batch_size=1_000, verbose=0)
    outputs = ours.predict(images)
    np.testing.assert_allclose(outputs, theirs, rtol=0, atol=1e-5)
    assert np.array_equal(outputs.argmax(axis=1), theirs.argmax(axis=1))
    model.compile(metrics=["accuracy"], loss="sparse_categorical_crossentropy")
    _, accuracy = model.evaluate(images, labels, batch_size=1_000, verbose=0)
    right = ours.accuracy(images, labels) * len(labels)
    assert right == pytest.approx(round(accuracy * len(labels)), abs=1e-6)
    assert right > 8_500


def test_half_and_double_precision_weights_are_computed_as_float32():
    claim = claim_of(with_random_weights(lenet()))
    images = images_of(3, 28, 28, 1)
    expected = read_network(claim).predict(images)
    for layer in claim:
        layer["weights"] = [weight.astype(np.float64) for weight in layer["weights"]]
    assert np.array_equal(read_network(claim).predict(images), expected)
    for layer in claim:
        layer["weights"] = [weight.astype(np.float16) for weight in layer["weights"]]
    np.testing.assert_allclose(read_network(claim).predict(images), expected, atol=1e-2)


# ---- Every NetworkError ----


def conv(**config) -> dict:
    settings = {
        "filters": 2, "kernel_size": [3, 3], "strides": [1, 1], "padding": "valid",
        "dilation_rate": [1, 1], "groups": 1, "data_format": "channels_last",
        "use_bias": True, "activation": "sigmoid",
    }  # fmt: skip
    weights = [np.ones((3, 3, 1, 2), np.float32), np.ones(2, np.float32)]
    return {"kind": "Conv2D", "name": "c", "config": settings | config, "weights": weights}


def pool(kind: str = "MaxPooling2D", **config) -> dict:
    settings = {
        "pool_size": [2, 2], "strides": [2, 2], "padding": "valid", "data_format": "channels_last"
    }  # fmt: skip
    return {"kind": kind, "name": "p", "config": settings | config, "weights": []}


def flatten(**config) -> dict:
    config = {"data_format": "channels_last"} | config
    return {"kind": "Flatten", "name": "f", "config": config, "weights": []}


def dense(inputs: int = 784, **config) -> dict:
    settings = {"units": 2, "use_bias": True, "activation": "linear"} | config
    weights = [np.ones((inputs, 2), np.float32), np.ones(2, np.float32)]
    return {"kind": "Dense", "name": "d", "config": settings, "weights": weights}


def other(kind: str, **config) -> dict:
    return {"kind": kind, "name": "o", "config": config, "weights": []}


def without(layer: dict, key: str) -> dict:
    layer = copy.deepcopy(layer)
    del layer["config"][key]
    return layer


def deep_list() -> list:
    nested: list = []
    for _ in range(100_000):
        nested = [nested]
    return nested


def assert_refused(claim: object, sentence: str, index: int | None, **kwargs) -> None:
    with pytest.raises(NetworkError) as caught:
        read_network(claim, **kwargs)
    assert sentence in caught.value.sentence
    assert str(caught.value) == caught.value.sentence
    assert caught.value.sentence.endswith(".") and len(caught.value.sentence) < 300
    assert caught.value.sentence.isprintable()
    assert caught.value.layer_index == index


HOSTILE_NUMBERS = [
    True, 0, -1, 1.0, float("nan"), 10**9, 10**9_000, "5", None, [5], {"5": 5}, b"5", object(),
]  # fmt: skip
HOSTILE_PAIRS = [
    5, [5], [5, 5, 5], [True, 5], [5.0, 5], [0, 5], [-1, 5], [10**9, 5], [[5], 5], [], None, "55",
    {5: 5}, [10**9_000] * 2, ["x" * 10_000] * 2,
]  # fmt: skip
HOSTILE_TEXT = [None, 1, "", "SAME", "x" * 10_000, ["valid"], {}, "\x1b[2J\n\u202e", True]


@pytest.mark.parametrize("key", ["filters", "groups"])
def test_refuses_hostile_numbers(key):
    for value in HOSTILE_NUMBERS:
        assert_refused([conv(**{key: value})], f"Layer 1 (Conv2D): {key} must be a whole", 0)


def test_refuses_hostile_units():
    for value in HOSTILE_NUMBERS:
        assert_refused([flatten(), dense(units=value)], "(Dense): units must be a whole", 1)


@pytest.mark.parametrize("key", ["kernel_size", "strides", "dilation_rate"])
def test_refuses_hostile_pairs(key):
    for value in [*HOSTILE_PAIRS, deep_list()]:
        assert_refused([conv(**{key: value})], f"{key} must be two whole numbers from 1 to 256", 0)


@pytest.mark.parametrize("kind", ["MaxPooling2D", "AveragePooling2D"])
@pytest.mark.parametrize("key", ["pool_size", "strides"])
def test_refuses_hostile_pools(kind, key):
    for value in HOSTILE_PAIRS:
        assert_refused([pool(kind, **{key: value})], f"({kind}): {key} must be two whole", 0)


@pytest.mark.parametrize("key", ["padding", "data_format", "activation"])
def test_refuses_hostile_text(key):
    for value in HOSTILE_TEXT:
        assert_refused([conv(**{key: value})], f"{key} must be one of ", 0)


@pytest.mark.parametrize("value", [0, 1, None, "True", [True]])
def test_refuses_hostile_flags(value):
    assert_refused([conv(use_bias=value)], "use_bias must be True or False", 0)
    assert_refused([flatten(), dense(use_bias=value)], "use_bias must be True or False", 1)


@pytest.mark.parametrize("key", ["scale", "offset"])
def test_refuses_hostile_factors(key):
    for value in (True, None, "1", [1.0], float("nan"), float("inf"), 1e7, -(10**9_000)):
        settings = {"scale": 1, "offset": 0.5} | {key: value}
        assert_refused([other("Rescaling", **settings)], f"{key} must be a number up to", 0)


@pytest.mark.parametrize(
    "layer",
    [conv(), pool(), flatten(), dense(), other("Activation", activation="relu"),
     other("Rescaling", scale=1, offset=0)],
    ids=lambda layer: layer["kind"],
)  # fmt: skip
def test_refuses_missing_settings(layer):
    for key in layer["config"]:
        before = [] if layer["kind"] != "Dense" else [flatten()]
        assert_refused([*before, without(layer, key)], f"its configuration has no {key}", len(before))


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"dilation_rate": [2, 1]}, "dilation_rate must be 1"),
        ({"groups": 2}, "groups must be 1"),
        ({"data_format": "channels_first"}, "not 'channels_first'"),
        ({"activation": "selu"}, "one of sigmoid, relu, tanh, softmax, linear, not 'selu'"),
        ({"kernel_size": [29, 1]}, "a window of 29 pixels does not fit into 28"),
        ({"kernel_size": [1, 29]}, "a window of 29 pixels does not fit into 28"),
    ],
)
def test_refuses_what_it_cannot_compute(config, sentence):
    assert_refused([conv(**config)], sentence, 0)


def test_refuses_channels_first_everywhere():
    for layer in (pool(data_format="channels_first"), flatten(data_format="channels_first")):
        assert_refused([layer], "data_format must be one of channels_last", 0)


@pytest.mark.parametrize("layer", [conv(), pool()], ids=lambda layer: layer["kind"])
def test_refuses_windows_after_flatten(layer):
    assert_refused([flatten(), layer], "the layer before it gives (784)", 1)


@pytest.mark.parametrize(
    ("claim", "sentence", "index"),
    [
        ([], "has no layers", None),
        (None, "has no layers", None),
        ({"kind": "Conv2D"}, "has no layers", None),
        ("Conv2D", "has no layers", None),
        ([other("InputLayer")], "only an input", None),
        ([flatten()] * 65, "has 65 layers and at most 64", None),
        ([flatten(), None], "Layer 2 is not described by a table", 1),
        ([[]], "Layer 1 is not described by a table", 0),
        ([{}], "Layer 1 is of kind None, which cannot be judged", 0),
        ([other("LSTM")], "of kind 'LSTM'", 0),
        ([other("\x1b[2J" + "x" * 10_000)], "of kind '\\x1b[2Jxxx", 0),
        ([other("Dropout") | {"kind": ["Dropout"]}], "of kind ['Dropout']", 0),
        ([other("Dropout") | {"name": 5}], "a name of at most 100 characters, not 5", 0),
        ([other("Dropout") | {"name": "n" * 101}], "a name of at most 100 characters", 0),
        ([other("Dropout") | {"config": []}], "no table of settings or no list of weights", 0),
        ([other("Dropout") | {"weights": None}], "no table of settings or no list", 0),
    ],
)
def test_refuses_what_is_no_list_of_layers(claim, sentence, index):
    assert_refused(claim, sentence, index)


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ([], "must have 2 weight arrays, not 0"),
        ([np.ones((3, 3, 1, 2))], "must have 2 weight arrays, not 1"),
        ([np.ones((3, 3, 1, 2)), np.ones(2), np.ones(2)], "must have 2 weight arrays, not 3"),
        ([np.ones((3, 3, 2, 1)), np.ones(2)], "kernel must have shape (3, 3, 1, 2), not (3, 3, 2"),
        ([np.ones((3, 3, 1, 2)), np.ones(3)], "bias must have shape (2), not (3)"),
        ([np.ones((3, 3, 1, 2)), np.float32(1)], "bias must be an array of float16 or float32"),
        ([[[[[1.0, 2.0]]]], np.ones(2)], "kernel must be an array of float16 or float32"),
    ]
    + [
        ([np.ones((3, 3, 1, 2), dtype), np.ones(2)], "kernel must be an array of float16")
        for dtype in ("bool", "int64", "complex64", "object", "U9", "longdouble", "i8, f8", ">f4")
    ]
    + [
        ([np.ones((3, 3, 1, 2)), np.array([1, value])], "bias has values that are not finite")
        for value in (np.nan, np.inf, -np.inf, 1e39)
    ],
)
def test_refuses_weights_that_do_not_fit(weights, sentence):
    assert_refused([conv() | {"weights": weights}], sentence, 0)


def test_refuses_weights_where_none_belong():
    for layer in (other("InputLayer"), other("Dropout"), pool(), flatten()):
        claim = [layer | {"weights": [np.ones(1)]}]
        assert_refused(claim, "must have 0 weight arrays, not 1", 0)


def test_refuses_networks_over_its_limits_before_looking_at_weights():
    huge = conv(filters=1_000, kernel_size=[9, 9], padding="same") | {"weights": []}
    assert_refused([huge], "and at most 60,000,000 are accepted", 0)
    many = dense(units=8_000) | {"weights": []}
    assert_refused([flatten(), many], "6,280,000 parameters and at most 5,000,000", 1)
    wide = conv(filters=2_000, kernel_size=[1, 1]) | {"weights": [np.ones((1, 1, 1, 2_000)), np.ones(2_000)]}
    assert_refused([wide], "1,570,352 numbers in memory for one image and at most 1,048,576", 0)


@pytest.mark.parametrize(
    "shape",
    [None, 28, (), (28, 28), (28, 28, 0), (28.0, 28, 1), (True, 28, 1), (257, 1, 1), (1, 1, 8_193),
     (256, 256, 256), (8_193,), "abc"],
)  # fmt: skip
def test_refuses_hostile_input_shapes(shape):
    assert_refused([flatten()], "The input must be (height, width, channels)", None, input_shape=shape)


@pytest.mark.parametrize(
    "images",
    [np.ones((2, 28, 28)), np.ones((28, 28, 1)), np.float32(1), np.full((1, 28, 28, 1), "1"),
     np.full((1, 28, 28, 1), None)],
)  # fmt: skip
def test_refuses_images_of_another_shape(images):
    with pytest.raises(NetworkError, match=r"takes images of shape \(N, 28, 28, 1\), not"):
        read_network([flatten()]).predict(images)


def test_refuses_more_outputs_than_it_may_hold():
    images = np.broadcast_to(np.float32(0), (10_000, 28, 28, 1))  # no memory behind it
    with pytest.raises(NetworkError, match="784 outputs for one image, too many for 10,000"):
        read_network([flatten()]).predict(images)


def test_refuses_outputs_that_are_not_finite():
    weights = [np.full((784, 2), 3e38), np.ones(2)]
    huge = read_network([flatten(), dense() | {"weights": weights}])
    with pytest.raises(NetworkError, match="outputs are not all finite numbers"):
        huge.predict(np.ones((1, 28, 28, 1)))
    mended = read_network([flatten(), dense(activation="sigmoid") | {"weights": weights}])
    assert mended.predict(np.ones((1, 28, 28, 1))).tolist() == [[1.0, 1.0]]


def test_accuracy_refuses_networks_without_class_scores():
    with pytest.raises(NetworkError, match=r"ends in outputs of shape \(26, 26, 2\)") as caught:
        read_network([conv()]).accuracy(np.ones((1, 28, 28, 1)), np.ones(1, np.uint8))
    assert caught.value.layer_index == 0


@pytest.mark.parametrize(
    "labels", [[0], [[0], [0]], [0.0, 1.0], 0, [True, False]], ids=lambda labels: str(labels)
)
def test_accuracy_refuses_labels_that_do_not_fit(labels):
    with pytest.raises(NetworkError, match="2 images need as many whole-number labels"):
        read_network([flatten(), dense()]).accuracy(np.ones((2, 28, 28, 1)), labels)


def test_accuracy_refuses_no_images():
    with pytest.raises(NetworkError, match="0 images need as many"):
        read_network([flatten(), dense()]).accuracy(np.ones((0, 28, 28, 1)), np.ones(0, np.uint8))


def test_accuracy_takes_the_first_of_equal_scores():
    same = read_network([flatten(), dense()])  # both units have the same weights
    assert same.accuracy(np.ones((4, 28, 28, 1)), np.array([0, 0, 0, 1])) == 0.75
