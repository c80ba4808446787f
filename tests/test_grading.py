"""Every submission of tests/submissions through the real nbgrader: points, help, what covers what."""

import pytest
from corpus import ASSIGNMENT, CASES, STEMS
from grading import Grade
from making_claims import ask

from autograder.judging.judge import NoClaim, judge

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("batch")]

CORRECT = [name for name in CASES if name.startswith("correct")]
WRONG = [name for name in CASES if name.startswith("wrong_")]
OWN_NOTEBOOK = {exercise.id: exercise.notebook for exercise in ASSIGNMENT.exercises}
# What the judge says instead of a check's own answer: no proof that the check can fail.
NOT_ITS_OWN = ("Waits for the check", "Not attempted", "Your code raised", "There is no ")


@pytest.mark.parametrize("name", CASES)
def test_exactly_the_expected_points(batch, name):
    points = {exercise: batch.lenet[name][exercise].points for exercise in CASES[name].expected}
    assert points == CASES[name].expected


@pytest.mark.parametrize("name", CASES)
def test_the_gradebook_holds_what_the_verdicts_say(batch, name):
    verdicts = batch.verdicts(name)
    assert set(verdicts) == set(CASES[name].expected)
    for exercise, verdict in verdicts.items():
        grade = batch.lenet[name][exercise]
        assert grade == Grade(verdict["score"], verdict["points"], verdict["flagged"])


@pytest.mark.parametrize("name", CASES)
def test_a_person_is_asked_to_look_where_and_only_where_it_is_needed(batch, name):
    assert {exercise for exercise in CASES[name].expected if batch.lenet[name][exercise].waits} == CASES[
        name
    ].flagged


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].help])
def test_the_feedback_page_gives_the_help_that_fits(batch, name):
    for exercise, help in CASES[name].help.items():
        assert help in batch.page(name, OWN_NOTEBOOK[exercise]), exercise


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].notes])
def test_the_head_of_the_notebook_says_what_was_mended_or_stopped(batch, name):
    for note in CASES[name].notes:
        assert note in batch.heads(name)


@pytest.mark.parametrize("name", [*CORRECT, *WRONG])
def test_an_ordinary_submission_needs_no_note(batch, name):
    assert "⚑" not in batch.heads(name).replace("⚑</b>", "")


@pytest.mark.parametrize("name", CASES)
def test_every_notebook_has_its_feedback_page(batch, name):
    for stem in CASES[name].stems:
        assert batch.page(name, stem)


def test_a_correct_submission_has_all_points_but_those_of_the_written_answer(batch):
    grades = batch.lenet["correct"]
    assert sum(grade.most for grade in grades.values()) == 100
    assert sum(grade.points for grade in grades.values()) == 94
    assert {name: grade for name, grade in grades.items() if grade.waits} == {
        "why_dense": Grade(0, 6, waits=True)
    }


def test_a_blank_submission_has_no_points_and_is_not_attempted(batch):
    assert sum(grade.points for grade in batch.lenet["blank"].values()) == 0
    assert not any(verdict["attempted"] for verdict in batch.verdicts("blank").values())


def test_the_written_answer_waits_for_a_person_wherever_it_was_handed_in(batch):
    handed_in = [name for name in CASES if STEMS[1] in CASES[name].stems]
    # nbgrader itself gives an untouched written answer 0 points for good.
    waits = {name for name in handed_in if batch.lenet[name]["why_dense"].waits}
    assert waits == set(handed_in) - {"blank"}


def all_checks():
    """(exercise, name) of every check in the project, public and hidden."""
    nothing = NoClaim("Nothing came back.")
    verdicts = judge([(ask(exercise), nothing) for exercise in ASSIGNMENT.exercises])
    return {(name, check.name) for name, verdict in verdicts.items() for check in verdict.checks}


def judged(batch, names):
    """((exercise, check), its result) for every check of these submissions."""
    for name in names:
        for exercise, verdict in batch.verdicts(name).items():
            for check in verdict["checks"]:
                yield (exercise, check["name"]), check


def test_every_check_fails_for_some_wrong_submission(batch):
    assert len(WRONG) >= 12
    failed = {
        key
        for key, check in judged(batch, WRONG)
        if check["outcome"] != "passed" and not check["help"].startswith(NOT_ITS_OWN)
    }
    assert failed == all_checks()


def test_every_check_passes_for_every_correct_submission(batch):
    assert {key for key, _ in judged(batch, CORRECT)} == all_checks()
    assert [key for key, check in judged(batch, CORRECT) if check["outcome"] != "passed"] == []


AGAIN = ("correct_subclassed", "wrong_only_lenets_numbers", "damage_exit")


@pytest.mark.parametrize("fresh", ["True", "False"], ids=["executed again", "from the store"])
def test_a_second_run_gives_the_same_scores_to_the_point(batch, fresh):
    before = {name: (batch.lenet[name], batch.verdicts(name)) for name in AGAIN}
    for name in AGAIN:
        batch.run("autograde", "lenet", "--force", f"--student={name}", f"--ExecuteAndAsk.fresh={fresh}")
    grades = batch.grades("lenet")
    assert {name: (grades[name], batch.verdicts(name)) for name in AGAIN} == before
