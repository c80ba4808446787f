"""TRUSTED: one job as bytes, for a process that shares nothing with us but this package.

A parcel is JSON with the rebuilt notebook and the submission's files, or with what came of running
them, which is then only judged. What comes back is an entry for the store, and the verdicts. Nothing
is pickled, so nothing that a student made is ever unpickled.
"""

from __future__ import annotations

import base64
import functools
import json
import logging
import platform
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import nbformat

from autograder.assignments import ASSIGNMENTS
from autograder.fashion_mnist import find_folder
from autograder.judging.verdicts import Verdict
from autograder.runs.execution import Execution, Job, execute
from autograder.runs.judged import shortfall, verdicts_of
from autograder.runs.packages import installed
from autograder.runs.store import environment, judging_key, pack, unpack
from autograder.sandbox import Limits, SandboxError, available, sharing
from autograder.sandbox.files import files_taken_in
from autograder.sandbox.prefork import warm_process
from autograder.sandbox.surroundings import Surroundings


class WrongWorker(Exception):
    """A worker cannot do this course's jobs. The sentence says why and what to do."""


@dataclass(frozen=True)
class Answer:
    """What a worker says of a job. executed: an entry for the store; empty when it was only judged.

    stopped, worth_keeping, set_up_failed: the execution's, so that nobody need unpack it to know them.
    """

    executed: bytes
    stopped: str
    worth_keeping: bool
    verdicts: dict[str, Verdict]
    set_up_failed: str = ""


@functools.cache
def sandbox_found(surroundings: Surroundings = Surroundings()) -> tuple[bool, str]:
    """Whether there is a sandbox here, and in which words not. A warm process is one."""
    try:
        warm_process(find_folder(), Limits(), surroundings)
        return True, ""
    except SandboxError:
        return available()


@functools.cache
def software() -> dict[str, str]:
    """What must be alike where jobs are made and where they are executed, and in which version."""
    packages = installed().packages
    builds = [packages[name] for name in ("tensorflow", "tensorflow-cpu") if name in packages]
    return packages | {
        "TensorFlow": builds[0] if builds else "missing",
        "Python": platform.python_version(),
        "the grader's own source": judging_key()[:8],
        "the data set": "found" if json.loads(environment())[-1] else "missing",
    }


def difference(ours: dict[str, str], theirs: dict[str, str]) -> str:
    """The first thing that both have but not in the same version, in words, else "".

    What only one side has may be: TensorFlow's build for GPUs brings packages of its own.
    """
    for name, version in ours.items():
        if theirs.get(name, version) != version:
            return f"{name} is {theirs[name]} there and {version} here"
    return ""


def pack_job(key: str, job: Job, assignment: str, sandboxed: bool, executed: bytes | None = None) -> bytes:
    """A job as bytes. The exercises go by name: the other side has the same table."""
    parcel = {
        "key": key,
        "software": software(),
        "assignment": assignment,
        "name": job.stem,
        "notebook": job.notebook,
        "files": _files(Path(job.folder), job.limits),
        "seed": job.seed.hex(),
        "limits": asdict(job.limits),
        "retrain_timeout_s": job.retrain_timeout_s,
        "surroundings": asdict(job.surroundings),
        "in_folders": sharing.fingerprint(job.surroundings.folders),
        "sandboxed": sandboxed,
    }
    if executed is not None:
        parcel |= {"files": {}, "executed": base64.b64encode(executed).decode()}
    return json.dumps(parcel).encode()


def pack_answer(executed: bytes, execution: Execution, verdicts: dict[str, Verdict]) -> bytes:
    """What a worker says of a job, as bytes."""
    answer = {
        "executed": base64.b64encode(executed).decode(),
        "stopped": execution.stopped,
        "worth_keeping": execution.worth_keeping,
        "set_up_failed": execution.set_up_failed,
        "verdicts": {name: verdict.as_data() for name, verdict in verdicts.items()},
    }
    return json.dumps(answer).encode()


def pack_refusal(refusal: WrongWorker) -> bytes:
    """What a worker says that cannot do this course's jobs, as bytes."""
    return json.dumps({"refusal": str(refusal)}).encode()


def read_answer(answer: bytes) -> Answer:
    """What `pack_answer` packed. Raises `WrongWorker` for what `pack_refusal` packed."""
    data = json.loads(answer)
    if "refusal" in data:
        raise WrongWorker(data["refusal"])
    verdicts = {name: Verdict.from_data(verdict) for name, verdict in data["verdicts"].items()}
    executed = base64.b64decode(data["executed"])
    ends = (data["stopped"], data["worth_keeping"], verdicts, data["set_up_failed"])
    return Answer(executed, *ends)


def require_points(answer: bytes) -> None:
    """Raise `WrongWorker` where the answer to a notebook of the canary lacks a point."""
    read = read_answer(answer)
    lacking = shortfall(read.verdicts, read.set_up_failed)
    if lacking:
        raise WrongWorker(lacking)


def prove(canary: Iterable[bytes]) -> None:
    """Run packed notebooks of the canary here. Raises `WrongWorker`."""
    for parcel in canary:
        require_points(run_parcel(parcel))


def run_parcel(
    parcel: bytes, canary: Callable[[str], bytes] | None = None, packed_here: bool = False
) -> bytes:
    """Execute a packed job here, unless it was, and judge it; for `read_answer`.

    canary: its packed notebook by stem. It runs where a set-up failed: when it gets its points, the
    submission did that to itself. packed_here: by the Python and the packages of this machine, so that
    they need not be compared once more, which takes a second. Raises `WrongWorker`.
    """
    data = json.loads(parcel)
    surroundings = Surroundings.of(**data["surroundings"])
    differs = "" if packed_here else difference(data["software"], software())
    if differs:
        raise WrongWorker(f"{differs}: install the same versions, then start again.")
    if data["sandboxed"] and "executed" not in data:
        _see_the_same(surroundings, data["in_folders"])
        found, why_not = sandbox_found(surroundings)
        if not found:
            raise WrongWorker(f"there is no sandbox on {platform.node()}: {why_not}")
    assignment = ASSIGNMENTS[data["assignment"]]
    with tempfile.TemporaryDirectory(prefix="autograder-job-") as folder:
        for name, content in data["files"].items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(content))
        job = Job(
            nbformat.from_dict(data["notebook"]),
            assignment.notebook(data["name"]),
            assignment.not_executed,
            folder,
            bytes.fromhex(data["seed"]),
            Limits(**data["limits"]),
            data["retrain_timeout_s"],
            surroundings,
        )
        log = logging.getLogger("autograder.worker")
        if "executed" in data:
            executed = b""
            execution = unpack(data["key"], base64.b64decode(data["executed"]))
        else:
            execution = execute(job, data["sandboxed"], log=log)
            if execution.set_up_failed and canary is not None:
                prove([canary(job.stem)])
                execution = replace(execution, set_up_failed="")
            executed = pack(data["key"], execution)
    return pack_answer(executed, execution, verdicts_of(job, execution))


def _see_the_same(surroundings: Surroundings, in_folders: str) -> None:
    """Raise `WrongWorker` where the course's shared folders are not here, or hold something else."""
    why_not = sharing.refusal(surroundings)
    if not why_not and sharing.fingerprint(surroundings.folders) != in_folders:
        why_not = f"{', '.join(surroundings.folders)}: not the same files as in the course"
    if why_not:
        raise WrongWorker(f"{why_not} (on {platform.node()}). Put a copy in the same place there.")


def _files(folder: Path, limits: Limits) -> dict[str, str]:
    """The files in a folder that the sandbox would take in, base64 by relative path."""
    return {
        str(path.relative_to(folder)): base64.b64encode(path.read_bytes()).decode()
        for path in files_taken_in(folder, limits)[0]
    }
