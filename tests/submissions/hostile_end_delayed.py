"""Holds up its own end: exit handlers and threads that never finish, signals that are ignored."""

FAMILY = "outliving the run"
NOTEBOOKS = (2,)


def edit(submission):
    submission.own_cell("""
import atexit, signal, threading, time

def forever():
    while True:
        time.sleep(1)

atexit.register(forever)
for number in range(4):
    threading.Thread(target=forever).start()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)

async def never(*arguments, **options):
    return {"status": "error", "restart": True}

get_ipython().kernel.do_shutdown = never
""", after="conv_params")
