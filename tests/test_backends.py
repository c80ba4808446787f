"""The answer book's networks on each backend of Keras that is installed: the same weights give the same outputs, and
each can be trained. The loop by hand is TensorFlow's by nature, and not here."""

import importlib.util
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from autograder.assignments.lenet.checks.lenet import lenet_outputs
from autograder.assignments.lenet_variants.checks import networks
from autograder.course.own_course import CHECKOUT

BACKENDS = [
    pytest.param(
        name,
        marks=[
            pytest.mark.skipif(not importlib.util.find_spec(name), reason=f"{name} is not installed here"),
            pytest.mark.xdist_group(f"backend {name}"),
        ],
    )
    for name in ("tensorflow", "jax", "torch")
]
pytestmark = pytest.mark.slow
VARIANTS = {"narrow": networks.NARROW, "wide": networks.WIDE, "padded": networks.PADDED}
# What a program of its own prints: outputs of every network for drawn weights, and whether a training changed them.
PROGRAM = """
import json
import keras, numpy as np
from lenet_solution.lenet5_model import build_lenet5
from lenet_solution.model import build_lenet
from lenet_solution.textbook import train_textbook
from lenet_solution.training import train_lenet
from lenet_solution.variants_model import Subclassed, build_narrow, build_padded, build_wide

assert keras.backend.backend() == {backend!r}
random = np.random.default_rng(0)
images = random.random((4, 28, 28, 1)).astype("float32")
labels = random.integers(0, 10, 200)
many = random.random((200, 28, 28, 1)).astype("float32")
told = {{"outputs": {{}}, "trained": {{}}}}
networks = {{
    "lenet": build_lenet(), "narrow": build_narrow(), "wide": build_wide(), "padded": build_padded(),
    "subclassed": Subclassed(), "lenet5": build_lenet5(random.choice([-1.0, 1.0], (10, 84))),
}}
for name, network in networks.items():
    given = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0))) if name == "lenet5" else images
    network(given)  # a class has no weights before
    draw = np.random.default_rng(len(network.weights))  # so that padded and subclassed have the same
    network.set_weights([draw.normal(0, 0.1, weight.shape).astype("float32") for weight in network.weights])
    told["outputs"][name] = network.predict(given, verbose=0).tolist()
for name in ("narrow", "wide", "subclassed"):
    network = networks[name]
    network.compile("adam", "sparse_categorical_crossentropy")
    before = network.get_weights()
    network.fit(many, labels, epochs=1, verbose=0)
    told["trained"][name] = all((a != b).any() for a, b in zip(before, network.get_weights()))
_, history = train_lenet(many, labels, epochs=1)
told["trained"]["recipe"] = bool(np.isfinite(history.history["loss"]).all())
textbook = train_textbook(many * 255, labels, 1, verbose=0)
told["trained"]["textbook"] = all(np.isfinite(array).all() for array in textbook.get_weights())
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told():
    """By backend what the program says, run once."""
    kept = {}

    def of(backend):
        if backend not in kept:
            environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "2"}
            run = subprocess.run(
                [sys.executable, "-c", PROGRAM.format(backend=backend)],
                capture_output=True, text=True, cwd=CHECKOUT, env=environment, check=False,
            )  # fmt: skip
            assert run.returncode == 0, run.stderr[-2000:]
            kept[backend] = json.loads(run.stdout.splitlines()[-1])
        return kept[backend]

    return of


def drawn(shapes):
    random = np.random.default_rng(len(shapes))
    return [random.normal(0, 0.1, shape).astype("float32") for shape in shapes]


def images():
    return np.random.default_rng(0).random((4, 28, 28, 1)).astype("float32")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_gives_what_the_reference_gives(told, backend, name):
    right = networks.outputs(VARIANTS[name], images(), drawn(VARIANTS[name].arrays))
    assert np.allclose(told(backend)["outputs"][name], right, atol=1e-4)


@pytest.mark.parametrize("backend", BACKENDS)
def test_lenet_gives_what_the_reference_gives(told, backend):
    shapes = [(5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,), (256, 120), (120,), (120, 84), (84,), (84, 10), (10,)]
    right = lenet_outputs(images(), drawn(shapes))
    assert np.allclose(told(backend)["outputs"]["lenet"], right, atol=1e-4)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_subclassed_form_gives_what_its_sequential_form_gives(told, backend):
    outputs = told(backend)["outputs"]
    assert np.allclose(outputs["subclassed"], outputs["padded"], atol=1e-5)


@pytest.mark.parametrize("backend", BACKENDS[1:])
def test_the_lenet_of_1998_gives_what_it_gives_with_tensorflow(told, backend):
    """Which test_lenet5_1998.py compares with the reference."""
    if not importlib.util.find_spec("tensorflow"):
        pytest.skip("TensorFlow is not installed here")
    assert np.allclose(
        told(backend)["outputs"]["lenet5"], told("tensorflow")["outputs"]["lenet5"], rtol=1e-4, atol=1e-3
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_network_can_be_trained(told, backend):
    trained = told(backend)["trained"]
    assert len(trained) == 5 and all(trained.values()), trained
