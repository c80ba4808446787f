"""What the notebooks of `lenet` let students meet without points: the boot by hand, the plateau, the curve that grows."""

import os
import time
from pathlib import Path
from unittest.mock import patch

import nbformat
import numpy as np
import pytest

from autograder import compare, load_fashion_mnist

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
NOTEBOOKS = Path(__file__).parent.parent / "source" / "lenet"
pytestmark = pytest.mark.filterwarnings("ignore")


def cells(stem):
    notebook = nbformat.read(NOTEBOOKS / f"{stem}.ipynb", as_version=4)
    return {cell.id: cell.source for cell in notebook.cells}


@pytest.fixture
def boot():
    """The names of notebook 1 after its first section."""
    names, sources = {"np": np, "compare": compare}, cells("1_build_lenet")
    for name in ("boot", "slide_solution"):
        exec(sources[name], names)
    return names


def test_the_boot_is_the_first_test_image(boot):
    (image, *_), _ = load_fashion_mnist()[1]
    assert np.array_equal(boot["boot"], np.rint(image / 51))


def test_the_loop_says_at_both_places_what_pencil_and_paper_say(boot, capsys):
    says = boot["slide"](boot["boot"], boot["edges"])
    assert says.shape == (26, 26)
    by_hand = "prediction = [6, 1, 0]"
    assert [says[place] for place in boot["PLACES"].values()] == [6, 1]
    exec(cells("1_build_lenet")["boot_predict"].replace('prediction = ["?", "?", "?"]', by_hand), boot)
    assert capsys.readouterr().out.startswith("All 3 as you said.")


@pytest.fixture
def lesson():
    """Runs a cell of notebook 3 with these lines mended, beside small data."""
    keras = pytest.importorskip("keras")
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    from lenet_solution.training import prepare_images

    (images, labels), _ = load_fashion_mnist()
    names = {
        "keras": keras, "layers": keras.layers, "np": np, "plt": pyplot, "time": time, "patch": patch,
        "prepare_images": prepare_images, "train_images": images[:1200], "train_labels": labels[:1200],
    }  # fmt: skip
    sources = cells("3_train_lenet")

    def run(name, **mended):
        for old, new in mended.items():
            assert MENDED[old] in sources[name]
            sources[name] = sources[name].replace(MENDED[old], new)
        exec(sources[name], names)
        return names

    yield run
    pyplot.close("all")


MENDED = {
    "axis": "np.moveaxis(pixels, -1, 1)",
    "twice": "pixels = pixels / 255",
    "rate": "RATE = 0.5",
    "start": "START = 1 ",
}


def test_the_training_to_be_mended_says_why_it_does_not_begin(lesson, capsys):
    lesson("suspect")
    lesson("suspect_training")
    said = capsys.readouterr().out
    assert "(1200, 1, 28, 28)" in said and "It does not even begin: ValueError" in said


def test_the_training_to_be_mended_waits_for_the_students_function(lesson, capsys):
    def unfinished(images):
        raise NotImplementedError

    lesson("suspect")["prepare_images"] = unfinished
    lesson("suspect_training")
    assert "waits for prepare_images" in capsys.readouterr().out


@pytest.mark.slow
def test_with_its_slips_mended_it_sits_on_the_plateau_and_larger_start_weights_end_that(lesson):
    mended = {"axis": "pixels", "twice": "pass", "rate": "RATE = 0.05"}
    names, reached, firsts = lesson("suspect", **mended), [], []
    for names["START"] in (1, 4):
        names["keras"].utils.set_random_seed(1)
        lesson("suspect_training")
        reached.append(names["accuracy"][-1])
        firsts.append(names["corrections"][0] / names["corrections"][-1])
    assert reached[0] < 0.2 < 0.3 < reached[1]
    assert firsts[0] < 0.1 < firsts[1]


class Place:
    def __init__(self):
        self.drawn = 0

    def update(self, figure):
        self.drawn += 1


@pytest.mark.parametrize("way", ["a list", "none", "by place"])
def test_the_curve_is_drawn_beside_the_callbacks_of_the_students_own(lesson, way):
    names, place, seen = lesson("suspect"), Place(), []
    keras = names["keras"]
    own = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))

    def train_lenet(images, labels):
        model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)])
        model.compile(loss="sparse_categorical_crossentropy")
        if way == "by place":
            return model, model.fit(images[:64], labels[:64], 32, 2, 0, [own])
        more = {"callbacks": [own]} if way == "a list" else {}
        return model, model.fit(images[:64], labels[:64], epochs=2, verbose=0, **more)

    fit = keras.Model.fit
    names.update(train_lenet=train_lenet, display=lambda *_, **__: place)
    lesson("training")
    assert keras.Model.fit is fit
    assert seen == ([] if way == "none" else [0, 1])
    assert (place.drawn > 0) == (way != "by place")
    assert len(names["history"].history["loss"]) == 2
