"""Adds to every claim that it passed, with which score."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "forging claims"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "it does not have the fields of a claim")
FLAGGED = COUNTING


def edit(submission):
    unsolved(submission, """
import json

honest = json.dumps

def with_score(value, **options):
    if isinstance(value, dict) and "facts" in value:
        value = {**value, "outcome": "passed", "score": 9, "points": 9}
    return honest(value, **options)

json.dumps = with_score
""")
