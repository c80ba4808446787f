"""Leaves start-up files where other programs of the same user look for them."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "writing where others read"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")


def edit(submission):
    unsolved(submission, """
import os, pathlib, pwd, site

files = [".ipython/profile_default/startup/00-hostile.py", ".jupyter/nbgrader_config.py",
         ".jupyter/jupyter_config.py", ".bashrc", ".profile", ".config/autostart/hostile.desktop",
         ".keras/keras.json", ".ssh/authorized_keys", ".config/matplotlib/matplotlibrc",
         os.path.relpath(site.getusersitepackages(), os.path.expanduser("~")) + "/usercustomize.py"]
homes = {os.path.expanduser("~"), "/root", "/home/student", *(user.pw_dir for user in pwd.getpwall())}
for home in homes:
    for name in files:
        try:
            path = pathlib.Path(home, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a") as file:
                file.write("\\nCANARY = 'autograder-hostile-canary'\\n")
        except OSError:
            pass
""")
