"""An answer reads the nonce from the probe's frame, sends a claim of its own and ends the kernel."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "forging claims"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "The kernel ended in the cell 'conv_params'.")
NOTES = ("The kernel ended in the cell 'conv_params'.",)
FLAGGED = COUNTING


def edit(submission):
    submission.untouched()
    submission.answer("conv_params", """
import json, os, sys, time

def conv_params(*arguments):
    frame = sys._getframe()
    while frame and "ASK" not in frame.f_globals:
        frame = frame.f_back
    if frame is None:
        return 0
    ask, send = frame.f_globals["ASK"], frame.f_globals["SEND"]
    answers = [{"value": h * w * c * f + f} for h, w, c, f in ask["calls"]]
    send(json.dumps({"exercise": ask["exercise"], "nonce": ask["nonce"], "state": "done",
                     "error": None, "facts": {"answers": answers}}))
    time.sleep(0.5)
    os._exit(0)
""")
