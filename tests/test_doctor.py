"""Every finding of `autograder doctor`: the good one, and each way of lacking something."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from autograder.course.configuration import course_config
from autograder.course.own_course import new_course
from autograder.fashion_mnist import FashionMnistError
from autograder.tools import doctor
from autograder.tools.doctor import Finding

CPU = {"keras": "3.15.1", "backend": "tensorflow", "tensorflow": "2.21.0", "gpus": 0}


def shown(findings):
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(doctor.table(findings))
    return console.export_text()


def test_an_old_python_is_named_with_the_newer_one_to_install():
    assert doctor.python_version((3, 11, 0, "final", 0)) == Finding(
        "Python", "3.11.0", True, doctor.python_version().mend
    )
    old = doctor.python_version((3, 10, 4))
    assert (old.ok, old.found) == (False, "3.10.4")
    assert "3.11" in old.mend
    assert not doctor.python_version((3, 14, 0)).ok  # there is no TensorFlow for it


def test_data_are_found_where_they_are():
    finding = doctor.data()
    assert finding.ok and Path(finding.found, "t10k-labels-idx1-ubyte.gz").is_file()


def test_missing_data_are_fetched_by_setup(monkeypatch):
    monkeypatch.setattr(doctor, "find_folder", lambda: None)
    finding = doctor.data()
    assert not finding.ok and finding.needed and "make setup" in finding.mend


def test_damaged_data_are_mended_as_their_own_error_says(monkeypatch):
    def damaged():
        raise FashionMnistError("delete it and load again")

    monkeypatch.setattr(doctor, "load_fashion_mnist", damaged)
    finding = doctor.data()
    assert not finding.ok and finding.mend == "delete it and load again"


@pytest.mark.slow
def test_this_environment_reports_its_own_keras():
    facts = doctor.ask_keras()
    assert facts["backend"] and int(facts["keras"].split(".")[0]) == 3


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("raise ImportError('libcublas is missing')", "ImportError: libcublas is missing"),
        ("import os; os._exit(3)", "it said nothing"),
        ("import time; time.sleep(60)", "no answer within 1 s"),
    ],
)
def test_a_keras_that_breaks_or_hangs_says_why(monkeypatch, code, answer):
    monkeypatch.setattr(doctor, "_ASK_KERAS", code)
    monkeypatch.setattr(doctor, "_IMPORT_TIMEOUT_S", 1 if "sleep" in code else 60)
    assert doctor.ask_keras() == answer
    [finding] = doctor.frameworks(answer, has_nvidia=False)
    assert not finding.ok and answer in finding.found and "make setup" in finding.mend


def test_chatter_before_the_facts_does_no_harm(monkeypatch):
    monkeypatch.setattr(doctor, "_ASK_KERAS", f"print('hello'); print('''{json.dumps(CPU)}''')")
    assert doctor.ask_keras() == CPU


def test_a_cpu_is_enough():
    keras, tensorflow = doctor.frameworks(CPU, has_nvidia=False)
    assert keras.ok and keras.found == "3.15.1 on tensorflow"
    assert tensorflow.ok and tensorflow.found == "2.21.0 on the CPU"


@pytest.mark.parametrize(("gpus", "words"), [(1, "with 1 GPU"), (2, "with 2 GPUs")])
def test_gpus_are_counted(gpus, words):
    _, tensorflow = doctor.frameworks({**CPU, "gpus": gpus}, has_nvidia=True)
    assert tensorflow.found.endswith(words)


def test_an_idle_gpu_is_no_obstacle_but_is_told():
    *_, gpu = doctor.frameworks(CPU, has_nvidia=True)
    assert not gpu.ok and not gpu.needed and "TENSORFLOW=gpu" in gpu.mend


def test_keras_without_tensorflow_does_not_run_the_notebooks():
    facts = {"keras": "3.15.1", "backend": "jax"}
    keras, tensorflow = doctor.frameworks(facts, has_nvidia=False)
    assert keras.found == "3.15.1 on jax"
    assert not tensorflow.ok and tensorflow.needed


def test_the_sandbox_says_itself_how_it_is_mended():
    assert doctor.sandbox((True, "bwrap builds it"), False).found == "bwrap builds it"
    lacking = doctor.sandbox((False, "install bubblewrap"), False)
    assert not lacking.ok and lacking.needed and lacking.mend == "install bubblewrap"


def test_a_course_that_accepts_grading_without_a_sandbox_can_grade():
    lacking = doctor.sandbox((False, "install bubblewrap"), True)
    assert not lacking.ok and not lacking.needed and "accepts" in lacking.found


def test_the_configuration_of_the_course_is_read(tmp_path, monkeypatch):
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.db_url = 'sqlite:////somewhere/else.db'\n"
    )
    monkeypatch.chdir(tmp_path)
    config = course_config(tmp_path)
    assert doctor.database_url(config) == "sqlite:////somewhere/else.db"
    (tmp_path / "nbgrader_config.py").write_text("")
    config = course_config(tmp_path)
    assert doctor.database_url(config) == f"sqlite:///{tmp_path}/gradebook.db"


def test_commands_are_looked_for_on_path(tmp_path):
    for finding in doctor.commands(str(tmp_path)):
        assert not finding.ok and finding.needed and "bin/activate" in finding.mend
    environment = str(Path(sys.executable).parent)
    assert [finding.ok for finding in doctor.commands(environment)] == [True, True]


LAB = "JupyterLab v4.6.6\n        @jupyter/nbgrader v0.9.6 enabled OK\n"
SERVER = "      nbgrader.server_extensions.formgrader  OK\n"


@pytest.mark.parametrize(
    ("lab", "server", "lacking"),
    [
        (LAB, SERVER, []),
        ("", SERVER, ["JupyterLab"]),
        (LAB.replace("enabled", "disabled"), SERVER, ["nbgrader in JupyterLab"]),
        (LAB, "", ["formgrader"]),
    ],
)
def test_what_jupyterlab_lacks_is_told_and_hinders_no_grading(lab, server, lacking):
    findings = list(doctor.jupyterlab(lab, server))
    assert [finding.what for finding in findings if not finding.ok] == lacking
    assert all(finding.mend for finding in findings if not finding.ok)
    assert doctor.can_grade(findings)


def test_a_jupyter_that_cannot_be_started_gives_no_answer(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor.sys, "executable", str(tmp_path / "python"))
    assert doctor.ask_jupyter("labextension", "list") == ""


def test_a_gradebook_that_does_not_exist_yet_will_be_made(tmp_path):
    finding = doctor.database(f"sqlite:///{tmp_path}/gradebook.db")
    assert finding.ok and "will be made" in finding.found
    assert not list(tmp_path.iterdir()), "looking makes nothing"


def test_a_gradebook_that_exists_is_opened(tmp_path):
    (tmp_path / "gradebook.db").touch()
    assert doctor.database(f"sqlite:///{tmp_path}/gradebook.db").ok


def test_a_gradebook_that_is_something_else_is_told(tmp_path):
    (tmp_path / "gradebook.db").write_text("name,score\n" * 100)
    finding = doctor.database(f"sqlite:///{tmp_path}/gradebook.db")
    assert not finding.ok and "not a database" in finding.found


@pytest.mark.parametrize(("exists", "words"), [(False, "cannot be made"), (True, "be written")])
def test_a_place_without_write_permission_is_told(tmp_path, monkeypatch, exists, words):
    if exists:
        (tmp_path / "gradebook.db").touch()
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    finding = doctor.database(f"sqlite:///{tmp_path}/gradebook.db")
    assert not finding.ok and words in finding.found and finding.mend


def test_a_folder_that_is_not_there_is_to_be_made(tmp_path):
    finding = doctor.database(f"sqlite:///{tmp_path}/none/g.db")
    assert not finding.ok and f"Make the folder {tmp_path}/none first" in finding.mend


def test_a_database_server_that_answers_is_enough():
    assert doctor.database("sqlite://").ok  # in memory, asked in the way of a server


def test_a_database_server_that_does_not_answer_is_told_without_its_password():
    finding = doctor.database("postgresql://grader:secret@localhost:1/grades")
    assert not finding.ok and finding.needed and "db_url" in finding.mend
    assert "secret" not in shown([finding]) and "localhost:1/grades" in finding.found


def test_the_table_shows_a_mend_under_what_is_not_right_only():
    text = shown([Finding("one", "is [here]", True, "not shown"), Finding("two", "gone", False, "do [this]")])
    assert "✓  one" in text and "is [here]" in text and "not shown" not in text
    assert "✗  two" in text and "→ do [this]" in text


@pytest.mark.parametrize(
    ("finding", "exit_code", "sentence"),
    [
        (Finding("it", "here", True), 0, "can be graded"),
        (Finding("it", "gone", False, needed=False), 0, "can be graded"),
        (Finding("it", "gone", False), 1, "cannot be graded"),
    ],
)
def test_the_exit_code_says_whether_grading_is_possible(monkeypatch, finding, exit_code, sentence):
    monkeypatch.setattr(doctor, "examine", lambda course: [("it", lambda: [finding])])
    console = Console(record=True, file=io.StringIO())
    assert doctor.run(console) == exit_code
    assert sentence in console.export_text()


@pytest.mark.slow
def test_a_machine_that_was_set_up_is_well(tmp_path):
    commands = Path(sys.executable).parent
    done = subprocess.run(
        [commands / "autograder", "doctor"],
        cwd=new_course(tmp_path / "course", "lenet"),
        env={**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout
    assert str(tmp_path) in done.stdout.replace("\n", "").replace(" ", ""), "its own gradebook"
