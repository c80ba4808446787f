"""Prints a little, and never stops."""

from hostile_tools import LOST, REST, midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "ran longer than")
NOTES = ("is there a loop without an end?",)
FLAGGED = REST


def edit(submission):
    midway(submission, """
import itertools, time
for second in itertools.count():
    print(second, flush=True)
    time.sleep(0.2)
""")
