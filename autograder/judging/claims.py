"""TRUSTED; standard library and NumPy only. The one wire format that crosses the wall.

A claim is a JSON text that a probe made inside the student's kernel. Everything in it is hostile
until read here: `read_claim` gives plain data (None, bool, int, float, str, list, dict, read-only
NumPy arrays, `Other`) or raises `ClaimError`; nothing is evaluated, imported or unpickled.

    {"exercise": id, "nonce": hex, "state": STATES, "error": null | {"type", "message"}, "facts": …}

Inside facts four objects stand for what JSON lacks:
    {"$array": {"dtype": DTYPES, "shape": [ints], "data": base64 of the C-ordered bytes}}
    {"$float": "nan" | "inf" | "-inf"}
    {"$other": type name, "text": its repr, cut short}     anything that is not plain data

Text in facts is for people to read: colour codes are dropped, and whatever else steers a terminal,
turns the direction of writing or is half a character becomes "\ufffd".
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.judging.words import quoted

MIME = "application/vnd.autograder.claim"  # the kernel publishes the text under this type
MAX_BYTES = 16 * 2**20  # the subclassed network of the course: 1,663,370 float32 are 8.9 MB in base64
MAX_NODES = 50_000  # commas and brackets, the bound on Python objects that the text may become
MAX_DEPTH = 24
MAX_RANK = 8
MAX_TEXT = 2_000  # characters of any one string that is not array data
DTYPES = ("bool", "uint8", "int32", "int64", "float16", "float32", "float64")
# The most memory that `read_claim` takes beside the text it is given: four bytes a character where
# one of them is an emoji, in the decoded text and once more in a string of it that has grown by
# halves, and the objects.
MAX_READ_BYTES = 10 * MAX_BYTES + 600 * MAX_NODES
STATES = ("done", "not attempted", "missing", "failed")

_COLOUR = re.compile(r"\x1b\[[0-9;]{0,20}m")  # Keras writes its messages in bold
_NAME = re.compile(r"[A-Za-z_]\w{0,59}", re.ASCII)
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


class ClaimError(Exception):
    """The claim cannot be believed as it stands: the text says in one clause what is wrong."""


@dataclass(frozen=True)
class Other:
    """A value that is not plain data: the name of its type and its shortened repr."""

    type: str
    text: str

    def __repr__(self) -> str:
        return self.text or f"a {self.type}"


@dataclass(frozen=True)
class RaisedError:
    """An exception that the student's code raised: its type's name and its message, cut short."""

    type: str
    message: str

    @property
    def name(self) -> str:
        """Of its class; "an error" for what is no such name, which may be a sentence of its own."""
        return self.type if _NAME.fullmatch(self.type) else "an error"

    def __str__(self) -> str:
        return f"{self.name}: {quoted(self.message)}" if self.message else self.name


@dataclass(frozen=True)
class Claim:
    """A claim that was read whole.

    state: "done" (facts hold the answers), "not attempted" (the stub was never replaced),
    "missing" (the name is not defined) or "failed" (the student's code raised `error`).
    """

    exercise: str
    nonce: str
    state: str
    error: RaisedError | None
    facts: dict[str, Any]


def read_claim(text: str | bytes) -> Claim:
    """The claim in `text`, or ClaimError. Allocates at most MAX_READ_BYTES."""
    if not isinstance(text, (str, bytes)):
        raise ClaimError("it is not a text")
    if len(text) <= MAX_BYTES and isinstance(text, str) and not text.isascii():
        text = text.encode("utf-8", "surrogatepass")  # the limit is one of bytes, not of characters
    if len(text) > MAX_BYTES:
        raise ClaimError(f"it is larger than {MAX_BYTES:,} bytes")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError:
            raise ClaimError("it is not UTF-8 text") from None
    # Counted before parsing: a megabyte of "[" must not become a million lists.
    if sum(text.count(mark) for mark in ",[{:") > MAX_NODES:
        raise ClaimError(f"it holds more than {MAX_NODES:,} values")
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):  # ValueError: bad JSON, or an int of thousands of digits
        raise ClaimError("it is not a JSON text") from None
    return _claim(data)


def _claim(data: Any) -> Claim:
    if not isinstance(data, dict) or set(data) != {"exercise", "nonce", "state", "error", "facts"}:
        raise ClaimError("it does not have the fields of a claim")
    for name in ("exercise", "nonce"):
        if not isinstance(data[name], str) or len(data[name]) > 100:
            raise ClaimError(f"its {name} is not a short text")
    if data["state"] not in STATES:
        raise ClaimError("its state is not one of the known states")
    error = None if data["error"] is None else read_error(data["error"])
    if (data["state"] == "failed") != (error is not None):
        raise ClaimError("its state and its error contradict each other")
    facts = _value(data["facts"], depth=0)
    if not isinstance(facts, dict):
        raise ClaimError("its facts are not an object")
    return Claim(data["exercise"], data["nonce"], data["state"], error, facts)


def read_error(data: Any) -> RaisedError:
    """{"type": text, "message": text} -> RaisedError, or ClaimError."""
    if (
        not isinstance(data, dict)
        or set(data) != {"type", "message"}
        or not all(isinstance(v, str) and len(v) <= MAX_TEXT for v in data.values())
    ):
        raise ClaimError("an error in it has no type and message")
    return RaisedError(_clean(data["type"]), _clean(data["message"]))


def _clean(text: str) -> str:
    return _STEERING.sub("\ufffd", _COLOUR.sub("", text))


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _value(data: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ClaimError(f"it is nested more than {MAX_DEPTH} deep")
    if data is None or isinstance(data, bool):
        return data
    if isinstance(data, int):
        if not -(2**63) <= data < 2**63:
            raise ClaimError("it holds an integer of more than 64 bits")
        return data
    if isinstance(data, float):
        if not math.isfinite(data):  # 1e999 is valid JSON
            raise ClaimError("it holds a number that is too large")
        return data
    if isinstance(data, str):
        if len(data) > MAX_TEXT:
            raise ClaimError(f"it holds a text of more than {MAX_TEXT:,} characters")
        return _clean(data)
    if isinstance(data, list):
        return [_value(item, depth + 1) for item in data]
    if any(key.startswith("$") for key in data):
        return _special(data)
    if any(len(key) > 100 for key in data):
        raise ClaimError("it holds a key of more than 100 characters")
    return {_clean(key): _value(item, depth + 1) for key, item in data.items()}


def _special(data: dict[str, Any]) -> Any:
    if set(data) == {"$array"}:
        return _array(data["$array"])
    if set(data) == {"$float"} and data["$float"] in ("nan", "inf", "-inf"):
        return float(data["$float"])
    if set(data) == {"$other", "text"}:
        error = read_error({"type": data["$other"], "message": data["text"]})
        return Other(error.type, error.message)
    raise ClaimError("it holds an object of an unknown kind")


def _array(data: Any) -> np.ndarray:
    if not isinstance(data, dict) or set(data) != {"dtype", "shape", "data"}:
        raise ClaimError("an array in it has no dtype, shape and data")
    dtype, shape, text = data["dtype"], data["shape"], data["data"]
    if dtype not in DTYPES:
        raise ClaimError("an array in it has a dtype that is not allowed")
    if (
        not isinstance(shape, list)
        or len(shape) > MAX_RANK
        or not all(type(n) is int and 0 <= n <= MAX_BYTES for n in shape)
    ):
        raise ClaimError("an array in it has an impossible shape")
    if not isinstance(text, str):
        raise ClaimError("an array in it has no data")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ClaimError("an array in it is not base64") from None
    if len(raw) != math.prod(shape) * np.dtype(dtype).itemsize:
        raise ClaimError("an array in it has fewer or more bytes than its shape needs")
    if math.prod(n or 1 for n in shape) > MAX_BYTES:  # NumPy refuses these, empty as they are
        raise ClaimError("an array in it has an impossible shape")
    if dtype == "bool" and raw.strip(b"\x00\x01"):
        raise ClaimError("a boolean array in it holds other bytes than 0 and 1")
    return np.frombuffer(raw, dtype=np.dtype(dtype).newbyteorder("<")).reshape(shape)
