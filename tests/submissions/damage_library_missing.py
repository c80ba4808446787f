"""A library that the notebook's first cell imports is not there, as on a machine without it."""

from nbformat.v4 import new_code_cell

from hostile_tools import COUNTING, NOTHING

NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "could not import what it needs")
NOTES = ("The cell 'setup_2' could not import what it needs",)
FLAGGED = COUNTING


def edit(submission):
    missing = new_code_cell("import sys\n\nsys.modules['matplotlib.pyplot'] = None")
    submission.notebook(2).cells.insert(0, missing)
