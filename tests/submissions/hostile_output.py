"""Prints hundreds of megabytes."""

from hostile_tools import LOST, REST, midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "it went over the limit for printed and displayed output")
NOTES = ("it went over the limit for printed and displayed output",)
FLAGGED = REST


def edit(submission):
    midway(submission, """
for megabyte in range(300):
    print("x" * 1_000_000)
""")
