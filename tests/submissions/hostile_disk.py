"""Writes a file that grows until the disk is full."""

from hostile_tools import LOST, REST, midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "it went over the limit for written files")
NOTES = ("it went over the limit for written files",)
FLAGGED = REST


def edit(submission):
    midway(submission, """
import time
with open("grows", "wb") as file:
    for second in range(100):
        try:
            file.write(bytes(10_000_000))
        except OSError:
            time.sleep(0.1)
time.sleep(5)
""")
