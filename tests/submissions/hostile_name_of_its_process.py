"""Calls its process what the file about it says of memory, then takes memory until none is left."""

from hostile_tools import LOST, REST, midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "it went over the limit for memory")
FLAGGED = REST


def edit(submission):
    midway(submission, """
import ctypes

PR_SET_NAME = 15
ctypes.CDLL(None).prctl(PR_SET_NAME, b"\\x0cVmRSS: \\xff", 0, 0, 0)
hoard = []
while True:
    hoard.append(bytearray(b"x" * 20_000_000))
""")
