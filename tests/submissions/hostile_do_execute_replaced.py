"""The kernel's do_execute answers that all went well and runs nothing any more."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "rewriting the test"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "No claim came back.")
FLAGGED = COUNTING


def edit(submission):
    unsolved(submission, """
async def do_execute(*arguments, **options):
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}

get_ipython().kernel.do_execute = do_execute
""")
