"""Prints a little, and never stops: it is interrupted, and costs nothing but its own time."""

from hostile_tools import midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)
NOTES = ("is there a loop without an end?",)


def edit(submission):
    midway(submission, """
import itertools, time
for second in itertools.count():
    print(second, flush=True)
    time.sleep(0.2)
""")
