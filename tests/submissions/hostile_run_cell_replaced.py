"""The shell's run_cell says that all went well and runs nothing any more."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "rewriting the test"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "No claim came back.")
FLAGGED = COUNTING


def edit(submission):
    unsolved(submission, """
from IPython.core.interactiveshell import ExecutionResult

async def all_went_well(*arguments, **options):
    return ExecutionResult(None)

shell = get_ipython()
shell.should_run_async = lambda *arguments, **options: True
shell.run_cell_async = all_went_well
""")
