"""Stops its own process, so that it neither runs nor ends."""

from hostile_tools import LOST, REST, midway

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "It ignored the interrupt.")
NOTES = ("It ignored the interrupt.",)
FLAGGED = REST


def edit(submission):
    midway(submission, """
import os, signal
os.kill(os.getpid(), signal.SIGSTOP)
""")
