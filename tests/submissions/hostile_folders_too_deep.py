"""Hands in folders in folders, hundreds of them."""

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)


def edit(submission):
    submission.files["d/" * 700 + "file"] = b"x"
