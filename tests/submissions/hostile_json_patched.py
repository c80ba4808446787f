"""JSON's writer puts the numbers that stand in the notebook into every claim."""

from hostile_tools import NOTHING

FAMILY = "patching libraries"
NOTEBOOKS = (2,)
# As much as a table of these very numbers earns: they hold for no other input.
EXPECTED = NOTHING
HELP = {"conv_params": "should be", "count_params": "should be"}


def edit(submission):
    submission.untouched()
    submission.own_cell("""
import json

KNOWN = {"conv_params": [156, 2416] + 9 * [156], "count_params": [44426, 156, 0] + 7 * [44426]}
honest = json.dumps

def knowing(value, **options):
    if isinstance(value, dict) and value.get("exercise") in KNOWN:
        answers = [{"value": number} for number in KNOWN[value["exercise"]]]
        value = {**value, "state": "done", "facts": {"answers": answers}}
    return honest(value, **options)

json.dumps = knowing
""", after="lenet_layers")
