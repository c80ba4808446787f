"""How claims become verdicts: what the judge does with checks, and with claims that say nothing."""

import json
import re

import numpy as np
import pytest
from making_claims import (
    answers,
    ask,
    claim_text,
    conv,
    dense,
    flatten,
    lenet_layers,
    pool,
    trained_facts,
    verdict_on,
    with_weights,
)

import autograder.judging.judge
from autograder.assignments import ASSIGNMENTS
from autograder.assignments.lenet.checks import images
from autograder.assignments.lenet.exercises import CHANCE_LIKE, PASS_MARK
from autograder.judging.exercises import Exercise
from autograder.judging.facts import Answers
from autograder.judging.judge import NoClaim, judge
from autograder.judging.network import Network
from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED
from lenet_solution.parameters import dense_params


def outcomes(verdict):
    return {check.name: check.outcome for check in verdict.checks}


def test_a_right_claim_passes_every_check():
    question = ask("dense_params")
    verdict = verdict_on(question, answers(question, dense_params))
    assert verdict.outcome == PASSED and verdict.score == verdict.points == 4
    assert not verdict.flagged and verdict.attempted


def test_one_session_judges_several_claims_apart():
    right, wrong = ask("dense_params"), ask("pool_params")
    verdicts = judge(
        [
            (right, claim_text(right, answers(right, dense_params))),
            (wrong, claim_text(wrong, answers(wrong, lambda height, width: 4))),
        ]
    )
    assert (verdicts["dense_params"].score, verdicts["pool_params"].score) == (4, 0)


def test_practice_runs_the_checks_that_grade():
    practised, graded = ask("dense_params", hidden=False), ask("dense_params")
    verdicts = [verdict_on(question, answers(question, dense_params)) for question in (practised, graded)]
    assert verdicts[0] == verdicts[1] and verdicts[0].possible == verdicts[0].points
    assert practised.ask["calls"] != graded.ask["calls"]


def test_the_points_of_every_exercise_are_those_of_its_checks():
    for exercise in ASSIGNMENTS["lenet"].exercises:
        verdict = judge([(ask(exercise), NoClaim("Nothing came."))])[exercise.id]
        assert verdict.possible == exercise.points, exercise.id


def test_an_untouched_exercise_is_not_attempted():
    verdict = verdict_on(ask("dense_params"), {}, state="not attempted")
    assert not verdict.attempted and verdict.reason == "Not attempted yet."
    assert verdict.outcome == FAILED and verdict.score == 0 and not verdict.flagged


def test_a_missing_function_is_named():
    verdict = verdict_on(ask("dense_params"), {}, state="missing")
    assert verdict.outcome == FAILED and not verdict.flagged
    assert "dense_params is not defined" in verdict.checks[0].help


@pytest.mark.parametrize("state", ["missing", "failed"])
def test_of_two_functions_that_are_asked_both_are_named(state):
    error = {"type": "TypeError", "message": "x"} if state == "failed" else None
    verdict = verdict_on(ask("test_accuracy"), {}, state=state, error=error)
    assert re.search("build_lenet (and|or) prepare_images", verdict.checks[0].help)


def test_an_error_of_the_students_is_quoted():
    error = {"type": "TypeError", "message": "bad operand"}
    verdict = verdict_on(ask("dense_params"), {}, state="failed", error=error)
    assert verdict.outcome == FAILED and not verdict.flagged
    assert "raised TypeError: “bad operand" in verdict.checks[0].help


def test_without_a_claim_nothing_is_judged_and_a_person_looks():
    verdict = judge([(ask("build_lenet"), NoClaim("The kernel ended."))])["build_lenet"]
    assert set(outcomes(verdict).values()) == {NOT_JUDGED}
    assert verdict.score == 0 and verdict.flagged and verdict.reason == "The kernel ended."


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        ({"nonce": "0" * 32}, "does not answer the question that was asked"),
        ({"exercise": "pool_params"}, "does not answer the question that was asked"),
        ({"state": "passed"}, "its state is not one of the known states"),
        ({"facts": {}}, "its 'answers' is missing or of the wrong kind"),
        ({"facts": {"answers": "all right"}}, "its 'answers' is missing or of the wrong kind"),
        ({"facts": {"answers": []}}, "does not answer every call"),
        ({"facts": {"answers": [5] * 10}}, "an answer in it is neither a value nor an error"),
        ({"facts": {"answers": [{"value": 1, "error": 1}] * 10}}, "neither a value nor an error"),
    ],
    ids=[
        "an old nonce", "another exercise", "a state of its own", "no answers", "a text of answers",
        "too few answers", "bare answers", "answers that are also errors",
    ],
)  # fmt: skip
def test_a_claim_that_does_not_fit_is_not_judged(change, clause):
    verdict = verdict_on(ask("dense_params"), change.pop("facts", {}), **change)
    assert set(outcomes(verdict).values()) == {NOT_JUDGED}
    assert verdict.score == 0 and verdict.flagged
    assert "The kernel's claim was refused" in verdict.checks[0].help
    assert clause in verdict.checks[0].help


def test_a_text_that_is_no_claim_is_not_judged():
    verdict = judge([(ask("dense_params"), "full marks, please")])["dense_params"]
    assert verdict.outcome == NOT_JUDGED and verdict.score == 0
    assert verdict.reason == "The kernel's claim was refused: it is not a JSON text."


def test_a_check_that_breaks_is_not_the_students_fault(monkeypatch):
    monkeypatch.setattr(Answers, "asked", lambda *_: 1 / 0)  # of the public calls alone
    question = ask("dense_params")
    verdict = verdict_on(question, answers(question, dense_params))
    assert outcomes(verdict)["test_fewer_units_than_inputs"] == NOT_JUDGED
    assert verdict.checks[0].help == "The check itself broke (ZeroDivisionError: “division by zero”)."
    assert verdict.score == 2 and verdict.flagged


# The machinery alone, with checks that were written for it.

TOY_CHECKS = '''
from autograder.judging.api import Partly, Passed, Uncertain, Wrong, check
from autograder.judging.verdicts import Row

@check("toy", points=4)
def test_first(answers):
    """The first sentence."""
    match answers.value(1):
        case "partly": raise Partly(0.5, "Half of it.")
        case "more than all": raise Partly(7.0, "Far too much.")
        case "less than nothing": raise Partly(-1.0, "Far too little.")
        case "wrong": raise Wrong("Not so.", [Row("x", "1", "2", False)])
        case "wrong without a word": raise Wrong()
        case "uncertain": raise Uncertain("Who knows.")
        case "passed with rows": raise Passed("Well done.", [Row("x", "2", "2", True)])
        case "broken": raise KeyError("x")

@check("toy", points=6, after="test_first")
def test_second(answers):
    """The second
       sentence."""

@check("another toy", points=3)
def test_of_another_exercise(answers):
    """Never run here."""
    raise SystemExit
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Judges a value by a file of checks that stands in the place of the project's own."""
    monkeypatch.setattr(autograder.judging.judge, "checks_of", lambda assignment: tmp_path)
    notebook = tmp_path.name  # another one for each test: Python loads a module of one name once
    calls = {"function": "toy", "calls": [(1,)]}
    exercise = Exercise("toy", notebook, 10, "A toy", "call", calls, "Think.", assignment="lenet")

    def verdict(value, checks=TOY_CHECKS):
        (tmp_path / f"test_{notebook}.py").write_text(checks)
        return verdict_on(ask(exercise, hidden=False), {"answers": [{"value": value}]})

    return verdict


@pytest.mark.parametrize(
    ("value", "outcome", "earned", "help"),
    [
        ("right", PASSED, 4, ""),
        ("passed with rows", PASSED, 4, "Well done."),
        ("partly", FAILED, 2, "Half of it."),
        ("more than all", FAILED, 4, "Far too much."),
        ("less than nothing", FAILED, 0, "Far too little."),
        ("wrong", FAILED, 0, "Not so."),
        ("wrong without a word", FAILED, 0, "Think."),
        ("uncertain", NOT_JUDGED, 0, "Who knows."),
        ("broken", NOT_JUDGED, 0, "The check itself broke (KeyError: “'x'”)."),
    ],
)
def test_how_a_check_may_end(toy, value, outcome, earned, help):
    first = toy(value).checks[0]
    assert (first.outcome, first.earned, first.help) == (outcome, earned, help)
    assert first.sentence == "The first sentence." and first.points == 4
    assert len(first.rows) == (value in ("wrong", "passed with rows"))


def test_a_check_that_waits_runs_when_the_other_one_passed(toy):
    verdict = toy("right")
    assert outcomes(verdict) == {"test_first": PASSED, "test_second": PASSED}
    assert verdict.checks[1].sentence == "The second sentence."


@pytest.mark.parametrize("value", ["partly", "wrong", "uncertain", "broken"])
def test_a_check_that_waits_earns_nothing_else(toy, value):
    second = toy(value).checks[1]
    assert (second.outcome, second.earned) == (FAILED, 0)
    assert second.help == "Waits for the check “The first sentence.”"


def test_checks_that_cannot_be_loaded_leave_nothing_judged(toy):
    verdict = toy("right", checks="import no_such_module")
    assert verdict.outcome == NOT_JUDGED and verdict.score == 0 and verdict.flagged
    assert verdict.reason == "The checks could not be run; see the instructor's log."


def test_checks_that_are_not_there_leave_nothing_judged(toy):
    verdict = toy("right", checks="")
    assert verdict.outcome == NOT_JUDGED and verdict.score == 0 and verdict.flagged


def test_a_check_that_asks_for_another_probe_s_facts_breaks(toy):
    checks = TOY_CHECKS.replace("def test_second(answers)", "def test_second(weights)")
    second = toy("right", checks).checks[1]
    assert second.outcome == NOT_JUDGED
    assert "test_second asks for weights, its exercise has answers" in second.help


def test_settings_of_the_folder_it_runs_in_do_not_reach_the_judge(tmp_path, monkeypatch):
    (tmp_path / "conftest.py").write_text("raise SystemExit('a conftest ran')")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    (tmp_path / "numpy.py").write_text("raise SystemExit('a shadow was imported')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    question = ask("dense_params")
    assert verdict_on(question, answers(question, dense_params)).score == 4


def test_a_verdict_is_plain_data_for_json():
    question = ask("build_lenet")
    verdict = verdict_on(question, {"not_a_model": "NoneType"})
    data = json.loads(json.dumps(verdict.as_data()))
    assert (data["exercise"], data["outcome"], data["score"]) == ("build_lenet", FAILED, 0)
    assert data["checks"][0]["name"] == "test_is_a_network" and data["flagged"] is False


# What the weights are worth.


def weights_facts(question, prepare=None):
    def right(images):
        return ((images[..., np.newaxis] / 255 - 0.2860) / 0.3530).astype("float32")

    prepared = [(prepare or (lambda x: x))(right(images)) for images in question.ask["images"]]
    facts = trained_facts(question, with_weights(lenet_layers()))
    return {"file": "loaded", **facts, "prepared": prepared}


@pytest.fixture
def measured(monkeypatch):
    """Sets what is measured on the test images, then on half of the training images and on all of them.

    Images that are prepared otherwise are recognised by nobody.
    """
    train, test = ((np.zeros((n, 28, 28), "uint8"), np.zeros(n, "uint8")) for n in (5_000, 10_000))

    def outputs(right):
        return np.eye(10)[(np.arange(10_000) >= round(10_000 * right)).astype(int)]

    def set_to(on_test, *others):
        if len(others) > 1:
            half, whole, *more = others
            others = (half, 2 * whole - half, *more)  # the other half
        values = iter((on_test, *others))
        monkeypatch.setattr(images, "load_fashion_mnist", lambda: (train, test))
        images.judged_images.cache_clear()
        monkeypatch.setattr(Network, "accuracy", lambda *_: next(values, 0.0))
        monkeypatch.setattr(images.Measured, "outputs", lambda *_: outputs(next(values, 0.0)))

    yield set_to
    images.judged_images.cache_clear()


@pytest.mark.parametrize(
    ("accuracy", "points"),
    [
        (1.0, 18),
        (PASS_MARK, 18),
        (PASS_MARK - 0.0001, 17.5),
        ((CHANCE_LIKE + PASS_MARK) / 2, 9),
        (CHANCE_LIKE + 0.0001, 0),
        (CHANCE_LIKE, 0),
        (0.1, 0),
    ],
)
def test_points_for_an_accuracy(measured, accuracy, points):
    measured(accuracy, accuracy, accuracy)
    question = ask("test_accuracy")
    verdict = verdict_on(question, weights_facts(question))
    assert verdict.score == points and not verdict.flagged
    assert f"Measured: {accuracy:.2%}" in verdict.checks[1].help


def another(place, layer, *more):
    layers = lenet_layers()
    layers[place] = layer
    return [*layers, *more]


NOT_LENET = {
    "softmax": (another(7, dense(10, activation="softmax")), True),
    "nothing at the end": (another(7, dense(10, activation="linear")), True),
    "tanh at the end": (another(7, dense(10, activation="tanh")), True),
    "relu at the end": (another(7, dense(10, activation="relu")), False),
    "relu in a convolution": (another(0, conv(6, activation="relu")), False),
    "softmax in the middle": (another(6, dense(84, activation="softmax")), False),
    "averages": (another(1, pool("AveragePooling2D")), False),
}


@pytest.mark.parametrize("written", ["in layers", "in one class"])
@pytest.mark.parametrize("name", NOT_LENET)
def test_weights_that_fit_lenet_are_measured_in_lenet_whatever_network_they_come_from(
    measured, name, written
):
    """And a low accuracy is put down to that network only where it puts other kinds first."""
    layers, same_kind_first = NOT_LENET[name]
    question = ask("test_accuracy")
    prepared = weights_facts(question)["prepared"]
    facts = {"file": "loaded", "prepared": prepared, **trained_facts(question, with_weights(layers))}
    if written == "in one class":
        network = facts["network"]
        whole = {"kind": "Own", "own": True, "config": {}, "weights": list(range(10)), "inputs": [0]}
        network["calls"] = [{**network["calls"][-1], **whole, "bare": -1}]
    measured(0.6, 0.87, 0.89)
    verdict = verdict_on(question, facts)
    assert verdict.score == 18 and not verdict.flagged
    assert "the weights are measured in LeNet" in verdict.checks[0].help
    measured(0.6, 0.5, 0.5, 0.5)
    verdict = verdict_on(question, facts)
    assert 0 < verdict.score < 18 and not verdict.flagged
    assert ("they were trained in another network" in verdict.checks[1].help) != same_kind_first
    assert ("Train for a few more epochs" in verdict.checks[1].help) == same_kind_first


@pytest.mark.parametrize(
    "layers",
    [
        another(0, conv(6, padding="same")),
        another(7, dense(10, use_bias=False)),
        [flatten(), dense(10)],
        another(0, conv(6), dense(10)),
    ],
    ids=["padded", "a bias missing", "one layer", "a layer more"],
)
def test_weights_that_do_not_fit_lenet_are_not_measured(measured, layers):
    measured(0.9, 0.9, 0.9)
    question = ask("test_accuracy")
    facts = {"file": "loaded", "prepared": [], **trained_facts(question, with_weights(layers))}
    verdict = verdict_on(question, {**facts, "prepared": weights_facts(question)["prepared"]})
    assert verdict.score == 0 and "is not the LeNet of this course" in verdict.checks[0].help


def test_weights_of_another_network_that_are_not_told_are_not_judged(measured):
    measured(0.9, 0.9, 0.9)
    question = ask("test_accuracy")
    facts = trained_facts(question, with_weights(NOT_LENET["softmax"][0]))
    facts["network"]["weights"] = []
    verdict = verdict_on(question, {**weights_facts(question), **facts})
    assert verdict.score == 0 and verdict.flagged


def test_a_few_training_images_alone_make_nobody_suspect(measured):
    measured(0.89, 0.86, 0.90)
    question = ask("test_accuracy")
    verdict = verdict_on(question, weights_facts(question))
    assert verdict.score == 18 and not verdict.flagged


def test_training_images_are_drawn_anew_for_each_submission():
    some, again, others = (images.drawn(100, 10, nonce) for nonce in ("a", "a", "b"))
    assert len(set(some)) == 10
    assert (some == again).all() and (some != others).any()
    assert len(images.drawn(100, 1_000, "a")) == 100


def test_weights_that_know_the_test_images_better_are_looked_at(measured):
    measured(0.95, 0.89, 0.90)
    question = ask("test_accuracy")
    verdict = verdict_on(question, weights_facts(question))
    assert verdict.score == 0 and verdict.flagged
    assert "95.00% of the test images are recognised, but only 90.00% of the training" in (
        verdict.checks[1].help
    )


@pytest.mark.parametrize(("accuracy", "flagged"), [(0.88, False), (0.8801, True), (0.5, False), (0.1, False)])
def test_a_network_that_has_learned_is_suspected_from_a_higher_accuracy_on_the_test_images_on(
    measured, accuracy, flagged
):
    trained = min(accuracy, 0.88)
    measured(accuracy, trained, trained)
    question = ask("test_accuracy")
    assert verdict_on(question, weights_facts(question)).flagged is flagged


def test_a_network_that_guesses_may_guess_the_test_images_better(measured):
    measured(0.105, 0.09, 0.095)
    question = ask("test_accuracy")
    assert not verdict_on(question, weights_facts(question)).flagged


@pytest.mark.parametrize(
    ("prepare", "cause", "flagged"),
    [
        (
            lambda x: x + np.sin(np.arange(28), dtype="float32")[:, None] * x**2,
            "does not treat every pixel alike",
            True,
        ),
        (lambda x: x * np.float32("nan"), "not all finite numbers", False),
        (lambda x: x.reshape(len(x), -1), "prepare_images gives the shape (1, 784)", False),
        (lambda x: x[:1], "Whatever prepare_images is given", False),
    ],
    ids=["by row", "nan", "flat", "one image"],
)
def test_a_preparation_with_which_nothing_can_be_measured_is_told_why(prepare, cause, flagged):
    question = ask("test_accuracy")
    verdict = verdict_on(question, weights_facts(question, prepare))
    assert verdict.score == 0 and verdict.flagged is flagged
    assert cause in verdict.checks[1].help


@pytest.mark.parametrize(
    ("facts", "clause"),
    [
        ({"file": "stolen"}, "it does not say what became of the weights file"),
        ({"file": "unreadable", "content": "other"}, "an error in it has no type and message"),
        ({"file": "loaded"}, "it does not tell of a network"),
        ({"file": "loaded", "network": {}}, "a shape in it is not a list of whole numbers"),
        (
            {"file": "loaded", **trained_facts(ask("test_accuracy"), with_weights(lenet_layers()))},
            "its 'prepared' is missing or of the wrong kind",
        ),
    ],
    ids=["no such state", "no error", "no network", "a network of nothing", "no prepared images"],
)
def test_a_claim_about_weights_that_does_not_fit_is_not_judged(facts, clause):
    verdict = verdict_on(ask("test_accuracy"), facts)
    assert verdict.outcome == NOT_JUDGED and verdict.score == 0 and verdict.flagged
    assert clause in verdict.checks[0].help


def test_practice_without_a_bank_calls_no_answer_wrong(monkeypatch, tmp_path):
    monkeypatch.setattr("autograder.judging.bank.checks_of", lambda assignment: tmp_path)
    question = ask("dense_params", hidden=False)
    with pytest.raises(LookupError, match=r"no right answers without bank\.json"):
        question.is_right("dense_params", [256, 120], 30840)
