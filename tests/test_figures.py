"""Figures come out of every kernel as they come out of Jupyter's own, however they are drawn."""

import dataclasses

import pytest
from corpus import EVERY, filled_release, make_submission
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from small_course import STEM

from autograder.assignments import ASSIGNMENTS
from autograder.cleaning.outputs import IMAGES, CleanOutputs
from autograder.course.own_course import CHECKOUT
from autograder.runs.execution import Job, execute
from autograder.sandbox import Limits, available
from autograder.sandbox.provisioner import SandboxedKernelManager

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not available()[0], reason=available()[1])]

WAYS = {  # cells: pictures that each must leave
    "show": (["import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"], [1]),
    "no show": (["import matplotlib.pyplot as plt\nplt.plot([1, 2]);"], [1]),
    "a value behind it": (["import matplotlib.pyplot as plt\nplt.plot([1, 2])\n1 + 1"], [1]),
    "inline": (["%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.imshow([[1, 2]])"], [1]),
    "inline later": (["import matplotlib.pyplot as plt", "%matplotlib inline", "plt.bar([1], [2])"], [0, 0, 1]),
    "pylab": (["from matplotlib import pylab\npylab.hist([1, 1, 2])"], [1]),
    "two figures": (
        ["import matplotlib.pyplot as plt\nfor n in (1, 2):\n    plt.figure()\n    plt.plot([n])"], [2],
    ),
    "two shows": (
        ["import matplotlib.pyplot as plt\nfor n in (1, 2):\n    plt.plot([n])\n    plt.show()"], [2],
    ),
    "subplots": (["import matplotlib.pyplot as plt\nf, a = plt.subplots(2, 3)\na[0, 0].plot([1])"], [1]),
    "every cell its own": (
        ["import matplotlib.pyplot as plt", "plt.plot([1])", "2 + 2", "plt.plot([2])"], [0, 1, 0, 1],
    ),
    "closed": (["import matplotlib.pyplot as plt\nplt.plot([1])\nplt.close()"], [0]),
    "closed, then its value": (
        ["import matplotlib.pyplot as plt\nf, a = plt.subplots()\na.plot([1])\nplt.close(f)\nf"], [1],
    ),
    "displayed": (
        ["import matplotlib.pyplot as plt\nf, a = plt.subplots()\na.plot([1])\nplt.close(f)\ndisplay(f)"], [1],
    ),
    "in a function": (
        ["def draw():\n    import matplotlib.pyplot as plt\n    plt.plot([1])\n    plt.show()", "draw()"], [0, 1],
    ),
    "before an error": (["import matplotlib.pyplot as plt\nplt.plot([1])\n1 / 0"], [1]),
}  # fmt: skip


def run(*cells, forks=True):
    """The cells of a notebook that was run in a sandbox, as nbclient leaves them."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    manager = SandboxedKernelManager(limits=Limits(), forks=forks)
    client = NotebookClient(notebook, km=manager, timeout=60, allow_errors=True)
    client.owns_km = True
    client.execute()
    return notebook.cells


def pictures(cell):
    return sum("image/png" in output.get("data", {}) for output in cell.outputs)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_draw_leaves_its_pictures(way):
    cells, expected = WAYS[way]
    assert [pictures(cell) for cell in run(*cells)] == expected


@pytest.mark.parametrize("way", ["no show", "inline", "two shows"])
def test_a_kernel_that_starts_by_itself_draws_too(way):
    cells, expected = WAYS[way]
    assert [pictures(cell) for cell in run(*cells, forks=False)] == expected


def test_with_agg_nothing_is_shown_and_savefig_writes():
    first, second = run(
        "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])",
        "plt.savefig('figure.png')\nopen('figure.png', 'rb').read(4) == b'\\x89PNG'",
    )
    assert pictures(first) == 0
    assert second.outputs[0].data["text/plain"] == "True"


def test_settings_of_matplotlib_are_those_of_jupyters_own_kernel():
    cells = (
        "import matplotlib, matplotlib.pyplot as plt\nplt.rcParams['figure.figsize'] = 2, 1\nplt.plot([1])",
        (
            "print(matplotlib.get_backend(), plt.isinteractive(), plt.get_fignums())\n"
            "print({name: value for name, value in plt.rcParams.items()})"
        ),
    )
    stock = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    NotebookClient(stock, kernel_name="python3", timeout=60).execute()
    assert run(*cells)[1].outputs[0].text == stock.cells[1].outputs[0].text


def test_more_pictures_than_a_page_holds_are_said_and_the_first_stay():
    notebook = new_notebook(
        cells=run(
            "import matplotlib.pyplot as plt\n"
            f"for n in range({IMAGES} + 2):\n    plt.figure(figsize=(1, 1))\n    plt.plot([n])"
        )
    )
    cleaned, _ = CleanOutputs().preprocess(notebook, {})
    outputs = [output.data for output in cleaned.cells[0].outputs if output.output_type == "display_data"]
    assert [bool("image/png" in data) for data in outputs] == [True] * IMAGES + [False] * 2


def test_what_lenet_draws_while_it_is_graded_is_a_picture(tmp_path):
    submission = make_submission(
        filled_release(CHECKOUT), dataclasses.replace(EVERY["correct"], stems=(STEM,))
    )
    submission.write(tmp_path / "handed_in")
    lenet = ASSIGNMENTS["lenet"]
    folder = str(tmp_path / "handed_in")
    job = Job(
        submission.notebooks[STEM], lenet.notebook(STEM), lenet.not_executed, folder, b"s" * 64, Limits()
    )
    cells = execute(job).notebook.cells
    shown = [output.data for cell in cells for output in cell.get("outputs", ()) if "data" in output]
    figures = [data for data in shown if "<Figure" in data.get("text/plain", "")]
    assert len(figures) >= 2 and all("image/png" in data for data in figures)
