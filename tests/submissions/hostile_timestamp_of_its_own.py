"""Hands in a time of submission that is no time."""

FAMILY = "tags and metadata"
NOTEBOOKS = (2,)
NOTES = ("timestamp.txt", "nobody knows when this was handed in")


def edit(submission):
    submission.files["timestamp.txt"] = b"the day before the deadline"
