"""What check accepts, every later cell of notebook 3 accepts; filters are drawn however they are kept."""

import os
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from test_ways_to_prepare import RIGHT

from autograder import compare

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
keras = pytest.importorskip("keras")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

NOTEBOOK = Path(__file__).parent.parent / "source" / "lenet" / "3_train_lenet.ipynb"
LATER = ("prepared.mean()", "untrained.test_on_batch", "# Picture: the filters",
         "# Picture: the confusion matrix", "# Picture: how often",
         "# Given: trains one small")  # fmt: skip


@pytest.fixture(scope="module")
def notebook():
    """(its names after its first cells, with a network that nobody trained; its later cells)."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    from lenet_solution.model import build_lenet

    random = np.random.default_rng(0)
    names = {
        "np": np, "keras": keras, "plt": pyplot, "build_lenet": build_lenet, "model": build_lenet(),
        "NOT_YET": (), "compare": compare, "CLASS_NAMES": [str(label) for label in range(10)], "my_pair": ("?", "?"),
        "tries": {"one": (keras.optimizers.SGD(0.1), 4)},
    }  # fmt: skip
    for kind, count in (("train", 3_000), ("test", 1_000)):
        names[f"{kind}_images"] = random.integers(0, 256, (count, 28, 28)).astype("uint8")
        names[f"{kind}_labels"] = random.integers(0, 10, count).astype("uint8")
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    yield names, {begin: next(text for text in sources if begin in text) for begin in LATER}
    pyplot.close("all")


@pytest.mark.parametrize("way", ["as in the notebook", "keras layers", "TensorFlow"])
def test_what_check_accepts_every_later_cell_accepts(notebook, way, capsys):
    names, cells = notebook
    names = {**names, "prepare_images": RIGHT[way]}
    for source in cells.values():
        exec(source, names)
    assert "waits for" not in capsys.readouterr().out


KERNEL = np.random.default_rng(1).normal(size=(5, 5, 1, 6)).astype("float32")
BIAS = np.arange(6, dtype="float32")
KEPT = {
    "as Keras does": (KERNEL, BIAS),
    "a matrix for patches": (KERNEL.reshape(25, 6), BIAS),
    "one more axis": (KERNEL[np.newaxis], BIAS),
    "filters first": (np.moveaxis(KERNEL, -1, 0), BIAS),
    "a matrix, filters first": (KERNEL.reshape(25, 6).T, BIAS),
    "biases in a row": (KERNEL, BIAS[np.newaxis]),
}


@pytest.mark.parametrize("way", KEPT)
def test_the_filters_are_drawn_however_a_network_keeps_them(notebook, way):
    names, cells = notebook
    names = {**names, "prepare_images": RIGHT["as in the notebook"]}
    names["model"] = SimpleNamespace(get_weights=lambda: list(KEPT[way]))
    exec(cells["# Picture: the filters"], names)
    assert np.array_equal(names["weights"], KERNEL) and np.array_equal(names["bias"], BIAS)


@pytest.mark.parametrize("shapes", [[(3, 3, 1, 6), (6,)], [(5, 5, 1, 32), (32,)], []])
def test_filters_that_are_not_lenets_are_said_to_be_none(notebook, shapes, capsys):
    names, cells = notebook
    model = SimpleNamespace(get_weights=lambda: [np.zeros(shape) for shape in shapes])
    exec(cells["# Picture: the filters"], {**names, "model": model})
    assert "There are no six filters" in capsys.readouterr().out
