"""What may cross the wall, and every way in which a claim is refused."""

import base64
import json
import math

import numpy as np
import pytest

from autograder.judging.claims import (
    DTYPES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_NODES,
    MAX_TEXT,
    ClaimError,
    Other,
    RaisedError,
    read_claim,
)
from autograder.probes import probe_source


def text_of(facts, **changes):
    """The text of a sound claim with these facts, and with these fields of it changed."""
    claim = {"exercise": "dense_params", "nonce": "ab12", "state": "done", "error": None}
    return json.dumps({**claim, "facts": facts, **changes})


def array_of(dtype="uint8", shape=(2,), data=b"\x01\x02"):
    data = base64.b64encode(data).decode() if isinstance(data, bytes) else data
    return {"$array": {"dtype": dtype, "shape": list(shape), "data": data}}


def refused(text):
    """The clause that says why this text is refused."""
    with pytest.raises(ClaimError) as caught:
        read_claim(text)
    return str(caught.value)


def test_plain_data_comes_out_as_it_was():
    facts = {"none": None, "yes": True, "n": -7, "x": 0.5, "text": "é✓", "list": [1, [2]], "d": {}}
    claim = read_claim(text_of(facts))
    assert claim.facts == facts
    assert (claim.exercise, claim.nonce, claim.state) == ("dense_params", "ab12", "done")
    assert claim.error is None


def test_bytes_are_read_as_utf8():
    assert read_claim(text_of({"text": "é"}).encode()).facts == {"text": "é"}


def test_a_failed_claim_carries_what_was_raised():
    error = {"type": "ValueError", "message": "too small"}
    claim = read_claim(text_of({}, state="failed", error=error))
    assert claim.error == RaisedError("ValueError", "too small")
    assert str(claim.error) == "ValueError: “too small”"
    assert str(RaisedError("KeyboardInterrupt", "")) == "KeyboardInterrupt"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf], ids=["nan", "infinity", "minus infinity"])
def test_numbers_that_json_lacks(value):
    read = read_claim(text_of({"x": {"$float": repr(value)}})).facts["x"]
    assert read == value or math.isnan(read) and math.isnan(value)


def test_what_is_not_plain_data_is_named_and_quoted():
    read = read_claim(text_of({"x": {"$other": "function", "text": "<function f>"}})).facts["x"]
    assert read == Other("function", "<function f>")
    assert repr(read) == "<function f>"
    assert repr(Other("Thing", "")) == "a Thing"


@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_of_every_dtype_are_read_and_cannot_be_written(dtype):
    sent = np.arange(6).reshape(2, 3).astype(dtype)
    read = read_claim(text_of({"a": array_of(dtype, (2, 3), sent.tobytes())})).facts["a"]
    assert read.dtype == dtype and np.array_equal(read, sent)
    assert not read.flags.writeable


def test_an_array_without_elements_and_one_without_axes():
    empty, one = array_of(shape=(0, 4), data=b""), array_of("bool", (), b"\1")
    read = read_claim(text_of({"a": empty, "b": one}))
    assert read.facts["a"].shape == (0, 4)
    assert read.facts["b"].shape == () and read.facts["b"]


def test_what_a_probe_sends_is_what_is_read():
    """The two ends of the wire, written apart on purpose, agree."""
    sent = []
    plain = [1, 2.5, True, "text", None]
    values = [*plain, (1, 2), np.float32(0.5), np.int64(3), math.nan, [-math.inf]]
    calls = [[index] for index in range(len(values))]
    ask = {"exercise": "e", "nonce": "n", "function": "f", "calls": calls}
    space = {"ASK": ask, "STUDENT": {"f": values.__getitem__}, "SEND": sent.append}
    exec(probe_source("call"), {"__name__": "probe", **space})
    answers = [answer["value"] for answer in read_claim(sent[0]).facts["answers"]]
    assert answers[:5] == plain and answers[5:8] == [[1, 2], 0.5, 3]
    assert math.isnan(answers[8]) and answers[9] == [-math.inf]


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        pytest.param("x" * (MAX_BYTES + 1), "larger than", id="a text that is too large"),
        pytest.param(b"\xff{}", "not UTF-8", id="bytes that are no text"),
        pytest.param("[" * (MAX_NODES + 1), "more than 50,000 values", id="too many values"),
        pytest.param("[" * (MAX_NODES - 1), "not a JSON text", id="endless brackets"),
        pytest.param("{", "not a JSON text", id="half of a text"),
        pytest.param("", "not a JSON text", id="no text"),
        pytest.param(text_of({"x": math.nan}), "not a JSON text", id="NaN as a bare word"),
        pytest.param('{"facts": 1' + "0" * 5000 + "}", "not a JSON text", id="a huge int"),
        pytest.param("[]", "fields of a claim", id="a list for the claim"),
        pytest.param("{}", "fields of a claim", id="no fields"),
        pytest.param(text_of({}, score=100), "fields of a claim", id="one field more"),
        pytest.param(text_of({}, exercise=3), "not a short text", id="a number for a name"),
        pytest.param(text_of({}, nonce="n" * 101), "nonce is not a short text", id="a long nonce"),
        pytest.param(text_of({}, state="passed"), "known states", id="a state of its own"),
        pytest.param(text_of({}, state=["done"]), "known states", id="a list for the state"),
        pytest.param(text_of({}, state="failed"), "contradict", id="failed without an error"),
        pytest.param(text_of({}, error={"type": "E", "message": ""}), "contradict", id="done with an error"),
        pytest.param(text_of([]), "facts are not an object", id="a list of facts"),
        pytest.param(text_of({"$float": "nan"}), "facts are not an object", id="a number of facts"),
        pytest.param(text_of({}, state="failed", error="E"), "type and message", id="a bare error"),
        pytest.param(
            text_of({}, state="failed", error={"type": "E"}), "type and message", id="half an error"
        ),
        pytest.param(
            text_of({}, state="failed", error={"type": "E", "message": 1}),
            "no type and message",
            id="a number for a message",
        ),
        pytest.param(
            text_of({}, state="failed", error={"type": "E", "message": "m" * (MAX_TEXT + 1)}),
            "no type and message",
            id="a message that is too long",
        ),
    ],
)
def test_a_claim_is_refused(text, clause):
    assert clause in refused(text)


def nested(depth):
    return json.loads("[" * depth + "]" * depth)


@pytest.mark.parametrize(
    ("value", "clause"),
    [
        pytest.param(nested(MAX_DEPTH + 1), "nested more than 24 deep", id="lists in lists"),
        pytest.param(2**63, "more than 64 bits", id="a large int"),
        pytest.param(-(2**63) - 1, "more than 64 bits", id="a large negative int"),
        pytest.param("t" * (MAX_TEXT + 1), "text of more than 2,000", id="a long text"),
        pytest.param({"k" * 101: 1}, "key of more than 100", id="a long key"),
        pytest.param({"$evil": 1}, "unknown kind", id="an object of its own kind"),
        pytest.param({"$float": "0x1p4"}, "unknown kind", id="a number in words of its own"),
        pytest.param({"$float": 1.0}, "unknown kind", id="a plain number in disguise"),
        pytest.param({"$array": {}, "more": 1}, "unknown kind", id="an array and something more"),
        pytest.param({"$other": "f"}, "unknown kind", id="a name without a quote"),
        pytest.param({"$other": 1, "text": ""}, "no type and message", id="a number for a type"),
        pytest.param({"$array": []}, "no dtype, shape and data", id="a list for an array"),
        pytest.param({"$array": {"dtype": "uint8"}}, "no dtype, shape", id="half an array"),
        pytest.param(array_of("object"), "dtype that is not allowed", id="an array of objects"),
        pytest.param(array_of(["uint8"]), "dtype that is not allowed", id="a list for a dtype"),
        pytest.param(array_of(shape=(-1,)), "impossible shape", id="a negative axis"),
        pytest.param(array_of(shape=(True, 2)), "impossible shape", id="a bool for an axis"),
        pytest.param(array_of(shape=(2.0,)), "impossible shape", id="a float for an axis"),
        pytest.param(array_of(shape=(2**40,)), "impossible shape", id="an axis of a terabyte"),
        pytest.param(array_of(shape=(1,) * 9), "impossible shape", id="nine axes"),
        pytest.param(
            {"$array": {"dtype": "uint8", "shape": "2", "data": ""}},
            "impossible shape",
            id="a text for a shape",
        ),
        pytest.param(array_of(data=[1, 2]), "has no data", id="a list for data"),
        pytest.param(array_of(data="!!"), "not base64", id="data in another code"),
        pytest.param(array_of(data="é"), "not base64", id="data beyond ASCII"),
        pytest.param(array_of(shape=(3,)), "fewer or more bytes", id="too few bytes"),
        pytest.param(array_of(shape=(1,)), "fewer or more bytes", id="too many bytes"),
        pytest.param(array_of("float64", (2**24,) * 8), "fewer or more", id="beyond all memory"),
        pytest.param(array_of("bool"), "other bytes than 0 and 1", id="a bool that is 2"),
    ],
)
def test_a_value_is_refused(value, clause):
    assert clause in refused(text_of({"x": value}))


def test_a_number_beyond_float_is_refused():
    assert "too large" in refused(text_of({"x": 0}).replace("0}", "1e999}"))


def test_values_at_their_limits_are_read():
    facts = {
        "low": -(2**63),
        "high": 2**63 - 1,
        "text": "t" * MAX_TEXT,
        "k" * 100: 1,
        "deep": nested(MAX_DEPTH - 1),
    }
    assert read_claim(text_of(facts)).facts == facts
