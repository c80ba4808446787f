"""Right networks get every point however they are written; wrong ones what is right of them."""

import functools
from inspect import signature

import keras
import numpy as np
import pytest
import tensorflow as tf
from corpus import FIXTURE
from keras import layers, ops
from lenets import RIGHT, WRONG
from making_claims import EXERCISES

from autograder.assignments.lenet.checks import test_1_build_lenet as checks
from autograder.fashion_mnist import load_fashion_mnist
from autograder.judging.api import Partly, Passed, Uncertain, Wrong
from autograder.judging.claims import read_claim
from autograder.judging.facts import Model
from autograder.judging.questions import ask_question
from autograder.practice import check
from autograder.probes import probe_source
from lenet_solution.model import build_lenet

# Students' code may warn.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

SEEDS = 20


@functools.cache
def program():
    return compile(probe_source("model"), "<autograder>", "exec")


def namespace(source):
    """The notebook after this cell."""
    student = {"keras": keras, "layers": layers, "ops": ops, "np": np, "tf": tf}
    exec(source, student)
    return student


def points(student, seed):
    """What the build_lenet of a notebook earns with the images and weights of this seed."""
    question = ask_question(EXERCISES["build_lenet"], b"%d" % seed * 20, hidden=True)
    sent = []
    exec(program(), question.namespace(student, sent.append))
    claim = read_claim(sent[0])
    assert claim.state == "done", claim.error
    model, earned, passed = Model(question, claim), 0, set()
    for name in ("test_is_a_network", "test_has_eight_layers", "test_shape_after_every_layer",
                 "test_parameters_in_all", "test_sigmoid_everywhere"):  # fmt: skip
        function = getattr(checks, name)
        marker = next(mark for mark in function.pytestmark if mark.name == "check").kwargs
        if marker["after"] and marker["after"] not in passed:
            continue
        try:
            function(model, {}) if "figures" in signature(function).parameters else function(model)
        except Passed:
            pass
        except (Wrong, Partly, Uncertain) as refused:
            assert not isinstance(refused, (Partly, Uncertain)), refused
            continue
        passed.add(name)
        earned += marker["points"]
    return earned


@pytest.fixture(autouse=True)
def clean_keras():
    yield
    keras.backend.clear_session(free_memory=False)  # else it looks through all objects after each test
    keras.config.set_image_data_format("channels_last")


@pytest.mark.parametrize("name", RIGHT)
def test_a_network_that_computes_lenet_gets_every_point(name):
    report = check("build_lenet", namespace(RIGHT[name]))
    assert report.verdict.outcome == "passed" and report.verdict.score == 20, str(report)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_network_is_right_for_every_seed(name):
    student = namespace(RIGHT[name])
    model = student["build_lenet"]()
    student["build_lenet"] = lambda: model
    assert {points(student, seed) for seed in range(SEEDS)} == {20}


def need_what_this_processor_has(name):
    """TensorFlow convolves with the channels first on some kinds of processors only."""
    report = check("build_lenet", namespace(WRONG[name][0])) if "channels first" in name else ""
    if "only supports the NHWC" in str(report):
        pytest.skip("this processor has no convolution with the channels first")


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_network_gets_what_is_right_of_it_and_is_told_the_cause(name):
    need_what_this_processor_has(name)
    source, earned, help = WRONG[name]
    report = check("build_lenet", namespace(source))
    told = " ".join(c.help for c in report.verdict.checks)
    assert report.verdict.outcome == "failed" and not report.verdict.flagged, str(report)
    assert report.verdict.score == earned, str(report)
    assert help in told, told


@pytest.mark.parametrize("name", [name for name, case in WRONG.items() if case[1]])
def test_a_wrong_network_gets_the_same_for_every_seed(name):
    need_what_this_processor_has(name)
    student = namespace(WRONG[name][0])
    model = student["build_lenet"]()
    student["build_lenet"] = lambda: model
    assert {points(student, seed) for seed in range(SEEDS)} == {WRONG[name][1]}


TRAINED = ["sequential, sigmoid by its name", "one pooling, subclassed", "declared in another order, 1",
           "layers in a dict", "all weights in one class", "a dense layer that stores its weights turned",
           "dense layers as convolutions"]  # fmt: skip


@functools.cache
def share_by_keras():
    """Of the test images that the book's network recognises."""
    book = build_lenet()
    book.load_weights(FIXTURE)
    _, (images, labels) = load_fashion_mnist()
    prepared = ((images / 255 - 0.2860) / 0.3530)[..., None].astype("float32")
    return (book.predict(prepared, verbose=0, batch_size=1_000).argmax(axis=1) == labels).mean()


@pytest.mark.parametrize("name", TRAINED)
def test_trained_weights_count_in_whatever_network_they_are_saved(name, tmp_path, monkeypatch):
    """The same 44,426 numbers give the same accuracy, wherever the network keeps them."""
    monkeypatch.chdir(tmp_path)
    book = build_lenet()
    book.load_weights(FIXTURE)
    student = namespace(RIGHT[name])
    exec("def prepare_images(images):\n    return ((images / 255 - 0.2860) / 0.3530)[..., None]", student)
    model = student["build_lenet"]()
    model(np.zeros((1, 28, 28, 1), "float32"))
    trained = {weight.size: weight for weight in book.get_weights()}
    turned = "turned" in name
    for weight in model.weights:
        array = trained[int(np.prod(weight.shape))]
        other_way = turned and array.ndim == 2 and tuple(weight.shape) == array.shape[::-1]
        weight.assign(array.T if other_way else array.reshape(weight.shape))
    model.save_weights("lenet.weights.h5")
    report = check("test_accuracy", student)
    assert report.verdict.score == 18, str(report)
    [row] = report.verdict.checks[1].rows
    assert row.yours == f"{share_by_keras():.2%}"


OTHER_NETWORKS = {
    "softmax at the end": ("softmax", "sigmoid", ""),
    "no activation at the end": (None, "sigmoid", ""),
    "softmax behind the sigmoid": ("sigmoid", "sigmoid", "model.add(layers.Softmax())"),
    "relu": ("sigmoid", "relu", ""),
    "relu, values in a row in another order": ("softmax", "relu", ""),
}


@pytest.mark.parametrize("name", OTHER_NETWORKS)
@pytest.mark.parametrize("trained", [True, False], ids=["trained as LeNet", "not trained"])
def test_lenets_weights_in_another_network_count_by_what_they_do_in_lenet(
    name, trained, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    last, inside, more = OTHER_NETWORKS[name]
    permuted = "order" in name
    student = namespace(f"""
def prepare_images(images):
    return ((images / 255 - 0.2860) / 0.3530)[..., None].astype("float32")

def build_lenet():
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (6, 16):
        model.add(layers.Conv2D(filters, 5, activation={inside!r}))
        model.add(layers.MaxPooling2D(2))
    if {permuted}:
        model.add(layers.Permute((3, 1, 2)))
    model.add(layers.Flatten())
    for units in (120, 84):
        model.add(layers.Dense(units, activation={inside!r}))
    model.add(layers.Dense(10, activation={last!r}))
    {more}
    return model
""")
    model, book = student["build_lenet"](), build_lenet()
    if trained:
        book.load_weights(FIXTURE)
        arrays = book.get_weights()
        if permuted:
            arrays[4] = arrays[4].reshape(4, 4, 16, 120).transpose(2, 0, 1, 3).reshape(256, 120)
        model.set_weights(arrays)
    model.save_weights("lenet.weights.h5")
    verdict = check("test_accuracy", student).verdict
    told = verdict.checks[1].help
    assert not verdict.flagged and "is not the LeNet of this course" in verdict.checks[0].help
    if trained:
        assert verdict.score == 18 and f"Measured: {share_by_keras():.2%}" in told
    else:
        assert verdict.score < 5 and ("they were trained in another network" in told) == (inside == "relu")


def test_the_corpus_is_as_large_as_it_says():
    assert len(RIGHT) >= 60 and len(WRONG) >= 100
