"""Follows what an installed package leaves behind to the checkout that it was installed from."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "reading answers"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")
SECRETS = ("FOUND",)


def edit(submission):
    unsolved(submission, """
import glob, importlib.metadata, importlib.util, os, pathlib, site, sys

for path in {*site.getsitepackages(), *sys.path}:
    for file in glob.glob(f"{path}/*.pth") + glob.glob(f"{path}/*lenet*/*") + glob.glob(
            f"{path}/__editable__*"):
        text = pathlib.Path(file).read_text(errors="replace") if os.path.isfile(file) else ""
        if "autograder" in text or "lenet" in text:
            print("FOUND", file, text[:200])
for name in "lenet_solution", "autograder.assignments.lenet.checks", "autograder.judging.judge", "autograder.judging.exercises":
    try:
        if importlib.util.find_spec(name):
            print("FOUND", name)
    except ImportError:
        pass
for package in importlib.metadata.distributions():
    if "autograder" in (package.name or ""):
        print("FOUND", package.name, package.read_text("direct_url.json"))
""")
