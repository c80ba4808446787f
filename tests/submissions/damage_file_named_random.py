"""A file that is handed in has the name of a module of the standard library."""

NOTEBOOKS = (2,)
NOTES = ("random.py has the name of a Python module: the module was used, not this file.",)


def edit(submission):
    submission.files["random.py"] = b"raise RuntimeError('this is my own random')\n"
