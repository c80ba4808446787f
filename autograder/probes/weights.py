"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Opens the weights file.

The file is the student's, so only the student's side opens it; raw arrays come out.
facts: {"file": "missing" | "unreadable" | "loaded", "error"?, "content"?, "network"?, "prepared"?,
"refused"?} where network is as in describe.py, prepared is what the student's prepare_images makes of
each of the grader's batches, and refused the error when the network does not take that.
"""

import os

HANDED_IN = "/tmp/.handed-in"  # where the sandbox keeps what was handed in, see sandbox/inside/start.py


def probe(ask, student):
    file = os.path.join(HANDED_IN, ask["file"])
    # Not in practice, nor for a notebook that makes its file just now; nor what another user has put there.
    if not os.path.isfile(file) or os.stat(file).st_uid != os.getuid():
        file = beside_notebook(ask["file"], student)
    build = find(student, ask["builder"])
    if not os.path.isfile(file):
        try:
            build()
        except Exception as error:
            if untouched(error, ask["builder"]):
                raise  # a network that does not build is another exercise's business
        return {"file": "missing"}
    prepare = find(student, ask["prepare"])
    try:
        model = build()
        fitting_images(model, decode(ask["trial"]["images"]).astype("float32"))  # gives it weights
    except Failed:
        raise
    except Exception as error:
        raise Failed from error
    try:
        model.load_weights(file)
    except Exception as error:
        return {
            "file": "unreadable",
            "error": describe_error(error),
            "content": content(file),
        }
    return {
        "file": "loaded",
        "network": try_network(model, ask["trial"], weights=True),
        **preparation(ask, prepare, model),
    }


def beside_notebook(name, student):
    """The file, also where the notebook has gone to another folder since it was started."""
    shell = student["get_ipython"]() if "get_ipython" in student else None
    began = getattr(shell, "starting_dir", "")
    return name if os.path.isfile(name) or not isinstance(began, str) else os.path.join(began, name)


def content(path):
    """What sort of file it is: "archive" (.keras), "model" (a whole one in HDF5) or "other"."""
    try:
        with open(path, "rb") as file:
            begin = file.read(2**20)
    except OSError:
        return "other"
    if begin.startswith(b"PK\x03\x04"):
        return "archive"
    return "model" if b"model_weights" in begin and b"model_config" in begin else "other"
