"""Looks through /proc for other processes, their folders, memory and open files, and for the host."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "reading answers"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")
SECRETS = ("FOUND", "submitted", "gradebook")


def edit(submission):
    unsolved(submission, """
import os

for process in filter(str.isdecimal, os.listdir("/proc")):
    for name in "cmdline", "environ", "maps", "mountinfo":
        try:
            text = open(f"/proc/{process}/{name}", "rb").read()
        except OSError:
            continue
        for word in b"nbgrader", b"submitted", b"autograde", b"gradebook":
            for line in text.replace(b"\\0", b"\\n").splitlines():
                # Its own start, the folders that hide what is ours, and that it is graded, are no secret.
                if b"NBGRADER_EXECUTION" not in line and word in line and b"/opt/autograder-sandbox" not in line and b"site-packages" not in line:
                    print("FOUND", process, name, line[:300])
    for link in "root", "cwd", "exe":
        try:
            place = os.readlink(f"/proc/{process}/{link}")
            if os.path.exists(f"/proc/{process}/{link}/etc/shadow") or "submitted" in place:
                print("FOUND", process, link, place)
        except OSError:
            pass
for name in "kcore", "kmem", "sys/kernel/core_pattern", "sysrq-trigger":
    try:
        open(f"/proc/{name}", "r+b")
        print("FOUND", name)
    except OSError:
        pass
""")
