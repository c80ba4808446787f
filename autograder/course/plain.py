"""TRUSTED: notebooks without exercises, run in a sandbox and scored by nbgrader as it always does.

nbgrader takes a graded cell without outputs for one that passed. So when a kernel ends before the
last cell, the cells that it did not run, and the one it ended in, get an error in the place of nothing;
what ran before keeps its outputs, and so its score.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import Execute
from traitlets import Dict, Instance, List, TraitError, Unicode

from autograder.course.handed_in import few
from autograder.course.own_course import CourseError
from autograder.judging.words import named
from autograder.report.summary import remarks
from autograder.runs.execution import ENDED, asks_to_exit
from autograder.runs.kernelspecs import CHOOSE, reads_settings_at_import, unlike_ours
from autograder.runs.notebooks import describe_cell, grade_id
from autograder.runs.showing import NOTES_ID
from autograder.sandbox import LimitHit, Limits, Unwatched
from autograder.sandbox.files import files_taken_in
from autograder.sandbox.provisioner import SandboxedKernelManager
from autograder.sandbox.surroundings import Surroundings

NOT_RUN = "autograder_not_run"  # in nbconvert's resources: names of graded cells without a result


def mark_not_run(cell: NotebookNode, why: str) -> list[str | None]:
    """Give a code cell an error in the place of a result; its name, where it is graded."""
    if cell.cell_type != "code":
        return []
    # First, because nbgrader scores the first output that says anything.
    cell.outputs.insert(
        0,
        NotebookNode(
            output_type="error", ename="NotRun", evalue=why, traceback=[f"Not run to its end: {why}"]
        ),
    )
    return [grade_id(cell)] if cell.metadata.get("nbgrader", {}).get("grade") else []


def head_of(notes: Sequence[str]) -> NotebookNode:
    """The first cell of a graded notebook about which something is to be said."""
    head: NotebookNode = new_markdown_cell(remarks(notes), id=NOTES_ID)
    return head


class _LimitsTrait(Instance[Limits]):
    """Limits, or what Limits.read takes.

    A mistake is found here, and not while nbgrader reads the file: it would go on without it, as stock nbgrader.
    """

    def validate(self, obj: Any, value: Any) -> Limits | None:
        """Called by traitlets. Raises TraitError."""
        try:
            return super().validate(obj, Limits.read(value) if isinstance(value, dict) else value)
        except ValueError as error:
            raise TraitError(f"c.ExecuteAndAsk.limits: {error}") from None


class PlainExecute(Execute):
    """nbgrader's Execute, in a sandbox where there is one."""

    limits = _LimitsTrait(Limits, args=(), help="What one notebook may use.").tag(config=True)
    environment = Dict(Unicode(), help="Environment variables for every kernel.").tag(config=True)
    shared_folders = List(Unicode(), help="Folders of data that every kernel may read.").tag(config=True)

    @property
    def sandboxed(self) -> bool:
        """Whether kernels run in a sandbox here."""
        return True

    @property
    def surroundings(self) -> Surroundings:
        """What the course adds to the sandbox."""
        return Surroundings.of(self.environment, self.shared_folders)

    def preprocess(self, nb: NotebookNode, resources: Any, km: Any = None) -> tuple[Any, Any]:
        """Run it. Raises `CourseError` or `NbGraderException` for another kernel than the sandbox has."""
        student = named(resources["nbgrader"]["student"])
        record = nb.metadata.get("autograder", {})
        if record.get("unreadable"):
            return nb, resources  # every cell says so already
        self._stopped, self._where = "", "the notebook"
        self._not_run: list[str | None] = []
        self._cut_off: list[str] = []
        self._own_imports = reads_settings_at_import(nb)
        if self.sandboxed:
            self._refuse_another_kernel(nb, resources["nbgrader"])
        notes = list(record.get("notes", ()))
        notes += self.left_out(resources["metadata"]["path"]) if self.sandboxed else []
        nb, resources = super().preprocess(nb, resources, km)
        notes += [*self._cut_off, *([self._stopped] if self._stopped else [])]
        for note in notes:
            self.log.warning("%s: %s", student, note)
        if notes:
            nb.cells.insert(0, head_of(notes))
        resources[NOT_RUN] = self._not_run
        return nb, resources

    def _refuse_another_kernel(self, nb: NotebookNode, names: dict[str, str]) -> None:
        """Refuse a notebook whose source is for another kernel: that is nobody's own matter.

        Where the source names none, the submission's own kernel counts, as it does for nbgrader, and
        what is raised costs that submission alone.
        """
        with Gradebook(names["db_url"]) as book:
            kept = book.find_notebook(names["notebook"], names["assignment"]).kernelspec
        released = json.loads(kept) if kept else None
        if released:
            self.refuse_release(released)
            return
        why_not = unlike_ours(nb.metadata.get("kernelspec"))
        if why_not:
            who = f"{named(names['student'])}/{names['notebook']}.ipynb"
            self.log.error("Not graded: %s. %s The source names none. %s", who, why_not, CHOOSE)
            raise NbGraderException(f"{who}: {why_not}")

    def refuse_release(self, kernelspec: Any) -> None:
        """Raise `CourseError` where what was released cannot run on this Python."""
        why_not = unlike_ours(kernelspec)
        if why_not:
            self.log.error("Not graded: %s %s", why_not, CHOOSE)
            raise CourseError(f"{why_not} {CHOOSE}")

    def left_out(self, folder: str) -> list[str]:
        """A sentence for each file that is too large for the kernel's working folder."""
        return few(
            [
                f"{named(name)} was left out: it or all files together are too large, or its name "
                "does not print."
                for name in files_taken_in(Path(folder), self.limits)[1]
            ]
        )

    def create_kernel_manager(self) -> KernelManager:
        """Called by nbclient."""
        if not self.sandboxed:
            manager: KernelManager = super().create_kernel_manager()
            return manager
        self.km = SandboxedKernelManager(
            limits=self.limits, surroundings=self.surroundings, forks=not self._own_imports
        )
        return self.km

    async def async_start_new_kernel(self, **options: Any) -> None:
        """Called by nbclient. A sandbox takes nothing of our environment, see bubblewrap.py."""
        await super().async_start_new_kernel(env=os.environ | self.environment, **options)

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[Any, Any]:
        """Called for every cell in turn."""
        if not self._stopped:
            self._where = describe_cell(cell, index)
            try:
                done: tuple[Any, Any] = super().preprocess_cell(cell, resources, index)
                if self._limit_hit():  # it was interrupted, and the kernel went on regardless
                    self._stop(cell, index)
                return done
            except (DeadKernelError, CellTimeoutError):
                self._stop(cell, index)
        self._not_run += mark_not_run(cell, self._stopped)
        return cell, resources

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> Any:
        """Called by nbclient when a cell's time is over; what an exception is called proves nothing."""
        where = f"{self._where[0].upper()}{self._where[1:]}"
        self._cut_off.append(f"{where} ran longer than {timeout:g} s and was interrupted.")
        return await super()._async_handle_timeout(timeout, cell)

    def handle_comm_msg(self, *_: Any) -> None:
        """Called by nbclient. A widget could catch the error, or the points, of a test."""

    def _limit_hit(self) -> LimitHit | Unwatched | None:
        return getattr(self.km, "limit_hit", None)

    def _stop(self, cell: NotebookNode, index: int) -> None:
        """Nothing is run after this cell."""
        where, limit = describe_cell(cell, index), self._limit_hit()
        self._stopped = f"{limit} It was in {where}." if limit else f"{ENDED} {where}."

    def on_cell_executed(self, **done: Any) -> None:
        """Called by nbclient with a cell and the kernel's reply."""
        super().on_cell_executed(**done)
        if asks_to_exit(done["execute_reply"]):
            where = describe_cell(done["cell"], done["cell_index"])
            self._stopped = f"exit() ended the kernel in {where}."
