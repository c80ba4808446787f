"""A new assignment is one folder beside lenet's, and its notebooks: nothing else of the package names it.

The one of tests/another_assignment has a notebook of the same name as one of LeNet's.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from grading import Course, Grade
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course.own_course import CHECKOUT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("one folder")]

NAME, STEM, EXERCISE = "doubling", "1_build_lenet", "double"
RIGHT = "def double(number):\n    return number + number"
ANSWERS = {  # what a student writes, and the points of four
    "right": (RIGHT, 4),
    "squared": ("def double(number):\n    return number ** 2", 0),
    "looked_up": ("def double(number):\n    return {2: 4, 5: 10}.get(number)", 1),
    "blank": ("def double(number):\n    raise NotImplementedError()", 0),
}


def cell(source, grade_id, **flags):
    flags = {"grade": False, "solution": False, "locked": True, "task": False, **flags}
    return new_code_cell(source, metadata={
        "nbgrader": {"schema_version": 3, "grade_id": grade_id, **flags}
    })  # fmt: skip


def source():
    return new_notebook(cells=[
        cell("from autograder import check", "import"),
        new_markdown_cell("Twice a number."),
        cell(f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION", "answer", solution=True, locked=False),
        cell(f'check("{EXERCISE}")', EXERCISE, grade=True, points=4),
    ], metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})  # fmt: skip


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A copy of this checkout that has the assignment too."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("autograder", "lenet_solution"):
        shutil.copytree(CHECKOUT / name, folder / name)
    shutil.copytree(Path(__file__).parent / "another_assignment", folder / "autograder/assignments" / NAME)
    return folder


@pytest.fixture(scope="module")
def course(checkout, tmp_path_factory) -> Course:
    """Its submissions, graded by nbgrader autograde."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(CHECKOUT / "nbgrader_config.py", folder)
    (folder / "source" / NAME).mkdir(parents=True)
    nbformat.write(source(), folder / "source" / NAME / f"{STEM}.ipynb")
    course = Course(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(checkout))
        course.run("generate_assignment", NAME)
        for student, (answer, _) in ANSWERS.items():
            notebook = nbformat.read(folder / "release" / NAME / f"{STEM}.ipynb", as_version=4)
            notebook.cells[2].source = answer
            (folder / "submitted" / student / NAME).mkdir(parents=True)
            nbformat.write(notebook, folder / "submitted" / student / NAME / f"{STEM}.ipynb")
        course.run("autograde", NAME)
        course.run("generate_feedback", NAME)
    return course


@pytest.mark.parametrize("student", ANSWERS)
def test_its_answers_get_their_points(course, student):
    assert course.grades(NAME)[student][EXERCISE] == Grade(ANSWERS[student][1], 4, waits=False)


def test_its_own_causes_are_told(course):
    told = json.dumps(nbformat.read(course.autograded("squared", STEM, NAME), as_version=4))
    assert "It gives the square." in told and "Twice a small number." in told


def run(*command, package: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of this environment in a folder, with the package as it is in another one."""
    return subprocess.run(
        [Path(sys.executable).with_name(command[0]), *command[1:]],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_autograder_grade_knows_it_and_has_nothing_left_to_do(course, checkout):
    done = run("autograder", "grade", NAME, "--jobs", "1", package=checkout, folder=course.folder)
    assert done.returncode == 0 and f"{len(ANSWERS)} up to date" in done.stdout, done.stdout + done.stderr


def test_practice_tries_its_public_checks_beside_those_of_a_notebook_of_the_same_name(checkout, tmp_path):
    code = f"from autograder import check\n{RIGHT}\nprint(check('output_size'), check('{EXERCISE}'))"
    done = run("python", "-c", code, package=checkout, folder=tmp_path)
    lenets, its = done.stdout.split("Twice a number: ")
    assert "output_size is not defined" in lenets and its.startswith("1 of 1 checks passed"), done.stderr


@pytest.mark.parametrize(
    ("file", "damage", "says"),
    [
        ("exercises.py", ('"double",\n            "1', '"dubble",\n            "1'), "has no row"),
        ("checks/hidden/test_1_build_lenet.py", ("points=3", "points=2"), "worth 3 points together"),
        ("checks/test_1_build_lenet.py", ("import Wrong", "import Wrog"), "cannot be imported"),
    ],
    ids=["a row of another name", "points that do not add up", "a broken check"],
)
def test_what_does_not_fit_in_it_is_refused_with_its_file(course, checkout, tmp_path, file, damage, says):
    package = tmp_path / "package"
    shutil.copytree(checkout, package)
    path = package / "autograder/assignments" / NAME / file
    path.write_text(path.read_text().replace(*damage))
    done = run("nbgrader", "autograde", NAME, "--force", package=package, folder=course.folder)
    told = " ".join(done.stderr.split())
    assert done.returncode == 1 and says in told and f"autograder/assignments/{NAME}/" in told, done.stderr
