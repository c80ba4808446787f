"""Claims whose facts are shaped to pass without an answer, or to break what reads them."""

import json
import tracemalloc

import numpy as np
import pytest
from making_claims import (
    EXERCISES,
    answers,
    ask,
    claim_text,
    conv,
    dense,
    flatten,
    lenet_layers,
    network_facts,
    pool,
    training_facts,
    verdict_on,
    with_weights,
)

from autograder.assignments.lenet.checks.preparing import by_pixel, recognise
from autograder.judging.claims import MAX_BYTES, ClaimError, Other, read_claim
from autograder.judging.judge import judge
from autograder.judging.network import read_network
from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED
from autograder.report import html_report, text_report
from lenet_solution import parameters

NUMBERS = [
    e for e in EXERCISES.values()
    if e.probe == "call" and e.id not in ("lenet_shapes", "prepare_images")
]  # fmt: skip
NO_NUMBERS = {
    "nan": {"$float": "nan"},
    "infinity": {"$float": "inf"},
    "minus infinity": {"$float": "-inf"},
    "true": True,
    "false": False,
    "none": None,
    "a text": "24",
    "nothing in a list": [],
    "a list": [24],
    "a dict": {"value": 24},
    "an object that says 24": {"$other": "int", "text": "24"},
    "a list of arrays": [np.zeros(3), np.zeros(3)],
    "an array of nothing": np.zeros(0),
    "an array of numbers": np.zeros(3),
    "an array of one nan": np.array([np.nan]),
    "an array of one bool": np.array([False]),
    "the largest number": 2**63 - 1,
    "the smallest number": -(2**63),
    "a fraction beside the number": 1e-7,
}


def outcomes(verdict):
    return {check.name: check.outcome for check in verdict.checks}


@pytest.mark.parametrize("value", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_what_is_no_number_is_a_wrong_answer_to_every_question_for_one(value):
    questions = [ask(exercise) for exercise in NUMBERS]
    asked = [(q, claim_text(q, answers(q, lambda *_: value))) for q in questions]
    for name, verdict in judge(asked).items():
        assert set(outcomes(verdict).values()) == {FAILED}, name
        assert verdict.score == 0 and all(check.help for check in verdict.checks)


def test_a_number_in_an_array_without_axes_is_that_number_and_in_a_list_it_is_not():
    """Later cells of the notebook print and divide it: the one works there, the other does not."""
    question = ask("dense_params")
    for number, points in ((np.array, 4), (lambda value: np.array([value]), 0)):
        facts = answers(question, lambda *a: number(parameters.dense_params(*a)))  # noqa: B023
        assert verdict_on(question, facts).score == points


RIGHT = [list(shape) for shape in parameters.lenet_shapes()]
NO_SHAPES = {
    "no shapes": [],
    "a text of eight": "abcdefgh",
    "an array of eight": np.arange(8),
    "bools": [[True, True, True]] * 8,
    "fractions": [[n + 0.5 for n in shape] for shape in RIGHT],
    "texts": [[str(n) for n in shape] for shape in RIGHT],
    "arrays of fractions": [np.array(shape) + 0.5 for shape in RIGHT],
    "arrays with an axis too many": [np.array([shape]) for shape in RIGHT],
    "long arrays": [np.resize(shape, 5_000) for shape in RIGHT],
    "arrays of bools": [np.array(shape) > 0 for shape in RIGHT],
    "arrays in tuples": [[np.array(shape)] for shape in RIGHT],
    "objects": [{"$other": "tuple", "text": repr(tuple(shape))} for shape in RIGHT],
    "thousands of numbers": [[2**60] * 5_000] * 8,
    "nested": [[shape] for shape in RIGHT],
    "empty ones": [[]] * 8,
    "batch axes": [[None, *shape] for shape in RIGHT],
}


@pytest.mark.parametrize("value", NO_SHAPES.values(), ids=NO_SHAPES)
def test_what_only_looks_like_the_shapes_earns_nothing(value):
    question = ask("lenet_shapes")
    verdict = verdict_on(question, {"answers": [{"value": value}]})
    assert set(outcomes(verdict).values()) == {FAILED} and verdict.score == 0
    assert all(len(check.help) < 400 for check in verdict.checks)


NO_IMAGES = {
    "a number": lambda images: 0.5,
    "a list": lambda images: [[0.5]],
    "nothing": lambda images: np.zeros(0, "float32"),
    "no images": lambda images: np.zeros((0, 28, 28, 1), "float32"),
    "bools": lambda images: images[..., None] > 127,
    "nan": lambda images: np.full((*images.shape, 1), np.nan),
    "infinities": lambda images: np.full((*images.shape, 1), np.inf, "float16"),
    "the largest": lambda images: np.full((*images.shape, 1), 1.7e308),
}


@pytest.mark.parametrize("function", NO_IMAGES.values(), ids=NO_IMAGES)
def test_what_only_looks_like_images_earns_at_most_its_shape(function):
    question = ask("prepare_images")
    verdict = verdict_on(question, answers(question, function))
    shaped = np.shape(function(np.zeros((2, 28, 28)))) == (2, 28, 28, 1)
    assert verdict.outcome == FAILED and not verdict.flagged
    assert verdict.score == (2 if shaped else 0)


def verdict_on_network(layers, outputs=None):
    question = ask("build_lenet")
    return verdict_on(question, network_facts(question, layers, outputs))


def other(kind, **config):
    return {"kind": kind, "name": kind, "config": config}


def test_a_network_without_layers_earns_nothing():
    for layers in ([], [other("InputLayer")]):
        verdict = verdict_on_network(layers)
        assert verdict.score == 0 and verdict.outcome == FAILED
        assert "nothing to train" in verdict.checks[1].help


def test_eight_layers_that_learn_nothing_earn_nothing():
    """They are eight, and their outputs are what they say: the images themselves."""
    verdict = verdict_on_network([other("Dropout") for _ in range(8)])
    assert verdict.score == 0
    assert "nothing to train" in verdict.checks[1].help


def test_one_dense_layer_is_no_network_of_sigmoids():
    verdict = verdict_on_network([flatten(), dense(1)])
    assert outcomes(verdict)["test_sigmoid_everywhere"] == FAILED


@pytest.mark.parametrize("place", [2, 5], ids=["behind a pooling", "behind Flatten"])
def test_a_sigmoid_more_is_a_layer_more(place):
    layers = lenet_layers()
    layers.insert(place, other("Activation", activation="sigmoid"))
    verdict = verdict_on_network(layers)
    assert outcomes(verdict)["test_has_eight_layers"] == FAILED and verdict.score == 14


def test_a_sigmoid_of_its_own_behind_a_layer_without_one_is_that_layer_s():
    layers = [conv(6, activation="linear"), other("Activation", activation="sigmoid"), pool()]
    assert verdict_on_network([*layers, *lenet_layers()[2:]]).score == 20


def test_outputs_of_the_network_s_own_weights_are_not_what_was_asked():
    layers = lenet_layers()
    images = ask("build_lenet").ask["trial"]["images"]
    outputs = read_network(with_weights(layers)).predict(images.astype("float32"))
    verdict = verdict_on_network(layers, [outputs] * 3)
    assert outcomes(verdict)["test_has_eight_layers"] == FAILED and verdict.score <= 14


def test_what_a_layer_of_keras_does_not_give_waits_for_a_person():
    question = ask("build_lenet")
    for layer in range(8):
        facts = network_facts(question, lenet_layers())
        values, call = facts["network"]["values"], facts["network"]["calls"][layer]
        place = call["bare"] if call["bare"] >= 0 else call["output"]
        wave = np.linspace(0.5, 1.5, values[place].size).reshape(values[place].shape)
        values[place] = values[place] * wave.astype("float32")
        facts["network"]["outputs"] = [output[::-1] for output in facts["network"]["outputs"]]
        verdict = verdict_on(question, facts)
        assert verdict.score == 0 and verdict.flagged, layer
        assert "nothing that this network says of itself can be believed" in verdict.checks[0].help


@pytest.mark.parametrize("shape", [[500_000_000], [2**30, 2**30], [2**31] * 8], ids=str)
def test_weights_that_are_only_claimed_to_be_huge_cost_no_memory(shape):
    question = ask("build_lenet")
    for count in (1, 10):
        facts = network_facts(question, lenet_layers())
        facts["network"]["shapes"][:count] = [shape] * count
        tracemalloc.start()
        verdict = verdict_on(question, facts)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 50 * 2**20 and verdict.score < 20


@pytest.mark.parametrize("draw", [0, 1, 2])
def test_one_draw_of_weights_for_which_it_is_another_network_is_enough(draw):
    question = ask("build_lenet")
    facts = network_facts(question, lenet_layers())
    outputs = facts["network"]["outputs"]
    outputs[draw] = outputs[draw] + np.float32(0.01)
    verdict = verdict_on(question, facts)
    assert verdict.outcome == FAILED and verdict.score == (14 if draw == 0 else 17)


@pytest.mark.parametrize(
    "outputs",
    [np.full((4, 10), np.nan), np.full((4, 10), np.inf), np.ones((4, 10), bool), np.zeros((0, 10)),
     np.zeros(()), np.zeros((1, 10)), np.full((4, 10), 1.7e308), np.zeros((4, 10), "int64")],
    ids=["nan", "inf", "bool", "none", "a number", "one row", "large", "whole"],
)  # fmt: skip
def test_layers_of_lenet_with_other_outputs_are_layers_with_something_behind_them(outputs):
    verdict = verdict_on_network(lenet_layers(), [outputs] * 3)
    assert outcomes(verdict)["test_has_eight_layers"] == FAILED
    assert verdict.score <= 14 and "your own code" in " ".join(c.help for c in verdict.checks)


@pytest.mark.parametrize("value", [False, 0, [], {}, np.zeros(3), ["x"] * 9], ids=repr)
@pytest.mark.parametrize(("exercise", "name"), [("build_lenet", "not_a_model"), ("train_lenet", "returned")])
def test_the_name_of_a_type_is_a_text(exercise, name, value):
    verdict = verdict_on(ask(exercise), {name: value})
    assert verdict.outcome == NOT_JUDGED and verdict.score == 0
    assert f"its {name!r} is missing or of the wrong kind" in verdict.checks[0].help


def test_a_type_without_a_name_is_no_network():
    verdict = verdict_on(ask("build_lenet"), {"not_a_model": ""})
    assert set(outcomes(verdict).values()) == {FAILED} and verdict.score == 0
    assert not any(check.help == "None" for check in verdict.checks)
    facts = {**training_facts([], {}, how="none", returned=""), "layers": None}
    verdict = verdict_on(ask("train_lenet"), facts)
    assert verdict.outcome == FAILED and verdict.score == 0


@pytest.mark.parametrize(
    "loss",
    [None, 0.5, [], [0.5], [0.5] * 3, [1, 0], [True, True], ["0.5", "0.5"], np.zeros(2),
     [np.zeros(1), np.zeros(1)], [{"$float": "nan"}] * 2, [0.5, {"$float": "inf"}], [0.5, [0.5]]],
    ids=str,
)  # fmt: skip
def test_a_loss_is_a_finite_number_for_each_epoch(loss):
    facts = training_facts(lenet_layers(), {"loss": loss})
    verdict = verdict_on(ask("train_lenet"), facts)
    assert outcomes(verdict)["test_trains_as_long_as_asked"] == FAILED and verdict.score == 4


def table_of(prepare):
    """The table that is recognised from batches prepared like this, None if none is."""
    batches = ask("test_accuracy").ask["images"]
    pairs = [(images, by_pixel(images, prepare(images[..., None]))) for images in batches]
    if any(values is None for _, values in pairs):
        return None
    found = recognise(pairs)
    return found and found.table


@pytest.mark.parametrize(
    "prepare",
    [
        lambda pixels: pixels * np.nan,
        lambda pixels: pixels * 1e300,
        lambda pixels: np.where(pixels > 200, np.inf, pixels),
        lambda pixels: pixels[:0],
        lambda pixels: np.concatenate([pixels, pixels]),
        lambda pixels: pixels + 0.1 * (len(pixels) > 1),
        lambda pixels: pixels - pixels.mean(axis=(1, 2), keepdims=True),
    ],
    ids=["nan", "beyond float32", "inf", "none", "doubled", "the grey one else", "means"],
)
def test_no_map_of_pixels_is_taken_for_one(prepare):
    assert table_of(prepare) is None


def test_a_map_to_two_values_is_one():
    assert np.array_equal(table_of(lambda pixels: pixels > 127), np.arange(256) > 127)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (claim_text(ask("dense_params"), {"a": np.zeros(0)}).replace("[0]", "[0, 16777216, 16777216]"),
         "an array in it has an impossible shape"),
        ({}, "it is not a text"),
        (None, "it is not a text"),
        (b"\xf0\x9f\x98\x80".decode() * (MAX_BYTES // 2), "it is larger than 16,777,216 bytes"),
        ('"\ud800"', "it is not UTF-8 text"),
    ],
    ids=["an endless array of nothing", "a dict", "None", "four bytes a character", "half a character"],
)  # fmt: skip
def test_claims_that_once_raised_something_else_are_refused(text, clause):
    with pytest.raises(ClaimError, match=clause):
        read_claim(text)


def test_an_error_s_text_steers_no_terminal_and_can_be_written():
    message = "\x1b[1mbold\x1b[0m \x1b]0;title\x07 \u202etxt.exe \ud800 <script>"
    error = {"type": "E\x1b[2J", "message": message}
    verdict = verdict_on(ask("dense_params"), {}, state="failed", error=error)
    for shown in (text_report(verdict), html_report(verdict), json.dumps(verdict.as_data())):
        shown.encode("utf-8")
        assert not {"\x1b", "\x07", "\u202e", "\ud800"} & set(shown)
    assert "bold \ufffd]0;title" in text_report(verdict)
    assert "<script>" not in html_report(verdict)


def test_half_characters_in_values_and_keys_can_be_written():
    claim = read_claim('{"exercise": "e", "nonce": "n", "state": "done", "error": null, '
                       '"facts": {"\\ud800": ["\\udfff", {"$other": "\\ud800", "text": "\\u0000"}]}}')  # fmt: skip
    assert claim.facts == {"\ufffd": ["\ufffd", Other("\ufffd", "\ufffd")]}


@pytest.mark.parametrize("exercise", ["lenet_shapes", "count_params", "prepare_images", "train_lenet"])
def test_the_work_of_quoting_is_bounded(exercise, monkeypatch):
    """Neither the report nor pytest's own account of a failure goes through a whole claim."""
    quoted = []
    monkeypatch.setattr(Other, "__repr__", lambda self: quoted.append(self) or "?")
    value = {"$other": "x", "text": ""}
    for _ in range(5):
        value = [value] * 6
    question = ask(exercise)
    facts = training_facts(lenet_layers(), {"loss": [0.5, value]})
    if exercise != "train_lenet":
        others = len(question.ask["calls"]) - 1
        facts = {"answers": [{"value": value}, *[{"value": None}] * others]}
    assert verdict_on(question, facts).outcome == FAILED
    assert len(quoted) < 100


def test_a_claim_cannot_bring_its_own_outcome():
    """Fields that no probe sends are not read."""
    question = ask("dense_params")
    facts = answers(question, lambda *_: 0)
    more = {"outcome": PASSED, "score": 4, "points": 4, "checks": [], "verdict": PASSED}
    verdict = verdict_on(question, {**facts, **more})
    assert verdict.score == 0 and verdict.outcome == FAILED
