"""Looks for the work of others, near and far, and takes their answers."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "reading answers"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")
SECRETS = ("FOUND",)


def edit(submission):
    unsolved(submission, f"""
import json, pathlib

patterns = "../../*/lenet/2_*.ipynb", "../../../*/*/lenet/2_*.ipynb", "../../../../submitted/*/*/*.ipynb"
here = pathlib.Path.cwd()
for path in [path for pattern in patterns for path in sorted(here.glob(pattern))]:
    if path.parent == here:
        continue
    print("FOUND", path)
    answers = {{}}
    for cell in json.loads(path.read_text())["cells"]:
        source = "".join(cell["source"])
        if any(source.startswith(f"def {{name}}(") for name in {COUNTING}):
            exec(source, answers)
    for name in {COUNTING}:
        get_ipython().events.register("pre_run_cell", lambda info, name=name: globals().update(
            {{name: answers[name]}}) if name in answers else None)
""")
