"""Takes memory with many processes, none of which takes much."""

from hostile_tools import LOST, REST, midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "it went over the limit for memory")
NOTES = ("(“import os, time”)",)
FLAGGED = REST


def edit(submission):
    midway(submission, """
import os, time

for child in range(20):
    if os.fork() == 0:
        hoard = b"x" * 200_000_000
        time.sleep(60)
        os._exit(0)
time.sleep(60)
""")
