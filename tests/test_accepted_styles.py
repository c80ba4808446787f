"""What `check` accepts, every later cell accepts: notebooks 1 and 2, run whole in one style each.

Notebook 1 is executed up to build_lenet, which needs Keras and belongs to other tests.
"""

import json
import sys
from hashlib import sha256

import matplotlib
import matplotlib.pyplot
import matplotlib.ticker
import numpy as np
import pytest
from counting_answers import RIGHT, SIGNATURES

from autograder.course.own_course import CHECKOUT
from autograder.practice import check, progress
from autograder.predictions import compare

pytestmark = pytest.mark.slow  # together a minute and more

CONV, DENSE = RIGHT["conv_params"], RIGHT["dense_params"]
BY_SIZES = """first = output_size(28, 5)
second = output_size(first, 2, 2)
third = output_size(second, 5)
fourth = output_size(third, 2, 2)
return [(first, first, 6), (second, second, 6), (third, third, 16), (fourth, fourth, 16), (fourth**2 * 16,), (120,), (84,), (10,)]"""
SLIDE = """places = range(26)
return np.array([[(image[r : r + 3, c : c + 3] * weights).sum() for c in places] for r in places])"""
STYLES = {
    "plain": {},
    "floats": {
        "output_size": "return (size + 2 * padding - window) // stride + 1.0",
        "lenet_shapes": BY_SIZES,
        "conv_params": "return float((height * width * channels_in + 1) * filters)",
        "pool_params": "return 0.0",
        "dense_params": "return 1.0 * units * (1 + inputs)",
        "count_params": RIGHT["count_params"][6],
        "dense_bytes": "return height * width * channels * units * 32 / 8",
    },
    "numpy": {
        "output_size": "return np.int64((size + 2 * padding - window) // stride + 1)",
        "lenet_shapes": RIGHT["lenet_shapes"][3],
        "conv_params": "return np.prod([height, width, channels_in, filters]) + filters",
        "pool_params": "return np.int32(0)",
        "dense_params": "return np.zeros((inputs, units)).size + units",
        "count_params": "return np.int64(sum((np.prod(l[1:-1]) + 1) * l[-1] for l in layers if l[0] in ('conv', 'dense')))",
        "dense_share": RIGHT["dense_share"][5],
        "dense_bytes": "return np.int64(height) * width * channels * units * 4",
    },
    "arrays without axes": {
        "output_size": "return np.array((size + 2 * padding - window) // stride + 1)",
        "lenet_shapes": BY_SIZES,
        "conv_params": "return np.array((height * width * channels_in + 1) * filters)",
        "dense_params": "return np.array((inputs + 1) * units)",
        "dense_bytes": "return np.array(height * width * channels * units * 4)",
    },
    "exact shares, arrays of sizes": {
        "lenet_shapes": RIGHT["lenet_shapes"][5],
        "dense_share": RIGHT["dense_share"][7],
    },
    "decimal shares": {"dense_share": RIGHT["dense_share"][8]},
    "lists for tuples": {"lenet_shapes": RIGHT["lenet_shapes"][2]},
    "a tuple for the list": {"lenet_shapes": RIGHT["lenet_shapes"][1]},
}


def indented(body):
    return "\n".join(f"    {line}" for line in body.splitlines())


def filled_cells(stem, style):
    """(name, source) of the code cells of the release, with answers in this style."""
    notebook = json.loads((CHECKOUT / "release" / "lenet" / f"{stem}.ipynb").read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        exercise = name.removesuffix("_solution")
        source = "".join(cell["source"])
        if name.endswith("_solution") and exercise in SIGNATURES:
            body = style.get(exercise, RIGHT[exercise][0])
            source = f"def {exercise}({SIGNATURES[exercise]}):\n{indented(body)}"
        elif name == "slide_solution":  # no check, no points
            source = f"def slide(image, weights):\n{indented(SLIDE)}"
        yield name, source


@pytest.mark.parametrize("stem", ["1_build_lenet", "2_count_parameters"])
@pytest.mark.parametrize("style", STYLES)
def test_no_cell_contradicts_a_check_that_said_all_right(stem, style, monkeypatch, capsys):
    matplotlib.use("agg")
    monkeypatch.setattr(matplotlib.pyplot, "show", lambda: matplotlib.pyplot.close("all"))
    names = {"np": np, "plt": matplotlib.pyplot, "EngFormatter": matplotlib.ticker.EngFormatter}
    names |= {"compare": compare, "progress": progress, "sha256": sha256}
    namespace = {**names, "check": lambda name: check(name, namespace)}
    monkeypatch.setitem(sys.modules, "IPython", None)
    checked = 0
    for name, source in filled_cells(stem, STYLES[style]):
        if name in ("setup_1", "setup_2"):
            source = source[source.index("# What an unfinished") :]
        if name == "build_lenet_solution" or "keras" in source:
            break
        if source.startswith("check("):
            report = eval(source, namespace)
            assert report.verdict.outcome == "passed", repr(report)
            checked += 1
        else:
            exec(source, namespace)
    assert checked == (2 if stem == "1_build_lenet" else 6)
    assert "waits for" not in capsys.readouterr().out.replace("waits for a person", "")


@pytest.mark.parametrize(
    "style", ["plain", "numpy", "exact shares, arrays of sizes", "lists for tuples", "a tuple for the list"]
)
def test_the_table_of_predictions_agrees_with_the_check(style, capsys):
    """With a network of the right shapes beside it, every line of the table is ticked."""
    [table] = [s for name, s in filled_cells("1_build_lenet", STYLES[style]) if name == "shape_table"]
    [answer] = [
        s for name, s in filled_cells("1_build_lenet", STYLES[style]) if name == "lenet_shapes_solution"
    ]
    shapes = [(24, 24, 6), (12, 12, 6), (8, 8, 16), (4, 4, 16), (256,), (120,), (84,), (10,)]

    namespace = {"np": np, "build_lenet": lambda: "a network", "NOT_YET": ()}
    namespace["steps_of"] = lambda network: [("Layer", shape, 0) for shape in shapes]
    exec(answer, namespace)
    exec(table, namespace)
    out = capsys.readouterr().out
    assert out.count("✓") == 8 and "✗" not in out
