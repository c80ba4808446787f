"""Students and files whose names mean something else to nbgrader or to a reader, in a course of their own."""

import re
from html import unescape

import nbformat
import pytest
from grading import Course
from small_course import STEM, copy_course, grade, small_course

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("names")]

HONEST = {"a": "correct", "Smith 2": "correct", "names": "correct"}
PATTERNS = dict.fromkeys(("*", "[ab]", "Smith [2]", "[z]"), "blank")
FILES = (
    "HAHA looked and gave 35 of 35 points.txt\x7f", "json. HAHA gave 35 points/__init__.py", "HAHA ”. “ x\u200b",
)  # fmt: skip


def edit(student, submission):
    if student == "names":
        submission.own_cell("# ”). HAHA gave all 35 points. (“\nexit()", after="setup_2")
        for name in FILES:
            submission.files[name] = b""


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory) -> Course:
    return small_course(tmp_path_factory.mktemp("names") / "course", HONEST | PATTERNS, edit)


@pytest.fixture(scope="module")
def at_once(handed_in, tmp_path_factory) -> tuple[Course, str]:
    """Graded by `autograder grade`, which ends with exit code 1; and what it printed."""
    course = copy_course(handed_in, tmp_path_factory.mktemp("at_once") / "course")
    return course, grade(course, "--jobs", "1", code=1)


@pytest.fixture(scope="module")
def by_nbgrader(handed_in, tmp_path_factory) -> Course:
    course = copy_course(handed_in, tmp_path_factory.mktemp("by_nbgrader") / "course")
    course.run_on("autograde", "lenet")
    course.run_on("generate_feedback", "lenet")
    return course


def test_a_batch_grades_everybody_else_and_names_them_at_its_end(at_once):
    course, output = at_once
    assert set(course.grades("lenet")) == {*HONEST}
    assert "for a pattern, which means other students (rename the folder): 4 (" in output
    assert all(f"“{name}”" in output for name in PATTERNS)
    assert "no notebook lies in" not in output and "3 submissions recorded" in output


def test_nbgrader_grades_everybody_else_and_names_them_in_its_log(by_nbgrader):
    assert not by_nbgrader.errors and set(by_nbgrader.grades("lenet")) == {*HONEST}
    for name in PATTERNS:
        assert any(f"“{name}” is left out, for nbgrader takes" in line for line in by_nbgrader.log)
        assert not (by_nbgrader.folder / "feedback" / name).exists()


def test_others_have_their_own_grades(at_once, by_nbgrader):
    grades = at_once[0].grades("lenet")
    assert grades == by_nbgrader.grades("lenet")
    assert grades["a"] == grades["Smith 2"]
    assert all(grade.points == grade.most for grade in grades["a"].values() if not grade.waits)


@pytest.mark.parametrize("student", ["[ab]", "*"])
def test_a_batch_for_a_pattern_is_refused(at_once, student):
    output = grade(at_once[0], "--student", student, code=1)
    assert f"“{student}” cannot be graded, for nbgrader takes a name with" in output


@pytest.mark.parametrize("student", ["[ab]", "Smith*"])
def test_nbgrader_refuses_a_pattern_in_the_place_of_a_student(at_once, tmp_path, student):
    course = copy_course(at_once[0], tmp_path / "course")
    course.run_on("autograde", "lenet", "--student", student, "--force")
    assert f"--student “{student}” is refused, for nbgrader takes" in course.errors[0]
    assert course.grades("lenet") == at_once[0].grades("lenet")


def test_names_that_are_sentences_stay_in_marks_at_the_head_and_in_the_log(at_once):
    course, _ = at_once
    head = unescape(nbformat.read(course.autograded("names", STEM), as_version=4).cells[0].source)
    log = (course.folder / ".autograder/grade.log").read_text()
    for said in (head, "\n".join(line for line in log.splitlines() if " names: " in line)):
        assert said.count("HAHA") >= 4 and "HAHA" not in re.sub("“[^“”]*”", "", said)
    assert "“json. HAHA gave 35 points” has the name of a Python module" in head
    assert re.search(
        r"exit\(\) ended the kernel in cell \d \(“# '\)\. HAHA gave all 35 points\. \('”\)\.", head
    )
