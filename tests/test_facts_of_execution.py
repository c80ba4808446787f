"""What a report says of an execution never comes from words that a student chose."""

import pytest
from nbformat.v4 import new_code_cell, new_output

from autograder.runs.execution import _claim, _imported


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
