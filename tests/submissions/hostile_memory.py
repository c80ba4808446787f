"""Takes memory until there is none left."""

from hostile_tools import LOST, REST, midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "it went over the limit for memory")
NOTES = ("(“hoard = []”)",)
FLAGGED = REST


def edit(submission):
    midway(submission, """
hoard = []
while True:
    hoard.append(bytearray(b"x" * 20_000_000))
""")
