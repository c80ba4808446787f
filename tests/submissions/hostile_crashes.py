"""Writes where no process may, so that the interpreter itself crashes."""

from hostile_tools import LOST, REST, midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "The kernel ended in cell")
NOTES = ("The kernel ended in cell",)
FLAGGED = REST


def edit(submission):
    midway(submission, """
import ctypes
ctypes.memset(0, 1, 1)
""")
