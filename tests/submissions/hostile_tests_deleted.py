"""The tests that would fail are gone."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "tags and metadata"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")
NOTES = ("The cell 'count_params' was missing; it was put back.",)


def edit(submission):
    submission.untouched()
    for name in COUNTING:
        submission.remove(name)
