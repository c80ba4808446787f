"""Generated layer lists, hostile and plausible: no error but NetworkError, no large allocation."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.judging.network import (
    MAX_OUTPUTS,
    MAX_PREDICT_BYTES,
    MAX_READ_BYTES,
    NetworkError,
    read_network,
)

pytestmark = pytest.mark.slow

EXAMPLES = 3_000  # the same ones in each run
INPUT_SHAPE = (12, 11, 2)

atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**31, 2**63, -(2**63), 10**400, 10**4_000])
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=5)
)
anything = st.recursive(
    atoms,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
sizes = st.integers(1, 6)
activations = st.sampled_from(["sigmoid", "relu", "tanh", "softmax", "linear"])


def pairs(side: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(side, min_size=2, max_size=2)


def mostly(good: st.SearchStrategy) -> st.SearchStrategy:
    """One value in some ten is not what the reader hopes for."""
    bad = st.integers(-1, 400) | anything
    return st.integers(0, 9).flatmap(lambda die: bad if die == 9 else good)


@st.composite
def hostile_configs(draw: st.DrawFn) -> dict:
    config = {
        "filters": draw(mostly(sizes | st.sampled_from([300, 8_192]))),
        "units": draw(mostly(sizes | st.sampled_from([300, 8_192]))),
        "kernel_size": draw(mostly(pairs(sizes))),
        "pool_size": draw(mostly(pairs(sizes))),
        "strides": draw(mostly(pairs(sizes))),
        "padding": draw(mostly(st.sampled_from(["valid", "same"]))),
        "dilation_rate": draw(mostly(st.just([1, 1]))),
        "groups": draw(mostly(st.just(1))),
        "data_format": draw(mostly(st.just("channels_last"))),
        "use_bias": draw(mostly(st.booleans())),
        "activation": draw(mostly(activations)),
        "scale": draw(mostly(st.floats(-1e6, 1e6))),
        "offset": draw(mostly(st.integers(-9, 9))),
    }
    for key in draw(st.lists(st.sampled_from(sorted(config)), max_size=1)):
        del config[key]
    return config


arrays = st.builds(
    lambda shape, dtype, fill: np.full(shape, fill).astype(dtype),
    st.lists(st.integers(0, 6), max_size=5),
    st.sampled_from(["f2", "f4", "f8", ">f4", "i8", "?", "c16", "O", "U3", "V8"]),
    st.sampled_from([0.0, 0.5]),
)
KINDS = ["Conv2D", "MaxPooling2D", "AveragePooling2D", "Flatten", "Dense", "Activation", "Dropout",
         "Rescaling", "InputLayer"]  # fmt: skip
hostile_layers = st.fixed_dictionaries(
    {
        "kind": mostly(st.sampled_from(KINDS)),
        "name": mostly(st.text(max_size=10)),
        "config": mostly(hostile_configs()),
        "weights": mostly(st.lists(arrays | anything, max_size=3)),
    }
)


@st.composite
def plausible_layers(draw: st.DrawFn) -> list[dict]:
    """Layers whose weights fit, so that many of the networks can be run."""
    shape, claim = INPUT_SHAPE, []
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(KINDS))
        config = {
            "filters": draw(sizes), "units": draw(sizes), "groups": 1, "dilation_rate": [1, 1],
            "kernel_size": draw(pairs(sizes)), "pool_size": draw(pairs(sizes)),
            "strides": draw(pairs(sizes)), "padding": draw(st.sampled_from(["valid", "same"])),
            "data_format": "channels_last", "use_bias": draw(st.booleans()),
            "activation": draw(activations), "scale": draw(st.floats(-1e6, 1e6)), "offset": 1,
        }  # fmt: skip
        weights = []
        if kind in ("Conv2D", "Dense"):
            outputs = config["filters" if kind == "Conv2D" else "units"]
            window = config["kernel_size"] if kind == "Conv2D" else []
            fill = draw(st.sampled_from([0.1, -1.0, 0.0, 3e38, np.nan]))
            weights = [np.full((*window, shape[-1], outputs), fill), np.full(outputs, fill)]
            weights = weights[: 1 + config["use_bias"]]
        claim.append({"kind": kind, "name": kind, "config": config, "weights": weights})
        try:
            shape = read_network(claim, INPUT_SHAPE).output_shapes[-1]
        except NetworkError:
            break
    return claim


@st.composite
def tampered_layers(draw: st.DrawFn) -> list:
    """Plausible layers in which one or two places hold something else."""
    claim = draw(plausible_layers())
    for _ in range(draw(st.integers(1, 2))):
        layer = draw(st.sampled_from(claim))
        config = layer["config"]  # the round before may have put anything in its place
        if isinstance(config, dict) and config and draw(st.booleans()):
            layer = config
        key = draw(st.sampled_from(sorted(layer)))
        if key == "weights":
            layer[key] = draw(st.lists(arrays | anything, max_size=3) | anything)
        else:
            layer[key] = draw(anything | pairs(st.integers(-1, 300) | atoms) | st.integers(-1, 300))
    return claim


def measure(work) -> tuple[object, int]:
    """What the work gives, or the NetworkError, and the most bytes it held at one time."""
    tracemalloc.start()
    try:
        result = work()
    except NetworkError as error:
        result = error
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return result, peak


def examples(count: int):
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@examples(EXAMPLES)
@given(
    st.lists(hostile_layers, min_size=1, max_size=6) | tampered_layers() | anything,
    mostly(st.just(INPUT_SHAPE)),
)
def test_hostile_layers_are_refused_or_read(claim, input_shape):
    result, peak = measure(lambda: read_network(claim, input_shape))
    assert peak < MAX_READ_BYTES
    if isinstance(result, NetworkError):
        assert result.sentence.endswith(".") and result.sentence.isprintable()
        assert len(result.sentence) < 400


@examples(EXAMPLES)
@given(plausible_layers(), st.integers(1, 40))
def test_whatever_is_read_can_be_run(claim, count):
    try:
        network = read_network(claim, INPUT_SHAPE)
    except NetworkError:
        return
    images = np.full((count, *INPUT_SHAPE), 0.5, np.float32)
    outputs, peak = measure(lambda: network.predict(images))
    assert peak < MAX_PREDICT_BYTES
    if not isinstance(outputs, NetworkError):
        assert outputs.shape == (count, *network.output_shapes[-1])


def largest(*layers: tuple) -> list[dict]:
    """A convolution network in short: (kind, config, weight shapes)."""
    base = {
        "dilation_rate": [1, 1], "groups": 1, "data_format": "channels_last", "use_bias": True,
        "strides": [1, 1], "padding": "same", "activation": "softmax",
    }  # fmt: skip
    return [
        {"kind": kind, "name": kind, "config": base | config,
         "weights": [np.zeros(shape, np.float32) for shape in shapes]}
        for kind, config, shapes in layers
    ]  # fmt: skip


@pytest.mark.parametrize(
    "claim",
    [
        largest(("Conv2D", {"filters": 180, "kernel_size": [1, 1]}, [(1, 1, 1, 180), (180,)])),
        largest(
            ("Conv2D", {"filters": 120, "kernel_size": [1, 1]}, [(1, 1, 1, 120), (120,)]),
            ("Conv2D", {"filters": 1, "kernel_size": [1, 1], "strides": [64, 64]},
             [(1, 1, 120, 1), (1,)]),
        ),
        largest(("Conv2D", {"filters": 1, "kernel_size": [11, 11]}, [(11, 11, 1, 1), (1,)])),
        largest(("AveragePooling2D", {"pool_size": [30, 30]}, [])),
        largest(
            ("Conv2D", {"filters": 30, "kernel_size": [1, 1]}, [(1, 1, 1, 30), (30,)]),
            ("MaxPooling2D", {"pool_size": [2, 2]}, []),
            ("MaxPooling2D", {"pool_size": [9, 9], "strides": [60, 60]}, []),
        ),
    ],
)  # fmt: skip
def test_the_largest_networks_stay_within_the_declared_memory(claim):
    network, peak = measure(lambda: read_network(claim, (64, 64, 1)))
    assert peak < MAX_READ_BYTES and network.total_params >= 0
    count = min(200, MAX_OUTPUTS // int(np.prod(network.output_shapes[-1])))
    outputs, peak = measure(lambda: network.predict(np.zeros((count, 64, 64, 1), np.float32)))
    assert peak < MAX_PREDICT_BYTES and len(outputs) == count
