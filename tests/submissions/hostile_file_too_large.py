"""Hands in a file that is larger than any that is needed."""

FAMILY = "exhausting"
NOTEBOOKS = (2,)
NOTES = ("large.bin",)


def edit(submission):
    submission.files["large.bin"] = bytes(9_000_000)
    submission.own_cell("print(open('large.bin', 'rb').read(10))", after="conv_params")
