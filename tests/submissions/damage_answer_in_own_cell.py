"""The cell for the answer was deleted, and the function stands in a cell of the student's own."""

NOTEBOOKS = (2,)
NOTES = ("The cell 'conv_params_solution' was missing; it was put back.",)


def edit(submission):
    source = submission.cell("conv_params_solution").source
    submission.own_cell(source, after="conv_params_solution")
    submission.remove("conv_params_solution")
