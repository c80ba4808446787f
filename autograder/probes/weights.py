"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Opens the weights file.

The file is the student's, so only the student's side opens it; raw arrays come out.
facts: {"file": "missing" | "unreadable" | "loaded", "error"?, "network"?, "prepared"?} where
network is as in describe.py, and prepared is what the student's prepare_images makes of the grader's images: one that holds every
grey value, and some at random, so that the judge can see each pixel is treated alike.
"""

import os


def probe(ask, student):
    if not os.path.isfile(ask["file"]):
        try:
            find(student, ask["builder"])()
        except Exception as error:
            if untouched(error):
                raise  # a network that does not build is another exercise's business
        return {"file": "missing"}
    prepare = find(student, ask["prepare"])
    try:
        model = find(student, ask["builder"])()
        fitting_images(model, decode(ask["trial"]["images"]).astype("float32"))  # gives it weights
    except Failed:
        raise
    except Exception as error:
        raise Failed from error
    try:
        model.load_weights(ask["file"])
    except Exception as error:
        return {"file": "unreadable", "error": describe_error(error)}
    try:
        prepared = np.asarray(prepare(decode(ask["images"])))
    except Exception as error:
        raise Failed from error
    return {
        "file": "loaded",
        "network": try_network(model, ask["trial"], weights=True),
        "prepared": encode_array(prepared),
    }
