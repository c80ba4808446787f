"""A new assignment is one folder beside lenet's, and its notebooks: nothing else of the package names it.

It is the one that `autograder new` lays out, with a notebook of the same name as one of LeNet's.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from grading import Course, Grade

from autograder.course.own_course import CHECKOUT
from autograder.tools.new import FILES, lay_out

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("one folder")]

NAME, STEM, EXERCISE = "lines", "1_build_lenet", "line_of"
SAMPLES = {name: tomllib.loads(FILES[f"samples/{name}.toml"]) for name in ("right", "wrong", "blank")}
RIGHT = SAMPLES["right"]["answers"]["line_of_answer"]
LOOKED_UP = "def line_of(*numbers):\n    return {(2, 1, 3): 7, (0, 5, 7): 5}.get(numbers)"
ANSWERS = {  # what a student writes, and the points of four
    **{
        name: (sample.get("answers", {}).get("line_of_answer"), sample["points"][EXERCISE])
        for name, sample in SAMPLES.items()
    },
    "looked_up": (LOOKED_UP, 0),
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A copy of this checkout that has the assignment too."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("autograder", "lenet_solution"):
        shutil.copytree(CHECKOUT / name, folder / name)
    lay_out(NAME, folder)
    (folder / "assignments" / NAME).rename(folder / "autograder/assignments" / NAME)
    for path in [
        *(folder / "autograder/assignments" / NAME).rglob("*.py"),
        *(folder / "source").rglob("*.ipynb"),
    ]:
        path.write_text(path.read_text().replace(f"1_{NAME}", STEM))
        path.rename(path.with_name(path.name.replace(f"1_{NAME}", STEM)))
    return folder


@pytest.fixture(scope="module")
def course(checkout, tmp_path_factory) -> Course:
    """Its submissions, graded by nbgrader autograde."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(CHECKOUT / "nbgrader_config.py", folder)
    shutil.copytree(checkout / "source", folder / "source")
    course = Course(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(checkout))
        course.run("generate_assignment", NAME)
        for student, (answer, _) in ANSWERS.items():
            notebook = nbformat.read(folder / "release" / NAME / f"{STEM}.ipynb", as_version=4)
            notebook.cells[3].source = answer or notebook.cells[3].source
            (folder / "submitted" / student / NAME).mkdir(parents=True)
            nbformat.write(notebook, folder / "submitted" / student / NAME / f"{STEM}.ipynb")
        course.run("autograde", NAME)
        course.run("generate_feedback", NAME)
    return course


@pytest.mark.parametrize("student", ANSWERS)
def test_its_answers_get_their_points(course, student):
    assert course.grades(NAME)[student][EXERCISE] == Grade(ANSWERS[student][1], 4, waits=False)


def test_its_own_causes_are_told(course):
    told = json.dumps(nbformat.read(course.autograded("wrong", STEM, NAME), as_version=4))
    assert "Slope and start have changed places." in told and "Other numbers come out right" in told


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
    lenets, its = done.stdout.split("The points of a line: ")
    assert "output_size is not defined" in lenets and its.startswith("1 of 1 checks passed"), done.stderr


@pytest.mark.parametrize(
    ("file", "damage", "says"),
    [
        ("exercises.py", ('id="line_of"', 'id="lin_of"'), "has no row"),
        ("checks/hidden/test_1_build_lenet.py", ("points=4", "points=2"), "worth 2 points together"),
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
