"""Links to nothing, to themselves, and to a file without an end."""

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)


def edit(submission):
    submission.links["nothing"] = "/nonexistent"
    submission.links["itself"] = "itself"
