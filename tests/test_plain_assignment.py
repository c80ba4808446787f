"""An ordinary nbgrader assignment in the same course is graded as stock nbgrader grades it."""

import copy
import warnings

import nbformat
import pytest
from corpus import CASES
from grading import Course, lenet_course
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.cleaning.outputs import OUTPUTS
from autograder.report import WRITTEN_BY
from autograder.runs.showing import NOTES_ID

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("plain")]

STOCK_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "lenet"
"""

HALVES = "sum(double(n / 2) == n for n in (1, 2, 3)) / 2"  # the last value is the score
SOLVED = "### BEGIN SOLUTION\n{}\n### END SOLUTION"
ANSWER = {"grade": False, "solution": True, "locked": False, "task": False}
TEST = {"grade": True, "solution": False, "locked": True, "task": False}
BY_HAND = {"grade": True, "solution": True, "locked": False, "task": False}
TASK = {"grade": False, "solution": False, "locked": True, "task": True}


def cell(make, name, kind, source, **more):
    made = make(source.strip(), id=name)
    made.metadata.nbgrader = {"grade_id": name, "schema_version": 3, **kind, **more}
    return made


def source_notebook():
    """Asserts, hidden tests, partial credit by the last value, and two answers graded by hand."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [
        new_markdown_cell("# Doubling", id="title"),
        cell(new_code_cell, "double_answer", ANSWER, """
def double(n):
    ### BEGIN SOLUTION
    return 2 * n
    ### END SOLUTION
"""),
        cell(new_code_cell, "double", TEST, """
assert double(2) == 4, "2 doubled is 4"
### BEGIN HIDDEN TESTS
assert double(-3) == -6
### END HIDDEN TESTS
""", points=2),
        cell(new_code_cell, "halves", TEST, HALVES, points=4),
        cell(new_code_cell, "chatter", TEST, "double(1)\nNone", points=1),
        cell(new_code_cell, "program", BY_HAND, SOLVED.format("1"), points=3),
        cell(new_markdown_cell, "essay", BY_HAND, SOLVED.format("Twice."), points=5),
        cell(new_markdown_cell, "drawing", TASK, """
Draw it, in a cell of your own.
=== BEGIN MARK SCHEME ===
A line through 0: 2 points.
=== END MARK SCHEME ===
""", points=2),
    ]  # fmt: skip
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


# The answer of each student; "essay" and "program" are answered by all but one.
STUDENTS = {
    "right": "def double(n):\n    return 2 * n",
    "fails_an_assert": "def double(n):\n    return n + 2",
    "fails_a_hidden_test": "def double(n):\n    return 2 * abs(n)",
    "raises": "def double(n):\n    raise RuntimeError('no idea')",
    "syntax_error": "def double(n)\n    return 2 * n",
    "part_of_it": "def double(n):\n    return 2 * n if n in (0.5, 2, -3) else 0",
    "negative_points": "class Odd:\n    def __eq__(self, other):\n        return -4\n\n"
    "def double(n):\n    return Odd()",
    "on_stderr": "import sys\n\ndef double(n):\n    sys.stderr.write('careful')\n    return 2 * n",
    "prints": "def double(n):\n    print('at work')\n    return 2 * n",
    "warns": "import warnings\n\ndef double(n):\n    warnings.warn('slow')\n    return 2 * n",
    # What decides, behind or beside more than is shown of one cell's outputs.
    "error_behind_many_outputs": "def double(n):\n    for i in range(300):\n        display(i)\n    return 0",
    "points_behind_much_text": "def double(n):\n    print('x' * 200_000)\n    return 0",
    "points_behind_much_html": "from IPython.display import HTML\n\n"
    "def double(n):\n    display(HTML('<b>x</b>' * 50_000))\n    return 0",
    "stderr_behind_many_outputs": "import sys\n\ndef double(n):\n    for i in range(300):\n"
    "        display(i)\n    sys.stderr.write('careful')\n    return 2 * n",
    "an_error_too_long_to_show": "def double(n):\n    raise ValueError('x' * 200_000)",
    "points_after_output_was_cleared": "from IPython.display import clear_output\n\n"
    "def double(n):\n    print('\\r' * 150_000)\n    clear_output()\n    return 0",
    "timeout_made_up": "class CellTimeoutError(Exception):\n    pass\n\n"
    "def double(n):\n    raise CellTimeoutError('No reply from kernel before timeout')",
    "changes_the_test": "def double(n):\n    return 0",
    "untouched": None,
}


def hand_in(course):
    """Put the notebook of every student into submitted/, made from the release."""
    release = nbformat.read(course.folder / "release/plain/doubling.ipynb", as_version=4)
    for student, answer in STUDENTS.items():
        notebook = copy.deepcopy(release)
        by_id = {c.id: c for c in notebook.cells}
        if answer is not None:
            by_id["double_answer"].source = answer
            by_id["program"].source = "2 + 2"
            by_id["essay"].source = "Add a number to itself."
        if student == "changes_the_test":
            by_id["double"].source = "assert True"
            by_id["double"].metadata.nbgrader.points = 100
        if student == "prints":  # in the grader's name, under the id of the grader's remarks
            notebook.cells.insert(0, new_markdown_cell("⚑ 15 of 15 points", id=NOTES_ID))
        folder = course.folder / "submitted" / student / "plain"
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "doubling.ipynb")


def graded(course):
    """Everything that the gradebook holds about the assignment `plain`."""
    folder = course.folder / "source" / "plain"
    folder.mkdir(parents=True)
    nbformat.write(source_notebook(), folder / "doubling.ipynb")
    course.run("generate_assignment", "plain")
    hand_in(course)
    course.run("autograde", "plain")
    course.run("generate_feedback", "plain")
    from nbgrader.api import Gradebook

    scores = ("score", "auto_score", "manual_score", "extra_credit", "max_score")
    with (
        warnings.catch_warnings(action="ignore"),
        Gradebook(f"sqlite:///{course.folder}/gradebook.db", "lenet") as book,
    ):
        return {
            (submission.student.id, grade.name): {
                f: getattr(grade, f) for f in (*scores, "needs_manual_grade")
            }
            for submission in book.assignment_submissions("plain")
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    """The grades that nbgrader gives without our configuration."""
    folder = tmp_path_factory.mktemp("stock")
    (folder / "nbgrader_config.py").write_text(STOCK_CONFIG)
    return graded(Course(folder))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of ours with a submission to lenet in it, before the plain assignment."""
    made = lenet_course(tmp_path_factory.mktemp("ours") / "course", ["wrong_raises"])
    made.run("autograde", "lenet")
    return made


@pytest.fixture(scope="module")
def ours(course):
    """The grades that our configuration gives in that course."""
    return graded(course)


@pytest.mark.parametrize("student", STUDENTS)
def test_every_grade_is_that_of_stock_nbgrader(stock, ours, student):
    cells = {key for key in stock if key[0] == student}
    assert len(cells) == 6
    assert {key: ours[key] for key in cells} == {key: stock[key] for key in cells}


def test_the_students_differ_enough_to_compare_something(stock):
    assert {stock["right", name]["auto_score"] for name in ("double", "halves")} == {2, 1.5}
    assert {stock[student, "double"]["auto_score"] for student in STUDENTS} == {0, 2}
    assert len({stock[student, "halves"]["auto_score"] for student in STUDENTS}) > 3
    assert {stock[student, "chatter"]["auto_score"] for student in STUDENTS} == {0, 1}
    assert {stock[student, "essay"]["needs_manual_grade"] for student in STUDENTS} == {True, False}


def test_both_have_feedback_pages_and_ours_no_head(course, ours):
    page = (course.folder / "feedback/right/plain/doubling.html").read_text()
    assert "Checked automatically" not in page


def test_the_error_that_costs_the_points_is_shown_whatever_there_is_beside_it(course, ours):
    for student in ("error_behind_many_outputs", "points_behind_much_text"):
        notebook = nbformat.read(course.autograded(student, "doubling", "plain"), as_version=4)
        test = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "double")
        assert [o.ename for o in test.outputs if o.output_type == "error"] == ["AssertionError"]
        assert len(test.outputs) <= OUTPUTS + 2


def test_a_cell_under_the_graders_id_is_the_students(course, ours):
    page = (course.folder / "feedback/prints/plain/doubling.html").read_text()
    assert WRITTEN_BY in page.split("⚑ 15 of 15 points")[0]
    assert page.count(WRITTEN_BY) == 2  # and the essay


def test_a_task_and_its_marking_scheme_are_not_called_the_students(course, ours):
    page = (course.folder / "feedback/prints/plain/doubling.html").read_text()
    between = page.split("Add a number to itself.")[1].split("A line through 0")[0]
    assert "Draw it" in between and WRITTEN_BY not in between


def test_an_exception_called_like_a_timeout_is_none(course, ours):
    page = (course.folder / "feedback/timeout_made_up/plain/doubling.html").read_text()
    assert "CellTimeoutError" in page and "was interrupted" not in page


def test_the_other_assignment_of_the_course_keeps_its_grades(course, ours):
    grades = course.grades("lenet")["wrong_raises"]
    assert {name: grades[name].points for name in CASES["wrong_raises"].expected} == (
        CASES["wrong_raises"].expected
    )
