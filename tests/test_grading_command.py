"""`autograder grade` with the real nbgrader and real kernels; and its batches, with none of them."""

import fcntl
import io
import json
import logging
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from grading import Course
from nbgrader.converters.base import NbGraderException
from rich.console import Console
from small_course import (
    STEM,
    VICTIMS,
    copy_course,
    grade,
    kept,
    kill_during,
    small_course,
    start_grading,
)

from autograder import cli
from autograder.batch import display as grading_display
from autograder.batch import grading
from autograder.batch.display import Tally, show, tell
from autograder.batch.grading import Batch
from autograder.batch.parcels import WrongWorker, pack_answer, pack_refusal
from autograder.batch.planning import Plan, Submission
from autograder.batch.workers import LocalWorker, WorkerDied
from autograder.course.own_course import CourseError
from autograder.judging.judge import NoClaim
from autograder.runs.execution import ENDED, Execution
from autograder.runs.store import Store, pack

STUDENTS = {
    "ann": "correct",
    "bob": "damage_check_cell_twice",
    "cleo": "damage_exit",
    "dan": "damage_not_a_notebook",
    "eve": "wrong_pooling_counted",
}
READABLE = len(STUDENTS) - 1
SOME = ["ann", "bob", "eve"]
slow = [pytest.mark.slow, pytest.mark.xdist_group("grade")]


def make(mark):
    for one in reversed(slow):
        mark = one(mark)
    return mark


# The whole command.


def tricky_source(folder: Path) -> None:
    """A file that nbgrader copies over the students' own."""
    (folder / "layers.csv").write_text("the instructor's\n")


def tricky_submission(student, submission):
    submission.files["layers.csv"] = b"the student's own\n"
    if student == "ann":
        submission.files["notes/random.py"] = b"raise SystemExit\n"
        submission.links["secret.txt"] = "/etc/hostname"


@pytest.fixture(scope="module")
def untouched(tmp_path_factory) -> Course:
    """Handed in, nothing graded."""
    folder = tmp_path_factory.mktemp("untouched") / "course"
    return small_course(folder, STUDENTS, tricky_submission, tricky_source)


@pytest.fixture(scope="module")
def graded(untouched, tmp_path_factory) -> tuple[Course, str]:
    """The same after one undisturbed run, and what that printed."""
    course = copy_course(untouched, tmp_path_factory.mktemp("graded") / "course")
    return course, grade(course, "--jobs", "2")


@make
def test_everything_is_executed_and_recorded(graded):
    course, output = graded
    assert f"Notebooks executed: {len(STUDENTS)}/{len(STUDENTS)}" in output
    assert f"Submissions recorded: {len(STUDENTS)}/{len(STUDENTS)}" in output
    assert len(kept(course)) == READABLE
    grades = course.grades("lenet")
    assert grades["ann"]["count_params"].points == 9
    assert grades["eve"]["pool_params"].points == 0
    assert grades["cleo"]["conv_params"].points == 5 and grades["cleo"]["count_params"].waits
    assert all(g.points == 0 for g in grades["dan"].values()) and grades["dan"]["conv_params"].waits


@make
def test_nbgrader_autograde_then_executes_nothing_and_gives_the_same(graded, tmp_path):
    course = copy_course(graded[0], tmp_path / "course")
    before = {path: path.stat().st_mtime_ns for path in kept(course)}
    course.run("autograde", "lenet", "--force")
    assert sum("Taken from the store" in line for line in course.log) == READABLE
    assert {path: path.stat().st_mtime_ns for path in kept(course)} == before
    assert course.grades("lenet") == graded[0].grades("lenet")


@make
def test_what_nbgrader_autograde_did_is_up_to_date(graded, tmp_path):
    course = copy_course(graded[0], tmp_path / "course")
    course.run("autograde", "lenet", "--force", "--student", "ann")
    assert "0 notebooks executed, 0 submissions recorded" in grade(course)


@make
def test_only_what_is_older_is_recorded_again(graded, tmp_path):
    from nbgrader.api import Gradebook

    course = copy_course(graded[0], tmp_path / "course")
    shown = course.autograded("ann", STEM)
    assert "0 notebooks executed, 0 submissions recorded" in grade(course)

    def recorded_again(course) -> bool:
        done = "0 notebooks executed, 1 submissions recorded" in grade(course)
        return done and course.grades("lenet") == graded[0].grades("lenet")

    whole = shown.read_text()
    shown.chmod(0o644)
    shown.write_text(whole[: len(whole) // 2])  # killed while it was written
    assert recorded_again(course)
    notebook = json.loads(whole)
    notebook["metadata"]["autograder"]["judging"] = "other checks"
    shown.chmod(0o644)
    shown.write_text(json.dumps(notebook))
    assert recorded_again(course)
    shown.unlink()
    assert recorded_again(course)
    with Gradebook(f"sqlite:///{course.folder}/gradebook.db", "lenet") as book:
        book.find_grade("conv_params", STEM, "lenet", "ann").auto_score = None
        book.db.commit()
    assert recorded_again(course)
    (course.folder / "submitted/ann/lenet/timestamp.txt").write_text("2026-05-01 10:00:00 UTC\n")
    assert "1 notebooks executed, 1 submissions recorded" in grade(course)  # a file more


@make
def test_named_students_and_fresh(graded, tmp_path):
    course = copy_course(graded[0], tmp_path / "course")
    before = {path: path.stat().st_mtime_ns for path in kept(course)}
    output = grade(course, "--fresh", "--student", "ann", "--jobs", "1")
    assert "1 notebooks executed, 1 submissions recorded" in output
    after = {path: path.stat().st_mtime_ns for path in kept(course)}
    assert sum(before[path] != after[path] for path in before) == 1
    assert course.grades("lenet") == graded[0].grades("lenet")


@make
@pytest.mark.parametrize("what", VICTIMS)
def test_kill_9_costs_nothing_that_was_stored(untouched, graded, tmp_path, what):
    course = copy_course(untouched, tmp_path / "course")
    command = ("--jobs", "2", "--student", SOME[0], "--student", *SOME[1:])
    assert kill_during(course, what, lambda: len(kept(course)) > 0, *command)
    before = {path: path.stat().st_mtime_ns for path in kept(course)}
    assert before
    grade(course, *command)
    after = {path: path.stat().st_mtime_ns for path in kept(course)}
    assert before.items() <= after.items()
    expected = graded[0].grades("lenet")
    assert course.grades("lenet") == {student: expected[student] for student in SOME}


@make
def test_ctrl_c_ends_it_and_every_process_of_it(untouched, graded, tmp_path):
    course = copy_course(untouched, tmp_path / "course")
    process = start_grading(course, "--jobs", "2", "--student", *SOME)
    while not kept(course):
        assert process.poll() is None
    below = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(2)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130 and "stopped" in output, output
    _, alive = psutil.wait_procs(below, timeout=10)
    assert not alive
    grade(course, "--student", *SOME)
    expected = graded[0].grades("lenet")
    assert course.grades("lenet") == {student: expected[student] for student in SOME}


# What it refuses.


def refusal(capsys, *arguments: str) -> str:
    assert cli.main(["grade", *arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith("autograder grade: ") and error.count("\n") == 1
    return error


def test_a_folder_that_is_no_course_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "run this in the course's folder" in refusal(capsys, "lenet")


def test_an_assignment_without_exercises_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nbgrader_config.py").touch()
    assert "nbgrader autograde other" in refusal(capsys, "other")


@pytest.mark.parametrize("arguments", [["grade"], ["grade", "x", "--jobs", "2", "--scheduler", "y"]])
def test_arguments_that_make_no_sense(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage: autograder" in capsys.readouterr().err


@make
def test_what_cannot_be_graded_is_refused_in_one_sentence(untouched, tmp_path):
    course = copy_course(untouched, tmp_path / "course")
    assert "zoe has handed in no notebook" in grade(course, "--student", "zoe", code=1)
    with open(course.folder / ".autograder/grade.lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert "Another grading of this course is under way" in grade(course, code=1)
    (course.folder / "gradebook.db").unlink()
    assert "run nbgrader generate_assignment lenet --force first" in grade(course, code=1)


# Batches without nbgrader and kernels.


def execution(stopped: str = "", repeatable: bool = True) -> Execution:
    notebook = nbformat.v4.new_notebook()
    return Execution(notebook, {"pool_params": NoClaim("x")}, stopped, repeatable)


class FakeWorker:
    """Answers each key with the next of its list: an execution, or an exception to raise."""

    def __init__(self, answers: dict[str, list]):
        self.answers = answers
        self.closed = threading.Event()
        self.judged: list[str] = []

    def run(self, parcel: bytes, retrains: bool) -> bytes:
        what, key = parcel.decode().split()
        if what == "judge":
            self.judged.append(key)
            return pack_answer(b"", execution(), {})
        answer = self.answers[key].pop(0)
        if isinstance(answer, Exception):
            raise answer
        return pack_answer(pack(key, answer), answer, {})

    def close(self) -> None:
        self.closed.set()


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Makes a batch: students' keys, the answers of the workers, who is up to date, who fails."""

    def pack_job(key, *rest):
        return f"{'execute' if rest[-1] is None else 'judge'} {key}".encode()

    monkeypatch.setattr(grading, "pack_job", pack_job)
    job = SimpleNamespace(stem=STEM, retrain_timeout_s=0.0, trains=False)

    def make(keys, answers, current=(), failing=(), workers=1, fresh=False):
        recorded = []
        coursedir = SimpleNamespace(student_id="*")

        def start():
            if coursedir.student_id in failing:
                raise NbGraderException
            recorded.append(coursedir.student_id)

        course = SimpleNamespace(
            assignment="lenet",
            store=Store(str(tmp_path / "store")),
            asking=SimpleNamespace(sandboxed=True),
            converter=SimpleNamespace(coursedir=coursedir, start=start, log=logging.getLogger("t")),
            plan=lambda one, folder: Plan(dict.fromkeys(keys[one.student], job), one.student in current),
        )
        (tmp_path / "work").mkdir(exist_ok=True)
        submissions = [Submission(student, tmp_path, keys[student]) for student in keys]
        batch = Batch(course, submissions, tmp_path / "work", fresh)
        batch.recorded, batch.store = recorded, course.store
        batch.workers = [FakeWorker(answers) for _ in range(workers)]
        return batch

    return make


def run(batch: Batch) -> Tally:
    batch.run(batch.workers, lambda: False)
    assert all(worker.closed.is_set() for worker in batch.workers)
    return batch.tally


def test_the_store_is_asked_first(fake):
    batch = fake({"ann": ["k1"], "bob": ["k2"]}, {"k2": [execution()]})
    batch.store.put("k1", execution())
    tally = run(batch)
    assert batch.recorded == ["ann", "bob"]
    assert (tally.stored, tally.executed, tally.recorded) == (1, 1, 2)
    assert batch.store.has("k2") and batch.workers[0].judged == ["k1"]


@pytest.mark.parametrize("kept", [True, False])
def test_what_is_up_to_date_is_not_said_to_be_from_the_store(fake, kept):
    batch = fake({"ann": ["k1"], "bob": ["k2"]}, {"k2": [execution()]}, current=["ann"])
    if kept:
        batch.store.put("k1", execution())
    tally = run(batch)
    assert (tally.unneeded, tally.stored, tally.executed, tally.current) == (1, 0, 1, 1)
    assert tally.rows()[0] == ("Notebooks executed", 2, 2, ["0 from the store", "1 up to date"])


def test_what_the_checks_of_today_have_judged_is_not_judged_again(fake):
    batch = fake({"ann": ["k1"]}, {})
    batch.store.put("k1", execution())
    batch.store.put_verdicts("k1", STEM, {})
    run(batch)
    assert batch.recorded == ["ann"] and batch.workers[0].judged == []


def test_fresh_asks_the_workers_and_records_even_what_is_up_to_date(fake):
    batch = fake({"ann": ["k1"]}, {"k1": [execution("anew")]}, current=["ann"], fresh=True)
    batch.store.put("k1", execution())
    run(batch)
    assert batch.recorded == ["ann"]
    assert batch.store.get("k1").stopped == "anew"


def test_what_is_up_to_date_is_left_alone(fake):
    batch = fake({"ann": ["k1"], "bob": []}, {}, current=["ann", "bob"])
    tally = run(batch)
    assert batch.recorded == [] and tally.current == 2


def test_submissions_are_recorded_in_their_order_whoever_is_done_first(fake):
    keys = {f"student{n:02}": [f"k{n}"] for n in range(30)}
    answers = {f"k{n}": [execution()] for n in range(30)}
    answers["k0"] = [WorkerDied(), execution()]
    batch = fake(keys, answers, workers=4)
    assert run(batch).executed == 30
    assert batch.recorded == sorted(keys)


def test_of_one_submission_what_trains_is_executed_first(fake):
    batch = fake({"ann": ["k1", "k2", "k3"]}, {key: [execution()] for key in ("k1", "k2", "k3")})
    jobs = {
        key: SimpleNamespace(stem=STEM, retrain_timeout_s=0.0, trains=key == "k3")
        for key in ("k1", "k2", "k3")
    }
    batch._course.plan = lambda one, folder: Plan(jobs, current=False)
    answer, order = batch.workers[0].run, []

    def answer_and_note(parcel, retrains):
        order.append(parcel.decode().split()[1])
        return answer(parcel, retrains)

    batch.workers[0].run = answer_and_note
    run(batch)
    assert order == ["k3", "k1", "k2"]


def test_no_more_is_planned_ahead_than_there_is_room_for(fake, monkeypatch):
    monkeypatch.setattr(grading, "AHEAD_BYTES", 30)  # three parcels of this test
    keys = {f"student{n:02}": [f"k{n:02}"] for n in range(30)}
    batch = fake(keys, {f"k{n:02}": [execution()] for n in range(30)})
    plan, answer = batch._course.plan, batch.workers[0].run
    planned, ahead = [], []

    def plan_and_count(one, folder):
        planned.append(one)
        return plan(one, folder)

    def answer_slowly(parcel, retrains):
        time.sleep(0.02)
        ahead.append(len(planned) - len(ahead))
        return answer(parcel, retrains)

    batch._course.plan, batch.workers[0].run = plan_and_count, answer_slowly
    run(batch)
    assert batch.recorded == sorted(keys)
    assert max(ahead) <= 5  # the one at hand, three that wait, one that waits for room


def test_a_death_costs_one_try_of_one_job(fake):
    batch = fake(
        {"ann": ["k1"], "bob": ["k2"]},
        {"k1": [WorkerDied(), WorkerDied(), execution()], "k2": [execution()]},
    )
    tally = run(batch)
    assert (tally.tried_again, tally.executed, tally.unfinished) == (2, 2, [])
    assert batch.store.has("k1") and batch.abandoned == {}


@pytest.mark.parametrize("deaths", [[WorkerDied()] * 3, [WorkerDied(), WorkerDied(4)]])
def test_a_job_that_always_takes_its_worker_along_is_left_with_its_reason(fake, deaths):
    batch = fake({"ann": ["k1"], "bob": ["k2"]}, {"k1": list(deaths), "k2": [execution()]})
    tally = run(batch)
    assert tally.unfinished == [f"ann/{STEM}"]
    assert "died" in batch.abandoned["k1"] and not batch.store.has("k1")
    assert batch.recorded == ["ann", "bob"]


def test_a_kernel_that_ends_by_itself_every_time_is_done_with(fake):
    ends = [f"{ENDED} the cell {name!r}." for name in "abb"]  # it shows in this cell or the next
    batch = fake({"ann": ["k1"]}, {"k1": [execution(end, repeatable=False) for end in ends]})
    assert run(batch).unfinished == []
    assert batch.store.get("k1").stopped == ends[-1]
    assert batch.last_try("k1") is None


@pytest.mark.parametrize(
    "ends",
    [
        [f"{ENDED} the cell 'a'."] * 2 + ["The kernel could not be used (OSError)."],
        ["The kernel could not be used (OSError)."] * 3,
    ],
)
def test_other_bad_ends_are_for_this_run_alone(fake, ends):
    batch = fake({"ann": ["k1"]}, {"k1": [execution(end, repeatable=False) for end in ends]})
    assert run(batch).unfinished == [f"ann/{STEM}"]
    assert not batch.store.has("k1")
    assert batch.last_try("k1").stopped == ends[-1]
    assert batch.last_try("k2") is None


def test_a_submission_that_cannot_be_planned_is_left_to_nbgrader(fake):
    batch = fake({"ann": ["k1"], "bob": ["k2"]}, {"k2": [execution()]})
    plan = batch._course.plan
    batch._course.plan = lambda one, folder: 1 / 0 if one.student == "ann" else plan(one, folder)
    run(batch)
    assert batch.recorded == ["ann", "bob"]


def test_a_submission_that_nbgrader_cannot_grade_is_named(fake):
    batch = fake({"ann": ["k1"], "bob": []}, {"k1": [execution()]}, failing=["ann"])
    tally = run(batch)
    assert (tally.failed, tally.recorded) == (["ann"], 1)


def test_what_breaks_a_worker_ends_the_batch(fake):
    batch = fake({"ann": ["k1"], "bob": ["k2"]}, {"k1": [OSError("disk full")], "k2": []})
    with pytest.raises(OSError, match="disk full"):
        run(batch)


def test_an_interrupt_ends_the_batch_between_two_recordings(fake):
    batch = fake({"ann": [], "bob": []}, {})
    with pytest.raises(KeyboardInterrupt):
        batch.run(batch.workers, lambda: bool(batch.recorded))
    assert batch.recorded == ["ann"]


# Worker processes.


def test_a_worker_that_cannot_start_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    worker = LocalWorker(tmp_path, subprocess.DEVNULL, None, 60)
    with pytest.raises(RuntimeError, match="ends as soon as it starts"):
        worker.run(b"", retrains=False)
    worker.close()
    with pytest.raises(WorkerDied):
        worker.run(b"", retrains=False)


def test_a_worker_that_breaks_is_replaced(tmp_path):
    with open(tmp_path / "log", "wb") as log:
        worker = LocalWorker(tmp_path, log, None, 60)
        for _ in range(2):
            with pytest.raises(WorkerDied):
                worker.run(b"no parcel", retrains=False)
        worker.close()
    assert (tmp_path / "log").read_text().count("json.decoder.JSONDecodeError") == 2


def test_a_worker_that_never_answers_is_taken_for_dead(tmp_path, monkeypatch):
    worker = LocalWorker(tmp_path, subprocess.DEVNULL, None, 0.2)
    process = subprocess.Popen(["sleep", "600"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    monkeypatch.setattr(worker, "_process", process)
    with pytest.raises(WorkerDied):
        worker.run(b"", retrains=False)
    assert process.wait(10) == -signal.SIGKILL


def test_a_worker_ends_with_the_process_that_fed_it(tmp_path):
    (tmp_path / "work").mkdir()
    worker = LocalWorker(tmp_path / "work", subprocess.DEVNULL, None, 60)
    process = worker._started()
    process.stdin.close()
    assert process.wait(30) == -9
    assert not (tmp_path / "work").exists()
    process.stdout.close()


# The display.


def told(terminal: bool, tally: Tally) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=140)
    with show(console, tally):
        tally.executed, tally.recorded = 3, 1
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", file.getvalue())


@pytest.mark.parametrize("terminal", [True, False])
def test_the_display_tells_how_far_it_is_and_what_went_wrong(terminal):
    tally = Tally(
        notebooks=6,
        submissions=4,
        stored=1,
        tried_again=2,
        current=1,
        unfinished=[f"bob/{STEM}"],
        failed=["cleo"],
    )
    text = told(terminal, tally)
    assert "4/6" in text and "3/4" in text
    for words in ("1 from the store, 2 tried again, 1 not judged", "1 up to date, 1 failed"):
        assert words in text
    assert f"ended with a dead process: bob/{STEM}" in text
    assert "(see .autograder/grade.log): cleo" in text
    assert re.search(r"3 notebooks executed, 1 submissions recorded in \d+ seconds\.", text)


def test_what_a_person_must_know_is_short_for_a_class_of_200():
    file = io.StringIO()
    tell(Console(file=file), {"Without weights": [f"s{n}" for n in range(200)], "Nobody": []}, ["Look."])
    assert file.getvalue() == "Without weights: 200 (s0, s1, s2, s3, s4, s5, s6, s7 and 192 more)\nLook.\n"


def test_a_worker_that_refuses_ends_the_batch_and_stores_nothing(fake):
    batch = fake({"ann": ["k1"], "bob": ["k2"]}, {})
    for worker in batch.workers:
        worker.run = lambda parcel, retrains: pack_refusal(WrongWorker("The set-up fails."))
    with pytest.raises(CourseError, match="The set-up fails"):
        run(batch)
    assert batch.recorded == [] and not batch.store.has("k1") and not batch.store.has("k2")


def test_an_execution_whose_set_up_failed_is_not_stored(fake):
    failed = replace(execution(), set_up_failed="The cell 'data' raised KeyError.")
    batch = fake({"ann": ["k1"]}, {"k1": [failed] * 3})
    assert run(batch).unfinished == [f"ann/{STEM}"]
    assert not batch.store.has("k1")


def test_lines_say_the_rate_and_the_time_left(monkeypatch):
    monkeypatch.setattr(grading_display, "_LINES_S", 0.01)
    file = io.StringIO()
    tally = Tally(notebooks=4, submissions=2)
    with show(Console(file=file), tally):
        tally.executed = 1
        deadline = time.monotonic() + 10
        while "left" not in file.getvalue():
            assert time.monotonic() < deadline
    assert re.search(
        r"Notebooks executed: 1/4 \(0 from the store\), \d+ a minute, \d+ s left", file.getvalue()
    )
