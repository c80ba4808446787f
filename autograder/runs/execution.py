"""TRUSTED: runs a submitted notebook in its kernel and asks the questions; believes nothing.

nbclient does the running. A graded cell is not executed as it stands: the kernel gets a probe
instead, and what it publishes is kept as the text of a claim, unread.
"""

from __future__ import annotations

import asyncio
import builtins
import copy
import hashlib
import math
import os
import re
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager, KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.judging.claims import MIME
from autograder.judging.exercises import Exercise
from autograder.judging.judge import NoClaim
from autograder.judging.questions import Question, ask_question
from autograder.judging.words import quoted
from autograder.runs.kernelspecs import reads_settings_at_import
from autograder.runs.notebooks import describe_cell, grade_id
from autograder.runs.retraining import RETRAIN, as_retraining
from autograder.runs.streams import join_streams
from autograder.sandbox import Limits
from autograder.sandbox.files import digests_of_files, files_taken_in
from autograder.sandbox.limits import MIB
from autograder.sandbox.provisioner import SandboxedKernelManager
from autograder.sandbox.surroundings import Surroundings

NOT_EXECUTED = "This cell is not run when your work is graded: it serves you alone.\n"
ENDED = "The kernel ended in"  # the beginning of `stopped` where a kernel ended by itself
_TRAINS = re.compile(r"\.fit\(|\btrain\w*\(")
_IMPORTS = re.compile(r"\b(import|from)\s+(tensorflow|keras|torch|jax)\b")


@dataclass
class Execution:
    """What came out of one notebook.

    claims: the text of the claim, or why there is none, by exercise id; also under RETRAIN when
    the network was trained again, in another kernel, of which nothing else is kept. stopped: why
    nothing was run from some cell on, else "".
    repeatable: False where something from outside may have ended the kernel. cut_off: which cells
    ran out of time and were interrupted; what came after them was run. set_up_failed: which locked
    cell of ours that is not graded raised, else "": the machine's fault, unless the reference
    solution runs there (see canary.py), so until that is known nothing of it is kept. seconds, memory_mib:
    what it took from the start of its kernel to the end, its training again left out, as the grader's side
    of the wall measured it; None where nobody did, as in executions that were kept before this was measured.
    """

    notebook: NotebookNode
    claims: dict[str, str | NoClaim] = field(default_factory=dict)
    stopped: str = ""
    repeatable: bool = True
    cut_off: list[str] = field(default_factory=list)
    set_up_failed: str = ""
    seconds: float | None = None
    memory_mib: int | None = None

    @property
    def worth_keeping(self) -> bool:
        """Whether another run would give the same, and the machine had what it takes."""
        return self.repeatable and not self.set_up_failed

    @property
    def notes(self) -> list[str]:
        """What a reader should know of how it went, in sentences."""
        return [*self.cut_off, *([self.stopped] if self.stopped else [])]


@dataclass(frozen=True)
class Job:
    """One notebook to execute, with all that decides what comes out.

    notebook: rebuilt on its release. folder: the submission's files, the kernel's working folder.
    seed: decides the hidden inputs. retrain_timeout_s: 0 for no retraining. surroundings: what the
    course adds to the sandbox.
    """

    notebook: NotebookNode
    exercises: Mapping[str, Exercise]
    not_executed: frozenset[str]
    folder: str
    seed: bytes
    limits: Limits
    retrain_timeout_s: float = 0.0
    surroundings: Surroundings = Surroundings()

    @property
    def stem(self) -> str:
        """The stem of the notebook's file name, as its exercises have it."""
        return next(exercise.notebook for exercise in self.exercises.values())

    @property
    def trains(self) -> bool:
        """Whether an exercise of it trains a network."""
        return any(exercise.probe == "train" for exercise in self.exercises.values())

    @property
    def retraining(self) -> Question | None:
        """The question for a network that is trained again; None where none is to be."""
        weights = [exercise for exercise in self.exercises.values() if exercise.probe == "weights"]
        if not weights or not self.retrain_timeout_s:
            return None
        return ask_question(as_retraining(weights[0]), _seed_again(self.seed), hidden=True)


def _seed_again(seed: bytes) -> bytes:
    return b"again" + seed[:59]


def content_seed(key: bytes, notebook: NotebookNode, folder: str) -> bytes:
    """64 bytes that only this course's key, these very cells and these files beside them give."""
    digest = hashlib.blake2b(key=key)
    for cell in notebook.cells:
        digest.update(f"{cell.cell_type} {len(cell.source)} {cell.source}".encode())
    for name, content in digests_of_files(Path(folder)):
        digest.update(f"{len(name)} {name}".encode("utf-8", "surrogateescape") + content)
    return digest.digest()


def questions(exercises: Mapping[str, Exercise], seed: bytes) -> dict[str, Question]:
    """The questions that a notebook with this seed is asked, by exercise id."""
    return {name: ask_question(exercise, seed, hidden=True) for name, exercise in exercises.items()}


def execute(job: Job, sandboxed: bool = True, **options: Any) -> Execution:
    """Run the notebook and ask its questions. Never raises for what a submission does.

    Where its network is to be trained again, that is done afterwards, in a kernel of its own.
    """
    result = _executed(job, sandboxed, options)
    question = job.retraining
    if question and isinstance(result.claims[question.exercise.id], str):
        again = retrain(job, question, sandboxed, **options)
        result.claims[RETRAIN] = again.claims[question.exercise.id]
        result.repeatable = result.repeatable and again.worth_keeping
    return result


def retrain(job: Job, question: Question, sandboxed: bool = True, **options: Any) -> Execution:
    """Train this submission's network again, in a kernel of its own that is asked this question alone."""
    with tempfile.TemporaryDirectory(prefix="autograder-retraining-") as folder:
        return _executed(_retraining_of(job, question, folder), sandboxed, options)


def _retraining_of(job: Job, question: Question, folder: str) -> Job:
    """The job of training this submission's network again, in a kernel that is asked nothing else.

    The notebook is run up to the question about its weights. folder: an empty one, into which the
    submission's modules are copied, and nothing else that was handed in: no weights, no data.
    """
    again = question.exercise
    for path in files_taken_in(Path(job.folder), job.limits)[0]:
        if path.suffix == ".py":
            target = Path(folder, path.relative_to(job.folder))
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    cells = [new_code_cell(replace(question, probe="changed_task").cell_source())]
    for cell in job.notebook.cells:
        cells.append(copy.deepcopy(cell))
        if grade_id(cell) == again.id:
            break
    return replace(
        job,
        notebook=new_notebook(cells=cells, metadata=job.notebook.metadata),
        exercises={again.id: again},
        not_executed=job.not_executed | (job.exercises.keys() - {again.id}),
        folder=folder,
        seed=_seed_again(job.seed),
    )


def _executed(job: Job, sandboxed: bool, options: dict[str, Any]) -> Execution:
    runner, start_s = _Runner(job, sandboxed, options), time.monotonic()
    try:
        runner.execute()
    except Exception as error:  # no kernel at all, or one that broke Jupyter's protocol
        runner.log.warning("A notebook could not be run", exc_info=True)
        runner.result.repeatable = False
        limit = getattr(runner.manager, "limit_hit", None)
        # Of another error only the kind: its text may be a student's.
        runner.stop(str(limit) if limit else f"The kernel could not be used ({type(error).__name__}).")
    result = runner.result
    result.seconds = round(time.monotonic() - start_s, 1)
    largest_bytes = getattr(runner.manager, "largest_bytes", 0)
    result.memory_mib = math.ceil(largest_bytes / MIB) if largest_bytes else None
    for name in job.exercises:
        result.claims.setdefault(name, NoClaim(result.stopped or "Its cell was not reached."))
    return result


class _Runner(NotebookClient):
    """nbclient with probes in the place of graded cells, and an end to everything."""

    km: Any  # a SandboxedKernelManager where kernels are sandboxed; nbclient names their parent alone

    def __init__(self, job: Job, sandboxed: bool, options: dict[str, Any]):
        super().__init__(
            job.notebook,
            resources={"metadata": {"path": job.folder}},
            allow_errors=True,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": "CellTimeoutError", "evalue": "", "traceback": []},
            raise_on_iopub_timeout=True,
            iopub_timeout=job.limits.interrupt_grace_s,
            startup_timeout=job.limits.import_allowance_s,
            shutdown_kernel="immediate",
            **options,
        )
        self.job = job
        self.sandboxed = sandboxed
        self.result = Execution(job.notebook)
        self.deadline = time.monotonic() + job.limits.notebook_timeout_s
        self.cell_timeout_s: float = job.limits.cell_timeout_s
        self.timeout_func = lambda cell: self.cell_timeout_s
        self.questions = questions(job.exercises, job.seed)
        self.asked_to_exit = self.timed_out = self.unanswered = False
        self.manager: KernelManager | None = None  # also when nbclient has let go of it

    def stop(self, reason: str) -> None:
        """Nothing is run from here on; the first reason is the one that is reported."""
        self.result.stopped = self.result.stopped or reason

    def create_kernel_manager(self) -> KernelManager:
        """Called by nbclient at the start."""
        if self.sandboxed:
            self.km = SandboxedKernelManager(
                limits=self.job.limits,
                surroundings=self.job.surroundings,
                forks=not reads_settings_at_import(self.job.notebook),
            )
        else:
            self.km = AsyncKernelManager()
        manager: KernelManager = self.km
        self.manager = manager
        return manager

    async def async_start_new_kernel(self, **options: Any) -> None:
        """Called by nbclient. A sandbox takes nothing of our environment, see bubblewrap.py."""
        added = {"NBGRADER_EXECUTION": "autograde", **dict(self.job.surroundings.environment)}
        await super().async_start_new_kernel(env=os.environ | added, **options)

    def process_message(self, msg: dict[str, Any], *place: Any) -> NotebookNode | None:
        """Called by nbclient for what a cell sends. What breaks Jupyter's protocol is left out."""
        try:
            return super().process_message(msg, *place)
        except CellExecutionComplete:
            raise
        except Exception as error:  # noqa: BLE001 (a display that is none, or changes one that has gone)
            self.log.info("A message was left out (%s: %s)", type(error).__name__, quoted(str(error), 200))
            return None

    def handle_comm_msg(self, *_: Any) -> None:
        """Widgets have no place in grading, and would let a kernel write into other cells."""

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, *arguments: Any, **options: Any
    ) -> NotebookNode:
        """Called by nbclient for every cell in turn."""
        name = grade_id(cell)
        if cell.cell_type != "code" or self.result.stopped:
            return cell
        if name in self.job.not_executed:
            cell.outputs = [new_output("stream", text=NOT_EXECUTED)]
            return cell
        if name is None or name not in self.job.exercises:
            await self._run(cell, cell, cell_index, self._budget(cell))
            self._look_at_set_up(cell, cell_index)
            return cell
        question, budget_s = self.questions[name], self._budget(cell)
        if question.exercise.probe == RETRAIN:
            budget_s = self.job.retrain_timeout_s
            self.deadline += budget_s
            if self.sandboxed:
                self.km.allow_more_time(budget_s)
        self.result.claims[name] = await self._ask(question, cell, cell_index, budget_s)
        return cell

    def _budget(self, cell: NotebookNode) -> float:
        limits = self.job.limits
        if not _IMPORTS.search(cell.source):
            return limits.cell_timeout_s
        self.deadline += limits.import_allowance_s
        return limits.cell_timeout_s + limits.import_allowance_s

    async def _ask(
        self, question: Question, cell: NotebookNode, index: int, budget_s: float
    ) -> str | NoClaim:
        if self.result.stopped:
            return NoClaim(self.result.stopped)
        if self.sandboxed:
            self.km.expect_claim()
        asked = new_code_cell(question.cell_source())
        before = len(self.result.cut_off)
        await self._run(asked, cell, index, budget_s)
        if self.result.stopped:
            return NoClaim(self.result.stopped)
        if self.sandboxed:
            self.km.took_claim()
        claim = _claim(asked.outputs)
        if len(self.result.cut_off) == before:
            return claim
        if isinstance(claim, NoClaim) or not question.ask.get("also"):
            return NoClaim(self.result.cut_off[-1])  # also who catches the interrupt has not answered in time
        # The function that is asked had answered: another one, on which it builds, did not end.
        self.result.cut_off[-1] = (
            f"{_subject(describe_cell(cell, index))} was answered; a function on which it builds ran longer than "
            f"{self.cell_timeout_s:g} s, and was interrupted: is there a loop without an end in it?"
        )
        return claim

    async def _run(self, cell: NotebookNode, shown: NotebookNode, index: int, budget_s: float) -> None:
        """Execute `cell` in the place of `shown`, and stop when a limit is hit or the kernel ends.

        A cell that runs out of its own time is interrupted, and costs no other cell anything.
        """
        left_s = self.deadline - time.monotonic()
        if left_s <= 0:
            self.stop(str(self.job.limits.hit("notebook_timeout_s")))
            return
        self.cell_timeout_s = max(1, min(budget_s, left_s))
        self.timed_out = False
        where = describe_cell(shown, index)
        try:
            await super().async_execute_cell(cell, index, store_history=cell is shown)
        except DeadKernelError:
            limit = getattr(self.km, "limit_hit", None)
            self.result.repeatable = limit is not None and limit.repeatable
            if self.unanswered:
                self.stop(f"The kernel gave no answer in {where}: an earlier cell may have broken it.")
            self.stop(f"{limit} It was in {where}." if limit else f"{ENDED} {where}.")
        except CellTimeoutError:
            if self.timed_out:
                what = f"{self._timed_out(where, left_s < budget_s, shown)} It ignored the interrupt."
            else:  # the kernel said that the cell is done, and sent no end of its output
                what = f"{_subject(where)} did not come to an end."
            self.stop(f"{what} Cells after it were not run.")
        finally:
            self.nb.cells[index] = shown  # nbclient puts what it executed there
            if not isinstance(cell.execution_count, int):
                cell.execution_count = None  # the kernel's word, which may be anything
            cell.outputs = join_streams(cell.outputs)
        if self.asked_to_exit:
            # The kernel ends some time soon: without this, chance decides what it still answers.
            self.stop(f"exit() ended the kernel in {where}.")
        if self.timed_out:
            evalue = f"stopped after {self.cell_timeout_s:g} s"
            cell.outputs.append(new_output("error", ename="CellTimeoutError", evalue=evalue, traceback=[]))
            sentence = self._timed_out(where, left_s < budget_s, shown)
            if left_s < budget_s:
                self.stop(sentence)
            elif not self.result.stopped:
                self.result.cut_off.append(f"{sentence} It was interrupted.")

    def _look_at_set_up(self, cell: NotebookNode, index: int) -> None:
        """Note when a cell of ours raised; stop when it lacks a library: every answer would look wrong."""
        if not cell.metadata.get("nbgrader", {}).get("locked"):
            return
        for output in cell.outputs:
            if output.get("output_type") != "error":
                continue
            where, name = _subject(describe_cell(cell, index)), str(output.get("ename"))[:80]
            what = str(output.get("evalue"))[:200]
            self.result.set_up_failed = self.result.set_up_failed or f"{where} raised {name} ({what})."
            if name in ("ImportError", "ModuleNotFoundError"):
                # Of what the kernel says, which may be anything, no more than names in our own cell.
                missing = [word for word in _imported(cell.source) if word in re.split(r"[^\w.]+", what)]
                self.stop(
                    f"{where} could not import what it needs{f' ({missing[0]})' if missing else ''}: see "
                    "whether the grading machine has it."
                )

    def _timed_out(self, where: str, notebook: bool, cell: NotebookNode) -> str:
        if notebook:
            return f"{self.job.limits.hit('notebook_timeout_s')} It was in {where}."
        why = "is there a loop without an end?"
        if self.job.not_executed and _TRAINS.search(cell.source):
            why = (
                "it trains, for which the notebook has a cell of its own, that is not run when it is graded."
            )
        return f"{_subject(where)} ran longer than {self.cell_timeout_s:g} s: {why}"

    async def _check_raise_for_error(
        self, cell: NotebookNode, cell_index: int, exec_reply: dict[str, Any] | None
    ) -> None:
        """Called by nbclient after a cell. exit() is noted."""
        self.asked_to_exit |= asks_to_exit(exec_reply)

    async def _async_poll_output_msg(self, parent_msg_id: str, cell: NotebookNode, cell_index: int) -> None:
        """Called by nbclient with each cell; returns when the kernel says that it has nothing more to do.

        It answers before it says so: one that has not answered a while later never will, however much time
        its cells have left.
        """
        await super()._async_poll_output_msg(parent_msg_id, cell, cell_index)
        answer: asyncio.Future[Any] | None = self.task_poll_for_reply
        asyncio.get_running_loop().call_later(self.job.limits.interrupt_grace_s, self._look_for, answer)

    def _look_for(self, answer: asyncio.Future[Any] | None) -> None:
        self.unanswered |= answer is not None and not answer.done()

    async def _async_check_alive(self) -> None:
        """Called by nbclient every second while a cell runs."""
        if self.unanswered:
            raise DeadKernelError("it answers nothing more")
        await super()._async_check_alive()

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> Any:
        """Called by nbclient when a cell's time is over: a student's exception may bear any name."""
        self.timed_out = True
        return await super()._async_handle_timeout(timeout, cell)


def asks_to_exit(reply: Mapping[str, Any] | None) -> bool:
    """Whether a cell called exit(), as the kernel's reply says: it will end some time soon."""
    return "ask_exit" in str((reply or {}).get("content", {}).get("payload", ""))[:1_000]


def _imported(source: str) -> list[str]:
    """The names of modules that the import lines of a cell hold, the longest first."""
    lines = [line for line in source.splitlines() if line.lstrip().startswith(("import ", "from "))]
    names = {name for line in lines for name in re.findall(r"[\w.]+", line)} - {"import", "from", "as"}
    return sorted(names | {name.split(".")[0] for name in names}, key=len, reverse=True)


def _subject(where: str) -> str:
    return f"{where[0].upper()}{where[1:]}"


def _claim(outputs: Sequence[NotebookNode]) -> str | NoClaim:
    """The one claim among a probe's outputs, or why there is none."""
    texts = [output.data[MIME] for output in outputs if MIME in output.get("data", {})]
    if len(texts) > 1:
        return NoClaim(f"{len(texts)} claims came back where one was asked for.")
    if texts and isinstance(texts[0], str):
        return texts[0]
    errors = [str(output.get("ename", "")) for output in outputs if "ename" in output]
    known = [name for name in errors if hasattr(builtins, name)]  # another may be any text
    return NoClaim(f"No claim came back{f' ({known[0]})' if known else ''}.")
