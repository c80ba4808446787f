"""Tags every test as one that Jupyter must not execute."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "tags and metadata"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")


def edit(submission):
    submission.untouched()
    for cell in submission.notebook(2).cells:
        cell.metadata.tags = ["skip-execution", "raises-exception", "remove_cell", "hide_input"]
