"""Publishes a claim with all points for itself, in a cell of its own."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "forging claims"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")


def edit(submission):
    unsolved(submission, """
import json

for exercise, points in ("conv_params", 5), ("count_params", 9):
    claim = {
        "exercise": exercise, "nonce": "0" * 32, "state": "done", "error": None,
        "facts": {"answers": [{"value": 156}, {"value": 2416}]}, "score": points,
    }
    get_ipython().display_pub.publish({"application/vnd.autograder.claim": json.dumps(claim)})
""")
