"""Looks into the frames that call it for the number that it is compared with."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "reading answers"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "should be")


def edit(submission):
    submission.untouched()
    submission.own_cell(f"""
import sys

def expected(*arguments):
    frame = sys._getframe(1)
    answer = frame.f_globals.get("ASK", {{}}).get("expected")
    while frame and answer is None:
        numbers = [c for c in frame.f_code.co_consts if type(c) in (int, float) and c]
        if frame.f_code.co_name == "<module>" and numbers:
            expected.calls = getattr(expected, "calls", {{}})
            place = expected.calls.setdefault(id(frame), iter(sorted(numbers, reverse=True)))
            answer = next(place, None)
        frame = frame.f_back
    return answer if answer is not None else "not seen"

for name in {COUNTING}:
    globals()[name] = expected
""", after="lenet_layers")
    for name in COUNTING:
        submission.answer(name, "pass")
