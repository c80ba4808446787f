"""Runs under pytest. Keras itself, and plain counting, are the oracles for the answer book."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lenet_solution import parameters

FIXTURE = Path(__file__).parent / "fixtures" / "lenet.weights.h5"
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def keras():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    return pytest.importorskip("keras")


@pytest.fixture(scope="module")
def few_images():
    """300 real-looking pictures that a network can tell apart: class = which stripe is bright."""
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 10, 300, dtype=np.uint8)
    images = rng.integers(0, 60, (300, 28, 28), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label + 4 : 2 * label + 6] = 250
    return images, labels


# parameters.py


@pytest.mark.parametrize("size", range(1, 13))
def test_output_size_equals_the_windows_that_can_be_laid_down_by_hand(size):
    for window, stride, padding in itertools.product(range(1, size + 1), (1, 2, 3), (0, 1, 2)):
        starts = range(-padding, size + padding - window + 1, stride)
        assert parameters.output_size(size, window, stride, padding) == len(starts)


def test_lenet_shapes_equal_those_of_the_keras_model(keras):
    from lenet_solution.model import build_lenet

    shapes = [layer.output.shape[1:] for layer in build_lenet().layers]
    assert parameters.lenet_shapes() == shapes


def test_lenet_has_44426_parameters_of_which_94_percent_are_dense():
    counts = [parameters.count_params([layer]) for layer in parameters.LENET]
    assert counts == [156, 0, 2416, 0, 0, 30840, 10164, 850]
    assert parameters.count_params(parameters.LENET) == 44_426
    assert parameters.dense_share(parameters.LENET) == pytest.approx(41_854 / 44_426)


@pytest.mark.parametrize(
    "layers",
    [
        parameters.LENET,
        [("conv", 3, 5, 2, 4), ("flatten",), ("dense", 26 * 24 * 4, 3)],
        [("conv", 1, 1, 3, 7), ("pool", 2, 3), ("conv", 2, 1, 7, 1)],
        [("flatten",), ("dense", 784, 512), ("dense", 512, 1)],
        [("pool", 2, 2)],
        [],
    ],
    ids=["lenet", "oblong windows", "convolutions alone", "dense alone", "pool alone", "empty"],
)
def test_counts_equal_those_of_keras_for_the_same_layers(keras, layers):
    def kept(kind):
        return [layer for layer in layers if layer[0] == kind]

    def count_by_keras(layers):
        total = 0
        for kind, *sizes in layers:
            if kind == "conv":
                height, width, channels, filters = sizes
                layer = keras.layers.Conv2D(filters, (height, width))
                layer.build((None, 40, 40, channels))
            elif kind == "pool":
                layer = keras.layers.MaxPooling2D(tuple(sizes))
            elif kind == "flatten":
                layer = keras.layers.Flatten()
            else:
                layer = keras.layers.Dense(sizes[1])
                layer.build((None, sizes[0]))
            layer.built = True
            total += layer.count_params()
        return total

    assert parameters.count_params(layers) == count_by_keras(layers)
    share = count_by_keras(kept("dense")) / (count_by_keras(layers) or 1)
    assert parameters.dense_share(layers) == pytest.approx(share)


def test_a_layer_kind_that_nobody_taught_is_named():
    with pytest.raises(ValueError, match="'dropout'"):
        parameters.count_params([("dropout", 0.5)])


def test_a_colour_image_into_256_units_takes_three_gigabytes():
    assert parameters.dense_bytes(1000, 1000, 3, 256) == 3_072_000_000
    kernel = np.zeros((28 * 28 * 3, 64), np.float32)
    assert parameters.dense_bytes(28, 28, 3, 64) == kernel.nbytes


# model.py


def test_the_network_is_the_one_of_the_course(keras):
    from lenet_solution.model import build_lenet

    model = build_lenet()
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == [
        "Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D", "Flatten", "Dense", "Dense", "Dense",
    ]  # fmt: skip
    assert [model.layers[i].activation.__name__ for i in (0, 2, 5, 6, 7)] == ["sigmoid"] * 5
    assert model.count_params() == parameters.count_params(parameters.LENET) == 44_426


def test_the_start_weights_are_four_times_glorots(keras):
    from lenet_solution.model import build_lenet

    keras.utils.set_random_seed(3)
    strong = build_lenet().get_weights()
    keras.utils.set_random_seed(3)
    plain = build_lenet(start_scale=1).get_weights()
    for ours, glorot in zip(strong, plain, strict=True):
        assert np.allclose(ours, 4 * glorot)
    limit = np.sqrt(6 / (256 + 120))  # Glorot and Bengio 2010, for the first dense layer
    assert np.abs(plain[4]).max() == pytest.approx(limit, rel=0.01)


def test_two_new_networks_start_apart(keras):
    from lenet_solution.model import build_lenet

    first, second = (build_lenet().get_weights()[4].ravel() for _ in range(2))
    cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
    assert abs(cosine) < 0.05


# training.py


def test_prepared_images_are_float32_with_a_channel_and_standardised(few_images):
    from lenet_solution.training import MEAN, STD, prepare_images

    images, _ = few_images
    prepared = prepare_images(images)
    assert prepared.shape == (300, 28, 28, 1)
    assert prepared.dtype == np.float32
    by_hand = (int(images[7, 3, 5]) / 255 - MEAN) / STD
    assert prepared[7, 3, 5, 0] == pytest.approx(by_hand, rel=1e-5)
    assert images.dtype == np.uint8  # the caller's array is left alone


def test_training_returns_the_model_and_one_history_entry_per_epoch(keras, few_images, capsys):
    from lenet_solution.training import prepare_images, train_lenet

    images, labels = few_images
    model, history = train_lenet(prepare_images(images), labels, epochs=2)
    assert model.count_params() == 44_426
    assert {name: len(values) for name, values in history.history.items()} == {
        "accuracy": 2, "loss": 2, "val_accuracy": 2, "val_loss": 2,
    }  # fmt: skip
    assert "Epoch 2/2" in capsys.readouterr().out  # Keras' own progress bar


def test_the_recipe_that_labels_a_calibration_is_the_one_that_trains(keras, few_images):
    from lenet_solution import training

    images, labels = few_images
    model, history = training.train_lenet(training.prepare_images(images), labels, epochs=1)
    rate = model.optimizer._learning_rate
    start = model.layers[0].kernel_initializer
    assert training.recipe() == {
        "optimizer": type(model.optimizer).__name__,
        "schedule": type(rate).__name__,
        "learning_rate": rate.initial_learning_rate,
        "batch_size": 64,
        "validation_split": 0.1,
        "start_scale": start.scale,
    }
    assert history.params["steps"] == 5  # 270 of 300 images, 64 at a time


def test_a_handful_of_images_can_be_trained_on(keras, few_images):
    from lenet_solution.training import prepare_images, train_lenet

    images, labels = few_images
    model, _ = train_lenet(prepare_images(images[:10]), labels[:10], epochs=1)
    assert all(np.isfinite(weights).all() for weights in model.get_weights())


def test_the_answer_book_trains_with_nothing_but_keras(few_images):
    """Neither its imports nor its training need TensorFlow by name, so other backends work. The loop by hand is
    TensorFlow's, and imports it where it is called."""
    for path in (ROOT / "lenet_solution").glob("*.py"):
        imports = [line for line in path.read_text().splitlines() if line.startswith(("import ", "from "))]
        assert not any(word in line for line in imports for word in ("tensorflow", "torch", "jax"))


def test_the_parameters_load_without_keras():
    code = "import sys, lenet_solution.parameters; print({'keras', 'numpy'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "set()"


def test_the_weights_fixture_is_a_trained_lenet(keras):
    from autograder.fashion_mnist import load_fashion_mnist
    from lenet_solution.model import build_lenet
    from lenet_solution.training import prepare_images

    _, (images, labels) = load_fashion_mnist()
    model = build_lenet()
    model.load_weights(FIXTURE)
    scores = model.predict(prepare_images(images), batch_size=1000, verbose=0)
    assert np.mean(scores.argmax(axis=1) == labels) > 0.87


@pytest.mark.slow
def test_one_real_training_reaches_the_target_without_a_plateau(keras):
    from autograder.assignments.lenet.exercises import TARGET
    from autograder.fashion_mnist import load_fashion_mnist
    from lenet_solution.training import EPOCHS, prepare_images, train_lenet

    (train_images, train_labels), (test_images, test_labels) = load_fashion_mnist()
    keras.utils.set_random_seed(2024)
    model, history = train_lenet(prepare_images(train_images), train_labels)
    assert len(history.history["accuracy"]) == EPOCHS
    assert history.history["val_accuracy"][0] > 0.8
    scores = model.predict(prepare_images(test_images), batch_size=1000, verbose=0)
    assert np.mean(scores.argmax(axis=1) == test_labels) >= TARGET
