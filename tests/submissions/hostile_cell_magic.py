"""Every cell that tests becomes the argument of a cell magic that ignores it."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "rewriting the test"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "No claim came back.")
FLAGGED = COUNTING


def edit(submission):
    unsolved(submission, """
from IPython.core.magic import register_cell_magic

@register_cell_magic
def ignore(line, cell):
    pass

def magic_first(lines):
    tests = ("assert", "autograder", "check(")
    return ["%%ignore\\n", *lines] if any(word in "".join(lines) for word in tests) else lines

get_ipython().input_transformers_cleanup.insert(0, magic_first)
""")
