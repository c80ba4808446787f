"""Raises an exception that is called as a cell's timeout is, so that wrong answers look interrupted."""

from hostile_tools import NOTHING

FAMILY = "forging messages"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
FLAGGED = ()  # nobody has to look whether an interrupt left something undone


def edit(submission):
    submission.untouched()
    submission.answer("conv_params", "def conv_params(*arguments):\n    return 0")
    submission.own_cell("""
class CellTimeoutError(Exception):
    pass

raise CellTimeoutError("stopped after 60 s")
""", after="setup_2")
