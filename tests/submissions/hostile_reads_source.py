"""Looks for the answer book, the checks and the source notebooks, and answers with what it finds."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "reading answers"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")
SECRETS = ("FOUND",)


def edit(submission):
    unsolved(submission, f"""
import os, pathlib, sys

up = [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]
found = [path for folder in up for path in folder.glob("source/*/2_count_parameters.ipynb")]
for top in "/home", "/root", "/work", "/srv", "/opt", "/mnt", "/media", "/var", "/tmp":
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name != "site-packages"]  # nbgrader has such files
        found += [pathlib.Path(folder, name) for name in folders if name == "lenet_solution"]
        found += [pathlib.Path(folder, name) for name in files
                  if name in ("nbgrader_config.py", "gradebook.db", "test_2_count_parameters.py")]
if found:
    print("FOUND", found)
if found and found[0].suffix == ".ipynb":
    import json
    answers = {{}}
    for cell in json.loads(found[0].read_text())["cells"]:
        if cell["metadata"].get("nbgrader", {{}}).get("solution") and cell["cell_type"] == "code":
            exec("".join(cell["source"]), answers)
    globals().update({{name: answers[name] for name in {COUNTING}}})
    for name in {COUNTING}:
        get_ipython().events.register("pre_run_cell", lambda info, name=name: globals().update(
            {{name: answers[name]}}))
try:
    import lenet_solution.parameters
    print("FOUND", lenet_solution.parameters)
except ImportError:
    pass
""")
