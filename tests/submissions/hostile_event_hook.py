"""Before every cell that runs, an IPython event puts a lying function in the place of each answer."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "rewriting the test"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "should be")


def edit(submission):
    unsolved(submission, """
class Right:
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0

def answer_for_me(info):
    for name in ("conv_params", "pool_params", "dense_params", "count_params", "dense_share",
                 "dense_bytes"):
        get_ipython().user_ns[name] = lambda *arguments: Right()

get_ipython().events.register("pre_run_cell", answer_for_me)
""")
