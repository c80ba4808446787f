"""Searches all that is in its memory while it is asked, for answers and for what will be asked."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "reading answers"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "not seen")
SECRETS = ("FOUND",)


def edit(submission):
    submission.untouched()
    submission.own_cell(f"""
import gc, sys

# Names of the grader's own, without their last letter, so that this text does not find itself.
NAMES = {{b"right_answe": b"r", b"hidden_call": b"s", b"lenet_solution.mode": b"l", b"autograder.judg": b"e"}}
asked, found = [], []

def objects(ask):
    yield from gc.get_objects()
    yield from gc.get_referrers(ask)
    for frame in sys._current_frames().values():
        while frame:
            yield from (frame.f_locals, frame.f_globals)
            frame = frame.f_back
    shell = get_ipython()
    yield from (shell.user_ns, vars(shell.kernel), vars(shell.history_manager), shell.kernel.get_parent())

def memory():
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as file:
        for line in maps:
            begin, end = (int(place, 16) for place in line.split()[0].split("-"))
            if line.split()[1].startswith("rw"):
                for place in range(begin, end, 1 << 26):
                    file.seek(place)
                    yield file.read(min(end - place, 1 << 26))

def search(*arguments):
    ask = sys._getframe(1).f_globals["ASK"]
    if ask["exercise"] not in asked:
        asked.append(ask["exercise"])
        if len(asked) == 1:  # it takes seconds
            for text in memory():
                for name, last in NAMES.items():
                    at = text.find(name)
                    while at >= 0:
                        if text.startswith(last, at + len(name)):
                            found.append(name)
                        at = text.find(name, at + 1)
    for one in objects(ask):
        if type(one) is dict:
            if {{"nonce", "calls"}} <= one.keys() and one.get("exercise") not in asked:
                found.append(one["exercise"])
            for key in ("expected", "right", "wanted", "solution"):
                if type(one.get(key)) in (int, float):
                    return one[key]
    return "not seen"

for name in {COUNTING}:
    globals()[name] = search
""", after="lenet_layers")
    for name in COUNTING:
        submission.answer(name, "pass")
    submission.own_cell("print(asked, *['FOUND', found] if found else ['in vain'])", after="dense_bytes")
