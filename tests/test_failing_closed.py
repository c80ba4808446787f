"""What is broken grades nobody: real nbgrader, real kernels, a real Dask worker."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dask_cluster import cluster
from grading import Course
from nbgrader.api import Gradebook
from small_course import STEM, copy_course, grade, kept, small_course

import autograder
from autograder.fashion_mnist import find_folder

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("closed")]

STUDENTS = {"ann": "correct", "bob": "blank", "cleo": "damage_library_missing"}

# A machine whose folder of TensorFlow is empty, for every sandbox.
WITHOUT_TENSORFLOW = """
import importlib.util
from pathlib import Path
from autograder.sandbox import bubblewrap

folder = str(Path(importlib.util.find_spec("tensorflow").origin).parent)
command = bubblewrap.command

def without(*arguments):
    found = command(*arguments)
    place = found.index("--chdir")
    return [*found[:place], "--tmpfs", folder, *found[place:]]

bubblewrap.command = without
"""


@pytest.fixture(scope="module")
def untouched(tmp_path_factory) -> Course:
    return small_course(tmp_path_factory.mktemp("untouched") / "course", STUDENTS)


@pytest.fixture(scope="module")
def graded(untouched, tmp_path_factory) -> tuple[Course, str]:
    course = copy_course(untouched, tmp_path_factory.mktemp("graded") / "course")
    return course, grade(course, "--jobs", "2")


def without_tensorflow(folder: Path) -> dict[str, str]:
    (folder / "sitecustomize.py").write_text(WITHOUT_TENSORFLOW)
    return {"PYTHONPATH": str(folder)}


def with_damaged_data(folder: Path) -> dict[str, str]:
    for path in find_folder().glob("*.gz"):
        (folder / path.name).write_bytes(path.read_bytes()[:1000])
    return {"FASHION_MNIST_DIR": str(folder)}


def with_a_broken_check(folder: Path) -> dict[str, str]:
    shutil.copytree(Path(autograder.__file__).parent, folder / "autograder")
    path = folder / "autograder/assignments/lenet/checks/test_2_count_parameters.py"
    path.write_text(path.read_text().replace("answers.expect((2, 2), causes)", "1 / 0"))
    return {"PYTHONPATH": str(folder)}


def nothing_is_recorded(course: Course) -> bool:
    with Gradebook(f"sqlite:///{course.folder}/gradebook.db", "lenet") as book:
        grades = [
            g.auto_score for s in book.assignment_submissions("lenet") for n in s.notebooks for g in n.grades
        ]
    return not kept(course) and not any(grades) and not list(course.folder.glob("autograded/*/*/*"))


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
def test_a_machine_that_fails_the_reference_solution_grades_nobody_and_once_mended_all(
    untouched, graded, tmp_path, monkeypatch
):
    course = copy_course(untouched, tmp_path / "course")
    for number, (broken, named) in enumerate(
        (
            (without_tensorflow, "'tensorflow.python'"),
            (with_damaged_data, "'data'"),
            (with_a_broken_check, "'pool_params'"),
        )
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        with monkeypatch.context() as patch:
            for name, value in broken(folder).items():
                patch.setenv(name, value)
            output = grade(course, "--jobs", "2", code=1)
            assert "The reference solution " in output and named in output, output
            if broken is without_tensorflow:
                course.run_on("autograde", "lenet")
                assert "The reference solution cannot be set up" in course.errors.pop()
        assert nothing_is_recorded(course)
    output = grade(course, "--jobs", "2")
    assert f"{len(STUDENTS)} submissions recorded" in output
    assert course.grades("lenet") == graded[0].grades("lenet")


def test_what_one_command_proved_the_other_need_not_prove(graded, tmp_path):
    course = copy_course(graded[0], tmp_path / "course")
    memory = course.folder / ".autograder" / "canary-lenet"
    written = memory.stat().st_mtime_ns
    nbgrader = Path(sys.executable).with_name("nbgrader")
    subprocess.run(
        [nbgrader, "autograde", "lenet", "--student=ann", "--force"], cwd=course.folder, check=True
    )
    grade(course)
    assert memory.stat().st_mtime_ns == written


def test_a_set_up_that_a_student_broke_is_theirs_and_kept(graded, tmp_path):
    course, output = graded
    assert len(kept(course)) == len(STUDENTS)
    assert all(g.points == 0 and g.waits for g in course.grades("lenet")["cleo"].values() if g.most)
    assert "until a person looks: 1 (cleo: conv_params" in output
    assert "Handed in without a notebook: 3 (ann: 1_build_lenet, 3_train_lenet" in output
    again = grade(copy_course(course, tmp_path / "course"))
    assert "0 notebooks executed, 0 submissions recorded" in again and "until a person looks: 1" in again


def test_whose_notebooks_lie_a_folder_too_deep_is_named(graded, tmp_path):
    course = copy_course(graded[0], tmp_path / "course")
    shutil.copytree(course.folder / "submitted/ann/lenet", course.folder / "submitted/gil/lenet/lenet")
    output = grade(course, code=1)
    assert (
        "Not graded: no notebook lies in " in output and "submitted/STUDENT/lenet itself: 1 (gil)" in output
    )


def test_a_worker_that_fails_the_reference_solution_is_refused(untouched, tmp_path):
    course = copy_course(untouched, tmp_path / "course")
    with cluster(tmp_path / "dask", 1, KERAS_BACKEND="torch") as (address, _):
        output = grade(course, "--scheduler", address, code=1)
    assert "A worker cannot grade this course: The reference solution cannot be" in output
    assert not kept(course) and not list(course.folder.glob("autograded/*"))


def test_what_was_asked_before_the_notebook_ran_out_of_time_keeps_its_verdict(tmp_path):
    def sleep(student, submission):
        submission.own_cell("import time; time.sleep(99)", after="pool_params")

    course = small_course(tmp_path / "course", {"dan": "correct"}, sleep)
    with (course.folder / "nbgrader_config.py").open("a") as file:
        file.write("\nfrom autograder.sandbox import Limits\n")
        file.write("c.ExecuteAndAsk.limits = Limits(notebook_timeout_s=25)\n")
    grade(course)
    grades = course.grades("lenet")["dan"]
    assert {name for name, g in grades.items() if g.points} == {"conv_params", "pool_params"}
    assert {name for name, g in grades.items() if g.waits} == {
        "dense_params",
        "count_params",
        "dense_share",
        "dense_bytes",
        "why_dense",
    }
    graded = course.autograded("dan", STEM).read_text()
    assert "the limit for the whole notebook: 25 s (notebook_timeout_s)" in graded


def test_without_executing_nothing_is_judged_and_everything_waits_for_a_person(untouched, tmp_path):
    course = copy_course(untouched, tmp_path / "course")
    course.run("autograde", "lenet", "--no-execute")
    for student in ("ann", "bob"):
        notebook = list(course.grades("lenet")[student].values())
        assert {g.points for g in notebook} == {0}
        graded_now = json.loads(course.autograded(student, STEM).read_text())
        assert "not executed" in str(graded_now) and "not judged" in str(graded_now)
    own = {"conv_params", "pool_params", "dense_params", "count_params", "dense_share", "dense_bytes"}
    assert all(course.grades("lenet")["bob"][name].waits for name in own)
    output = grade(course, "--jobs", "2")
    assert f"{len(STUDENTS)} submissions recorded" in output
    assert course.grades("lenet")["ann"]["count_params"].points == 9


WITHOUT = "\nc.Autograde.autograde_preprocessors = [p for p in c.Autograde.autograde_preprocessors if p.__name__ != {!r}]\n"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("SubmissionExporter", "\ndel c.Autograde['exporter_class']\n"),
        ("JudgeClaims", WITHOUT.format("JudgeClaims")), ("ExecuteAndAsk", WITHOUT.format("ExecuteAndAsk")),
    ],
)  # fmt: skip
def test_a_line_of_the_configuration_that_is_taken_back_grades_nobody(untouched, tmp_path, name, line):
    course = copy_course(untouched, tmp_path / "course")
    append(course, line)
    course.run_on("autograde", "lenet")
    assert course.errors and not any(course.grades("lenet").values())
    assert any(name in sentence for sentence in course.log)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("\nc.ExecuteAndAsk.shared_folders = ['/srv/not there']\n", "/srv/not there"),
        ("\nc.ExecuteAndAsk.limits = {'memory_mib': -5}\n", "memory_mib must be a positive whole number"),
        ("\nc.ExecuteAndAsk.limits = {'memory_mb': 9}\n", "there is no limit memory_mb"),
        ("\nc.ExecuteAndAsk.store = 'no-such-protocol://bucket/x'\n", "c.ExecuteAndAsk.store is"),
    ],
)
def test_a_setting_that_cannot_be_used_costs_nobody_what_was_graded_before(graded, tmp_path, line, says):
    course = copy_course(graded[0], tmp_path / "course")
    before = {path: path.read_bytes() for path in course.folder.glob("autograded/*/*/*.ipynb")}
    append(course, line)
    course.run_on("autograde", "lenet", "--force")
    assert before and {path: path.read_bytes() for path in before} == before
    said = "\n".join(course.log)
    assert course.errors and says in said and "Removing" not in said and "Traceback" not in said


def switched_off(course: Course) -> None:
    append(course, "\nc.SaveAutoGrades.enabled = False\n")


def damaged(name: str):
    def damage(course: Course) -> None:
        (course.folder / ".autograder").mkdir(exist_ok=True)
        (course.folder / ".autograder" / name).write_bytes(b"")

    return damage


def a_file_for_a_folder(course: Course) -> None:
    (course.folder / ".autograder").write_bytes(b"")


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
@pytest.mark.parametrize(("damage", "sentence"), [
    (switched_off, "must have SaveAutoGrades once, switched on"), (damaged("key"), "key is damaged"),
    (damaged("weights-lenet-test_accuracy.sqlite"), "weights-lenet-test_accuracy.sqlite is damaged"), (a_file_for_a_folder, "move it away"),
])  # fmt: skip
def test_what_is_damaged_or_switched_off_ends_nbgraders_autograde_in_one_sentence(
    untouched, tmp_path, damage, sentence
):
    course = copy_course(untouched, tmp_path / "course")
    damage(course)
    course.run_on("autograde", "lenet")
    assert course.errors and nothing_is_recorded(course)
    said = "\n".join(course.log)
    assert sentence in said and "Traceback" not in said


def append(course: Course, text: str) -> None:
    with open(course.folder / "nbgrader_config.py", "a") as file:
        file.write(text)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
def test_a_changed_due_date_penalty_or_setting_is_recorded(graded, tmp_path):
    course = copy_course(graded[0], tmp_path / "course")
    for student in STUDENTS:
        for step in ("submitted", "autograded"):
            path = course.folder / step / student / "lenet/timestamp.txt"
            path.parent.chmod(0o755)
            path.write_text("2026-05-02 10:00:00 UTC\n")
    grade(course)  # with a file more, everything is new
    append(course, "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    assert "0 submissions recorded" in grade(course)  # nobody is late yet
    with Gradebook(f"sqlite:///{course.folder}/gradebook.db", "lenet") as book:
        book.update_or_create_assignment("lenet", duedate="2026-05-01 10:00:00 UTC")
    assert "3 submissions recorded" in grade(course)
    with Gradebook(f"sqlite:///{course.folder}/gradebook.db", "lenet") as book:
        late = book.find_submission_notebook(STEM, "lenet", "ann").late_submission_penalty
    assert late == 29
    assert "0 submissions recorded" in grade(course)
    append(course, "\nc.LimitOutput.max_lines = 500\n")
    assert "0 notebooks executed, 3 submissions recorded" in grade(course)


def test_a_misspelt_id_is_refused_by_each_of_the_four_commands(untouched, tmp_path):
    course = copy_course(untouched, tmp_path / "course")
    path = course.folder / f"source/lenet/{STEM}.ipynb"
    path.write_text(path.read_text().replace('check(\\"pool_params\\")', 'check(\\"pool_parms\\")'))
    before = (course.folder / f"release/lenet/{STEM}.ipynb").read_bytes()
    said = [grade(course, code=1)]
    for command in (("autograde", "lenet"), ("generate_assignment", "lenet", "--force")):
        course.run_on(*command)
        said.append(course.errors.pop())
    doctor = subprocess.run(
        [Path(sys.executable).with_name("autograder"), "doctor"],
        cwd=course.folder,
        text=True,
        capture_output=True,
        check=False,
        env={**os.environ, "COLUMNS": "300"},
    )
    assert doctor.returncode == 1
    for one in (*said, doctor.stdout):
        assert "'pool_params'" in one and "asks for 'pool_parms', for which" in one
        assert "Traceback" not in one
    assert (course.folder / f"release/lenet/{STEM}.ipynb").read_bytes() == before
    assert not kept(course) and not list(course.folder.glob("autograded/*"))
