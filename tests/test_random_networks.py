"""Stacks and graphs of Keras' layers drawn at random: LeNet is what computes LeNet, and nothing else."""

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from keras import layers
from making_claims import EXERCISES

from autograder.assignments.lenet.checks.lenet import computes_lenet
from autograder.assignments.lenet.checks.networks import why_not
from autograder.judging.claims import read_claim
from autograder.judging.facts import Model
from autograder.judging.questions import ask_question
from autograder.practice import check
from autograder.probes import probe_source
from lenet_solution.model import build_lenet

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

ACTIVATIONS = ["sigmoid", "sigmoid", "sigmoid", "relu", "tanh", "softmax", "gelu", "silu", None]
activations = st.sampled_from(ACTIVATIONS)

LENET = [
    lambda: layers.Conv2D(6, 5, activation="sigmoid"), lambda: layers.MaxPooling2D(2),
    lambda: layers.Conv2D(16, 5, activation="sigmoid"), lambda: layers.MaxPooling2D(2),
    layers.Flatten, lambda: layers.Dense(120, activation="sigmoid"),
    lambda: layers.Dense(84, activation="sigmoid"), lambda: layers.Dense(10, activation="sigmoid"),
]  # fmt: skip
anything = st.one_of(
    st.builds(
        lambda n, k, p, a: lambda: layers.Conv2D(n, k, padding=p, activation=a),
        st.sampled_from([6, 16, 3]), st.sampled_from([5, 3, 1]), st.sampled_from(["valid", "same"]),
        activations,
    ),
    st.builds(
        lambda n, a: lambda: layers.Dense(n, activation=a), st.sampled_from([120, 84, 10, 7]), activations
    ),
    st.builds(lambda a: lambda: layers.Activation(a or "linear"), activations),
    st.sampled_from(
        [
            lambda: layers.MaxPooling2D(2), lambda: layers.AveragePooling2D(2), layers.Flatten,
            lambda: layers.MaxPooling2D(2, strides=1), layers.ReLU, layers.Softmax, layers.LeakyReLU,
            layers.BatchNormalization, layers.LayerNormalization, lambda: layers.Dropout(0.5),
            lambda: layers.ZeroPadding2D(1), layers.Identity, lambda: layers.Reshape((-1,)),
            lambda: layers.GaussianNoise(1.0), lambda: layers.Rescaling(1.0),
            lambda: layers.Rescaling(0.5), lambda: layers.Cropping2D(1), layers.UnitNormalization,
            lambda: layers.PReLU(), lambda: layers.DepthwiseConv2D(3), layers.GlobalMaxPooling2D,
        ]
    ),
)  # fmt: skip


@st.composite
def networks(draw: st.DrawFn) -> list:
    """LeNet with none to three changes, or anything; (maker, how it is joined to what comes before)."""
    made = [*LENET] if draw(st.integers(0, 3)) else draw(st.lists(anything, min_size=1, max_size=6))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(made)))
        how = draw(st.sampled_from(["insert", "insert", "replace", "remove"]))
        made[place : place + (how != "insert")] = [] if how == "remove" else [draw(anything)]
    joins = [draw(st.sampled_from(["", "", "", "", "", "", "", "", "add", "twice"])) for _ in made]
    return list(zip(made, joins, strict=True))


def graph(parts: list) -> keras.Model:
    """A functional network of these layers; "add" adds what went in, "twice" calls the layer again."""
    inputs = x = keras.Input((28, 28, 1))
    for make, join in parts:
        layer = make()
        given, x = x, layer(x)
        if join == "twice" and given.shape == x.shape:
            x = layer(x)
        if join == "add" and given.shape == x.shape:
            x = layers.Add()([given, x])
    return keras.Model(inputs, x)


def is_lenet(model: keras.Model) -> bool:
    """Whether Keras' own outputs are LeNet's, for other images and weights than the grader's."""
    book, random = build_lenet(), np.random.default_rng(1)
    arrays = {tuple(weight.shape): index for index, weight in enumerate(model.weights)}
    if sorted(arrays) != sorted(tuple(weight.shape) for weight in book.weights):
        return False
    images = random.normal(size=(16, 28, 28, 1)).astype("float32")
    for scale in (2, 5, 10):
        for weight in book.weights:
            fan = max(int(np.prod(weight.shape[:-1])), 1)
            values = random.normal(size=weight.shape) * scale / np.sqrt(fan)
            weight.assign(values)
            model.weights[arrays[tuple(weight.shape)]].assign(values)
        got, right = np.asarray(model(images)), np.asarray(book(images))
        if got.shape != right.shape or not np.allclose(got, right, atol=0.002):
            return False
    return True


def tried(model: keras.Model, seed: int) -> Model:
    question = ask_question(EXERCISES["build_lenet"], b"%d" % seed * 20, hidden=True)
    sent: list[str] = []
    space = question.namespace({"build_lenet": lambda: model}, sent.append)
    exec(compile(probe_source("model"), "<autograder>", "exec"), space)
    claim = read_claim(sent[0])
    assert claim.state == "done", claim.error
    return Model(question, claim)


SEEN = {True: 0, False: 0}


@settings(
    max_examples=150, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(networks(), st.integers(0, 10**6))
def test_a_random_network_is_lenet_exactly_where_it_computes_lenet(parts, seed):
    keras.backend.clear_session()
    try:
        model = graph(parts)
    except (ValueError, TypeError):  # windows that do not fit and the like
        return
    traced = tried(model, seed).network
    right = is_lenet(model)
    SEEN[right] += 1
    assert computes_lenet(traced) == right
    assert not traced.lie, (traced.lie, traced.steps)
    assert right or why_not(traced)


def test_random_networks_were_of_both_kinds():
    if sum(SEEN.values()):  # in this process
        assert SEEN[True] >= 20 and SEEN[False] >= 80, SEEN


@pytest.mark.parametrize("activation", ["relu", "gelu", "tanh", None])
def test_a_network_of_large_numbers_gets_the_same_answer_every_time(activation):
    """The commonest beginner's one: outputs of thousands, and no activation at the end."""
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Rescaling(255.0)])
    for make in LENET:
        layer = make()
        if hasattr(layer, "activation"):
            layer.activation = keras.activations.get(activation)
        model.add(layer)
    reports = [check("build_lenet", {"build_lenet": lambda: model}) for _ in range(10)]
    assert {report.verdict.score for report in reports} == {11}  # one layer too many, no sigmoids
    assert not any(report.verdict.flagged for report in reports)
