"""TRUSTED: `autograder grade`, many submissions at once. nbgrader's own autograde has the last word.

    prove    the canary gets its points on every worker, or nothing else happens (canary.py)
    plan     what of a submission the store lacks, and whether its grades are up to date
    execute  what is lacking, and judge what the checks of today have not judged, on workers:
             processes here (workers.py) or a cluster (cluster.py)
    record   nbgrader's autograde, with executions and verdicts taken from the store

One thread plans, a little ahead; one for each worker feeds it and waits; the main thread records, in
nbgrader's order. All that lasts is in the store, the gradebook and autograded/, so this may be
killed at any moment: the next run finds what is there and does the rest.
"""

from __future__ import annotations

import fcntl
import queue
import signal
import tempfile
import threading
import warnings
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from nbgrader.converters.base import NbGraderException
from rich.console import Console

from autograder.batch.display import Tally, show, tell
from autograder.batch.parcels import WrongWorker, pack_job, read_answer, require_points
from autograder.batch.planning import Course, Plan, Submission
from autograder.batch.workers import LocalWorker, WorkerDied, keep_canary
from autograder.course.canary import canary_of
from autograder.course.converters import ExecuteAndAsk
from autograder.course.own_course import CourseError
from autograder.course.resolving import resolve
from autograder.fashion_mnist import find_folder
from autograder.judging.judge import NoClaim
from autograder.judging.verdicts import Verdict
from autograder.judging.words import named
from autograder.runs.execution import ENDED, Execution, Job
from autograder.runs.store import pack, unpack
from autograder.sandbox.limits import MIB
from autograder.sandbox.prefork import begun, restart
from autograder.sandbox.surroundings import Surroundings

TRIES = 3  # of one job, where a worker or its kernel dies
AHEAD_BYTES = 16 * MIB  # of jobs that wait for a worker: there is time to plan while workers start


class Worker(Protocol):
    """A place where parcels are executed, one at a time; a thread of ours waits for each."""

    def run(self, parcel: bytes, retrains: bool) -> bytes:
        """An answer, for `read_answer`. Raises `WorkerDied`; anything else ends the batch."""

    def close(self) -> None:
        """End what is running; called from another thread."""


@dataclass
class _Underway:
    """A submission that was planned. waiting: its jobs that are not done yet."""

    submission: Submission
    waiting: int
    current: bool


@dataclass(frozen=True)
class _Task:
    """One job that the store lacks, packed; or, where it was executed, one to be judged.

    notebook: its stem; key: its execution's in the store.
    """

    of: _Underway
    notebook: str
    key: str
    parcel: bytes
    executes: bool
    retrains: bool


class Batch:
    """One run over some submissions of a course."""

    def __init__(self, course: Course, submissions: Sequence[Submission], folder: Path, fresh: bool):
        self._course = course
        self._fresh = fresh
        self._folder = folder  # for what need not outlive this run
        notebooks = sum(len(submission.stems) for submission in submissions)
        self.tally = Tally(notebooks, len(submissions))
        self._submissions = submissions
        self._changed = threading.Condition()
        self._underway: deque[_Underway] = deque()
        self._ahead = 0  # bytes of the parcels that wait for a worker
        self._planned = False
        self._broken: Exception | None = None
        self._stopping = False
        self.abandoned: dict[str, str] = {}  # why, by key

    def run(self, workers: Sequence[Worker], interrupted: Callable[[], bool]) -> None:
        """Everything there is to do. Raises KeyboardInterrupt, and what broke a worker."""
        tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        threads = [threading.Thread(target=self._plan_ahead, args=(tasks,))]
        threads += [threading.Thread(target=self._work, args=(worker, tasks)) for worker in workers]
        for thread in threads:
            thread.start()
        try:
            while (ready := self._next_ready(interrupted)) is not None:
                if ready.current:
                    self.tally.current += 1
                else:
                    self._record(ready.submission)
        finally:
            self._stopping = True
            for worker in workers:
                worker.close()
            for thread in threads:
                thread.join()

    def kept_verdicts(self, key: str, notebook: str) -> dict[str, Verdict] | None:
        """What the workers judged of an execution that the store has."""
        return self._course.store.verdicts(key, notebook)

    def last_try(self, key: str) -> Execution | None:
        """What the last try gave of a job that would not end well, if there was one."""
        with suppress(OSError, ValueError):
            return unpack(key, (self._folder / key).read_bytes())
        return None

    # In the main thread.

    def _next_ready(self, interrupted: Callable[[], bool]) -> _Underway | None:
        """The next submission, in their order, when all its jobs are done; None after the last."""
        with self._changed:
            while True:
                if interrupted():
                    raise KeyboardInterrupt
                if self._broken:
                    raise self._broken
                if self._underway and not self._underway[0].waiting:
                    return self._underway.popleft()
                if self._planned and not self._underway:
                    return None
                self._changed.wait(0.2)  # a signal wakes nobody

    def _record(self, submission: Submission) -> None:
        converter = self._course.converter
        converter.coursedir.student_id = submission.student
        try:
            converter.start()
            self.tally.recorded += 1
        except NbGraderException:
            self.tally.failed.append(named(submission.student))

    # In the thread that plans.

    def _plan_ahead(self, tasks: queue.SimpleQueue[_Task | None]) -> None:
        with self._ending_the_batch():
            for task in self._plan():
                with self._changed:
                    while self._ahead >= AHEAD_BYTES and not self._stopping:
                        self._changed.wait(0.2)
                    self._ahead += len(task.parcel)
                if self._stopping:
                    return
                tasks.put(task)
            tasks.put(None)

    @contextmanager
    def _ending_the_batch(self) -> Iterator[None]:
        """What is raised in a thread ends the batch, and is raised again in the main one."""
        try:
            yield
        except Exception as error:
            if not self._stopping:
                self._course.converter.log.exception("The batch ends here")
                self._broken = error
        with self._changed:
            self._changed.notify_all()

    def _plan(self) -> Iterator[_Task]:
        course, asking = self._course, self._course.asking
        for submission in self._submissions:
            # Folders too deep to be copied are too deep to be removed; the batch's own folder goes last.
            with tempfile.TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True) as folder:
                try:
                    plan = course.plan(submission, folder)
                except Exception:  # nbgrader has the last word, and says what is wrong with it
                    course.converter.log.exception("%s cannot be planned", named(submission.student))
                    plan = Plan({}, current=False)
                todo: dict[
                    str, bytes | None
                ] = {}  # what came of executing it, or None where that is to be done, by key
                for key, job in plan.jobs.items():
                    if self._fresh or not (plan.current or course.store.has(key)):
                        todo[key] = None
                    elif not (plan.current or course.store.has_verdicts(key, job.stem)):
                        with suppress(OSError):  # it has just gone: recording executes it again
                            todo[key] = course.store.packed(key)
                executes = list(todo.values()).count(None)
                underway = _Underway(submission, len(todo), plan.current and not todo)
                if underway.current:
                    self.tally.unneeded += len(submission.stems)
                else:
                    self.tally.stored += len(submission.stems) - executes
                with self._changed:
                    self._underway.append(underway)
                    self._changed.notify_all()
                # What trains takes longest: first, or one worker does it alone at the very end.
                for key in sorted(todo, key=lambda key: not plan.jobs[key].trains):
                    job, executed = plan.jobs[key], todo[key]
                    yield _Task(
                        underway,
                        job.stem,
                        key,
                        pack_job(key, job, course.assignment, asking.sandboxed, executed),
                        executed is None,
                        executed is None and bool(job.retrain_timeout_s),
                    )
        with self._changed:
            self._planned = True
            self._changed.notify_all()

    # In the threads that wait for workers.

    def _work(self, worker: Worker, tasks: queue.SimpleQueue[_Task | None]) -> None:
        with self._ending_the_batch():
            while not self._stopping:
                try:
                    task = tasks.get(timeout=0.2)
                except queue.Empty:
                    continue
                if task is None:
                    tasks.put(None)  # for the next one
                    return
                with self._changed:
                    self._ahead -= len(task.parcel)
                    self._changed.notify_all()
                if task.executes:
                    self._execute(task, worker)
                else:
                    self._judge(task, worker)
                with self._changed:
                    task.of.waiting -= 1
                    self._changed.notify_all()

    def _execute(self, task: _Task, worker: Worker) -> None:
        """Into the store; or, when every try ended badly, what there is for this run alone."""
        deaths = 0
        ends: list[str] = []
        while deaths + len(ends) < TRIES:
            if deaths or ends:
                self.tally.tried_again += 1
            try:
                answer = read_answer(worker.run(task.parcel, task.retrains))
            except WorkerDied as died:
                if self._stopping:
                    return
                deaths += died.times
                continue
            except WrongWorker as refusal:
                raise CourseError(str(refusal)) from None
            ends.append(answer.stopped)
            executed, worth_keeping = answer.executed, answer.worth_keeping
            if len(ends) == TRIES and all(end.startswith(ENDED) for end in ends):
                with suppress(ValueError):  # every time: so it is the notebook's own doing
                    again = replace(unpack(task.key, executed), repeatable=True)
                    executed, worth_keeping = pack(task.key, again), True
            if worth_keeping:
                self._course.store.put_packed(task.key, executed)
                self._course.store.put_verdicts(task.key, task.notebook, answer.verdicts)
                (self._folder / task.key).unlink(missing_ok=True)
                break
            (self._folder / task.key).write_bytes(executed)
        else:
            self.tally.unfinished.append(f"{named(task.of.submission.student)}/{task.notebook}")
            if not ends:
                self.abandoned[task.key] = (
                    f"The process that executed this notebook died {deaths} times, so nothing in "
                    "it was judged."
                )
        self.tally.executed += 1

    def _judge(self, task: _Task, worker: Worker) -> None:
        """Verdicts into the store. They are only ahead of time: recording can do without."""
        with suppress(WorkerDied, WrongWorker, ValueError):
            answer = read_answer(worker.run(task.parcel, task.retrains))
            self._course.store.put_verdicts(task.key, task.notebook, answer.verdicts)


class TakeFromBatch(ExecuteAndAsk):
    """ExecuteAndAsk for a batch: knows as well what came of jobs that the store does not keep."""

    batch: Batch
    stands_for = ExecuteAndAsk  # in the eyes of settings.py

    def kept_or_executed(self, job: Job, key: str) -> Execution:
        last = self.batch.last_try(key)
        if last is not None:
            return last
        if key in self.batch.abandoned:
            reason = self.batch.abandoned[key]
            claims: dict[str, str | NoClaim] = {name: NoClaim(reason) for name in job.exercises}
            return Execution(job.notebook, claims, reason, repeatable=False)
        return super().kept_or_executed(job, key)

    def kept_verdicts(self, key: str, notebook: str) -> dict[str, Verdict] | None:
        return self.batch.kept_verdicts(key, notebook)


def run(
    console: Console,
    assignment: str,
    jobs: int,
    students: Sequence[str] = (),
    fresh: bool = False,
    retrain: bool = False,
    scheduler: str = "",
) -> int:
    """Grade what was handed in; exit code 0 when all of it was executed and recorded.

    jobs: worker processes, where no Dask scheduler is given. Raises `CourseError`.
    """
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings(action="ignore"))  # SQLAlchemy's about nbgrader
        course = Course(assignment, retrain)
        stack.enter_context(_alone(course.state / "grade.lock"))
        submissions, left_out = course.submissions(students), course.left_out(students)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="autograder-grade-")))
        batch = Batch(course, submissions, folder, fresh or course.asking.fresh)
        taking = TakeFromBatch(parent=course.converter, fresh=False)
        taking.batch = batch
        course.converter.autograde_preprocessors = [
            taking if preprocessor is ExecuteAndAsk else preprocessor
            for preprocessor in course.converter.autograde_preprocessors
        ]
        log = stack.enter_context(open(course.log_path, "ab"))
        workers: Sequence[Worker]
        sandboxed = course.asking.sandboxed
        canary = stack.enter_context(canary_of(assignment, course.coursedir, course.asking))
        parcels = {stem: pack_job(stem, job, assignment, sandboxed) for stem, job in canary.jobs.items()}

        if scheduler:
            from autograder.batch.cluster import connect  # Dask is an extra, and slow to import

            workers = stack.enter_context(connect(scheduler, parcels))
        else:
            limits = course.asking.limits
            longest_s = limits.notebook_timeout_s + limits.import_allowance_s
            patience_s = 2 * (longest_s + course.asking.retrain_timeout_s)
            if course.asking.sandboxed and course.asking.surroundings != Surroundings():
                restart(find_folder(), limits, course.asking.surroundings)
            forks = begun(limits, course.asking.surroundings)
            for stem, parcel in parcels.items():
                keep_canary(folder, stem, parcel)
            workers = [LocalWorker(folder, log, forks, patience_s) for _ in range(jobs)]
            if not canary.remembered:
                _prove(workers, parcels.values())
                canary.remember()
        with _interrupts() as interrupted, show(console, batch.tally):
            batch.run(workers, interrupted)
        groups = resolve(course.coursedir, assignment, course.converter.log)
        tell(console, course.still_to_see(submissions, left_out), groups)
    return 1 if batch.tally.failed or batch.tally.unfinished or left_out else 0


def _prove(workers: Sequence[Worker], canary: Collection[bytes]) -> None:
    """Run the canary's packed notebooks on workers of this machine, side by side."""
    free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    for worker in workers:
        free.put(worker)

    def prove(parcel: bytes) -> None:
        worker = free.get()
        try:
            require_points(worker.run(parcel, False))
        finally:
            free.put(worker)

    with ThreadPoolExecutor(len(workers)) as threads:
        try:
            list(threads.map(prove, canary))
        except BaseException as error:
            for worker in workers:
                worker.close()
            if isinstance(error, WrongWorker):
                raise CourseError(str(error)) from None
            if isinstance(error, WorkerDied):
                raise CourseError(
                    "The process that ran the reference solution died, so nobody was graded: the end of "
                    ".autograder/grade.log says why."
                ) from None
            raise


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One grading at a time in a course: there is one writer to the gradebook."""
    with open(path, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError("Another grading of this course is under way.") from None
        yield


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Ctrl-C, once, waits until what is being recorded is whole; twice, it is immediate."""
    asked = threading.Event()

    def stop(number: int, frame: object) -> None:
        asked.set()
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
