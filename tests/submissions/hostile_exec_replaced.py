"""The builtin functions that could run a test, or measure an answer, do nothing any more."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "rewriting the test"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "No claim came back")
FLAGGED = COUNTING


def edit(submission):
    unsolved(submission, """
import builtins
builtins.exec = lambda *arguments, **options: None
builtins.abs = lambda number: 0
""")
