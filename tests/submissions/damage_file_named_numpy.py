"""A file that is handed in has the name of a library that the notebook imports."""

NOTEBOOKS = (2,)
NOTES = ("numpy.py has the name of a Python module: the module was used, not this file.",)


def edit(submission):
    submission.files["numpy.py"] = b"def array(rows):\n    return rows\n"
