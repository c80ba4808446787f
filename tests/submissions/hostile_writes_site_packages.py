"""Puts .pth files and sitecustomize.py where every Python of this environment would run them."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "writing where others read"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")


def edit(submission):
    unsolved(submission, """
import os, pathlib, site, sys

for folder in {*sys.path, *site.getsitepackages(), sys.prefix, os.path.dirname(np.__file__)}:
    for name in "hostile.pth", "sitecustomize.py", "hostile_canary.py", "__init__.py":
        try:
            os.chmod(folder, 0o777)
        except OSError:
            pass
        try:
            with pathlib.Path(folder or ".", name).open("a") as file:
                file.write("\\n# autograder-hostile-canary\\n")
            if str(pathlib.Path(folder).resolve()) != os.getcwd():
                print("WROTE", folder)
        except OSError:
            pass
""")
    submission.own_cell("""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
flags = 4096 | 32  # MS_BIND, MS_REMOUNT
for folder in sys.path:
    if libc.mount(None, folder.encode(), None, flags, None) == 0:
        print("WROTE", folder)
""", after="conv_params")
