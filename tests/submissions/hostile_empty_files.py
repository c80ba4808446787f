"""Makes empty files without end: they hold nothing, and cost memory all the same."""

from hostile_tools import LOST, REST, midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "it went over the limit for written files")
NOTES = ("it went over the limit for written files",)
FLAGGED = REST


def edit(submission):
    midway(submission, """
import itertools, os

for number in itertools.count():
    if number % 10_000 == 0:
        os.mkdir(f"/dev/shm/{number}")
        os.chdir(f"/dev/shm/{number}")
    os.close(os.open(str(number), os.O_CREAT | os.O_WRONLY))
""")
