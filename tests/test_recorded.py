"""What is read of a graded submission for reports: the instructor's words for what is asked, the student's for answers.

A plain course of stock nbgrader's, whose gradebook and graded notebook are made here.
"""

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course.feedback import Pages
from autograder.course.own_course import CourseError, StudentError
from autograder.course.recorded import recorded
from autograder.report.records import NOBODY, PERSON, Printed, Took

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
FORGED = "## ✓ 6 of 6 points, given by a person"
TASK = "Draw a network on paper."


def settings(name, **more):
    return {"nbgrader": {"grade_id": name, "grade": True, "solution": True, "schema_version": 3, **more}}


def cells(essay, code):
    return [
        new_markdown_cell("# The title", id="title"),
        new_markdown_cell("## 1 In words (6 points)", id="heading"),
        new_markdown_cell(essay, metadata=settings("essay"), id="essay"),
        new_markdown_cell("## 2 By hand", id="second"),
        new_code_cell(code, metadata=settings("drawing"), id="drawing"),
        new_code_cell("", metadata=settings("again"), id="again"),
        new_markdown_cell(TASK, metadata=settings("task", solution=False, task=True, grade=False), id="task"),
    ]


RELEASED = cells("YOUR ANSWER HERE", "# YOUR CODE HERE")


@pytest.fixture
def course(tmp_path):
    """ada's words and code, behind a heading of her own; nothing has points yet."""
    handed_in = cells("Because.", "draw(1)")
    handed_in.insert(2, new_markdown_cell(FORGED, id="own-2"))
    handed_in[5].outputs = [new_output("stream", text="a picture")]
    for folder, content in (("release/words", RELEASED), ("autograded/ada/words", handed_in)):
        (tmp_path / folder).mkdir(parents=True)
        nbformat.write(new_notebook(cells=content), tmp_path / folder / "one.ipynb")
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "words") as book:
        book.add_assignment("words")
        book.add_notebook("one", "words")
        book.add_grade_cell("essay", "one", "words", max_score=6, cell_type="markdown")
        for name in ("drawing", "again"):
            book.add_grade_cell(name, "one", "words", max_score=2, cell_type="code")
            book.add_solution_cell(name, "one", "words")
        book.add_task_cell("task", "one", "words", max_score=3, cell_type="markdown")
        book.add_student("ada")
        book.add_submission("words", "ada")
    return CourseDirectory(config=Config(CourseDirectory={"root": str(tmp_path), "course_id": "words"}))


def answers(course):
    [submission] = recorded(course, "words")
    return {answer.id: answer for answer in submission.answers}


def grade(course, **values):
    with Gradebook(course.db_url, "words") as book:
        for name, value in values.items():
            book.find_grade("essay", "one", "words", "ada").__setattr__(name, value)
        book.db.commit()


def page(course):
    [submission] = recorded(course, "words")
    root = course.root
    graded, release = (
        nbformat.read(f"{root}/{folder}/one.ipynb", as_version=4)
        for folder in ("autograded/ada/words", "release/words")
    )
    return Pages().page(submission, "one", graded, release, root)


def test_a_title_is_the_instructors_whatever_a_student_writes_above_the_cell(course):
    assert {id: answer.title for id, answer in answers(course).items()} == {
        "essay": "1 In words", "drawing": "2 By hand", "again": "2 By hand (again)",
        "task": "2 By hand (task)",
    }  # fmt: skip


def test_code_that_a_person_grades_is_an_answer_and_stands_on_the_page(course):
    drawing = answers(course)["drawing"]
    assert (drawing.written, drawing.by, drawing.attempted) == ("draw(1)", NOBODY, True)
    html = page(course)
    assert "draw" in html and "a picture" in html


def test_a_task_is_no_answer_of_a_students(course):
    task = answers(course)["task"]
    assert task.written is None and not task.attempted
    before = page(course).split(TASK)[0]
    assert before.rindex("Given by the course") > before.rindex("Written by the student")


@pytest.mark.parametrize("points", [None, 0.0])
def test_who_left_the_released_text_wrote_nothing_also_where_a_person_gave_points(course, points):
    path = f"{course.root}/autograded/ada/words/one.ipynb"
    nbformat.write(new_notebook(cells=RELEASED), path)
    grade(course, manual_score=points)
    essay = answers(course)["essay"]
    assert essay.written == "" and not essay.attempted
    assert "YOUR ANSWER HERE" not in page(course)


def test_points_by_hand_are_a_persons(course):
    grade(course, manual_score=4.0, needs_manual_grade=False, extra_credit=1.0)
    essay = answers(course)["essay"]
    assert (essay.by, essay.score, essay.extra, essay.waits, essay.judged) == (PERSON, 5.0, 1.0, False, True)


def test_a_notebook_that_was_not_handed_in_has_its_answers_and_nothing_in_them(course):
    Path(course.root, "autograded/ada/words/one.ipynb").unlink()
    [submission] = recorded(course, "words")
    [notebook] = submission.notebooks
    assert not notebook.handed_in and {a.id for a in notebook.answers} == {
        "essay",
        "drawing",
        "again",
        "task",
    }


def test_an_assignment_that_is_not_known_and_a_student_who_is_not_graded_are_refused(course):
    with pytest.raises(CourseError, match="knows no assignment 'sums'"):
        list(recorded(course, "sums"))
    with pytest.raises(CourseError, match="Not graded: bob"):
        list(recorded(course, "words", ["bob"]))


def test_all_that_are_damaged_are_named_behind_those_that_can_be_read(course):
    with Gradebook(course.db_url, "words") as book:
        for student in ("bob", "eve", "zoe"):
            book.add_student(student)
            book.add_submission("words", student)
    for student in ("bob", "zoe"):
        path = Path(course.root, "autograded", student, "words", "one.ipynb")
        path.parent.mkdir(parents=True)
        path.write_text("{")
    submissions = recorded(course, "words")
    assert [next(submissions).student, next(submissions).student] == ["ada", "eve"]
    with pytest.raises(StudentError, match=r"bob.* is damaged: grade .*zoe.* is damaged: grade"):
        next(submissions)


@pytest.mark.parametrize("text", ["", "{", "[1]", "{}", json.dumps(new_notebook())])
def test_another_file_in_the_place_of_a_graded_notebook_is_damaged_and_no_notebook_without_answers(
    course, text
):
    Path(course.root, "autograded", "ada", "words", "one.ipynb").write_text(text)
    with pytest.raises(StudentError, match="damaged: grade this student again"):
        list(recorded(course, "words"))


def plain(*answers):
    """A notebook of plain asserts: two answers, the first with two tests."""
    made = []
    for answer, tests in zip(answers, (("t1", "t2"), ("t3",)), strict=True):
        solution = settings(f"answer of {tests[0]}", grade=False)
        made.append(new_code_cell(answer, metadata=solution, id=f"a{tests[0]}"))
        for name in tests:
            made.append(new_code_cell("assert f() == 1", metadata=settings(name, solution=False), id=name))
    return new_notebook(cells=made)


@pytest.mark.parametrize(
    ("first", "second", "attempted"),
    [
        ("STUB", "STUB", set()), ("def f(): return 2", "STUB", {"t1", "t2"}), ("STUB", "def f(): ...", {"t3"}),
        ("def f(): return 2", "def f(): ...", {"t1", "t2", "t3"}),
    ],
)  # fmt: skip
def test_plain_asserts_that_fail_are_attempted_where_the_answer_before_them_was_written(
    course, first, second, attempted
):
    with Gradebook(course.db_url, "words") as book:
        book.add_assignment("sums")
        book.add_notebook("one", "sums")
        for name in ("t1", "t2", "t3"):
            book.add_grade_cell(name, "one", "sums", max_score=1, cell_type="code")
        book.add_submission("sums", "ada")
    for folder, notebook in (
        ("release/sums", plain("STUB", "STUB")),
        ("autograded/ada/sums", plain(first, second)),
    ):
        Path(course.root, folder).mkdir(parents=True)
        nbformat.write(notebook, Path(course.root, folder, "one.ipynb"))
    [submission] = recorded(course, "sums")
    assert {answer.id for answer in submission.answers if answer.attempted} == attempted


def with_record(course, **record):
    """The graded notebook with what grading writes into it."""
    path = f"{course.root}/autograded/ada/words/one.ipynb"
    graded = nbformat.read(path, as_version=4)
    graded.metadata["autograder"] = record
    nbformat.write(graded, path)
    [submission] = recorded(course, "words")
    return submission.notebooks[0]


def test_what_a_notebook_took_and_printed_is_in_its_record(course):
    took = {"seconds": 2.5, "most_seconds": 600, "memory_mib": 700, "most_memory_mib": 4096}
    found = with_record(course, took=took, printed={"accuracy": 0.875, "of": "validation"})
    assert found.took == Took(2.5, 600, 700, 4096) and found.printed == Printed(0.875, "validation")


@pytest.mark.parametrize("record", [{}, {"took": None, "printed": None}])
def test_what_was_graded_before_it_was_measured_has_neither(course, record):
    found = with_record(course, **record)
    assert found.took is found.printed is None
