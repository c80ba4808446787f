"""Networks that are trained again: honest functions are confirmed, numbers from elsewhere are not."""

import dataclasses

import nbformat
import numpy as np
import pytest
from corpus import EVERY, THEIR_OWN, WEIGHTS, filled_release, make_submission
from grading import Course
from retrainings import CHEATS, HONEST
from small_course import grade
from weights_files import file_of, network_of

from autograder.assignments.lenet.checks.hidden.inputs import draw_change
from autograder.assignments.lenet.checks.images import changed
from autograder.course.own_course import CHECKOUT, new_course
from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED, CheckResult, Row, Verdict
from autograder.runs.notebooks import grade_id
from autograder.runs.retraining import ALLOWED_LOSS, doubt
from autograder.runs.showing import VERDICT_MIME

STEM = "3_train_lenet"
QUICK = ("3 epochs", "stops by the test images")  # of the honest ones; benchmarks/retraining.py has all


# Through the real grader.


def student(way: str) -> str:
    """The name of the student who trains in this way."""
    return "".join(letter if letter.isalnum() else "-" for letter in way)


@pytest.fixture(scope="module")
def retrained(tmp_path_factory) -> Course:
    """A course where `autograder grade lenet --retrain` has graded every cheat and two honest ones."""
    course = Course(new_course(tmp_path_factory.mktemp("retraining") / "course", "lenet"))
    course.run("generate_assignment", "lenet")
    filled = filled_release(CHECKOUT)
    for number, (way, edit) in enumerate({**{way: HONEST[way] for way in QUICK}, **CHEATS}.items()):
        case = dataclasses.replace(EVERY["correct"], name=way, stems=(STEM,), edit=edit)
        submission = make_submission(filled, case)
        # The honest have networks of their own; two of the others may have the same.
        own = number if way in QUICK else len(QUICK) + number % 8
        submission.files[WEIGHTS] = file_of(network_of(own))
        submission.write(course.folder / "submitted" / student(way) / "lenet")
    with (course.folder / "nbgrader_config.py").open("a") as file:
        file.write(f"{THEIR_OWN}\nc.ExecuteAndAsk.retrain_timeout_s = 3_000\n")
    grade(course, "--retrain", "--jobs", "1")
    return course


def review(course: Course, way: str) -> str:
    """Why a person should look at the weights of this student, as the graded notebook says it."""
    [cell] = [
        cell
        for cell in nbformat.read(course.autograded(student(way), STEM), as_version=4).cells
        if grade_id(cell) == "test_accuracy"
    ]
    [verdict] = [o.data[VERDICT_MIME] for o in cell.outputs if VERDICT_MIME in o.get("data", {})]
    return verdict["review"]


@pytest.mark.slow
@pytest.mark.xdist_group("retraining")
@pytest.mark.parametrize("way", CHEATS)
def test_what_does_not_learn_is_not_confirmed_and_keeps_its_points_until_a_person_decides(retrained, way):
    accuracy = retrained.lenet[student(way)]["test_accuracy"]
    assert (accuracy.points, accuracy.waits) == (18, True)
    said = review(retrained, way)
    assert "this function does not make such weights" in said or "nothing confirms these weights" in said


@pytest.mark.slow
@pytest.mark.xdist_group("retraining")
@pytest.mark.parametrize("way", QUICK)
def test_an_honest_function_is_confirmed_and_waits_for_nobody(retrained, way):
    accuracy = retrained.lenet[student(way)]["test_accuracy"]
    assert (accuracy.points, accuracy.waits, review(retrained, way)) == (18, False, "")


# The changed task.


def test_a_changed_task_has_every_kind_and_none_where_it_was():
    for seed in range(50):
        kinds = draw_change(np.random.default_rng(seed))["kinds"]
        assert sorted(kinds) == [*range(10)] and not (kinds == np.arange(10)).any()


def test_a_changed_image_keeps_all_of_its_pixels():
    image = np.arange(28 * 28).reshape(1, 28, 28)
    for seed in range(50):
        [other], _ = changed((image, np.zeros(1, int)), draw_change(np.random.default_rng(seed)))
        assert {*other.ravel()} == {*image.ravel()} and not (other == image[0]).all()


def test_pixels_that_are_neighbours_in_a_changed_image_come_from_places_near_one_another():
    """As convolutions need it; a row, and a column, is a ring here."""
    for seed in range(50):
        places = draw_change(np.random.default_rng(seed))["places"].reshape(28, 28)
        rows_and_columns = np.stack(np.divmod(places, 28))
        for axis in (1, 2):
            apart = np.abs(np.diff(rows_and_columns, axis=axis))
            assert np.hypot(*np.minimum(apart, 28 - apart)).max() < 6


def test_a_change_is_another_for_every_seed_and_the_same_for_the_same():
    drawn = [draw_change(np.random.default_rng(seed)) for seed in (*range(20), 0)]
    texts = [(change["places"].tobytes(), change["kinds"].tobytes()) for change in drawn]
    assert len({*texts}) == 20 and texts[0] == texts[-1]


# What is said of it.


def verdict(points: float, reached: str, outcome: str = PASSED, help: str = "") -> Verdict:
    rows = (Row("test images recognised", reached, "86.50%", ok=True),) if reached else ()
    check = CheckResult("test", "It is good.", 18.0, outcome, points, help, rows)
    return Verdict("test_accuracy", "Weights", 18.0, (check,))


def test_as_many_points_but_one_confirm_the_weights():
    assert doubt(verdict(18, "89.00%"), verdict(18 - ALLOWED_LOSS, "83.00%", FAILED)) == ""


def test_fewer_points_are_a_doubt_with_both_figures():
    said = doubt(verdict(18, "89.00%"), verdict(17.5 - ALLOWED_LOSS, "81.00%", FAILED))
    assert "81.00%" in said and "89.00%" in said


def test_a_training_that_came_to_no_network_is_a_doubt_with_its_reason():
    said = doubt(verdict(18, "89.00%"), verdict(0, "", FAILED, "train_lenet raised ValueError."))
    assert said.startswith("The network could not be trained again") and said.endswith("raised ValueError.")


def test_weights_that_were_not_judged_are_not_confirmed_but_the_figure_helps_a_person():
    said = doubt(verdict(0, "", NOT_JUDGED), verdict(18, "87.00%"))
    assert "87.00%" in said and "does not make such weights" not in said


def test_weights_without_points_need_no_confirmation():
    assert doubt(verdict(0, "12.00%", FAILED), verdict(0, "10.00%", FAILED)) == ""
