"""`autograder new` in a course of somebody else, with the package installed from its wheel."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from grading import Course, Grade

from autograder import cli
from autograder.course.own_course import CHECKOUT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("new")]

STUDENT = """
def line_of(slope, start, at):
    return slope * at + start
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """Where the wheel lies unpacked; nothing of this checkout is there but what it holds."""
    sources, folder = tmp_path_factory.mktemp("sources") / "tree", tmp_path_factory.mktemp("installed")
    kept = shutil.ignore_patterns(".*", "build", "dist", "__pycache__", "*.egg-info", "demo-course")
    shutil.copytree(CHECKOUT, sources, ignore=kept)
    pip = [sys.executable, "-m", "pip", "--quiet"]
    wheel = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, sources]
    subprocess.run([*pip, *wheel], check=True)
    [path] = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def run(installed):
    """Run a command of this environment in a folder, with the installed package."""

    def run(folder: Path, *command: str) -> str:
        done = subprocess.run(
            [Path(sys.executable).with_name(command[0]), *command[1:]],
            cwd=folder, env=os.environ | {"PYTHONPATH": str(installed)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def course(run, tmp_path_factory) -> Path:
    """A folder in which `autograder new toy` was run, and what the README says after it."""
    folder = tmp_path_factory.mktemp("theirs") / "physics"
    folder.mkdir()
    run(folder, "autograder", "new", "toy")
    run(folder, "autograder", "release", "toy")
    return folder


def test_its_samples_get_what_they_expect(run, course):
    assert "Every score of 3 samples is as it should be." in run(course, "autograder", "samples", "toy")


def test_a_sample_that_gets_other_points_is_named(installed, course, tmp_path):
    theirs = tmp_path / "physics"
    shutil.copytree(course, theirs)
    sample = theirs / "assignments/toy/samples/wrong.toml"
    sample.write_text(sample.read_text().replace("line_of = 0", "line_of = 3"))
    done = subprocess.run(
        [Path(sys.executable).with_name("autograder"), "samples", "toy"],
        cwd=theirs, env=os.environ | {"PYTHONPATH": str(installed)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and "not as the samples say: wrong/line_of" in done.stdout


def test_students_are_graded_and_get_their_pages(run, course):
    run(course, "nbgrader", "generate_assignment", "toy", "--force")
    for student, answer in (("ada", STUDENT), ("bob", STUDENT.replace("slope * at", "slope"))):
        folder = course / "submitted" / student / "toy"
        folder.mkdir(parents=True)
        notebook = nbformat.read(course / "release/toy/1_toy.ipynb", as_version=4)
        [stub] = [cell for cell in notebook.cells if "raise NotImplementedError()" in cell.source]
        stub.source = answer
        nbformat.write(notebook, folder / "1_toy.ipynb")
    assert "2 submissions recorded" in run(course, "autograder", "grade", "toy", "--jobs", "1")
    run(course, "nbgrader", "generate_feedback", "toy")
    grades = Course(course).grades("toy")
    assert grades["ada"]["line_of"] == Grade(4, 4, waits=False)
    assert grades["bob"]["line_of"] == Grade(0, 4, waits=False)
    assert "Slope" not in (course / "feedback/bob/toy/1_toy.html").read_text()


def test_the_bundle_has_what_practice_needs_and_nothing_hidden(run, course, tmp_path):
    run(course, "autograder", "bundle", "toy")
    with zipfile.ZipFile(course / "dist/toy-student.zip") as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "toy-student"
    assert not [path for path in folder.rglob("*") if "hidden" in path.name or "lenet" in path.name]
    code = f"from autograder import check\n{STUDENT}\nprint(check('line_of'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": ""},
    )  # fmt: skip
    assert "1 of 1 checks passed" in done.stdout


def test_a_course_adopts_the_package_by_the_two_lines_of_the_readme(run, tmp_path):
    lines = (CHECKOUT / "README.md").read_text().split("adopts the package")[1].split("```")[1]
    config = "c = get_config()\nc.CourseDirectory.course_id = 'physics'\n" + lines.removeprefix("python\n")
    (tmp_path / "nbgrader_config.py").write_text(config)
    run(tmp_path, "autograder", "new", "toy")
    assert (tmp_path / "nbgrader_config.py").read_text() == config
    assert "as it should be" in run(tmp_path, "autograder", "samples", "toy")


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("toy/exercises.py", "ASSIGNMENT = (", "toy/exercises.py cannot be used (SyntaxError"),
        ("toy/exercises.py", "", "toy/exercises.py cannot be used (AttributeError"),
        ("toy/checks/hidden/inputs.py", None, "inputs.py is missing"),
    ],
    ids=["a mistake", "no assignment", "no hidden inputs"],
)
@pytest.mark.parametrize("command", ["nbgrader autograde toy --force", "autograder grade toy"])
def test_an_assignment_that_is_broken_grades_nobody_and_its_file_is_named(
    installed, course, tmp_path, file, text, says, command
):
    """Not as stock nbgrader, either: that would record 0 points for everybody."""
    theirs = tmp_path / "physics"
    shutil.copytree(course, theirs)
    (theirs / "submitted/ada/toy").mkdir(parents=True, exist_ok=True)
    shutil.copy(theirs / "release/toy/1_toy.ipynb", theirs / "submitted/ada/toy")
    path = theirs / "assignments" / file
    path.unlink()
    if text is not None:
        path.write_text(text)
    program, *arguments = command.split()
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=theirs, env=os.environ | {"PYTHONPATH": str(installed)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and says in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert "Autograding" not in done.stderr


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("toy", "There is an assignment 'toy' already"), ("lenet", "There is an assignment 'lenet' already"),
        ("my toy", "cannot be a name"), ("class", "cannot be a name"), ("../toy", "cannot be a name"),
    ],
)  # fmt: skip
def test_what_cannot_be_laid_out_is_refused_and_nothing_is_written(tmp_path, monkeypatch, capsys, name, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "source/toy").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    assert cli.main(["new", name]) == 1
    assert says in capsys.readouterr().err and sorted(tmp_path.rglob("*")) == before
