"""Runs forever and ignores every interrupt."""

from hostile_tools import LOST, REST, midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "It ignored the interrupt.")
NOTES = ("It ignored the interrupt.",)
FLAGGED = REST


def edit(submission):
    midway(submission, """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
""")
