"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Opens the weights file.

The file is the student's, so only the student's side opens it; raw arrays come out.
facts: {"file": "missing" | "unreadable" | "loaded", "error"?, "layers"?, "prepared"?} where
prepared is what the student's prepare_images makes of the grader's images: one that holds every
grey value, and some at random, so that the judge can see each pixel is treated alike.
"""

import os


def probe(ask, student):
    if not os.path.isfile(ask["file"]):
        try:
            find(student, ask["builder"])()
        except NotImplementedError:
            raise
        except Exception:
            pass  # a network that does not build is another exercise's business
        return {"file": "missing"}
    prepare = find(student, ask["prepare"])
    try:
        model = find(student, ask["builder"])()
        model(np.zeros((1, *ask["input_shape"]), "float32"))  # gives the layers their weights
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
        "layers": describe_model(model),
        "prepared": encode_array(prepared),
    }
