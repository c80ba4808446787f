"""A solution cell lost its names: to nbgrader it is missing, but what it defines is there."""

NOTEBOOKS = (2,)
NOTES = ("The cell 'dense_params_solution' was missing; it was put back.",)


def edit(submission):
    cell = submission.cell("dense_params_solution")
    cell.metadata.nbgrader.grade_id = "my_dense_params"
    cell.id = "renamed"
