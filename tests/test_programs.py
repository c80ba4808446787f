"""The source's programs: `python -m lenet_solution`, and the loop by hand behind it."""

import re
import subprocess
import sys

import keras
import numpy as np
import pytest

from autograder.fashion_mnist import load_fashion_mnist
from lenet_solution.textbook import as_pictures, train_textbook, training_loop
from lenet_solution.variants import unmixed
from lenet_solution.variants_model import Subclassed, build_narrow, build_padded

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
LINE = r"Epoch 1, Loss: \d\.\d{4}, Accuracy: \d+\.\d\d%, Test Loss: \d\.\d{4}, Test Accuracy: (\d+\.\d\d)%\n"


def program(*arguments, cwd=None, **environment):
    return subprocess.run(
        [sys.executable, "-m", "lenet_solution", *arguments],
        capture_output=True, text=True, cwd=cwd, env=environment or None, timeout=600, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def few():
    (images, labels), (test_images, test_labels) = load_fashion_mnist()
    return (images[:1_050], labels[:1_050]), (test_images[:450], test_labels[:450])


def run(few, reset, epochs=3):
    keras.utils.set_random_seed(4)
    model = build_narrow()
    return model, list(training_loop(model, *few, epochs, reset))


def test_means_that_are_never_reset_are_those_over_all_epochs_until_then(few):
    (_, own), (_, printed) = run(few, reset=True), run(few, reset=False)
    assert printed[0].test_accuracy == pytest.approx(own[0].test_accuracy)
    for name in ("accuracy", "test_accuracy", "loss", "test_loss"):
        last = unmixed(2, getattr(printed[1], name), 3, getattr(printed[2], name))
        assert last == pytest.approx(getattr(own[2], name), abs=1e-4)


def test_what_is_printed_of_the_test_images_is_what_the_network_says_of_them(few):
    model, epochs = run(few, reset=True)
    images, labels = few[1]
    outputs = model.predict(images[..., None] / np.float32(255), verbose=0)
    assert epochs[-1].test_accuracy == pytest.approx((outputs.argmax(axis=1) == labels).mean())


def test_the_loop_learns(few):
    _, epochs = run(few, reset=True, epochs=12)
    assert epochs[-1].loss < 0.9 * epochs[0].loss and epochs[-1].accuracy > 0.4


def test_the_class_of_the_source_computes_what_its_layers_do_in_a_row():
    images = np.random.default_rng(0).random((2, 28, 28, 1), "float32")
    one, row = Subclassed(), build_padded()
    one(images)
    row.set_weights(one.get_weights())
    assert one.count_params() == 1_663_370
    np.testing.assert_allclose(one(images), row(images), atol=1e-6)


def test_a_variant_prints_a_line_an_epoch():
    ended = program("narrow", "--epochs", "1")
    assert ended.returncode == 0, ended.stderr[-2_000:]
    [accuracy] = re.fullmatch(LINE, ended.stdout).groups()
    assert float(accuracy) > 50


def test_the_textbook_goes_from_the_gpus_to_evaluate(tmp_path):
    ended = program("textbook", "--epochs", "1", "--weights", str(tmp_path / "my.weights.h5"))
    assert ended.returncode == 0, ended.stderr[-2_000:]
    lines = ended.stdout.splitlines()
    assert lines[0].startswith("GPUs: ") and (tmp_path / "my.weights.h5").is_file()
    assert "44,426" in ended.stdout and "Test loss: " in lines[-1] and "test accuracy: " in lines[-1]


@pytest.mark.parametrize("arguments", [("narrow", "--epochs", "0"), ("textbook", "--epochs", "-3")])
def test_no_epochs_are_refused_in_one_sentence(arguments):
    ended = program(*arguments)
    assert ended.returncode == 2 and ended.stderr.endswith("--epochs is a whole number from 1.\n")


def test_the_textbooks_recipe_takes_what_fit_takes(few):
    (images, labels), _ = few
    model = train_textbook(as_pictures(images), labels, 1, verbose=0)
    assert model.count_params() == 44_426 and as_pictures(images).max() == 255
