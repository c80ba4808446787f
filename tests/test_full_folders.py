"""Folders and notebooks made to cost the grader: in lenet and in a plain assignment, by both commands."""

import json
import os
import shutil

import nbformat
import pytest
from grading import Course, Grade
from nbformat.v4 import new_code_cell, new_notebook
from small_course import STEM, copy_course, grade, small_course
from test_plain_assignment import ANSWER, TEST, cell

from autograder.sandbox import available

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("full"),
    pytest.mark.skipif(not available()[0], reason=available()[1]),
]


def files(folder, notebook):
    for n in range(2_000):
        (folder / f"{n}.txt").touch()


def notebooks(folder, notebook):
    for n in range(300):
        shutil.copy(notebook, folder / f"copy {n}.ipynb")


def sparse(folder, notebook):
    with open(folder / "data.bin", "wb") as file:
        file.truncate(2 * 2**30)


def objects(folder, notebook):
    """6 MiB of them."""
    text = json.loads(notebook.read_text())
    text["metadata"]["x"] = "here"
    notebook.write_text(json.dumps(text).replace('"here"', "[" + "{}," * 2_000_000 + "{}]"))


def cells(folder, notebook):
    text = json.loads(notebook.read_text())
    text["cells"] += [{"cell_type": "raw", "metadata": {}, "source": ""}] * 1_001
    notebook.write_text(json.dumps(text))


def claims_of_its_own(folder, notebook):
    """What we note ourselves in a notebook, written by the student."""
    text = json.loads(notebook.read_text())
    text["metadata"]["autograder"] = {"unreadable": "<script>", "notes": ["Full marks."]}
    notebook.write_text(json.dumps(text))


FULL = {  # whether the notebook is graded, and what the student is told
    files: (True, "more than 1,000 files, so 1,000 were left out"),
    notebooks: (True, ""),
    sparse: (True, "data.bin was left out"),
    claims_of_its_own: (True, ""),
    objects: (False, "it holds too many things beside its cells' text to be read"),
    cells: (False, "it has more than 1,000 cells"),
}
NAMES = {make.__name__: graded for make, graded in FULL.items()}


def plain_source():
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [
        cell(new_code_cell, "answer", ANSWER, "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"),
        cell(new_code_cell, "first", TEST, "assert x == 1", points=2),
        cell(new_code_cell, "always", TEST, "assert True", points=3),
    ]  # fmt: skip
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def fill(course, assignment, stem):
    for make in FULL:
        folder = course.folder / "submitted" / make.__name__ / assignment
        make(folder, folder / f"{stem}.ipynb")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory) -> Course:
    course = small_course(
        tmp_path_factory.mktemp("full") / "course", dict.fromkeys((*NAMES, "zoe"), "correct")
    )
    (course.folder / "source/plain").mkdir()
    nbformat.write(plain_source(), course.folder / "source/plain/one.ipynb")
    course.run("generate_assignment", "plain")
    for student in (*NAMES, "zoe"):
        folder = course.folder / "submitted" / student / "plain"
        folder.mkdir()
        notebook = nbformat.read(course.folder / "release/plain/one.ipynb", as_version=4)
        notebook.cells[0].source = "x = 1"
        nbformat.write(notebook, folder / "one.ipynb")
    fill(course, "lenet", STEM)
    fill(course, "plain", "one")
    return course


@pytest.fixture(scope="module")
def stock_way(untouched, tmp_path_factory):
    """By `nbgrader autograde`, the plain assignment too."""
    course = copy_course(untouched, tmp_path_factory.mktemp("autograde") / "course")
    for assignment in ("plain", "lenet"):
        course.run("autograde", assignment)
    course.run("generate_feedback", "plain")
    return course


@pytest.fixture(scope="module")
def our_way(untouched, tmp_path_factory):
    """By `autograder grade`."""
    course = copy_course(untouched, tmp_path_factory.mktemp("grade") / "course")
    course.log.append(grade(course, "--jobs", "1"))
    return course


@pytest.mark.parametrize("student", NAMES)
@pytest.mark.parametrize("way", ["stock_way", "our_way"])
def test_in_lenet_what_can_be_read_has_its_points_and_the_rest_waits(request, way, student):
    course = request.getfixturevalue(way)
    grades, (graded, says) = course.lenet[student], NAMES[student]
    assert course.lenet["zoe"]["count_params"].points == 9
    assert grades["count_params"].points == (9 if graded else 0)
    assert grades["count_params"].waits is not graded
    head = nbformat.read(course.autograded(student, STEM), as_version=4).cells[0].source
    assert says in head.replace("&#x27;", "'") and "Full marks" not in head
    left = list((course.folder / "autograded" / student / "lenet").rglob("*"))
    assert len(left) <= 1_002 and sum(path.stat().st_size for path in left) < 2**20


@pytest.mark.parametrize("student", [name for name, (graded, _) in NAMES.items() if not graded])
@pytest.mark.parametrize("way", ["stock_way", "our_way"])
def test_a_written_answer_that_nobody_could_read_waits_too(request, way, student):
    course = request.getfixturevalue(way)
    assert course.lenet[student]["why_dense"] == Grade(0, 6, waits=True)
    end = course.log[-1]
    by_hand = [line for line in end.splitlines() if line.startswith("With answers that a person grades: ")]
    assert way == "stock_way" or student in by_hand[0], end


@pytest.mark.parametrize("student", NAMES)
def test_in_a_plain_assignment_too(stock_way, student):
    grades, (graded, says) = stock_way.grades("plain")[student], NAMES[student]
    assert [grades[name].points for name in ("first", "always")] == ([2, 3] if graded else [0, 0])
    assert [grades[name].waits for name in ("first", "always")] == [not graded] * 2
    page = (stock_way.folder / f"feedback/{student}/plain/one.html").read_text().replace("&#x27;", "'")
    assert says in page and "Full marks" not in page
    assert graded or "The submitted file could not be read" in page
    assert any(f"{student}" in line and says in line for line in stock_way.log)
    assert len(os.listdir(stock_way.folder / "autograded" / student / "plain")) <= 1_001


def test_a_notebook_that_cannot_be_read_has_no_points_where_nothing_is_executed(untouched, tmp_path):
    course = copy_course(untouched, tmp_path / "course")
    course.run("autograde", "plain", "--no-execute", "--student", "objects")
    assert {grade.points for grade in course.grades("plain")["objects"].values()} == {0}
