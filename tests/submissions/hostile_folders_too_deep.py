"""Hands in folders in folders, hundreds of them."""

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)
NOTES = ("What lies 20 or more folders deep was left out.",)


def edit(submission):
    submission.files["d/" * 700 + "file"] = b"x"
