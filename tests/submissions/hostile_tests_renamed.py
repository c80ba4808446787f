"""The names of two tests are exchanged, so that the easy one counts for the hard one."""

from hostile_tools import NOTHING

FAMILY = "tags and metadata"
NOTEBOOKS = (2,)
EXPECTED = {**NOTHING, "pool_params": 2}
HELP = {"count_params": "not attempted"}


def edit(submission):
    answer = submission.cell("pool_params_solution").source
    submission.untouched()
    submission.answer("pool_params", answer)
    easy, hard = submission.cell("pool_params"), submission.cell("count_params")
    easy.metadata.nbgrader.grade_id, hard.metadata.nbgrader.grade_id = "count_params", "pool_params"
    easy.id, hard.id = hard.id, easy.id
