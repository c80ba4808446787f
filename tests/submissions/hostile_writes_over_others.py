"""Overwrites the source, the release and the work of others with its own notebook."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "writing where others read"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")


def edit(submission):
    unsolved(submission, """
import os, pathlib

here = pathlib.Path.cwd()
for top in [here, *here.parents[:4]]:
    for pattern in "*.ipynb", "*/lenet/*.ipynb", "*/*/lenet/*.ipynb", "*/*/lenet/*.h5":
        for path in top.glob(pattern):
            try:
                os.chmod(path, 0o666)
                path.write_text("autograder-hostile-canary")
            except OSError:
                pass
""")
