"""Runs under pytest. Trains on a few hundred small forgeries; the committed record is real."""

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

from autograder import fashion_mnist
from autograder.assignments.lenet.exercises import CALIBRATED, PASS_MARK, TARGET
from autograder.tools import calibration
from autograder.tools.calibration import CalibrationError, student_t_below

RECORD = Path(__file__).parents[1] / "lenet_solution" / "calibration.json"


def record_of(*accuracies, **changes):
    runs = [
        {"seed": seed, "test_accuracy": accuracy, "seconds": 10.0 + seed}
        for seed, accuracy in enumerate(accuracies)
    ]
    return {"recipe": {}, "runs": runs, **changes}


@pytest.fixture
def small_data(monkeypatch):
    """Keras, with 300 and 100 pictures in place of Fashion-MNIST."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    pytest.importorskip("keras")
    rng = np.random.default_rng(1)

    def pictures(n):
        labels = rng.integers(0, 10, n, dtype=np.uint8)
        images = rng.integers(0, 60, (n, 28, 28), dtype=np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[2 * label + 4 : 2 * label + 6] = 250
        return images, labels

    data = pictures(300), pictures(100)
    monkeypatch.setattr(fashion_mnist, "load_fashion_mnist", lambda: data)


# The chance


@pytest.mark.parametrize("t", [-30.0, -3.0, -0.4, 0.0, 0.7, 12.0])
def test_one_and_two_degrees_of_freedom_have_closed_forms(t):
    assert student_t_below(t, 1) == pytest.approx(0.5 + math.atan(t) / math.pi, rel=1e-8)
    assert student_t_below(t, 2) == pytest.approx(0.5 + t / (2 * math.sqrt(2 + t * t)), rel=1e-8)


@pytest.mark.parametrize(
    ("degrees", "chance", "critical"),
    [
        (5, 0.05, 2.015), (9, 0.01, 2.821), (19, 0.001, 3.579), (23, 0.001, 3.485),
        (23, 0.01, 2.500), (30, 0.001, 3.385), (120, 0.001, 3.160),
    ],
)  # fmt: skip
def test_the_chance_equals_the_printed_tables_of_the_t_distribution(degrees, chance, critical):
    # Critical values as statistics textbooks print them, to three decimals.
    assert student_t_below(-critical, degrees) == pytest.approx(chance, rel=0.003)
    assert student_t_below(critical, degrees) == pytest.approx(1 - chance, rel=0.003)


def test_many_degrees_of_freedom_are_the_normal_curve():
    assert student_t_below(-3.0, 10**4) == pytest.approx(math.erfc(3 / math.sqrt(2)) / 2, rel=3e-3)


def test_the_stated_chance_is_how_often_the_next_run_really_falls_below():
    """Ten runs, then an eleventh, twenty thousand times over, from a curve that we know."""
    rng = np.random.default_rng(7)
    runs = rng.normal(0.88, 0.004, (20_000, 11))
    mean, sd = runs[:, :10].mean(axis=1), runs[:, :10].std(axis=1, ddof=1)
    found = calibration.summary(record_of(*runs[0, :10]), 0.87, 0.875)
    # A mark as many predictive deviations below the mean as the first ten runs put 0.87 at.
    distance = (found.mean - 0.87) / found.sd
    fell = np.mean(runs[:, 10] < mean - distance * sd)
    deviation = math.sqrt(found.chance_below * (1 - found.chance_below) / len(runs))
    assert abs(fell - found.chance_below) < 4 * deviation


@pytest.mark.parametrize("n", [1, 3, 25, 60, 1000])
def test_none_of_n_bounds_the_share_by_about_three_in_n(n):
    assert calibration.at_most(0, n) == pytest.approx(1 - 0.05 ** (1 / n), abs=1e-8)


@pytest.mark.parametrize(
    ("count", "n", "bound"), [(0, 10, 0.2589), (1, 10, 0.3942), (2, 20, 0.2826), (5, 5, 1.0)]
)
def test_some_of_n_bound_the_share_as_the_tables_of_clopper_and_pearson_have_it(count, n, bound):
    assert calibration.at_most(count, n) == pytest.approx(bound, abs=1e-4)


# Other recipes


def test_the_sentence_on_other_recipes_says_how_many_reach_the_mark_and_what_the_lowest_earns():
    runs = [("a", 0.88), ("b", 0.80), ("a", 0.87)]
    record = {"runs": [{"recipe": name, "test_accuracy": share} for name, share in runs]}
    assert calibration.other_recipes(record, PASS_MARK).sentence() == (
        "3 runs of 2 other recipes: test accuracy 0.8000 (b) to 0.8800. The pass mark of 0.865 "
        "reached 2 of 3; the lowest earns 16 of 18 points."
    )


def test_no_run_of_another_recipe_says_nothing():
    with pytest.raises(CalibrationError, match="calibrate with --recipes"):
        calibration.other_recipes({"runs": []}, PASS_MARK)


@pytest.mark.slow
def test_every_other_recipe_trains_and_is_recorded_by_its_name(small_data, tmp_path, monkeypatch):
    from dataclasses import replace

    from lenet_solution import recipes

    short = tuple(replace(recipe, epochs=1) for recipe in recipes.RECIPES)
    monkeypatch.setattr(recipes, "RECIPES", short)
    path = tmp_path / "recipes.json"
    record = calibration.run_recipes([1], path)
    names = [recipe.name for recipe in short]
    assert [entry["recipe"] for entry in record["runs"]] == names and len(set(names)) == len(names)
    assert calibration.run_recipes([1], path) == record  # nothing is trained twice


def test_the_committed_runs_of_other_recipes_are_of_recipes_that_are_declared():
    from lenet_solution.recipes import RECIPES  # imports keras

    runs = calibration.read(RECORD.with_name("recipes.json"))["runs"]
    assert runs and {entry["recipe"] for entry in runs} <= {recipe.name for recipe in RECIPES}
    assert len({(entry["recipe"], entry["seed"]) for entry in runs}) == len(runs)


# The summary


def test_the_summary_of_three_runs_by_hand():
    found = calibration.summary(record_of(0.86, 0.88, 0.90), pass_mark=0.87, target=0.88)
    assert (found.n, found.lowest, found.below) == (3, 0.86, 1)
    assert found.mean == pytest.approx(0.88)
    assert found.sd == pytest.approx(0.02)
    assert found.seconds == 11.0
    t = -0.01 / (0.02 * math.sqrt(4 / 3))
    assert found.chance_below == pytest.approx(0.5 + t / (2 * math.sqrt(2 + t * t)))
    assert found.chance_below_target == pytest.approx(0.5)


def test_the_same_spread_from_fewer_runs_leaves_a_larger_chance():
    few = calibration.summary(record_of(*[0.87, 0.89] * 3), 0.84, 0.85)
    many = calibration.summary(record_of(*[0.87, 0.89] * 20), 0.84, 0.85)
    assert few.chance_below > 10 * many.chance_below


def test_the_sentence_gives_every_figure_an_instructor_asks_for():
    sentence = calibration.summary(record_of(*[0.87, 0.88, 0.89] * 8), 0.84, 0.86).sentence()
    assert sentence == (
        "24 runs of the reference recipe, 22 s each: test accuracy 0.8800 on average, standard "
        "deviation 0.0083, lowest 0.8700. Below the pass mark of 0.84 fell 0 of 24: however runs "
        "are distributed, at most 11.7% of all fall below it (with 95 % confidence). If their "
        "distribution is normal, which runs this few cannot show so far out, the next one does with "
        "a chance of 1 in 20,000, and misses the target of 0.86 with a chance of 1 in 72."
    )


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.9, "90%"), (0.5, "1 in 2"), (0.0101, "1 in 99"), (1 / 2399, "1 in 2,300"),
        (1e-6, "1 in 1,000,000"), (1e-9, "less than 1 in 1,000,000"),
    ],
)  # fmt: skip
def test_a_chance_is_said_in_words_and_never_flattered(chance, words):
    assert calibration._odds(chance) == words


@pytest.mark.parametrize(
    ("accuracies", "sentence"),
    [((), "0 runs"), ((0.88, 0.87), "2 runs"), ((0.88,) * 9, "all 9 runs are alike")],
)
def test_too_few_or_identical_runs_have_no_spread(accuracies, sentence):
    with pytest.raises(CalibrationError, match=sentence):
        calibration.summary(record_of(*accuracies), 0.86, 0.87)


# The record


def test_every_run_is_stored_with_its_circumstances(small_data, tmp_path, capsys):
    path = tmp_path / "record.json"
    record = calibration.run([3, 4, 3], path, epochs=1)
    assert json.loads(path.read_text()) == record
    assert [entry["seed"] for entry in record["runs"]] == [3, 4]
    assert record["recipe"]["epochs"] == 1 and record["recipe"]["optimizer"] == "Adam"
    for entry in record["runs"]:
        assert 0 <= entry["test_accuracy"] <= 1 and entry["epochs"] == 1 and entry["seconds"] > 0
        assert entry["device"] and entry["backend"] in {"tensorflow", "jax", "torch"}
        assert {"python", "keras", "numpy"} <= set(entry["versions"])
    said = capsys.readouterr().out
    assert "seed 4: " in said
    assert "Epoch" not in said  # Keras' bar stays out of ours
    assert [found.name for found in tmp_path.iterdir()] == ["record.json"]


@pytest.mark.slow
def test_a_seed_gives_the_same_run_again_whatever_ran_before_it(small_data, tmp_path):
    _, second = calibration.run([3, 4], tmp_path / "a.json", epochs=2)["runs"]
    (again,) = calibration.run([4], tmp_path / "b.json", epochs=2)["runs"]
    assert again["test_accuracy"] == second["test_accuracy"]


@pytest.mark.slow
def test_a_stopped_calibration_goes_on_where_it_stopped(small_data, tmp_path, monkeypatch):
    from lenet_solution import training

    path, train, trained = tmp_path / "record.json", training.train_lenet, []

    def stop_at_the_second(*arguments):
        if len(trained) == 1:
            raise KeyboardInterrupt
        trained.append(arguments)
        return train(*arguments)

    monkeypatch.setattr(training, "train_lenet", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        calibration.run([1, 2, 3], path, epochs=1)
    kept = calibration.read(path)["runs"]
    assert [entry["seed"] for entry in kept] == [1]

    monkeypatch.setattr(training, "train_lenet", train)
    runs = calibration.run([1, 2, 3], path, epochs=1)["runs"]
    assert [entry["seed"] for entry in runs] == [1, 2, 3]
    assert runs[:1] == kept


def test_runs_of_two_recipes_are_never_mixed(small_data, tmp_path):
    path = tmp_path / "record.json"
    calibration.run([1], path, epochs=1)
    before = path.read_bytes()
    with pytest.raises(CalibrationError, match="another recipe: move it away"):
        calibration.run([2], path, epochs=2)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"recipe": {}, "runs": 3}', '{"recipe": {}, "runs": [{"seed": 1}]}',
        '{"recipe": {}, "runs": [{"seed": 1, "test_accuracy": "good", "seconds": 1}]}',
    ],
)  # fmt: skip
def test_a_file_that_is_no_record_is_refused_with_what_to_do(tmp_path, text):
    path = tmp_path / "record.json"
    path.write_text(text)
    with pytest.raises(CalibrationError, match="restore it from version control, or move it"):
        calibration.read(path)


def test_a_record_that_is_not_there_is_refused_alike(tmp_path):
    with pytest.raises(CalibrationError, match="is not a calibration record"):
        calibration.read(tmp_path / "record.json")


# The whole


def test_calibrate_writes_record_and_picture_and_returns_the_summary(small_data, tmp_path):
    record, picture = tmp_path / "record.json", tmp_path / "spread.png"
    from lenet_solution import training

    recipe = {**training.recipe(), "epochs": training.EPOCHS}
    made = record_of(0.88, 0.885, 0.883, 0.879, recipe=recipe)
    record.write_text(json.dumps(made))
    found = calibration.calibrate(range(4), record, picture, 0.865, 0.87)
    assert found.n == 4
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert json.loads(record.read_text()) == made  # nothing was missing, nothing was trained


def test_what_reports_draw_is_the_spread_of_the_committed_record():
    accuracies = [run["test_accuracy"] for run in json.loads(RECORD.read_text())["runs"]]
    assert (min(accuracies), max(accuracies)) == CALIBRATED


def test_the_committed_record_backs_the_pass_mark_and_the_target():
    from lenet_solution import training  # imports keras

    record = calibration.read(RECORD)
    assert record["recipe"] == {**training.recipe(), "epochs": training.EPOCHS}
    found = calibration.summary(record, PASS_MARK, TARGET)
    assert found.n >= 20 and len({entry["seed"] for entry in record["runs"]}) == found.n
    assert found.below == 0
    assert found.chance_below <= 1 / 1000
    assert found.chance_below_target <= 1 / 100
    assert PASS_MARK < TARGET


def test_the_readme_and_the_notebook_state_what_was_measured():
    root = RECORD.parents[1]
    found = calibration.summary(calibration.read(RECORD), PASS_MARK, TARGET)
    others = calibration.other_recipes(calibration.read(RECORD.with_name("recipes.json")), PASS_MARK)
    readme = (root / "README.md").read_text()
    assert f"None of the {found.n} in" in readme and found.below == 0
    assert f"at most {100 * found.most_below:.1f} % that do" in readme
    assert f"a chance of {calibration._odds(found.chance_below)}. To start" in readme
    assert f"{others.reached} of {others.n} runs of\n{others.recipes} recipes" in readme
    assert f"from {others.lowest:.2%} to {others.highest:.2%}." in readme
    notebook = (root / "source" / "lenet" / "3_train_lenet.ipynb").read_text()
    assert f"reached {100 * others.lowest:.1f} to {100 * others.highest:.1f} %" in notebook


def test_the_committed_picture_is_there():
    assert RECORD.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
