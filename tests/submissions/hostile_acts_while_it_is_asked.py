"""Leaves behind all that Python runs by itself, so that it acts in the middle of a later question."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "rewriting the test"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "should be")


def edit(submission):
    unsolved(submission, f"""
import asyncio, gc, json, signal, sys, threading, time, weakref

acted = set()

class Right:
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0

def act(who):
    acted.add(who)
    for name in {COUNTING}:
        get_ipython().user_ns[name] = lambda *arguments: Right()
    for frame in list(sys._current_frames().values()):
        while frame:
            ask = frame.f_globals.get("ASK")
            if type(ask) is dict and frame.f_globals.get("__name__") == "autograder_probe":
                ask["expected"] = ask["right"] = Right()
                frame.f_globals["assert_equal"] = lambda *arguments: True
            frame = frame.f_back

def profile(frame, event, argument):
    if frame.f_globals.get("__name__") == "autograder_probe":
        act("profile")

def sample():
    while True:
        act("thread")
        time.sleep(0.005)

def again():
    act("timer")
    timer = threading.Timer(0.01, again)
    timer.daemon = True
    timer.start()

async def between():
    while True:
        act("task")
        await asyncio.sleep(0.01)

class Dying:
    def __init__(self):
        self.cycle = self

    def __del__(self):
        act("finalizer")
        Dying()

threading.Thread(target=sample, daemon=True).start()
again()
kept = asyncio.ensure_future(between())
signal.signal(signal.SIGALRM, lambda *_: act("signal"))
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
gc.callbacks.append(lambda *_: act("collection"))
gc.set_threshold(200)
Dying()
weakref.finalize(Dying(), act, "weak reference")
sys.setprofile(profile)
threading.setprofile(profile)
sys.addaudithook(lambda event, arguments: act("audit") if event == "compile" else None)
if hasattr(sys, "monitoring"):
    sys.monitoring.use_tool_id(4, "later")
    sys.monitoring.register_callback(4, sys.monitoring.events.PY_START, lambda *_: act("monitoring"))
    sys.monitoring.set_events(4, sys.monitoring.events.PY_START)
encode = json.JSONEncoder.encode
json.JSONEncoder.encode = lambda self, one: (act("encoder"), encode(self, one))[1]
""")
    submission.own_cell("print(sorted(acted))", after="dense_bytes")
