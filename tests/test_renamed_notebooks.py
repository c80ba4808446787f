"""Notebooks under another name are graded by nobody, named to everybody, and wait for a person."""

import pytest
from grading import Course, Grade
from nbgrader.api import Gradebook
from small_course import STEM, grade, small_course

from autograder.batch import planning
from autograder.course.own_course import CourseError

OTHER = f"{STEM} (1).ipynb"


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> tuple[Course, str]:
    """A course with one notebook renamed beside another, one alone, and one right; what was printed."""
    course = small_course(
        tmp_path_factory.mktemp("renamed") / "course",
        {"beside": "correct", "alone": "correct", "right": "correct", "lacks": "correct"},
    )
    submitted = course.folder / "submitted"
    for student in ("beside", "alone"):
        folder = submitted / student / "lenet"
        (folder / f"{STEM}.ipynb").rename(folder / OTHER)
    source = course.folder / "release/lenet/1_build_lenet.ipynb"
    (submitted / "beside/lenet/1_build_lenet.ipynb").write_bytes(source.read_bytes())
    return course, " ".join(grade(course, "--jobs", "1", code=1).split())


def waiting(course: Course, student: str) -> list[str]:
    """The notebooks of which this student's graded cells wait for a person, written answers aside."""
    with Gradebook(f"sqlite:///{course.folder}/gradebook.db", "lenet") as book:
        return [
            notebook.name
            for notebook in book.find_submission("lenet", student).notebooks
            if all(grade.needs_manual_grade for grade in notebook.grades)
        ]


@pytest.mark.slow
@pytest.mark.xdist_group("renamed notebooks")
def test_the_right_name_is_graded_and_waits_for_nobody(graded):
    course, output = graded
    assert course.lenet["right"]["dense_params"] == Grade(4, 4, waits=False)
    assert f"right: {STEM}" not in output


@pytest.mark.slow
@pytest.mark.xdist_group("renamed notebooks")
def test_a_renamed_notebook_beside_another_waits_for_a_person_and_is_named(graded):
    course, output = graded
    assert waiting(course, "beside") == [STEM]
    assert f"beside: {STEM}, 3_train_lenet (but {OTHER}: give it the right name, then grade again)" in output


@pytest.mark.slow
@pytest.mark.xdist_group("renamed notebooks")
def test_a_notebook_that_is_merely_missing_waits_for_nobody(graded):
    course, _ = graded
    assert waiting(course, "lacks") == []


@pytest.mark.slow
@pytest.mark.xdist_group("renamed notebooks")
def test_who_handed_in_none_of_the_right_name_is_named_with_it(graded):
    _, output = graded
    assert (
        "no notebook has a name of the assignment's (1_build_lenet, 2_count_parameters, 3_train_lenet)"
        in output
    )
    assert f"1 (alone: {OTHER})" in output and "nbgrader failed" not in output


@pytest.mark.slow
@pytest.mark.xdist_group("renamed notebooks")
def test_nbgrader_autograde_says_it_too(graded):
    course, _ = graded
    with pytest.raises(CourseError, match="no notebook in it has a name of the assignment's"):
        course.run("autograde", "lenet", "--student=alone")


@pytest.mark.slow
@pytest.mark.xdist_group("renamed notebooks")
def test_an_assignment_of_nearly_that_name_is_asked_for(graded, monkeypatch):
    course, _ = graded
    monkeypatch.chdir(course.folder)
    with pytest.raises(CourseError, match=r"There is no assignment 'lenett' here. Did you mean 'lenet'\?"):
        planning.Course("lenett", retrain=False)
