"""Replaces every cell that tests by one that does nothing, as an IPython input transformer."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "rewriting the test"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "No claim came back.")
FLAGGED = COUNTING


def edit(submission):
    unsolved(submission, """
def nothing_instead(lines):
    tests = ("assert", "autograder", "check(")
    return ["pass\\n"] if any(word in "".join(lines) for word in tests) else lines

get_ipython().input_transformers_cleanup.append(nothing_instead)
""")
