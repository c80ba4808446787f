"""The assignment lenet5_1998: right answers in many spellings, wrong ones named by their cause, graded and practised.

Each answer goes through the real probe and the real judge, in this process.
"""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from judged_here import told, verdict
from lenet5_answers import LOOKED_UP, RIGHT, SUBSAMPLE, WRONG

from autograder.assignments import ASSIGNMENTS
from autograder.assignments.lenet5_1998.checks.hidden.make_bank import make_bank
from autograder.course.own_course import CHECKOUT
from autograder.judging import bank
from autograder.tools.release import build_release
from lenet_solution import lenet5

pytestmark = pytest.mark.slow  # together a minute and more

NAME = "lenet5_1998"
EXERCISES = {exercise.id: exercise for exercise in ASSIGNMENTS[NAME].exercises}
EVERY_RIGHT = [(exercise, source) for exercise, sources in RIGHT.items() for source in sources]


@pytest.mark.parametrize("graded", [True, False], ids=["graded", "practice"])
@pytest.mark.parametrize(("exercise", "source"), EVERY_RIGHT)
def test_right_answers_have_all_points_in_every_spelling(exercise, source, graded):
    for seed in range(3):
        found = verdict(exercise, source, seed, graded)
        assert found.score == EXERCISES[exercise].points, told(found)


@pytest.mark.parametrize("graded", [True, False], ids=["graded", "practice"])
@pytest.mark.parametrize(("exercise", "source", "points", "cause"), WRONG)
def test_wrong_answers_have_their_points_and_their_cause(exercise, source, points, cause, graded):
    for seed in range(3):
        found = verdict(exercise, source, seed, graded)
        assert found.score == points and not found.flagged and cause in told(found), told(found)


def test_a_picture_that_is_changed_in_its_right_place_gets_no_hint_about_the_place():
    source = "def pad_to_32(images):\n    return np.pad(images * 2.5 + 1, ((0, 0), (2, 2), (2, 2)))"
    for graded in (True, False):
        said = told(verdict("pad_to_32", source, graded=graded))
        assert "Half of them come above" not in said and "10×10" not in said


def test_a_wrong_map_15_is_not_told_to_leave_two_out():
    source = next(wrong[1] for wrong in WRONG if wrong[3] == "Map 15 of C3 reads all six")
    assert "opposite" not in told(verdict("connected", source))


def test_a_digit_that_does_not_depend_on_the_outputs_is_told_no_cause_of_one_call():
    for digit in range(10):
        said = told(verdict("nearest", f"def nearest(outputs):\n    return {digit}", seed=digit))
        assert "counted from 0" not in said and "largest output" not in said


def test_shapes_that_practice_told_have_no_points():
    assert verdict("layer_shapes", LOOKED_UP, graded=False).score == 12
    assert not verdict("layer_shapes", LOOKED_UP).score


OTHER_SQUASHINGS = (
    "return np.tanh(x)", "return x / (1 + abs(x))", "return 0 * x", "return x.sum()", "return 1 / 0",
    "raise NotImplementedError()",
)  # fmt: skip


@pytest.mark.parametrize("graded", [True, False], ids=["graded", "practice"])
@pytest.mark.parametrize("squash", OTHER_SQUASHINGS)
def test_subsample_loses_nothing_by_a_wrong_scaled_tanh(squash, graded):
    source = SUBSAMPLE.replace("return 1.7159 * np.tanh(2 / 3 * x)", squash)
    found = verdict(
        "subsample", source + "    return scaled_tanh(total * coefficients + biases)", graded=graded
    )
    assert found.score == 16 and "scaled_tanh, on which it builds" in told(found)
    for wrong in ("scaled_tanh(total / 4 * coefficients + biases)", "np.tanh(total * coefficients + biases)"):
        assert not verdict("subsample", f"{source}    return {wrong}", graded=graded).score


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_stub_has_no_points_and_waits_for_nobody(exercise):
    found = verdict(exercise, f"def {exercise}(*given):\n    raise NotImplementedError()")
    assert not found.score and not found.attempted and not found.flagged


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize(
    "value",
    [
        "None",
        "'text'",
        "[]",
        "[[1], [1, 2]]",
        "np.nan",
        "np.zeros(3)",
        "{}",
        "len",
        "[np.inf] * 6",
        "[1e300] * 6",
        "list(range(400))",
        "[None] * 6",
        "[[1e300] * 3] * 6",
    ],
)
def test_what_is_no_answer_has_no_points_and_waits_for_nobody(exercise, value):
    found = verdict(exercise, f"def {exercise}(*given):\n    return {value}")
    assert not found.score and found.attempted and not found.flagged, told(found)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("(0.0 for _ in range(4))", "list( ) makes a list of it"), ("zip([1], [2])", "list( ) makes a list of it"),
        ("__import__('fractions').Fraction(1, 2)", "float( ) makes one of it"),
    ],
)  # fmt: skip
def test_what_becomes_numbers_by_one_more_step_is_told_that_step(value, said):
    assert said in told(verdict("rbf_output", f"def rbf_output(f6, prototypes):\n    return {value}"))


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_answer_that_raises_has_no_points_and_is_told_why(exercise):
    found = verdict(exercise, f"def {exercise}(*given):\n    return 1 / 0")
    assert not found.score and not found.flagged and "ZeroDivisionError" in told(found)


@pytest.mark.parametrize("exercise", ["subsample", "lenet5_params", "layer_shapes", "nearest"])
def test_practice_tells_no_right_number(exercise):
    source = next(wrong[1] for wrong in WRONG if wrong[0] == exercise)
    assert "should be" in told(verdict(exercise, source)) or "parameters, but" in told(
        verdict(exercise, source)
    )
    assert "should be" not in told(verdict(exercise, source, graded=False))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("raise NotImplementedError()", "waits for rbf_output"),
        ("return unknown", "waits for rbf_output"),
        ("raise ValueError('no such axis')", "It raised ValueError: no such axis."),
        ("return 1 / 0", "It raised ZeroDivisionError"),
    ],
)
def test_a_cell_waits_for_what_is_not_finished_and_names_what_was_raised(line, said, capsys):
    notebook = json.loads((CHECKOUT / "source" / NAME / "2_table_and_output.ipynb").read_text("utf-8"))
    cells = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    helper = cells["setup_2"][cells["setup_2"].index("def instead") :]
    source = f"{helper}\ndef rbf_output(f6, prototypes):\n    {line}\n{cells['prototypes']}\n{cells['rbf_predict']}"
    exec(source, {"np": np})
    assert said in capsys.readouterr().out


def test_the_points_are_100_with_those_that_a_person_gives():
    assert sum(exercise.points for exercise in EXERCISES.values()) + 6 == 100


def test_the_bank_is_what_its_command_makes():
    made = json.loads(json.dumps(make_bank(), default=bank.as_json))
    assert json.loads(bank.path_of(NAME).read_text("utf-8")) == made


def test_the_figures_of_the_paper_come_out():
    table = [lenet5.connected(c3_map) for c3_map in range(16)]
    counts = lenet5.lenet5_params(6, table, 120, 84)
    assert counts == [156, 12, 1_516, 32, 48_120, 10_164] and sum(counts) == 60_000
    assert [len(line) for line in table] == [3] * 6 + [4] * 9 + [6] and sum(map(len, table)) == 60
    assert table[12:15] == [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5]]
    assert np.allclose(lenet5.scaled_tanh(np.array([1, -1])), [1, -1], atol=1e-4)
    assert lenet5.layer_shapes(32)[-2:] == [(1, 1, 120), (84,)]


@pytest.mark.slow
def test_the_committed_release_is_what_its_source_gives(tmp_path):
    built = build_release(NAME, tmp_path)
    committed = CHECKOUT / "release" / NAME
    for path in built.iterdir():
        assert path.read_bytes() == (committed / path.name).read_bytes(), f"{path.name} is stale"
    assert {path.name for path in built.iterdir()} == {path.name for path in committed.iterdir()}


@pytest.mark.slow
def test_the_keras_model_computes_what_the_reference_does():
    from lenet_solution.lenet5_model import build_lenet5  # TensorFlow: seconds

    random = np.random.default_rng(0)
    prototypes, image = random.choice([-1.0, 1.0], (10, 84)), random.uniform(-0.1, 1.2, (32, 32, 1))
    model = build_lenet5(prototypes)
    counts = [sum(math.prod(weight.shape) for weight in layer.trainable_weights) for layer in model.layers]
    assert [count for count in counts if count] == [156, 12, 1_516, 32, 48_120, 10_164]
    model.set_weights([random.normal(0, 0.2, weight.shape) for weight in model.get_weights()])
    c1, s2, c3, s4, c5, _, f6, _ = (
        [np.asarray(weight) for weight in layer.get_weights()] for layer in model.layers
    )
    table = [lenet5.connected(c3_map) for c3_map in range(16)]
    weights = np.zeros((5, 5, 6, 16))
    for k, line in enumerate(table):
        weights[:, :, line, k] = c3[k][..., 0]
    maps = lenet5.scaled_tanh(lenet5.partial_convolution(image, *c1, [[0]] * 6))
    maps = lenet5.subsample(maps, *s2)
    maps = lenet5.scaled_tanh(lenet5.partial_convolution(maps, weights, c3[-1], table))
    maps = lenet5.subsample(maps, *s4)
    maps = lenet5.scaled_tanh(lenet5.partial_convolution(maps, *c5, [[*range(16)]] * 120))
    units = lenet5.scaled_tanh(maps.ravel() @ f6[0] + f6[1])
    given = np.asarray(model(image[np.newaxis].astype("float32")))[0]
    assert np.allclose(given, lenet5.rbf_output(units, prototypes), rtol=1e-4)
