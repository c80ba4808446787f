"""Jobs on a Dask cluster, and the gradebook in PostgreSQL: real schedulers, workers and servers."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

import pytest
from dask_cluster import cluster
from grading import Course
from nbformat.v4 import new_code_cell, new_notebook
from small_course import copy_course, grade, kept, small_course, start_grading

from autograder.assignments import ASSIGNMENTS
from autograder.batch import parcels
from autograder.batch.parcels import (
    Answer,
    WrongWorker,
    difference,
    pack_job,
    read_answer,
    run_parcel,
    software,
)
from autograder.batch.workers import WorkerDied
from autograder.course.own_course import CourseError
from autograder.judging.verdicts import FAILED, CheckResult, Row, Verdict
from autograder.runs.execution import Execution, Job
from autograder.runs.store import pack, unpack
from autograder.sandbox import Limits
from autograder.tools.new import lay_out

STUDENTS = {"ann": "correct", "bob": "wrong_pooling_counted", "cleo": "correct", "dan": "correct"}

A_VERDICT = Verdict(
    "a", "A title", 4, (CheckResult("c", "It does.", 4, FAILED, 1.5, "No.", (Row("x", "1", "2", False),)),)
)


# Parcels.


@pytest.fixture
def job(tmp_path) -> Job:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "layers.csv").write_bytes(b"\x00\xff")
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")
    notebook = new_notebook(cells=[new_code_cell("x = 1")])
    exercises = ASSIGNMENTS["lenet"].notebook("2_count_parameters")
    not_executed = ASSIGNMENTS["lenet"].not_executed
    return Job(notebook, exercises, not_executed, str(tmp_path), b"s" * 64, Limits(processes=7), 9.0)


def test_a_parcel_has_everything_that_a_job_needs(job, monkeypatch):
    seen = []

    def execute(job, sandboxed, log):
        files = {str(p.relative_to(job.folder)): p.read_bytes() for p in Path(job.folder).rglob("*.*")}
        seen.append((replace(job, folder=""), files, sandboxed))
        return Execution(job.notebook, {}, "done")

    monkeypatch.setattr(parcels, "execute", execute)
    monkeypatch.setattr(parcels, "verdicts_of", lambda job, execution: {"a": A_VERDICT})
    answer = run_parcel(pack_job("key", job, "lenet", sandboxed=False))
    answer = read_answer(answer)
    assert unpack("key", answer.executed).stopped == answer.stopped == "done"
    assert answer.worth_keeping and answer.verdicts == {"a": A_VERDICT}
    assert seen == [(replace(job, folder=""), {"data/layers.csv": b"\x00\xff"}, False)]


def test_what_was_executed_is_only_judged(job, monkeypatch):
    monkeypatch.setattr(parcels, "verdicts_of", lambda job, execution: {"a": A_VERDICT})
    executed = Execution(job.notebook, {}, "done before")
    parcel = pack_job("key", job, "lenet", False, pack("key", executed))
    assert read_answer(run_parcel(parcel)) == Answer(b"", "done before", True, {"a": A_VERDICT})


def test_files_that_the_sandbox_would_leave_out_do_not_travel(job, tmp_path):
    small = replace(job, limits=Limits(submitted_file_mib=1))
    (tmp_path / "big").write_bytes(bytes(2**20 + 1))
    assert b'"big"' not in pack_job("key", small, "lenet", True)


def test_another_version_is_refused_and_another_package_is_not(job, monkeypatch):
    ours = software()
    assert difference(ours, ours) == ""
    assert difference(ours, {**ours, "nvidia-cudnn": "9"}) == ""
    assert difference(ours, {n: v for n, v in ours.items() if n != "psutil"}) == ""
    assert difference(ours, {**ours, "numpy": "1.0"}).startswith("numpy is 1.0 there and ")
    assert difference(ours, {**ours, "TensorFlow": "missing"}).startswith("TensorFlow is missing")
    parcel = pack_job("key", job, "lenet", sandboxed=True)
    monkeypatch.setattr(parcels, "software", lambda: {**ours, "the grader's own source": "old"})
    with pytest.raises(WrongWorker, match=r"the grader's own source is old there and .* here"):
        run_parcel(parcel)


def test_what_was_packed_here_is_not_compared_with_here(job, monkeypatch):
    executed = pack_job("key", job, "lenet", False, pack("key", Execution(job.notebook, {}, "done before")))
    monkeypatch.setattr(parcels, "verdicts_of", lambda job, execution: {})
    monkeypatch.setattr(parcels, "software", lambda: pytest.fail("this takes a second"))
    assert read_answer(run_parcel(executed, packed_here=True)).stopped == "done before"


def test_a_worker_imports_neither_nbgrader_nor_its_database():
    code = "import autograder.batch.parcels, sys; print({'nbgrader', 'sqlalchemy'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_worker_without_a_sandbox_is_refused(job, monkeypatch):
    monkeypatch.setattr(parcels, "sandbox_found", lambda *_: (False, "There is no bubblewrap."))
    with pytest.raises(WrongWorker, match=r"no sandbox on .*: There is no bubblewrap"):
        run_parcel(pack_job("key", job, "lenet", sandboxed=True))


# The cluster's side of it, without a cluster.


class FakeFuture:
    def __init__(self, outcome):
        self.outcome = outcome

    def result(self):
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class FakeClient:
    def __init__(self, outcome, status="running"):
        self.outcome, self.resources, self.status = outcome, [], status

    def submit(self, function, *arguments, pure, resources):
        self.resources.append(resources)
        return FakeFuture(self.outcome)


def test_retraining_goes_to_a_gpu_where_there_is_one():
    cluster = pytest.importorskip("autograder.batch.cluster")
    client = FakeClient(b"answer")
    for gpu in (True, False):
        worker = cluster.ClusterWorker(client, gpu, "canary")
        assert [worker.run(b"", retrains) for retrains in (True, False)] == [b"answer"] * 2
    assert client.resources == [{"GPU": 1}, None, None, None]


def test_what_dask_reports_becomes_a_death_or_a_refusal():
    distributed = pytest.importorskip("distributed")
    from autograder.batch.cluster import ClusterWorker

    killed = distributed.KilledWorker("task", None, 3)
    with pytest.raises(WorkerDied) as caught:
        ClusterWorker(FakeClient(killed), False, "canary").run(b"", False)
    assert caught.value.times == 4
    with pytest.raises(CourseError, match="numpy"):
        ClusterWorker(FakeClient(WrongWorker("numpy is old")), False, "canary").run(b"", False)
    worker = ClusterWorker(FakeClient(b""), False, "canary")
    worker.close()
    with pytest.raises(WorkerDied):
        worker.run(b"", False)


def test_a_job_that_the_scheduler_forgot_with_its_worker_is_tried_again_unless_the_scheduler_is_gone():
    cluster = pytest.importorskip("autograder.batch.cluster")
    for status, raised in (("running", WorkerDied), ("closed", CancelledError)):
        with pytest.raises(raised):
            cluster.ClusterWorker(FakeClient(CancelledError(), status), False, "canary").run(b"", False)


def test_a_job_that_breaks_its_worker_ends_there_and_not_the_batch():
    from autograder.batch import cluster

    with pytest.raises(WorkerDied):
        cluster._run(b"no parcel", "canary")


def test_without_dask_the_extra_is_named(monkeypatch):
    from autograder.batch import cluster

    monkeypatch.setattr(cluster, "Client", None)
    with (
        pytest.raises(CourseError, match=r"make setup, or pip install"),
        cluster.connect("tcp://127.0.0.1:1", {}),
    ):
        pass


def test_a_scheduler_that_is_not_there_is_one_sentence(monkeypatch):
    pytest.importorskip("distributed")
    from autograder.batch import cluster

    monkeypatch.setattr(cluster, "_PATIENCE_S", 1)
    with (
        pytest.raises(CourseError, match=r"no Dask scheduler at tcp://127.0.0.1:1"),
        cluster.connect("tcp://127.0.0.1:1", {}),
    ):
        pass


# Real clusters.


@pytest.fixture(scope="module")
def untouched(tmp_path_factory) -> Course:
    return small_course(tmp_path_factory.mktemp("untouched") / "course", STUDENTS)


@pytest.fixture(scope="module")
def expected(untouched, tmp_path_factory) -> dict:
    """The gradebook after --jobs."""
    course = copy_course(untouched, tmp_path_factory.mktemp("expected") / "course")
    grade(course, "--jobs", "2")
    return course.grades("lenet")


@pytest.mark.slow
@pytest.mark.xdist_group("cluster")
def test_a_worker_that_is_killed_costs_nothing(untouched, expected, tmp_path):
    course = copy_course(untouched, tmp_path / "course")
    with cluster(tmp_path / "dask", 2) as (address, workers):
        process = start_grading(course, "--scheduler", address)
        while not kept(course):
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.05)
        os.kill(workers[0], signal.SIGKILL)
        output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    assert f"{len(STUDENTS)} notebooks executed, {len(STUDENTS)} submissions recorded" in output
    assert len(kept(course)) == len(STUDENTS)
    assert course.grades("lenet") == expected


@pytest.mark.slow
@pytest.mark.xdist_group("cluster")
@pytest.mark.parametrize("killed", [0, 1])
def test_jobs_reach_the_workers_that_are_left(killed, job, tmp_path, monkeypatch):
    from autograder.batch.cluster import connect

    with cluster(tmp_path / "dask", 2) as (address, pids), connect(address, {}) as workers:
        time.sleep(3)  # Dask looks every two seconds for data that two workers keep
        os.kill(pids[killed], signal.SIGKILL)
        monkeypatch.setattr(parcels, "software", lambda: {"numpy": "1.0"})
        with pytest.raises(CourseError, match=r"numpy is .* there and 1\.0 here"):
            workers[0].run(pack_job("key", job, "lenet", False), False)


@pytest.mark.slow
@pytest.mark.xdist_group("cluster")
def test_workers_unlike_us_are_refused(untouched, tmp_path):
    course = copy_course(untouched, tmp_path / "course")
    other = tmp_path / "other" / "autograder"
    shutil.copytree(Path(parcels.__file__).parents[1], other)
    with open(other / "judging" / "judge.py", "a") as file:
        file.write("# another version\n")
    with cluster(tmp_path / "dask", 1, PYTHONPATH=str(other.parent)) as (address, _):
        output = grade(course, "--scheduler", address, code=1)
    assert "cannot grade this course: the grader's own source is" in output
    assert not kept(course)


@pytest.mark.slow
@pytest.mark.xdist_group("cluster")
def test_an_assignment_of_the_courses_own_is_graded_where_workers_have_its_folder(tmp_path):
    """As README says, by AUTOGRADER_ASSIGNMENTS; workers without it are refused."""
    course = Course(tmp_path / "physics")
    lay_out("toy", course.folder)
    course.run("generate_assignment", "toy")
    shutil.copytree(course.folder / "release/toy", course.folder / "submitted/ada/toy")

    def graded(folder: str, **environment: str) -> tuple[int, str]:
        with cluster(tmp_path / folder, 1, **environment) as (address, _):
            command = [Path(sys.executable).with_name("autograder"), "grade", "toy", "--scheduler", address]
            done = subprocess.run(command, cwd=course.folder, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    code, said = graded("without")
    assert code == 1 and "cannot grade this course: the grader's own source is" in said
    code, said = graded("with", AUTOGRADER_ASSIGNMENTS=str(course.folder / "assignments"))
    assert code == 0 and "1 submissions recorded" in said, said


@pytest.mark.slow
@pytest.mark.xdist_group("cluster")
def test_a_cluster_without_workers_is_refused(monkeypatch, tmp_path):
    from autograder.batch import cluster as module

    monkeypatch.setattr(module, "_PATIENCE_S", 2)
    with (
        cluster(tmp_path / "dask", 0) as (address, _),
        pytest.raises(CourseError, match="has no workers: start one"),
        module.connect(address, {}),
    ):
        pass


# PostgreSQL.


@pytest.fixture
def postgres(tmp_path) -> Iterator[str]:
    """The address of an empty database of a server of our own, on a Unix socket."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install .[postgres]")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    as_user = []
    folder = Path(subprocess.check_output(["mktemp", "-d", "/tmp/pg.XXXXXX"], text=True).strip())
    if os.geteuid() == 0:  # the server refuses to be root
        as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        shutil.chown(folder, "nobody", "nogroup")

    def run(program: str, *arguments: str) -> None:
        path = programs[-1].with_name(program)
        subprocess.run(
            [*as_user, path, *arguments],
            cwd=folder,
            check=True,
            env={"LC_ALL": "C", "HOME": "/"},
            stdout=subprocess.DEVNULL,
        )

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "course", "-A", "trust", "--encoding=UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
    run("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        run("createdb", "-h", str(folder), "-U", "course", "gradebook")
        yield f"postgresql+psycopg://course@/gradebook?host={folder}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.xdist_group("cluster")
def test_the_gradebook_may_be_in_postgresql(postgres, expected, tmp_path, monkeypatch):
    folder = tmp_path / "course"
    setting = f"\nc.CourseDirectory.db_url = {postgres!r}\n"

    def configure(source: Path) -> None:
        with open(folder / "nbgrader_config.py", "a") as file:
            file.write(setting)

    course = replace(small_course(folder, STUDENTS, source=configure), db_url=postgres)
    assert f"{len(STUDENTS)} submissions recorded" in grade(course, "--jobs", "2")
    assert "0 notebooks executed, 0 submissions recorded" in grade(course)
    assert course.grades("lenet") == expected
    assert not (folder / "gradebook.db").exists()
    course.run("autograde", "lenet", "--force", "--student", "ann")
    course.run("generate_feedback", "lenet")
    assert len(list(folder.glob("feedback/*/lenet/*.html"))) == len(STUDENTS)
