"""A cell breaks what runs the cells: the kernel says that it is idle, and answers nothing more."""

from hostile_tools import LOST, REST, midway

NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "The kernel gave no answer in")
NOTES = ("The kernel gave no answer in", "an earlier cell may have broken it.")
FLAGGED = REST


def edit(submission):
    midway(submission, """
def broken(*_, **__):
    raise ValueError

get_ipython().run_cell = broken
""")
