"""The tests hold other code, are text instead of code, or come with the output that they should have."""

import nbformat
from hostile_tools import COUNTING, NOTHING

FAMILY = "tags and metadata"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")
NOTES = ("The cell 'dense_bytes' was changed; the original was used.",)


def edit(submission):
    submission.untouched()
    for index, name in enumerate(COUNTING):
        cell = submission.cell(name)
        cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "9.0"})]
        cell.execution_count = 7
        if index % 2:
            cell.source = "9.0"
        elif index % 3:
            cell.cell_type = "markdown"
            del cell["outputs"], cell["execution_count"]
