"""A folder with a letter in it, and no notebook."""

NOTEBOOKS = ()


def edit(submission):
    submission.files["letter.txt"] = b"Dear professor"
