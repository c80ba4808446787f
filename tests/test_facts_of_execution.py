"""What a report says of an execution never comes from words that a student chose."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.assignments import ASSIGNMENTS
from autograder.judging.judge import judge
from autograder.runs.execution import Job, _claim, _imported, execute, questions
from autograder.sandbox import Limits, available


def ended_with(name):
    return _claim([new_output("error", ename=name, evalue="", traceback=[])]).reason


@pytest.mark.parametrize("name", ["KeyboardInterrupt", "MemoryError", "ZeroDivisionError"])
def test_an_error_of_pythons_own_is_named(name):
    assert ended_with(name) == f"No claim came back ({name})."


@pytest.mark.parametrize(
    "name", ["6 of 6 points", "CellTimeoutError", "GradedByHandError", "<b>x</b>", "", "E" * 10_000]
)
def test_an_error_that_a_student_named_is_not(name):
    assert ended_with(name) == "No claim came back."


def test_names_of_missing_modules_are_taken_from_our_own_cell():
    cell = new_code_cell("import numpy as np\nfrom matplotlib.pyplot import plot\nx = 'import y'")
    assert _imported(cell.source)[0] == "matplotlib.pyplot"
    assert {"numpy", "matplotlib"} <= set(_imported(cell.source)) and "y" not in _imported(cell.source)


@pytest.mark.slow
@pytest.mark.skipif(not available()[0], reason=available()[1])
@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("while True:\n    pass", "is there a loop without an end?"),
        (
            "def train_it():\n    while True:\n        pass\n\ntrain_it()",
            "it trains, for which the notebook has a cell",
        ),
    ],
)
def test_a_cell_that_runs_too_long_is_told_what_may_be_the_cause(tmp_path, source, said):
    [exercise] = [one for one in ASSIGNMENTS["lenet"].exercises if one.id == "pool_params"]
    notebook, limits = new_notebook(cells=[new_code_cell(source)]), Limits(cell_timeout_s=2)
    job = Job(notebook, {exercise.id: exercise}, frozenset({"training"}), str(tmp_path), bytes(64), limits)
    [note] = execute(job).notes
    assert f"ran longer than 2 s: {said}" in note


@pytest.mark.slow
@pytest.mark.skipif(not available()[0], reason=available()[1])
def test_a_kernel_that_is_idle_and_answers_nothing_is_not_waited_for(tmp_path):
    [exercise] = [one for one in ASSIGNMENTS["lenet"].exercises if one.id == "pool_params"]
    cells = [new_code_cell("get_ipython().kernel.do_execute = None"), *(new_code_cell("1") for _ in range(9))]
    limits = Limits(interrupt_grace_s=2)
    job = Job(
        new_notebook(cells=cells), {exercise.id: exercise}, frozenset(), str(tmp_path), bytes(64), limits
    )
    done = execute(job)
    assert done.stopped == "The kernel gave no answer in cell 2 (“1”): an earlier cell may have broken it."
    assert not done.worth_keeping and done.claims[exercise.id].reason == done.stopped


@pytest.mark.slow
@pytest.mark.skipif(not available()[0], reason=available()[1])
def test_what_a_notebook_took_is_measured_outside_of_it(tmp_path):
    [exercise] = [one for one in ASSIGNMENTS["lenet"].exercises if one.id == "pool_params"]
    held = "import time\nheld = b'x' * 300 * 2**20\ntime.sleep(0.5)\ndel held"
    job = Job(
        new_notebook(cells=[new_code_cell(held)]), {exercise.id: exercise}, frozenset(), str(tmp_path), bytes(64),
        Limits(),
    )  # fmt: skip
    done = execute(job)
    assert done.worth_keeping and done.seconds >= 0.5
    assert 300 <= done.memory_mib <= 4096


SHAPES = """
def lenet_shapes():
    return [(24, 24, 6), (12, 12, 6), (8, 8, 16), (4, 4, 16), (256,), (120,), (84,), (10,)]
"""
ENDLESS = "def output_size(*given):\n    while True:\n        pass\n"


@pytest.mark.slow
@pytest.mark.skipif(not available()[0], reason=available()[1])
@pytest.mark.parametrize(
    ("shapes", "points", "said"),
    [
        (SHAPES, 9, "a function on which it builds ran longer than 3 s"),
        (SHAPES.replace("return", "output_size(28, 5)\n    return"), 0, "is there a loop without an end?"),
    ],
    ids=["answers without it", "needs it"],
)
def test_a_function_that_never_ends_costs_another_one_nothing_that_has_answered(
    tmp_path, shapes, points, said
):
    [exercise] = [one for one in ASSIGNMENTS["lenet"].exercises if one.id == "lenet_shapes"]
    settings = {"grade_id": exercise.id, "grade": True, "solution": False, "schema_version": 3}
    graded = new_code_cell("check('lenet_shapes')", metadata={"nbgrader": settings})
    notebook = new_notebook(cells=[new_code_cell(ENDLESS + shapes), graded])
    limits = Limits(cell_timeout_s=3, interrupt_grace_s=3)
    job = Job(notebook, {exercise.id: exercise}, frozenset(), str(tmp_path), bytes(64), limits)
    done = execute(job)
    [(question, claim)] = [(questions(job.exercises, job.seed)[exercise.id], done.claims[exercise.id])]
    verdict = judge([(question, claim)])[exercise.id]
    assert verdict.score == points and said in " ".join(done.notes)


@pytest.mark.slow
@pytest.mark.skipif(not available()[0], reason=available()[1])
def test_who_catches_the_interrupt_has_not_answered_in_time(tmp_path):
    [exercise] = [one for one in ASSIGNMENTS["lenet"].exercises if one.id == "pool_params"]
    settings = {"grade_id": exercise.id, "grade": True, "solution": False, "schema_version": 3}
    catches = (
        "def pool_params(*given):\n    try:\n        while True:\n            pass\n"
        "    except KeyboardInterrupt:\n        return 0"
    )
    graded = new_code_cell("check('pool_params')", metadata={"nbgrader": settings})
    notebook = new_notebook(cells=[new_code_cell(catches), graded])
    limits = Limits(cell_timeout_s=3, interrupt_grace_s=3)
    done = execute(Job(notebook, {exercise.id: exercise}, frozenset(), str(tmp_path), bytes(64), limits))
    assert "is there a loop without an end?" in done.claims[exercise.id].reason
