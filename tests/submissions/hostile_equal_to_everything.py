"""Returns numbers that are equal to everything and differ from nothing."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "objects that lie"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = {
    "conv_params": "should be 156, but yours is 7",
    "count_params": "should be 44,426, but yours is 7",
    "dense_share": "yours is 7",
}


def edit(submission):
    submission.untouched()
    submission.own_cell(f"""
class Any(int):
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __ne__ = __lt__ = __gt__ = lambda self, other: False
    __sub__ = __rsub__ = __abs__ = lambda *arguments: 0
    __hash__ = int.__hash__

for name in {COUNTING}:
    globals()[name] = lambda *arguments: Any(7)
""", after="lenet_layers")
    for name in COUNTING:
        submission.answer(name, "pass")
