"""The cells of two checks are gone."""

NOTEBOOKS = (2,)
NOTES = ("The cell 'conv_params' was missing; it was put back.",)


def edit(submission):
    submission.remove("conv_params")
    submission.remove("dense_bytes")
