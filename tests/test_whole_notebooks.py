"""The notebooks of lenet_variants and lenet5_1998 from top to bottom in a real kernel, as "Run All Cells" runs them."""

from functools import cache

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.course.own_course import CHECKOUT
from autograder.predictions import NO_GUESS

pytestmark = pytest.mark.slow
# By notebook and cell: right guesses, as a student types them, and what the cell says then.
ALL_3, ALL_2, ONE = "All 3 as you said", "All 2 as you said", "Just as you said"
GUESSES = {
    "lenet_variants/1_variants": {
        "params_predict": ("16", ONE),
        "change_predict": ('[2, 0.9, "2"]', ALL_3),
        "class_predict": ('"More"', ONE),
        "same_predict": ('[0, "?"]', "1 of 2 as you said; no guess yet for answer 2"),
    },
    "lenet_variants/2_training_loop": {
        "batches_predict": ("[600, 16]", ALL_2),
        "entropy_predict": ("[200, 16]", ALL_2),
        "sigmoid_predict": ('"neither"', ONE),
        "step_prediction": ('"80 %"', None),
        "reset_prediction": ('[85, "no"]', None),
        "step_picture": (None, "as you said|Close"),
        "reset_picture": (None, ALL_2),
    },
    "lenet5_1998/1_pictures_and_maps": {
        "pad_predict": ("55", ONE),
        "shapes_predict": ("[0, 81]", ALL_2),
        "tanh_predict": ("[0.2, 0.9]", "as you said|lose"),
        "subsample_predict": ("[1, 4]", ALL_2),
    },
    "lenet5_1998/2_table_and_output": {
        "table_predict": ("[60, 10]", ALL_2),
        "convolution_predict": ("[10, 16]", ALL_2),
        "params_predict": ('["60,000", "C5", 2416]', ALL_3),
        "rbf_predict": ("4", ONE),
        "nearest_predict": ('["1000", 700, "3 and 9"]', "close|lose"),
    },
}
TASKS = [pytest.param(name, marks=pytest.mark.xdist_group(f"whole {name}")) for name in GUESSES]


@cache
def run(folder, name, guessed):
    """What each cell printed, by its id, and which cells raised what."""
    notebook = nbformat.read(CHECKOUT / folder / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells if guessed else ():
        guess = GUESSES[name].get(cell.id, (None,))[0]
        if guess is not None:
            line = next(line for line in cell.source.splitlines() if line.startswith("prediction = "))
            cell.source = cell.source.replace(line, f"prediction = {guess}")
    NotebookClient(notebook, timeout=600, allow_errors=True, kernel_name="python3").execute()
    said = {
        cell.id: "".join(out.text for out in cell.outputs if out.get("name") == "stdout")
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
    raised = [
        (cell.id, out.ename, out.evalue)
        for cell in notebook.cells
        for out in cell.get("outputs", ())
        if out.output_type == "error"
    ]
    return said, raised


@pytest.mark.parametrize("name", TASKS)
def test_with_solutions_every_cell_runs_and_a_right_guess_is_told_so(name):
    said, raised = run("source", name, True)
    assert raised == []
    for id, (_, sentence) in GUESSES[name].items():
        if sentence is not None:
            assert any(one in said[id] for one in sentence.split("|")), said[id]


@pytest.mark.parametrize("name", TASKS)
def test_at_the_end_the_notebook_says_that_every_check_passes(name):
    said, _ = run("source", name, True)
    assert "Every check passes" in "".join(text for id, text in said.items() if id.startswith("progress"))


@pytest.mark.parametrize("name", TASKS)
def test_as_it_is_released_every_cell_runs_and_those_that_need_an_answer_wait(name):
    said, raised = run("release", name, False)
    assert raised == []
    for id, (guess, _) in GUESSES[name].items():
        if guess is not None and id.endswith("_predict"):
            assert "waits for" in said[id] or NO_GUESS in said[id], said[id]
    assert "minutes to go by plan" in "".join(said.values())
