"""A cell of the student's own runs forever, and costs nothing but itself."""

NOTEBOOKS = (2,)
NOTES = ("(“while True:”) ran longer than 25 s: is there a loop without an end?",)


def edit(submission):
    submission.own_cell("while True:\n    pass", after="pool_params")
