"""Damage stays where it is: a report of its own, and nobody else's score (see test_grading.py)."""

import shutil

import pytest
from corpus import CASES, STEMS, filled_release, make_submission
from grading import Grade, lenet_course

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("batch")]

DAMAGED = [name for name in CASES if name.startswith("damage_")]
SECOND = STEMS[1]


def test_each_kind_of_damage_has_its_submission():
    kinds = (
        "stderr_chatter", "warning", "million_lines", "file_named_random", "file_named_numpy",
        "check_cell_deleted", "check_cell_twice", "not_a_notebook", "exit", "os_exit",
        "endless_loop", "answer_cell_renamed", "cells_reordered", "answer_in_own_cell",
    )  # fmt: skip
    assert {f"damage_{kind}" for kind in kinds} <= set(DAMAGED)


def test_nothing_stops_the_batch_or_fails_in_it(batch):
    assert batch.errors == []


@pytest.mark.parametrize("name", [name for name in DAMAGED if CASES[name].notes])
def test_the_instructors_log_names_the_student_and_the_damage(batch, name):
    lines = [line for line in batch.log if f"{name}: " in line]
    for note in CASES[name].notes:
        assert any(note in line for line in lines), note


def test_a_written_answer_whose_cell_lost_its_name_waits_for_a_person(batch):
    assert batch.lenet["damage_ids_stripped"]["why_dense"].waits


def test_a_million_lines_are_cut_short_in_the_graded_notebook(batch):
    assert batch.autograded("damage_million_lines", SECOND).stat().st_size < 2**20


def test_what_was_written_to_stderr_is_shown(batch):
    assert "WARNING: retracing" in batch.page("damage_stderr_chatter", STEMS[0])


def test_a_folder_without_a_notebook_has_no_points_and_stops_nobody(batch):
    assert batch.lenet.get("damage_no_notebook", {}) == {}
    assert any("damage_no_notebook" in line and "WARNING" in line for line in batch.log)


def test_a_notebook_that_nobody_asked_for_is_not_run(batch):
    assert not batch.autograded("damage_own_notebook_too", "scratch").exists()


@pytest.fixture(scope="module")
def regraded(tmp_path_factory):
    """A student's grades when all was well, when the kernel died in a regrade, and when mended."""
    course = lenet_course(tmp_path_factory.mktemp("regrade") / "course", ["damage_warning"])
    filled = filled_release(course.folder)
    folder = course.folder / "submitted" / "damage_warning" / "lenet"
    found = []
    for case in ("damage_warning", "damage_os_exit", "damage_warning"):
        shutil.rmtree(folder)
        make_submission(filled, CASES[case]).write(folder)
        course.run("autograde", "lenet", "--force")
        found.append(course.grades("lenet")["damage_warning"])
    return found


def test_a_kernel_that_dies_in_a_regrade_keeps_no_old_score(regraded):
    assert regraded[0]["pool_params"] == Grade(2, 2, waits=False)
    assert regraded[1]["pool_params"] == Grade(0, 2, waits=True)
    assert regraded[1]["conv_params"] == Grade(5, 5, waits=False)


def test_a_mended_submission_waits_for_nobody(regraded):
    assert regraded[2] == regraded[0]
