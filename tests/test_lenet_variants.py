"""The assignment lenet_variants: right answers in many spellings, wrong ones named by their cause, graded and practised.

Each answer goes through the real probe and the real judge, in this process.
"""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from judged_here import asked, told, verdict, verdicts
from variants_answers import RIGHT, RIGHT_NETWORKS, WRONG, WRONG_NETWORKS

from autograder.assignments import ASSIGNMENTS
from autograder.assignments.lenet_variants.checks.hidden.make_bank import make_bank
from autograder.course.own_course import CHECKOUT
from autograder.judging import bank
from autograder.judging.verdicts import Verdict
from autograder.tools.release import build_release
from lenet_solution import variants

pytestmark = pytest.mark.slow  # together a minute and more

NAME = "lenet_variants"
EXERCISES = {exercise.id: exercise for exercise in ASSIGNMENTS[NAME].exercises}
CALLED = [name for name, exercise in EXERCISES.items() if exercise.probe == "call"]
EVERY_RIGHT = [(exercise, source) for exercise, sources in RIGHT.items() for source in sources]
LISTED = {name: [*RIGHT[name], *(wrong[1] for wrong in WRONG if wrong[0] == name)] for name in CALLED}

RIGHT_NETWORKS_OF = {name: [s for other, s in RIGHT_NETWORKS if other == name] for name, _ in RIGHT_NETWORKS}


def beside_others(exercise: str, source: str, seed: int, graded: bool) -> Verdict:
    """The verdict on an answer of the lists, judged together with one to each other exercise."""
    place = LISTED[exercise].index(source)
    sources = tuple((name, every[place]) for name, every in LISTED.items() if place < len(every))
    return verdicts(sources, seed, graded)[exercise]


@pytest.mark.parametrize("graded", [True, False], ids=["graded", "practice"])
@pytest.mark.parametrize(("exercise", "source"), EVERY_RIGHT)
def test_right_answers_have_all_points_in_every_spelling(exercise, source, graded):
    for seed in range(2):
        found = beside_others(exercise, source, seed, graded)
        assert found.score == EXERCISES[exercise].points, told(found)


@pytest.mark.parametrize("graded", [True, False], ids=["graded", "practice"])
@pytest.mark.parametrize(("exercise", "source", "points", "cause"), WRONG)
def test_wrong_answers_have_their_points_and_their_cause(exercise, source, points, cause, graded):
    for seed in range(2):
        found = beside_others(exercise, source, seed, graded)
        assert found.score == points and not found.flagged and cause in told(found), told(found)


def test_a_cause_that_another_answer_rules_out_is_not_named():
    """Between neighbours a mean left out gives the same number as a division left out; further apart it does not."""
    source = "def unmixed(first, printed_first, last, printed_last):\n    return printed_last - printed_first"
    for seed in range(5):
        assert " Or: " not in told(verdict("unmixed", source, seed))


def test_wrong_answers_are_wrong_for_many_draws():
    for seed in range(2, 5):
        for exercise, source, points, _ in WRONG:
            assert beside_others(exercise, source, seed, graded=True).score == points, (seed, source)


@pytest.mark.slow
@pytest.mark.parametrize("graded", [True, False], ids=["graded", "practice"])
@pytest.mark.parametrize(("exercise", "source"), RIGHT_NETWORKS)
def test_right_networks_have_all_points_however_they_are_written(exercise, source, graded):
    found = verdict(exercise, source, graded=graded)
    assert found.score == EXERCISES[exercise].points, told(found)


@pytest.mark.slow
@pytest.mark.parametrize(("exercise", "source", "points", "cause"), WRONG_NETWORKS)
def test_wrong_networks_have_their_points_and_their_cause(exercise, source, points, cause):
    found = verdict(exercise, source)
    assert found.score == points and not found.flagged and cause in told(found), told(found)


@pytest.mark.slow
@pytest.mark.parametrize("exercise", RIGHT_NETWORKS_OF)
def test_a_right_network_is_drawn_without_a_difference_or_not_at_all(exercise):
    for source in RIGHT_NETWORKS_OF[exercise]:
        figure = verdict(exercise, source).figures.get("network")
        assert figure is None or figure["first"] is None and figure["yours"] == figure["expected"]


@pytest.mark.slow
def test_the_first_layer_that_differs_is_the_first_difference_of_a_drawing():
    source = next(source for _, source, _, cause in WRONG_NETWORKS if cause == "10 × 10 × 16")
    figure = verdict("build_narrow", source).figures["network"]
    assert figure["first"] == 3 and figure["yours"][3]["shape"] == [10, 10, 16]


@cache
def same_for_all(body: str) -> dict[str, Verdict]:
    """The verdicts where every function does this."""
    sources = tuple((name, f"def {name}(*given):\n    {body}") for name in CALLED)
    return verdicts(sources, 0, True)


@pytest.mark.parametrize("exercise", CALLED)
def test_a_stub_has_no_points_and_waits_for_nobody(exercise):
    found = same_for_all("raise NotImplementedError()")[exercise]
    assert not found.score and not found.attempted and not found.flagged


NO_ANSWERS = (
    "None", "'text'", "[]", "[[1], [1, 2]]", "np.nan", "np.zeros(3)", "{}", "len", "[np.inf] * 3", "[1e300] * 6",
    "list(range(400))", "[None] * 6", "[[1e300] * 3] * 6", "(None, None)", "given[0]", "given", "0", "1", "True",
    "[[], []]", "[([], [])]", "[(1, 2)]", "np.full((2, 3), 0.5)", "0.25", "[0, 1]",
)  # fmt: skip


@pytest.mark.parametrize("exercise", CALLED)
@pytest.mark.parametrize("value", NO_ANSWERS)
def test_what_is_no_answer_has_no_points_and_waits_for_nobody(exercise, value):
    found = same_for_all(f"return {value}")[exercise]
    assert not found.score and found.attempted and not found.flagged, told(found)


@pytest.mark.parametrize("exercise", CALLED)
def test_an_answer_that_raises_has_no_points_and_is_told_why(exercise):
    found = same_for_all("return 1 / 0")[exercise]
    assert not found.score and not found.flagged and "ZeroDivisionError" in told(found)


@pytest.mark.parametrize(
    "exercise", ["softmax", "cross_entropy", "train_step", "adam_step", "variant_params"]
)
def test_practice_tells_no_right_number(exercise):
    source = next(wrong[1] for wrong in WRONG if wrong[0] == exercise)
    graded, practice = (told(verdict(exercise, source, graded=graded)) for graded in (True, False))
    assert "should be" in graded or "parameters, but yours" in graded
    assert "should be" not in practice and "parameters, but yours" not in practice


def test_the_points_are_100_with_those_that_a_person_gives():
    assert sum(exercise.points for exercise in EXERCISES.values()) + 6 == 100


def test_the_bank_is_what_its_command_makes():
    made = json.loads(json.dumps(make_bank(), default=bank.as_json))
    assert json.loads(bank.path_of(NAME).read_text("utf-8")) == made


def test_no_accuracy_in_a_question_or_its_answer_is_above_one():
    for seed in range(200):
        for call in asked("unmixed", seed, graded=True).ask["calls"]:
            assert 0 < call[1] < call[3] < variants.unmixed(*call) <= 1


def test_the_figures_of_the_course_come_out():
    wide = variants.variant_params([32, 64], [512, 10], "valid")
    narrow = variants.variant_params([6, 16], [128, 10], "valid")
    padded = variants.variant_params([32, 64], [512, 10], "same")
    assert wide == [832, 51_264, 524_800, 5_130] and sum(wide) == 582_026
    assert narrow == [156, 2_416, 32_896, 1_290] and sum(narrow) == 36_758
    assert padded == [832, 51_264, 1_606_144, 5_130] and sum(padded) == 1_663_370
    assert sum(variants.variant_params([6, 16], [120, 84, 10], "valid")) == 44_426
    assert variants.biggest_change(narrow, wide) == [2, pytest.approx(0.9021, abs=1e-4)]
    assert variants.unmixed(5, 73.66, 10, 79.24) == pytest.approx(84.82)


def test_the_slope_is_what_the_loss_changes_by():
    random = np.random.default_rng(0)
    weights, images, labels = (
        random.normal(size=(3, 4)),
        random.normal(size=(5, 3)),
        np.array([0, 1, 2, 3, 1]),
    )
    slope = variants.loss_gradient(weights, images, labels)
    for place in np.ndindex(weights.shape):
        moved = [weights.copy(), weights.copy()]
        moved[0][place] -= 1e-5
        moved[1][place] += 1e-5
        down, up = (variants.cross_entropy(images @ one, labels) for one in moved)
        assert (up - down) / 2e-5 == pytest.approx(slope[place], abs=1e-8)


@pytest.mark.slow
def test_the_networks_have_the_parameters_of_the_course():
    from lenet_solution import variants_model  # TensorFlow: seconds

    assert variants_model.build_wide().count_params() == 582_026
    assert variants_model.build_narrow().count_params() == 36_758
    assert variants_model.build_padded().count_params() == 1_663_370


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plain", "momentum", "Nesterov", "Adam"])
def test_five_steps_are_those_of_keras(name):
    import keras  # TensorFlow: seconds

    optimizer = {
        "plain": keras.optimizers.SGD(0.3),
        "momentum": keras.optimizers.SGD(0.3, momentum=0.8),
        "Nesterov": keras.optimizers.SGD(0.3, momentum=0.8, nesterov=True),
        "Adam": keras.optimizers.Adam(0.3),
    }[name]
    step = {
        "plain": lambda w, g, memory, n: [w - 0.3 * g],
        "momentum": lambda w, g, memory, n: variants.momentum_step(w, g, *memory, 0.3, 0.8),
        "Nesterov": lambda w, g, memory, n: variants.nesterov_step(w, g, *memory, 0.3, 0.8),
        "Adam": lambda w, g, memory, n: variants.adam_step(w, g, *memory, n, 0.3),
    }[name]
    random = np.random.default_rng(3)
    weights = random.normal(size=(2, 3))
    variable = keras.Variable(weights, dtype="float32")
    memory = [np.zeros((2, 3))] * {"plain": 0, "momentum": 1, "Nesterov": 1, "Adam": 2}[name]
    for number in range(1, 6):
        gradient = random.normal(size=(2, 3))
        optimizer.apply([keras.ops.convert_to_tensor(gradient, "float32")], [variable])
        weights, *memory = step(weights, gradient, memory, number)
        assert np.allclose(weights, variable.numpy(), atol=1e-5)


@pytest.mark.slow
def test_the_losses_are_those_of_keras():
    import keras  # TensorFlow: seconds

    random, labels = np.random.default_rng(4), np.array([0, 3, 1])
    scores, outputs = random.normal(size=(3, 4)) * 30, random.uniform(0.1, 0.9, (3, 4))
    for given, logits, mine in (
        (scores, True, variants.cross_entropy(scores, labels)),
        (outputs, False, variants.sigmoid_loss(outputs, labels)),
    ):
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=logits)(labels, given)
        assert float(loss) == pytest.approx(mine, rel=1e-5)
    assert np.allclose(keras.ops.softmax(scores / 30), variants.softmax(scores / 30), atol=1e-6)


@pytest.mark.slow
def test_the_committed_release_is_what_its_source_gives(tmp_path):
    built = build_release(NAME, tmp_path)
    committed = CHECKOUT / "release" / NAME
    for path in built.iterdir():
        assert path.read_bytes() == (committed / path.name).read_bytes(), f"{path.name} is stale"
    assert {path.name for path in built.iterdir()} == {path.name for path in committed.iterdir()}
