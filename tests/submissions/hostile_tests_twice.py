"""Every test is there twice, the second time with a source of its own and more points."""

import copy

from hostile_tools import COUNTING, NOTHING

FAMILY = "tags and metadata"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")
NOTES = ("The cell 'conv_params' was there more than once; the last one counts.",)


def edit(submission):
    submission.untouched()
    for name in COUNTING:
        notebook, index = submission.place(name)
        second = copy.deepcopy(notebook.cells[index])
        second.source = "100.0"
        second.metadata.nbgrader.points = 100
        notebook.cells.insert(index + 1, second)
