"""JSON's writer puts the numbers that stand in the notebook into every claim."""

from hostile_tools import NOTHING

FAMILY = "patching libraries"
NOTEBOOKS = (2,)
# As much as a table of these very numbers earns: whoever knows them may as well return them.
EXPECTED = {**NOTHING, "conv_params": 4, "count_params": 6}
HELP = {
    "conv_params": "Use all four arguments",
    "count_params": "Go through the list that you are given",
}


def edit(submission):
    submission.untouched()
    submission.own_cell("""
import json

KNOWN = {"conv_params": [156, 2416, 156, 156], "count_params": [44426, 156, 0, 44426, 44426]}
honest = json.dumps

def knowing(value, **options):
    if isinstance(value, dict) and value.get("exercise") in KNOWN:
        answers = [{"value": number} for number in KNOWN[value["exercise"]]]
        value = {**value, "state": "done", "facts": {"answers": answers}}
    return honest(value, **options)

json.dumps = knowing
""", after="lenet_layers")
