"""Generated claims: nothing but the declared errors, plain data, bounded memory, no free points.

The long tests judge whatever a kernel could send, from noise to right answers with a lie in them.
"""

from __future__ import annotations

import json
import math
import tracemalloc
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from making_claims import (
    EXERCISES,
    answers,
    ask,
    claim_text,
    lenet_layers,
    network_facts,
    trained_facts,
    training_facts,
    verdict_on,
    with_weights,
)
from plain_data import assert_plain_claim

from autograder.assignments.lenet.checks import images
from autograder.assignments.lenet.checks.hidden.inputs import DRAWS
from autograder.judging.api import Wrong
from autograder.judging.claims import (
    DTYPES,
    MAX_BYTES,
    MAX_NODES,
    MAX_READ_BYTES,
    STATES,
    ClaimError,
    Other,
    read_claim,
)
from autograder.judging.facts import FIXTURES, quote
from autograder.judging.judge import judge
from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED
from autograder.probes import wire
from autograder.runs.retraining import as_retraining
from lenet_solution import parameters

EXAMPLES = 3_000  # the same ones in each run; `make fuzz` tries others


def examples(count: int, **more: Any) -> settings:
    return settings(
        **more,
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


# ---- Any text ----


def read(text: Any) -> Any:
    """The claim or the ClaimError; fails for any other exception and for too much memory."""
    tracemalloc.start()
    try:
        result = read_claim(text)
    except ClaimError as error:
        result = error
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MAX_READ_BYTES
    if isinstance(text, (str, bytes)):  # small texts take little: the limit in proportion
        marks = sum(text.count(m if isinstance(text, str) else m.encode()) for m in ",[{:")
        assert peak < 10 * len(text) + 600 * marks + 2**16
    if isinstance(result, ClaimError):
        clause = str(result)
        assert clause and clause.isprintable() and len(clause) < 100
    else:
        assert_plain_claim(result)
    return result


json_atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**63, -(2**63), 10**400, 10**4_200])
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\ud800", "\x1b[31m", "$array", "x" * 2_001])
)
sizes = st.sampled_from([0, 1, 2, 3, 2**24, 2**62, -1, 1.5, True, None])
hostile_arrays = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from([*DTYPES, "object", "<f4", "V8", "datetime64", 3]),
        "shape": st.lists(sizes, max_size=10) | json_atoms,
        "data": st.sampled_from(["", "AA==", "AAE=", "AgI=", "AAAAAAAAgH8=", "A"]) | json_atoms,
    }
)
sound_arrays = arrays_of.arrays(
    st.sampled_from(DTYPES), arrays_of.array_shapes(min_dims=0, min_side=0, max_side=3)
).map(wire.encode_array)
special = (
    sound_arrays
    | st.builds(lambda value: {"$array": value}, hostile_arrays)
    | st.builds(lambda value: {"$float": value}, st.sampled_from(["nan", "inf", "-inf"]) | json_atoms)
    | st.builds(lambda name, text: {"$other": name, "text": text}, json_atoms, json_atoms)
)
keys = st.sampled_from(["value", "error", "layers", "$array", "$", "k" * 101, "\udfff"]) | st.text()
nested = st.recursive(
    json_atoms | special,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
)
deep = st.builds(
    lambda value, depth, key: json.loads(f'{{"{key}": ' * depth + json.dumps(value) + "}" * depth),
    json_atoms, st.integers(20, 30), st.sampled_from(["a", "$other"]),
)  # fmt: skip


@st.composite
def dressed(draw: st.DrawFn, facts: st.SearchStrategy = nested | deep) -> str:
    """A claim with all its fields, one of them perhaps another value, with any facts."""
    made = {
        "exercise": "e", "nonce": "n", "error": None, "state": draw(st.sampled_from(STATES)),
        "facts": draw(facts | st.dictionaries(keys, facts, max_size=3)),
    }  # fmt: skip
    if made["state"] == "failed":
        made["error"] = draw(st.just({"type": "E", "message": "m"}) | nested)
    for key in draw(st.lists(st.sampled_from([*made, "score"]), max_size=1)):
        made[key] = draw(nested)
    return json.dumps(made)


@st.composite
def mutated(draw: st.DrawFn) -> str | bytes:
    """The text of a claim, with pieces of it cut out, doubled, moved or overwritten."""
    text = draw(dressed())
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 40)))
        piece = draw(
            st.just("")
            | st.just(text[start:end] * 2)
            | st.sampled_from(['"', "}", "[", "\\ud800", "NaN", "1e999", "-", "\x00", '{"$array":'])
            | st.text(max_size=3)
        )
        text = text[:start] + piece + text[end:]
    return draw(st.just(text) | st.just(text.encode("utf-8", "surrogatepass")))


@pytest.mark.slow
@examples(EXAMPLES)
@given(st.binary(max_size=300) | st.text(max_size=300) | nested)
def test_anything_at_all_is_refused(value):
    assert isinstance(read(value), ClaimError)


@pytest.mark.slow
@examples(EXAMPLES)
@given(dressed())
def test_nested_data_dressed_as_a_claim_is_refused_or_read(text):
    read(text)


@pytest.mark.slow
@examples(EXAMPLES)
@given(mutated())
def test_a_damaged_claim_is_refused_or_read(text):
    read(text)


def filled(head: str, piece: str, tail: str) -> str:
    """As many pieces as a claim of MAX_BYTES has room for."""
    text = f'{{"exercise":"e","nonce":"n","state":"done","error":null,"facts":{head}%s{tail}}}'
    room = MAX_BYTES - len(text.encode()) - 8
    return text % (piece * (room // len(piece.encode())))


ARRAY = '{"a":{"$array":{"dtype":"uint8","shape":[12582000],"data":"'


@pytest.mark.parametrize(
    "make",
    [
        lambda: filled(ARRAY, "AAAA", '"}}}'),
        lambda: filled(ARRAY.replace('"a"', '"\U0001f600"'), "AAAA", '"}}}'),
        lambda: filled(ARRAY, "AAAA", '\U0001f600"}}}').encode(),
        lambda: filled(ARRAY, "\\u0100", '"}}}'),
        lambda: filled('{"a":"', "ab\\ud83d\\ude00", '"}'),
        lambda: filled('{"a":"', "\U0001f600", '"}').encode(),
        lambda: filled('{"a":"', "\\n", '\U0001f600"}').encode(),
        lambda: filled('{"a":0.', "1", "}"),
        lambda: filled('{"a":', "1", "}"),
        lambda: filled("{", " ", "}"),
        lambda: filled('{"a":[' + '{"":[{}]},' * 9_000, " ", "{}]}"),
        lambda: filled('{"a":[', ("9" * 4_200 + ","), "1]}"),
        lambda: filled("{" + "".join(f'"{n:0680}":1,' for n in range(24_000)), " ", '"a":1}'),
        lambda: "[" * (MAX_NODES - 1),
        lambda: '{"a":' * (MAX_NODES // 2 - 1),
        lambda: "\U0001f600" * MAX_BYTES,
        lambda: b"\xff" * MAX_BYTES,
    ],
    ids=[
        "one array", "an emoji before the array", "an emoji in the array", "escapes in the array",
        "escapes", "emojis", "line ends", "a long fraction", "a long number", "spaces", "objects",
        "long numbers", "long keys", "brackets", "braces", "too many bytes", "no UTF-8",
    ],
)  # fmt: skip
def test_the_largest_claims_stay_within_the_declared_memory(make):
    read(make())


# ---- There and back ----

clean_text = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"]), max_size=wire.TEXT)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats() | clean_text
    | arrays_of.arrays(st.sampled_from(DTYPES), arrays_of.array_shapes(min_dims=0, min_side=0)),
    lambda inner: st.lists(inner, max_size=5)
    | st.lists(inner, max_size=5).map(tuple)
    | st.dictionaries(clean_text.map(lambda text: text.lstrip("$")[:80]), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


def same(sent: Any, read: Any) -> bool:
    if isinstance(sent, (list, tuple)):
        return type(read) is list and len(sent) == len(read) and all(map(same, sent, read))
    if isinstance(sent, dict):
        return type(read) is dict and sent.keys() == read.keys() and all(same(sent[k], read[k]) for k in sent)
    if isinstance(sent, np.ndarray):
        return (
            type(read) is np.ndarray
            and sent.dtype == read.dtype
            and sent.shape == read.shape
            and (sent.tobytes() == read.tobytes())
        )
    if isinstance(sent, float) and math.isnan(sent):
        return type(read) is float and math.isnan(read)
    return type(sent) is type(read) and sent == read


def sent_and_read(value: Any) -> Any:
    """What comes out of read_claim for a value that a student's function gave."""
    texts: list[str] = []
    question = {"exercise": "e", "nonce": "n"}
    wire.answer(lambda *_: {"value": wire.encode(value)}, question, {}, texts.append)
    assert len(texts) == 1
    return read_claim(texts[0]).facts["value"]


@pytest.mark.slow
@examples(EXAMPLES)
@given(plain)
def test_what_the_probe_encodes_is_read_back(value):
    assert same(value, sent_and_read(value))


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, 2**63, 1j, b"bytes", np.array(["a"]), np.array([1j]), lambda: 0, range(3)],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_plain_is_named(value):
    read_back = sent_and_read(value)
    assert isinstance(read_back, Other) and read_back.type == type(value).__name__


# ---- Facts, and the judge as a whole ----

ANSWER_BOOK = {
    name: getattr(parameters, name)
    for name, exercise in EXERCISES.items()
    if exercise.probe == "call" and name != "prepare_images"
}
QUESTIONS = {name: ask(name) for name in EXERCISES}
QUESTIONS["retraining"] = ask(as_retraining(EXERCISES["test_accuracy"]))


def prepared(pixels: np.ndarray) -> np.ndarray:
    return ((pixels[..., np.newaxis] / 255 - 0.2860) / 0.3530).astype("float32")


def right_facts(name: str) -> dict[str, Any]:
    """What a correct notebook would state, arrays included."""
    question, layers = QUESTIONS[name], with_weights(lenet_layers())
    match question.exercise.probe:
        case "call":
            return answers(question, ANSWER_BOOK.get(name, prepared))
        case "model":
            return network_facts(question, lenet_layers())
        case "train":
            return training_facts(lenet_layers(), {"loss": [2.3, 2.2]})
    facts = trained_facts(question, layers)
    return {"file": "loaded", **facts, "prepared": [prepared(i) for i in question.ask["images"]]}


RIGHT = {name: right_facts(name) for name in QUESTIONS}
values = (
    nested
    | arrays_of.arrays(
        st.sampled_from(DTYPES), st.sampled_from([(), (1,), (0,), (4, 10), (3,), (2, 28, 28, 1), (84, 10)])
    )
    | st.sampled_from([0, 1, 24, 24.0, [24, 24, 6], "Dense", "linear", "same", {}, [], "missing"])
)


@st.composite
def lies(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """The right facts with one to three places in which something else stands."""
    facts = RIGHT[name]
    for _ in range(draw(st.integers(1, 3))):
        facts = changed(draw, facts)
    return facts


def changed(draw: st.DrawFn, data: Any, top: bool = True) -> Any:
    """A copy of nested data in which one place is changed, removed or doubled."""
    if not isinstance(data, (dict, list)) or not data or (not top and draw(st.integers(0, 3)) == 0):
        return draw(values)
    places = list(data) if isinstance(data, dict) else list(range(len(data)))
    place = draw(st.sampled_from(places))
    how = draw(st.integers(0, 9))
    copy = data.copy()
    if how == 0:
        del copy[place]
    elif how == 1 and isinstance(copy, list):
        copy.insert(place, copy[draw(st.sampled_from(places))])
    elif how == 2:
        copy[place] = copy[draw(st.sampled_from(places))]
    else:
        copy[place] = changed(draw, data[place], top=False)
    return copy


def facts_for(name: str) -> st.SearchStrategy:
    known = ["answers", "also", "again", "network", "history", "how", "before", "file", "prepared", "not_a_model",
             "returned"]  # fmt: skip
    return lies(name) | st.dictionaries(st.sampled_from(known), values, max_size=4)


@pytest.mark.slow
@pytest.mark.parametrize("probe", FIXTURES)
def test_facts_are_read_or_refused(probe):
    names = [name for name, question in QUESTIONS.items() if question.exercise.probe == probe]

    @examples(EXAMPLES // 4)
    @given(st.sampled_from(names).flatmap(lambda name: st.tuples(st.just(name), facts_for(name))))
    def run(drawn):
        name, facts = drawn
        question, reader = QUESTIONS[name], FIXTURES[probe][1]
        try:
            read = reader(question, read_claim(claim_text(QUESTIONS[name], facts)))
        except ClaimError:
            return
        try:
            if probe == "call":
                read.public()
                if name in DRAWS:
                    read.expect_drawn(lambda *_: True)
            elif probe == "weights" and read.file == "loaded":
                assert len(read.prepared) == len(read.batches)
        except Wrong as wrong:
            assert len(wrong.help) < 5_000

    run()


@pytest.fixture(scope="module")
def few_images():
    """200 images of noise in the place of Fashion-MNIST, each of the ten classes equally often."""
    noise = np.random.default_rng(0).integers(0, 256, (200, 28, 28)).astype("uint8")
    labelled = (noise, np.arange(200, dtype="uint8") % 10)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(images, "load_fashion_mnist", lambda: (labelled, labelled))
        images.judged_images.cache_clear()
        yield
    images.judged_images.cache_clear()


def number(value: Any) -> Any:
    """A number as this file's own oracle sees it, else None."""
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype != bool:
        value = value.item()
    return value if type(value) in (int, float) else None


def weight_shapes(facts: dict[str, Any]) -> list[tuple[int, ...]]:
    """The shapes of the network's weights, as claimed."""
    shapes = facts["network"].get("shapes")
    return [tuple(shape) for shape in shapes if isinstance(shape, list)]


def deserved(name: str, facts: dict[str, Any]) -> tuple[bool, bool]:
    """(whether any points can be right, whether all can), by looking at the facts alone."""
    given, right = facts.get("answers"), RIGHT[name].get("answers")
    if name in ANSWER_BOOK and name != "lenet_shapes":
        hits = []
        for answer, book in zip(given, right, strict=True):
            value = number(answer.get("value"))
            hits.append(value is not None and abs(value - book["value"]) < 1e-5)
        return any(hits), all(hits)
    if name == "lenet_shapes":
        shapes = given[0].get("value")
        book = [list(shape) for shape in right[0]["value"]]
        mine = [[s] if type(s) is int else s for s in shapes] if isinstance(shapes, list) else []
        mine = [s if type(s) is list and all(type(n) is int for n in s) else None for s in mine]
        return any(s in book for s in mine if type(s) is list), mine == book
    if name == "prepare_images":
        pairs = [(a.get("value"), b["value"]) for a, b in zip(given, right, strict=True)]
        pairs = [(v, b) for v, b in pairs if isinstance(b, np.ndarray)]  # of very many the shape is told
        are = [isinstance(v, np.ndarray) and v.size > 0 for v, _ in pairs]
        return all(are), all(are) and all(
            v.shape == b.shape and v.dtype == b.dtype and np.allclose(v, b, atol=3e-3) for v, b in pairs
        )
    if name == "test_accuracy":
        return False, False  # untrained weights, on noise
    if not isinstance(facts.get("network"), dict):
        return False, False
    shapes, asked = weight_shapes(facts), weight_shapes(RIGHT[name])
    if name == "train_lenet":
        loss = facts["history"].get("loss")
        fitted = facts.get("how") in ("fit", "copy", "steps")
        holds_lenet = Counter(asked) <= Counter(shapes)  # what goes nowhere costs in build_lenet alone
        return True, holds_lenet and fitted and isinstance(loss, list)
    pairs = zip(facts["network"]["outputs"], RIGHT[name]["network"]["outputs"], strict=True)
    right_outputs = all(
        mine.shape == ours.shape and np.allclose(mine, ours, atol=0.01) for mine, ours in pairs
    )
    return bool(shapes), shapes == asked and right_outputs


@dataclass
class Stated:
    """Facts by exercise; too long to be shown whole when a test fails."""

    facts: dict[str, dict[str, Any]] = field(repr=False)


@st.composite
def every_exercise(draw: st.DrawFn) -> Stated:
    return Stated({name: draw(facts_for(name)) for name in EXERCISES})


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@examples(300, phases=[Phase.generate])  # shrinking would take hours
@given(every_exercise())
def test_no_claim_stops_the_judge_or_earns_what_it_does_not_hold(few_images, stated):
    texts = {name: claim_text(QUESTIONS[name], facts) for name, facts in stated.facts.items()}
    verdicts = judge([(QUESTIONS[name], text) for name, text in texts.items()])
    assert verdicts.keys() == EXERCISES.keys()
    for name, verdict in verdicts.items():
        seen = (name, verdict.score, quote(stated.facts[name]))
        assert verdict.possible == EXERCISES[name].points
        assert 0 <= verdict.score <= verdict.points
        for check in verdict.checks:
            assert check.outcome in (PASSED, FAILED, NOT_JUDGED)
            assert check.earned == 0 or check.outcome != NOT_JUDGED
            assert len(check.help) < 5_000 and "itself broke" not in check.help, (seen, check)
            assert len(check.rows) <= 70
            assert all(len(row.yours) < 300 and len(row.what) < 300 for row in check.rows)
        if verdict.score:
            some, every = deserved(name, read_claim(texts[name]).facts)
            assert some, seen
            assert every or verdict.score < verdict.points, seen


def test_the_right_facts_earn_everything_but_an_accuracy(few_images):
    for name in EXERCISES:
        facts, verdict = RIGHT[name], verdict_on(QUESTIONS[name], RIGHT[name])
        assert verdict.score == (0 if name == "test_accuracy" else verdict.points), name
        if verdict.score:
            assert deserved(name, read_claim(claim_text(QUESTIONS[name], facts)).facts) == (True, True), name
