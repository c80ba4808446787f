"""Attaches pictures to the written answer that are none, which no notebook may hold."""

FAMILY = "tags and metadata"
NOTEBOOKS = (2,)


def edit(submission):
    submission.cell("why_dense").attachments = {"a": {"image/png": 5}, "b": {"image/png": "PWNED"}}
