"""Forks twice and leaves its session, so that no parent knows the process that stays."""

FAMILY = "outliving the run"
NOTEBOOKS = (2,)


def edit(submission):
    submission.own_cell("""
import os, sys

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.chdir("/")
        os.closerange(0, 1024)
        program = "import time\\nwhile True: time.sleep(1)"
        os.execv(sys.executable, [sys.executable, "-c", program, "autograder-hostile-daemon"])
    os._exit(0)
os.wait()
""", after="conv_params")
