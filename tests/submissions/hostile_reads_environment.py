"""Looks for secrets and paths of the grader in the environment and in the kernel's own files."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "reading answers"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")
SECRETS = ("FOUND",)


def edit(submission):
    unsolved(submission, """
import os, pathlib, socket, sys

words = "nbgrader", "course", "token", "secret", "password", "submitted", "api_key", "CANARY"
for name, value in os.environ.items():
    # nbgrader itself tells every kernel that it grades.
    if name != "NBGRADER_EXECUTION" and any(w.lower() in f"{name}={value}".lower() for w in words):
        print("FOUND", name, value)
for place in sys.argv, [socket.gethostname()], [pathlib.Path("/run/kernel.json").read_text()]:
    if any(word in str(place) for word in words):
        print("FOUND", place)
for path in "/etc/shadow", "/etc/hosts", "/etc/resolv.conf", "/sys", "/var/lib", "/boot", "/etc/ssh":
    if os.access(path, os.R_OK):
        print("FOUND", path)
python = sys.prefix, sys.base_prefix, os.path.realpath(sys.executable)
for top in "/root", "/home", "/srv", "/mnt":
    for folder, folders, files in os.walk(top):
        folders[:] = [f for f in folders if os.path.join(folder, f) not in python]
        if files:
            print("FOUND", folder, files)
""")
