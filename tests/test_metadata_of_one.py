"""What one student writes into a notebook's metadata costs, at most, that student: the real nbgrader."""

import json
import shutil

import nbformat
import pytest
from grading import Course
from nbformat.v4 import new_code_cell, new_notebook
from test_plain_assignment import ANSWER, TEST, cell

from autograder.course.own_course import new_course
from autograder.sandbox import available

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("metadata"),
    pytest.mark.skipif(not available()[0], reason=available()[1]),
]

KERNELSPECS = {"without_language": {"name": "python3", "display_name": "Python 3"}, "without_kernel": None}
R = {"name": "ir", "display_name": "R", "language": "R"}
NEWER = {"grade_id": "mine", "grade": False, "solution": False, "locked": False, "task": False}


def of_notebook(**metadata):
    return lambda notebook: notebook["metadata"].update(metadata)


def of_cell(**settings):
    def edit(notebook):
        notebook["cells"].append(new_code_cell("1", metadata={"nbgrader": {**NEWER, **settings}}))

    return edit


def nothing_at_all(notebook):
    notebook["metadata"] = []


# Between students who wrote nothing odd: "a" before, "z" after all of them.
ODD = {
    "b_language_info": of_notebook(language_info={"name": "R"}),
    "c_about_a_number": of_notebook(language_info=7),
    "d_a_text": of_notebook(kernelspec="R", language_info="R"),
    "e_kernel": of_notebook(kernelspec=R),
    "f_both": of_notebook(kernelspec=R, language_info={"name": "R"}),
    "g_number": of_notebook(kernelspec={"name": 3, "display_name": "3"}),
    "h_newer": of_cell(schema_version=99),
    "i_older": of_cell(schema_version=0),
    "j_none": nothing_at_all,
}
# Whom nbgrader itself cannot grade: what is no notebook by its format, or another version's, and, without
# a kernel in the source, whoever names one that is not there.
NO_NOTEBOOK = {"c_about_a_number", "d_a_text", "h_newer", "i_older"}
LOST = {
    "without_language": NO_NOTEBOOK,
    "without_kernel": NO_NOTEBOOK | {"e_kernel", "f_both", "g_number"},
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = Course(new_course(tmp_path_factory.mktemp("metadata") / "course", "lenet"))
    shutil.rmtree(made.folder / "source" / "lenet")
    for name, kernelspec in KERNELSPECS.items():
        cells = [
            cell(new_code_cell, "answer", ANSWER, "### BEGIN SOLUTION\nx = 2\n### END SOLUTION"),
            cell(new_code_cell, "test", TEST, "assert x == 2", points=2),
        ]
        source = new_notebook(cells=cells, metadata={"kernelspec": kernelspec} if kernelspec else {})
        (made.folder / "source" / name).mkdir()
        nbformat.write(source, made.folder / "source" / name / "one.ipynb")
        made.run("generate_assignment", name)
        for student in ("a", *ODD, "z"):
            notebook = nbformat.read(made.folder / "release" / name / "one.ipynb", as_version=4)
            notebook.cells[0].source = "x = 2"
            ODD.get(student, lambda _: None)(notebook)
            folder = made.folder / "submitted" / student / name
            folder.mkdir(parents=True)
            (folder / "one.ipynb").write_text(json.dumps(notebook))
        made.run_on("autograde", name)
    return made


@pytest.mark.parametrize("assignment", KERNELSPECS)
def test_all_the_others_have_their_points_and_who_has_none_is_named(course, assignment):
    grades = {student: cells["test"].points for student, cells in course.grades(assignment).items() if cells}
    graded = {"a", *ODD, "z"} - LOST[assignment]
    assert grades == {student: 0 if student == "j_none" else 2 for student in graded}
    assert course.grades(assignment)["j_none"]["test"].waits  # it cannot be read: a person looks
    said = "\n".join(course.log)
    for student in LOST[assignment]:
        assert f"error processing assignment '{assignment}' for student '{student}'" in said


def test_a_kernel_of_the_students_own_is_told_in_a_sentence_that_names_them(course):
    said = [line for line in course.log if "Not graded: e_kernel/one.ipynb" in line]
    assert len(said) == 1 and "'ir' and the language 'R'" in said[0] and "The source names none" in said[0]
    assert any("Not graded: h_newer/one.ipynb" in line for line in course.log)
