"""Links to nothing, to themselves, and to a file without an end."""

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)
NOTES = ("nothing is a link", "itself is a link", "endless is a link")


def edit(submission):
    submission.links["nothing"] = "/nonexistent"
    submission.links["itself"] = "itself"
    submission.links["endless"] = "/dev/zero"
    submission.links["above"] = ".."
