"""What a machine or a course lacks ends a command with one sentence that says what to do."""

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import warnings
from contextlib import closing
from pathlib import Path

import nbformat
import pytest
import sqlalchemy
from grading import Course
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from sqlalchemy.exc import DBAPIError

from autograder import cli
from autograder.course.own_course import new_course
from autograder.course.remedies import remedy
from autograder.tools import doctor

COMMANDS = Path(sys.executable).parent
BY_HAND = {"grade": True, "solution": True, "locked": False, "task": False, "schema_version": 3}


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """A course with one plain assignment, handed in by two students; nothing is graded."""
    folder = new_course(tmp_path_factory.mktemp("course") / "course", "lenet")
    course = Course(folder)
    cell = new_markdown_cell("Because.", id="essay")
    cell.metadata.nbgrader = {"grade_id": "essay", "points": 3, **BY_HAND}
    (folder / "source/plain").mkdir()
    nbformat.write(new_notebook(cells=[cell]), folder / "source/plain/one.ipynb")
    course.run("generate_assignment", "plain")
    for student in ("ada", "ben"):
        shutil.copytree(folder / "release/plain", folder / "submitted" / student / "plain")
    return course


@pytest.fixture
def course(generated, tmp_path):
    shutil.copytree(generated.folder, tmp_path / "course")
    return Course(tmp_path / "course")


def run(course, *command, before=()):
    """The exit code and the lines of a command in the course's folder; before: a command around it."""
    environment = {**os.environ, "PATH": f"{COMMANDS}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [*before, str(COMMANDS / command[0]), *command[1:]], cwd=course.folder, env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=240, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def assert_one_sentence(result, *words):
    """It failed, without a traceback, and its last line is the sentence."""
    code, output = result
    assert code == 1, output
    assert "Traceback" not in output
    last = output.strip().splitlines()[-1]
    for word in words:
        assert word in last, output
    return last


slow = pytest.mark.slow


@slow
def test_a_gradebook_that_another_program_holds(course):
    with closing(sqlite3.connect(course.folder / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for command in (("nbgrader", "autograde", "plain"), ("autograder", "grade", "lenet")):
            result = run(course, *command)
            assert_one_sentence(result, "Another program is writing to the gradebook", "again")
        assert not list((course.folder / "autograded").glob("*/*/*.ipynb"))
    assert run(course, "nbgrader", "autograde", "plain")[0] == 0  # the same command goes on
    with closing(sqlite3.connect(course.folder / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        result = run(course, "nbgrader", "generate_feedback", "plain")
    assert_one_sentence(result, "Another program is writing to the gradebook")
    assert not list((course.folder / "feedback").glob("*/*/*.html"))


@slow
def test_a_gradebook_that_does_not_answer(course):
    with (course.folder / "nbgrader_config.py").open("a") as file:
        file.write('c.CourseDirectory.db_url = "postgresql+psycopg://me:secret@127.0.0.1:1/book"\n')
    for command in (("nbgrader", "autograde", "plain"), ("autograder", "grade", "lenet")):
        result = run(course, *command)
        assert "secret" not in assert_one_sentence(result, "does not answer", "db_url")


@slow
def test_a_gradebook_whose_folder_is_not_there(course):
    with (course.folder / "nbgrader_config.py").open("a") as file:
        file.write('c.CourseDirectory.db_url = "sqlite:////no/such/dir/g.db"\n')
    for command in (("autograder", "grade"), ("nbgrader", "autograde"), ("nbgrader", "generate_assignment")):
        result = run(course, *command, "lenet" if command[1] == "grade" else "plain")
        assert_one_sentence(result, "g.db cannot be opened", "no folder /no/such/dir: make it")
    assert run(course, "nbgrader", "generate_assignment", "plain", "--no-db", "--force")[0] == 0


@slow
def test_a_full_disk_leaves_nothing_half_made_and_the_command_goes_on_later(course):
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        pytest.skip("there is no bubblewrap, with which this test makes a small disk")
    (course.folder / "submitted/ada/plain/data.bin").write_bytes(b"x" * 3_000_000)
    (course.folder / "autograded").mkdir()
    small = (
        bwrap,
        "--dev-bind",
        "/",
        "/",
        "--size",
        str(2**20),
        "--tmpfs",
        str(course.folder / "autograded"),
    )
    result = run(course, "nbgrader", "autograde", "plain", before=small)
    assert_one_sentence(result, "disk is full", "free some space")
    assert run(course, "nbgrader", "autograde", "plain")[0] == 0
    assert set(course.grades("plain")) == {"ada", "ben"}


@slow
def test_grading_before_the_assignment_was_generated(course):
    (course.folder / "gradebook.db").unlink()
    result = run(course, "nbgrader", "autograde", "plain")
    assert_one_sentence(result, "run nbgrader generate_assignment plain first")


@slow
def test_a_submission_that_cannot_be_read_costs_no_other_one(course):
    (course.folder / "submitted/ada/plain/one.ipynb").write_text("no notebook")
    code, _ = run(course, "nbgrader", "autograde", "plain")
    assert code == 0 and course.autograded("ben", "one", "plain").is_file()
    assert all(grade.points == 0 and grade.waits for grade in course.grades("plain")["ada"].values())


@pytest.mark.parametrize("arguments", [["grade", "lenet"], ["grade", "nonsense"]])
def test_a_folder_that_is_no_course(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("autograder.sandbox.prefork.start", lambda *_: None)
    assert cli.main(arguments) == 1
    assert "is no course, for it has no nbgrader_config.py" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["c = get_config(", "1/0", "import nonsense", "\0", "raise SystemExit"])
def test_a_configuration_that_cannot_be_read_is_named_and_nobody_is_graded(
    tmp_path, monkeypatch, capsys, text
):
    (tmp_path / "nbgrader_config.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("autograder.sandbox.prefork.start", lambda *_: None)
    assert cli.main(["grade", "lenet"]) == 1
    said = capsys.readouterr().err
    assert "nbgrader_config.py cannot be used" in said and said.count("\n") == 1


@pytest.mark.parametrize("text", [None, "c = get_config("])
def test_the_doctor_names_a_folder_that_is_no_course(tmp_path, text):
    if text is not None:
        (tmp_path / "nbgrader_config.py").write_text(text)
    looks = dict(doctor.examine(tmp_path))
    (finding,) = looks["the course"]()
    assert not doctor.can_grade([finding])
    assert ("is no course" if text is None else "cannot be used") in finding.mend
    assert "the gradebook" not in looks


@slow
def test_nbgrader_without_the_courses_configuration_gives_nobody_full_marks(tmp_path):
    """nbgrader only warns, and runs every cell as stock nbgrader does."""
    course = Course(new_course(tmp_path / "course", "lenet"))
    course.run("generate_assignment", "lenet")
    release = course.folder / "release/lenet"
    for path in release.glob("[13]*.ipynb"):
        path.unlink()
    shutil.copytree(release, course.folder / "submitted/ada/lenet")
    (course.folder / "nbgrader_config.py").write_text("c = get_config(")
    run(course, "nbgrader", "autograde", "lenet")
    assert sum(grade.points for grade in course.lenet["ada"].values()) == 0


def test_data_that_cannot_be_had_is_one_sentence_in_a_notebook(tmp_path, monkeypatch):
    monkeypatch.setenv("FASHION_MNIST_DIR", str(tmp_path))
    cell = new_code_cell("from autograder import load_fashion_mnist\nload_fashion_mnist()")
    notebook = new_notebook(cells=[cell])
    NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    (error,) = notebook.cells[0].outputs
    assert len(error.traceback) == 1 and error.traceback[0].startswith("FASHION_MNIST_DIR is")
    assert "put the four .gz files" in error.traceback[0]


def of_sqlite(message):
    return DBAPIError.instance("SELECT 1", {}, sqlite3.OperationalError(message), sqlite3.Error)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (of_sqlite("database is locked"), "Another program is writing"),
        (of_sqlite("database table is locked: grade"), "Another program is writing"),
        (of_sqlite("database or disk is full"), "full: free some space"),
        (of_sqlite("attempt to write a readonly database"), "give yourself permission"),
        (of_sqlite("unable to open database file"), "give yourself permission"),
        (OSError(errno.ENOSPC, "No space left on device", "x.ipynb"), "full where x.ipynb"),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full: free"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "The disk is full: free"),
        (PermissionError(errno.EACCES, "Permission denied", "autograded"), "to use autograded is missing"),
        (OSError(errno.EROFS, "Read-only file system", "autograded"), "may not be written"),
    ],
)
def test_an_error_of_the_machine_is_a_sentence_also_where_another_came_of_it(error, words):
    assert words in remedy(error)
    try:
        try:
            raise error
        except Exception as first:
            raise RuntimeError("nbgrader failed") from first
    except RuntimeError as second:
        assert words in remedy(second)


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("ada"), OSError("?"), FileNotFoundError(2, "none", "x"),
              of_sqlite("no such column: grade.x")],
)  # fmt: skip
def test_an_error_of_our_own_is_not_explained_away(error):
    assert remedy(error) == ""


def no_folder(folder):
    return folder / "none" / "g.db", "no folder {parent}: make it"


def a_file_for_a_folder(folder):
    (folder / "file").touch()
    return folder / "file" / "g.db", "no folder {parent}: make it"


def a_folder_for_a_file(folder):
    (folder / "g.db").mkdir()
    return folder / "g.db", "{path} is a folder"


def a_damaged_file(folder):
    (folder / "g.db").write_text("no database, but a text " * 100)
    return folder / "g.db", "{path} is damaged"


def a_folder_without_permission(folder):
    (folder / "closed").mkdir(mode=0)
    return folder / "closed" / "g.db", "permission for {path} and its folder"


@pytest.mark.parametrize(
    "prepare",
    [no_folder, a_file_for_a_folder, a_folder_for_a_file, a_damaged_file, a_folder_without_permission],
)
def test_a_gradebook_that_cannot_be_opened_is_told_by_its_own_name_and_cause(tmp_path, prepare):
    path, words = prepare(tmp_path)
    if prepare is a_folder_without_permission and os.geteuid() == 0:
        pytest.skip("root may look into every folder")
    with warnings.catch_warnings(action="ignore"), pytest.raises(DBAPIError) as caught:
        Gradebook(f"sqlite:///{path}", "lenet")
    sentence = remedy(caught.value)
    assert words.format(path=path, parent=path.parent) in sentence
    assert "gradebook.db" not in sentence and "g.db" in sentence


def test_an_address_of_no_known_database():
    with pytest.raises(sqlalchemy.exc.NoSuchModuleError) as caught:
        sqlalchemy.create_engine("nonsense://me@host/book")
    assert "db_url" in remedy(caught.value)
