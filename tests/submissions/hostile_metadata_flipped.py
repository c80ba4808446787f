"""Declares its answers to be tests and its tests to be worth a thousand points each."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "tags and metadata"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")


def edit(submission):
    submission.untouched()
    for name in COUNTING:
        submission.cell(f"{name}_solution").metadata.nbgrader.update(
            grade=True, points=1000, locked=True
        )
        submission.cell(name).metadata.nbgrader.update(
            points=1000, locked=False, solution=True, schema_version=99
        )
