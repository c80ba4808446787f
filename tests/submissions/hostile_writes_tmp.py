"""Leaves files in the folders that all users share, under names that others might open."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "writing where others read"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")


def edit(submission):
    unsolved(submission, """
import os, pathlib

for folder in "/tmp", "/dev/shm", "/var/tmp", "/run", "/var/lock", "/tmp/.keras", "/", "/mnt":
    for name in "autograder-hostile-canary", "random.py", ".keras/keras.json", ".X0-lock":
        try:
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("autograder-hostile-canary")
        except OSError:
            pass
os.umask(0)
""")
