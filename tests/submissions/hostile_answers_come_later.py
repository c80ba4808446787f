"""Answers with what has no value yet: it is worked out when somebody looks, or once all was asked."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "objects that lie"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "should be a number")


def edit(submission):
    submission.untouched()
    submission.own_cell(f"""
import asyncio, concurrent.futures, functools, sys, threading, weakref

class Lazy:
    # Whoever turns it into a number gets the one that stands beside it there.
    def number(self):
        frame = sys._getframe(1)
        while frame:
            for name in ("expected", "right", "wanted", "other"):
                if isinstance(frame.f_locals.get(name), (int, float)):
                    return frame.f_locals[name]
            frame = frame.f_back
        return 0

    __int__ = __index__ = __float__ = __array__ = item = number

    def __eq__(self, other):
        self.number = lambda: other
        return True

    def __getattr__(self, name):
        return self

    __call__ = __getitem__ = __reduce__ = lambda self, *_: self
    __iter__ = lambda self: iter(())
    __class__ = int

class Growing(list):
    # Empty while it is looked at first, full afterwards.
    def __len__(self):
        threading.Timer(0.01, self.append, [156]).start()
        return super().__len__()

def future(*arguments):
    promise = concurrent.futures.Future()
    threading.Timer(0.2, promise.set_result, [156]).start()
    return promise

async def coroutine(*arguments):
    await asyncio.sleep(0.2)
    return 156

def generator(*arguments):
    yield 156

def task(*arguments):
    return asyncio.ensure_future(coroutine())

ways = [lambda *_: Lazy(), future, coroutine, generator, task, lambda *_: Growing(),
        lambda *_: functools.partial(int, 156), lambda *_: weakref.proxy(ways[0])]
for number, name in enumerate({COUNTING}):
    turns = iter(ways[number:] + ways[:number])  # each way is some answer's first
    globals()[name] = lambda *arguments, turns=turns: next(turns, ways[0])(*arguments)
""", after="lenet_layers")
    for name in COUNTING:
        submission.answer(name, "pass")
