"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Turns values into a claim.

Whatever happens here is only a statement; autograder/judging/claims.py reads it with suspicion.
"""

import base64
import copy
import json
import math
import warnings

import numpy as np

TEXT = 300  # characters kept of a message or a repr
ITEMS = 500  # items kept of a list or dict
ANSWER = 2**20  # bytes of the largest array that is sent as an answer; of others, the shape


class Missing(Exception):
    """The notebook defines no such name."""


class Failed(Exception):
    """The student's code raised: the cause carries what."""


def find(student, name):
    if name not in student:
        raise Missing(name)
    return student[name]


def untouched(error, *names):
    """Whether this is the line of the stub, in one of these functions; Keras says why it raises one."""
    if type(error) is not NotImplementedError or error.args:
        return False
    return raised_in(error) in (*names, "")


def raised_in(error):
    """The name of the function in which an error was raised; "" for none of the student's."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    name = frame.tb_frame.f_code.co_name if frame is not None else ""
    return "" if name in ("probe", "<module>") else name


def describe_error(error):
    message = str(error)
    if type(error) is NotImplementedError and not error.args:
        message = f"{raised_in(error)} is not finished yet"
    return {"type": type(error).__name__[:TEXT], "message": message[:TEXT]}


def decode(value):
    """The grader's inputs: ("$array", dtype, shape, base64) is an array, ("$greys", shape) one of grey
    values that is too long to send, and the rest is as it is."""
    if isinstance(value, tuple) and len(value) == 4 and value[0] == "$array":
        return np.frombuffer(base64.b64decode(value[3]), value[1]).reshape(value[2]).copy()
    if isinstance(value, tuple) and len(value) == 2 and value[0] == "$greys":
        return np.resize(np.arange(256, dtype="uint8"), value[1])
    return copy.deepcopy(value)


def encode(value, depth=0):
    """Plain data as JSON knows it; what is not plain data is named and quoted."""
    if value is None or isinstance(value, (bool, str)):
        return value[:TEXT] if isinstance(value, str) else value
    if isinstance(value, (np.bool_, np.integer, np.floating)):
        value = value.item()
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**63:
        return int(value)
    if isinstance(value, int) and value.bit_length() > 10_000:  # Python refuses to write out much more
        return {"$other": "int", "text": f"a number of {int(value.bit_length() * 0.30103):,} digits or so"}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$float": repr(float(value))}
    if hasattr(value, "as_list"):
        value = value.as_list()  # a shape of TensorFlow
    if isinstance(value, (list, tuple)) and len(value) <= ITEMS and depth < 8:
        return [encode(item, depth + 1) for item in value]
    named = isinstance(value, dict) and all(isinstance(key, str) for key in value)
    if named and len(value) <= ITEMS and depth < 8:
        return {key.lstrip("$")[:80]: encode(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple, dict)) and len(value) > ITEMS:
        # Its repr would write all of it out: a minute for ten thousand images.
        kind = type(value).__name__[:80]
        return {"$other": kind, "text": f"a {kind} of {len(value):,} things"}
    if not isinstance(value, np.ndarray) and hasattr(value, "__array__"):
        value = np.asarray(value)  # tensors of every backend
    if isinstance(value, np.ndarray) and value.nbytes > ANSWER:
        return {"$other": "ndarray", "text": f"an array of shape {value.shape}"}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return encode_array(value)
    if isinstance(value, np.ndarray):
        return {"$other": "ndarray", "text": f"an array of shape {value.shape} and dtype {value.dtype}"}
    return {"$other": type(value).__name__[:80], "text": repr(value)[:TEXT]}


def encode_array(array):
    kinds = ("bool", "uint8", "int32", "int64", "float16", "float32", "float64")
    array = np.asarray(array)
    if array.dtype.name not in kinds:
        array = array.astype("float64" if array.dtype.kind == "f" else "int64")
    data = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
    return {
        "$array": {
            "dtype": array.dtype.name,
            "shape": list(array.shape),
            "data": base64.b64encode(data).decode("ascii"),
        }
    }


def answer(probe, ask, student, send):
    """Run one probe and send exactly one claim, also when the student's code raises.

    A notebook may have made errors of warnings, or NumPy raise where a number overflows. What Keras
    and this code do would then raise too, so that nothing such holds here.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        send(json.dumps(claimed(probe, ask, student), allow_nan=False))


def claimed(probe, ask, student):
    """What one probe states, or why it states nothing."""
    state, error, facts = "done", None, {}
    try:
        facts = probe(ask, student)
    except Missing as missing:
        state, facts = "missing", {"name": str(missing)}
    except (Exception, SystemExit) as raised:
        cause = raised.__cause__ if isinstance(raised, Failed) else raised
        stub = untouched(cause, *(ask.get(role) for role in ("function", "builder", "prepare")))
        state, error = ("not attempted", None) if stub else ("failed", describe_error(cause))
    return {
        "exercise": ask["exercise"],
        "nonce": ask["nonce"],
        "state": state,
        "error": error,
        "facts": facts,
    }
