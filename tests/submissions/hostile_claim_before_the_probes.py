"""An answer sends a claim of its own before the probe does, with the numbers that it saw."""

from hostile_tools import NOTHING

FAMILY = "forging claims"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = {"conv_params": "2 claims came back where one was asked for."}
FLAGGED = ("conv_params",)


def edit(submission):
    submission.untouched()
    submission.answer("conv_params", """
import json, sys

def conv_params(*arguments):
    world = sys._getframe(1).f_globals
    if world.get("SEND"):
        claim = {"exercise": "conv_params", "nonce": world["ASK"]["nonce"], "state": "done",
                 "error": None, "facts": {"answers": [{"value": 156}, {"value": 2416}]}}
        world["SEND"](json.dumps(claim))
        world["SEND"] = None
    return 0
""")
