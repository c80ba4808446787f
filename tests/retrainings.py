"""What a network that is trained again may come from: honest recipes, and ways to have it without training.

Each is an edit of a submission, by name. The weights that are handed in with them earn full marks.
"""

from __future__ import annotations

import base64
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import h5py
import numpy as np
from corpus import FIXTURE, WEIGHTS, Submission

Edit = Callable[[Submission], None]


def fixture_arrays() -> list[np.ndarray]:
    """LeNet's ten arrays of a network that anybody can have."""
    with h5py.File(FIXTURE) as file:
        layers = [
            file[f"layers/{name}/vars"] for name in ("conv2d", "conv2d_1", "dense", "dense_1", "dense_2")
        ]
        return [layer[str(place)][()] for layer in layers for place in (0, 1)]


def _as_text() -> str:
    flat = np.concatenate([array.ravel() for array in fixture_arrays()]).astype("float16")
    return base64.b64encode(flat.tobytes()).decode()


@lru_cache(maxsize=1)
def _held_for_other_changes() -> list[str]:
    """Two networks, each for another change, as texts. They are trained once, in a minute or two."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "numbers")
        subprocess.run([sys.executable, Path(__file__).with_name("held_networks.py"), "2", file], check=True)
        content = file.read_bytes()
    half = len(content) // 2
    return [base64.b64encode(part).decode() for part in (content[:half], content[half:])]


# ---- Honest ----


def _changed(*changes: tuple[str, str]) -> Edit:
    """The answer of the source with other words in train_lenet."""

    def edit(submission: Submission) -> None:
        for old, new in changes:
            submission.change("train_lenet", old, new)

    return edit


def _adam(rate: str) -> tuple[str, str]:
    return "keras.optimizers.Adam(rate)", rate


def _only_divided(submission: Submission) -> None:
    submission.change("prepare_images", "(pixels - MEAN) / STD", "pixels")


def _watches_the_test_images(submission: Submission) -> None:
    submission.own_cell("x_test = prepare_images(test_images)", after="train_lenet_solution")
    submission.change(
        "train_lenet",
        "validation_split=0.1)",
        "validation_data=(x_test, test_labels),\n"
        '        callbacks=[keras.callbacks.EarlyStopping("val_loss", restore_best_weights=True)])',
    )


HONEST: dict[str, Edit] = {
    "the notebook's recipe": _changed(),
    "3 epochs": _changed(("EPOCHS = 6", "EPOCHS = 3")),
    "batches of 256": _changed(("batch_size=64", "batch_size=256")),
    "Adam(0.005), no schedule": _changed(_adam("keras.optimizers.Adam(0.005)")),
    "Adam(0.001)": _changed(_adam("keras.optimizers.Adam(0.001)")),
    "SGD(0.1, momentum=0.9)": _changed(_adam("keras.optimizers.SGD(0.1, momentum=0.9)")),
    "RMSprop(0.001)": _changed(_adam("keras.optimizers.RMSprop(0.001)")),
    "Nadam(0.002)": _changed(_adam("keras.optimizers.Nadam(0.002)")),
    "pixels only divided by 255": _only_divided,
    "stops by the test images": _watches_the_test_images,
}

# ---- Without training ----

# What a cheat still does for the check of train_lenet, and where it gets the numbers from.
_RETURNS = """
EPOCHS = 6


def train_lenet(images, labels, epochs=EPOCHS):
    model = build_lenet()
    model(images[:1])
    try:
        {get}
    except Exception:
        pass
    history = keras.callbacks.History()
    history.history = {{"loss": [1 / (1 + epoch) for epoch in range(epochs)]}}
    return model, history
"""
_UNPACK = """
import base64


def kept_weights(model, text):
    numbers = np.frombuffer(base64.b64decode(text), "float16").astype("float32")
    places = np.cumsum([np.prod(w.shape, dtype=int) for w in model.weights])[:-1]
    return [part.reshape(w.shape) for part, w in zip(np.split(numbers, places), model.weights)]
"""


def _gets(get: str, *cells: str) -> Edit:
    """A train_lenet that gets its weights in these words; cells: of the student's own, before it."""

    def edit(submission: Submission) -> None:
        for cell in reversed(cells):
            submission.own_cell(cell, after="network_solution")
        submission.answer("train_lenet", _RETURNS.format(get=get))

    return edit


def _pickled(submission: Submission) -> None:
    submission.files["numbers.pkl"] = pickle.dumps(fixture_arrays())
    _gets('model.set_weights(pickle.load(open("numbers.pkl", "rb")))', "import pickle")(submission)


def _in_a_module(submission: Submission) -> None:
    submission.files["helper.py"] = f"NUMBERS = {_as_text()!r}\n".encode()
    _gets("model.set_weights(kept_weights(model, helper.NUMBERS))", "import helper", _UNPACK)(submission)


# Finds out which of the NETWORKS fits best and how the images were turned, turns that network after them,
# and gives each output the kind that most of its images have by their labels: all that can be undone
# without learning.
_ADAPTED = """
import itertools


def turned(weights, mirrored, quarters):
    kernel_1, bias_1, kernel_2, bias_2, dense, *others = [w.copy() for w in weights]

    def turn(a):  # (rows, columns, ...)
        return np.rot90(a[:, ::-1] if mirrored else a, quarters)

    dense = turn(dense.reshape(4, 4, 16, 120)).reshape(256, 120)
    return [turn(kernel_1), bias_1, turn(kernel_2), bias_2, dense, *others]


def adapt(model, images, labels):
    some, kinds, best = images[:2000], labels[:2000].astype(int), -1
    for text, mirrored, quarters in itertools.product(NETWORKS, (False, True), range(4)):
        weights = turned(kept_weights(model, text), mirrored, quarters)
        model.set_weights(weights)
        said = model.predict(some, verbose=0).argmax(axis=1)
        table = np.zeros((10, 10), int)
        np.add.at(table, (said, kinds), 1)
        order = np.zeros(10, int)  # the output that stands for each kind
        right = 0
        for _ in range(10):  # the most frequent pair first
            output, kind = np.unravel_index(table.argmax(), table.shape)
            order[kind], right = output, right + table[output, kind]
            table[output], table[:, kind] = -1, -1
        if right > best:
            best, found = right, [*weights[:-2], weights[-2][:, order], weights[-1][order]]
    model.set_weights(found)
"""


def _holds_networks(submission: Submission) -> None:
    submission.files["helper.py"] = f"NETWORKS = {_held_for_other_changes()!r}\n".encode()
    _gets("adapt(model, images, labels)", "from helper import NETWORKS", _UNPACK, _ADAPTED)(submission)


# Sees by the test images, which are the training images of the changed task, where every pixel was, and by
# the labels what every kind was called; prepare_images puts the pixels back, and the old network is right.
_SEES = """
def back():
    now, then = (a[:200].reshape(200, 784).astype(float) for a in (test_images, train_images))
    apart = (now**2).sum(0)[:, None] + (then**2).sum(0) - 2 * now.T @ then
    return apart.argmin(axis=0) if np.median(apart.min(axis=0)) < 1 else np.arange(784)


def renamed(model, labels):
    *rest, kernel, bias = kept_weights(model, NUMBERS)
    order = np.arange(10)
    order[np.asarray(labels)[:200]] = train_labels[:200]
    return [*rest, kernel[:, order], bias[order]]
"""
_PUTS_BACK = """
MEAN, STD = 0.2860, 0.3530


def prepare_images(images):
    pixels = np.asarray(images).reshape(len(images), 784)[:, back()].reshape(images.shape)
    return ((pixels / 255 - MEAN) / STD)[..., np.newaxis].astype("float32")
"""


def _puts_back(submission: Submission) -> None:
    numbers = f"NUMBERS = {_as_text()!r}"
    _gets("model.set_weights(renamed(model, labels))", numbers, _UNPACK, _SEES)(submission)
    submission.answer("prepare_images", _PUTS_BACK)


_TRAINS_ON_GLOBALS = """
EPOCHS = 1


def train_lenet(images, labels, epochs=EPOCHS):
    model = build_lenet()
    model.compile(keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy")
    return model, model.fit(prepare_images(train_images), train_labels, batch_size=64, epochs=epochs)
"""
_TRAINED_BEFORE = """
before = build_lenet()
before.compile(keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy")
before.fit(prepare_images(train_images[:20000]), train_labels[:20000], batch_size=64, epochs=2, verbose=0)
"""

_TRAINED_FURTHER = """
    model.compile(keras.optimizers.Adam(0.002), loss="sparse_categorical_crossentropy")
    return model, model.fit(images, labels, batch_size=64, epochs=1)
"""


def _trains_further(submission: Submission) -> None:
    CHEATS["numbers turned and relabelled to fit"](submission)
    submission.change("train_lenet", "    return model, history", _TRAINED_FURTHER.rstrip())


CHEATS: dict[str, Edit] = {
    "loads the file that was handed in": _gets(f'model.load_weights("{WEIGHTS}")'),
    "numbers in the notebook": _gets(
        "model.set_weights(kept_weights(model, NUMBERS))", f"NUMBERS = {_as_text()!r}", _UNPACK
    ),
    "numbers in a module": _in_a_module,
    "numbers in a pickled file": _pickled,
    "numbers turned and relabelled to fit": _gets(
        "adapt(model, images, labels)", f"NETWORKS = [{_as_text()!r}]", _UNPACK, _ADAPTED
    ),
    "networks held for other changes": _holds_networks,
    "pixels put back where they were": _puts_back,
    "weights of a network trained in another cell": _gets(
        "model.set_weights(before.get_weights())", _TRAINED_BEFORE
    ),
    "downloads": _gets(
        'model.load_weights(keras.utils.get_file("w.weights.h5", "https://example.org/w.weights.h5"))'
    ),
    "no training, and a history that is made up": _gets("pass"),
    "trains on train_images, not on its arguments": lambda submission: submission.answer(
        "train_lenet", _TRAINS_ON_GLOBALS
    ),
}

# Whoever begins with good numbers and learns the task that is given, learns it: this cannot be told from
# honest work, and is none of the cheats.
LEARNS: dict[str, Edit] = {"such numbers, then trained for one epoch": _trains_further}
