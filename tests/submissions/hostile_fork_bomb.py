"""Every process starts another one, without end."""

from hostile_tools import LOST, REST, midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "it went over the limit for processes at one time")
NOTES = ("(“import os”)",)
FLAGGED = REST


def edit(submission):
    midway(submission, """
import os
while True:
    os.fork()
""")
