"""TRUSTED; NumPy and rich, and other programs asked from outside. What this machine has and lacks.

Each function looks at one thing and returns a `Finding`: what was found and, where that is not
enough, the one thing to do about it. Nothing is changed on the machine. TensorFlow is imported in a
process of its own with a time limit, so a broken one cannot take the doctor down.
"""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text
from traitlets.config import Config

from autograder.fashion_mnist import FashionMnistError, find_folder, load_fashion_mnist
from autograder.sandbox import available

_IMPORT_TIMEOUT_S = 120
_ASK_TIMEOUT_S = 60
_CONNECT_TIMEOUT_S = 20

_ANSI = re.compile(r"\x1b\[[0-9;]*m")

_ASK_KERAS = """
import json, keras
facts = {"keras": keras.__version__, "backend": keras.config.backend()}
try:
    import tensorflow
    facts["tensorflow"] = tensorflow.__version__
    facts["gpus"] = len(tensorflow.config.list_physical_devices("GPU"))
except ImportError:
    pass
print(json.dumps(facts))
"""

_CONNECT = "import sys, sqlalchemy; sqlalchemy.create_engine(sys.argv[1]).connect().close()"


@dataclass(frozen=True)
class Finding:
    """One thing about this machine.

    what: its name; found: what is there; ok: whether that is enough; mend: what to do when it is
    not; needed: whether grading is impossible without it.
    """

    what: str
    found: str
    ok: bool
    mend: str = ""
    needed: bool = True


def python_version(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """A Python runs us that TensorFlow knows: 3.11, 3.12 or 3.13."""
    found = ".".join(str(part) for part in version[:3])
    mend = "Install Python 3.11, 3.12 or 3.13, then: make setup PYTHON=python3.12"
    return Finding("Python", found, (3, 11) <= tuple(version[:2]) < (3, 14), mend)


def data() -> Finding:
    """Fashion-MNIST is here, and its four files, which the judge reads, are genuine."""
    try:
        folder = find_folder()
        if folder is None:
            return Finding("Fashion-MNIST", "not on this machine", False, "make setup fetches it")
        load_fashion_mnist()
    except FashionMnistError as error:
        return Finding("Fashion-MNIST", "not usable", False, str(error))
    return Finding("Fashion-MNIST", str(folder), True)


def ask_keras() -> dict[str, str | int] | str:
    """Versions, backend and number of GPUs, as a fresh Python reports them; else why it did not."""
    command = [sys.executable, "-c", _ASK_KERAS]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = _ask(command, _IMPORT_TIMEOUT_S, environment)
    if isinstance(done, str):
        return done
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
    facts: dict[str, str | int] = json.loads(done.stdout.splitlines()[-1])
    return facts


def frameworks(facts: dict[str, str | int] | str, has_nvidia: bool) -> Iterator[Finding]:
    """Keras and its backend, TensorFlow and its devices. facts: see `ask_keras`."""
    if isinstance(facts, str):
        mend = "make setup installs Keras and TensorFlow; then run the doctor again"
        yield Finding("Keras", f"cannot be imported: {facts}", False, mend)
        return
    yield Finding("Keras", f"{facts['keras']} on {facts['backend']}", True)
    if "tensorflow" not in facts:
        mend = "make setup installs it; the notebooks of lenet import it themselves"
        yield Finding("TensorFlow", "cannot be imported", False, mend)
        return
    gpus = int(facts["gpus"])
    devices = f"with {gpus} GPU{'s' if gpus > 1 else ''}" if gpus else "on the CPU"
    yield Finding("TensorFlow", f"{facts['tensorflow']} {devices}", True)
    if has_nvidia and not gpus:
        found = "there is an NVIDIA GPU, but TensorFlow does not use it"
        yield Finding("GPU", found, False, "make setup TENSORFLOW=gpu", needed=False)


def sandbox(answer: tuple[bool, str], accepted: bool) -> Finding:
    """Students' code can be shut in.

    answer: of `autograder.sandbox.available`; accepted: whether the course's configuration accepts
    grading without a sandbox.
    """
    ok, sentence = answer
    if ok:
        return Finding("sandbox", sentence, True)
    found = "none; the configuration accepts that" if accepted else "none"
    return Finding("sandbox", found, False, sentence, needed=not accepted)


def commands(path: str | None = None) -> Iterator[Finding]:
    """nbgrader, and alembic, which it calls by name, are on PATH."""
    mend = f"Activate the environment: . {Path(sys.prefix, 'bin', 'activate')}"
    for name in ("nbgrader", "alembic"):
        found = shutil.which(name, path=path)
        yield Finding(name, found or "not on PATH", found is not None, mend)


def ask_jupyter(*arguments: str) -> str:
    """What `jupyter ARGUMENTS` prints, colours removed; "" when there is no answer."""
    done = _ask([Path(sys.executable).parent / "jupyter", *arguments], _ASK_TIMEOUT_S)
    return "" if isinstance(done, str) else _ANSI.sub("", done.stdout + done.stderr)


def jupyterlab(lab_extensions: str, server_extensions: str) -> Iterator[Finding]:
    """JupyterLab, and nbgrader's buttons in it: grading needs neither, instructors do.

    The arguments are the answers to `jupyter labextension list` and `jupyter server extension
    list`.
    """
    version = re.search(r"JupyterLab v(\S+)", lab_extensions)
    if version is None:
        yield Finding("JupyterLab", "no answer", False, "make setup installs it", needed=False)
        return
    yield Finding("JupyterLab", version[1], True, needed=False)
    on = re.search(r"@jupyter/nbgrader v(\S+) +enabled +OK", lab_extensions)
    mend = "jupyter labextension enable @jupyter/nbgrader"
    found = on[1] if on else "not enabled"
    yield Finding("nbgrader in JupyterLab", found, on is not None, mend, needed=False)
    on = re.search(r"nbgrader\.server_extensions\.formgrader +OK", server_extensions)
    mend = "jupyter server extension enable --sys-prefix --py nbgrader"
    found = "enabled" if on else "not enabled"
    yield Finding("formgrader", found, on is not None, mend, needed=False)


def configuration(course: Path) -> Finding:
    """The folder is a course, and nbgrader can read its configuration."""
    from autograder.course.configuration import unreadable_file  # here, because nbgrader takes seconds

    problem = unreadable_file(course)
    return Finding("course", "not usable" if problem else str(course), not problem, problem)


def options(config: Config) -> Finding:
    """Somebody reads every option of the configuration, and it can have its value."""
    from nbgrader.converters import Autograde  # here, because it takes seconds
    from traitlets import TraitError

    from autograder.course.configuration import impossible_value, misspelt_option
    from autograder.course.converters import ExecuteAndAsk

    problem = misspelt_option(config)
    try:
        ExecuteAndAsk(parent=Autograde(config=config))
    except TraitError as error:
        problem = problem or impossible_value(error)
    says = "have a mistake" if problem else "known, with values that they can have"
    return Finding("options", says, not problem, problem)


def database_url(config: Config) -> str:
    """Where nbgrader keeps its gradebook."""
    from nbgrader.coursedir import CourseDirectory

    url: str = CourseDirectory(config=config).db_url
    return url


def database(url: str) -> Finding:
    """The gradebook can be opened and written; one that does not exist yet can be made."""
    if not url.startswith("sqlite:///"):
        shown = re.sub(r"//[^@/]*@", "//", url)  # without user and password
        done = _ask([sys.executable, "-c", _CONNECT, url], _CONNECT_TIMEOUT_S)
        if isinstance(done, str) or done.returncode != 0:
            mend = "Start the server, or mend c.CourseDirectory.db_url in nbgrader_config.py"
            return Finding("gradebook", f"{shown} does not answer", False, mend)
        return Finding("gradebook", shown, True)
    path = Path(url.removeprefix("sqlite:///"))
    if not path.exists():
        if os.access(path.parent, os.W_OK):
            return Finding("gradebook", f"{path} will be made", True)
        made = "writable, or" if path.parent.is_dir() else "first, or"
        mend = f"Make the folder {path.parent} {made} name another db_url"
        return Finding("gradebook", f"{path} cannot be made", False, mend)
    if not os.access(path, os.W_OK):
        mend = f"chmod u+w {path}"
        return Finding("gradebook", f"{path} cannot be written", False, mend)
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        mend = "Move the file away, or bring a copy back; nbgrader makes a new one"
        return Finding("gradebook", f"{path}: {error}", False, mend)
    return Finding("gradebook", str(path), True)


def assignments(course: Path, config: Config) -> Iterator[Finding]:
    """Of each assignment in source/, the cells, rows, checks and points fit one another."""
    from nbgrader.coursedir import CourseDirectory  # here, because it takes seconds

    from autograder.course.consistency import misfits

    coursedir = CourseDirectory(config=config)
    gradebook = Path(coursedir.db_url.removeprefix("sqlite:///"))
    entered = gradebook.is_file() or not coursedir.db_url.startswith("sqlite:///")
    for source in sorted(course.glob("source/*/")):
        released = entered and (course / "release" / source.name).is_dir()
        try:
            found = next(misfits(coursedir, source.name, released), "")
        except Exception as error:  # noqa: BLE001 (a gradebook that cannot be read has a finding of its own)
            found = f"it cannot be read ({type(error).__name__}: {error})"
        says = "does not fit together" if found else "cells, rows, checks and points fit"
        yield Finding(source.name, says, not found, found)


def _ask(
    command: Sequence[str | Path], timeout_s: int, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str] | str:
    """The finished process, or a sentence when it could not be started or took too long."""
    try:
        return subprocess.run(
            command,
            timeout=timeout_s,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {timeout_s} s"
    except OSError as error:
        return f"{command[0]}: {error.strerror}"


def examine(course: Path) -> Iterator[tuple[str, Callable[[], list[Finding]]]]:
    """Every question to this machine: what is looked at, and the call that looks."""
    from autograder.course.configuration import course_config  # here, because nbgrader takes seconds

    yield "Python", lambda: [python_version()]
    yield "the data", lambda: [data()]
    yield "TensorFlow", lambda: list(frameworks(ask_keras(), bool(shutil.which("nvidia-smi"))))
    usable = configuration(course)
    yield "the course", lambda: [usable]
    config = course_config(course) if usable.ok else Config()
    accepted = bool(config.ExecuteAndAsk.get("unsandboxed_grading_is_accepted", False))
    yield "the sandbox", lambda: [sandbox(available(), accepted)]
    yield "nbgrader", lambda: list(commands())
    yield (
        "JupyterLab",
        lambda: list(
            jupyterlab(ask_jupyter("labextension", "list"), ask_jupyter("server", "extension", "list"))
        ),
    )
    if usable.ok:
        yield "the options", lambda: [options(config)]
        yield "the gradebook", lambda: [database(database_url(config))]
        yield "the exercises", lambda: list(assignments(course, config))


def table(findings: list[Finding]) -> Table:
    """The findings as a table: ✓ or ✗, what was found, and under a ✗ how to mend it."""
    shown = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(3):
        shown.add_column(overflow="fold")
    for finding in findings:
        colour = "green" if finding.ok else "red" if finding.needed else "yellow"
        mark = Text("✓" if finding.ok else "✗", style=colour)
        mend = "" if finding.ok else f"\n→ {finding.mend}"
        shown.add_row(mark, finding.what, Text(finding.found + mend))
    return shown


def can_grade(findings: list[Finding]) -> bool:
    """Whether everything that grading needs is there."""
    return all(finding.ok for finding in findings if finding.needed)


def run(console: Console) -> int:
    """Look at everything, print the table; exit code 0 when grading is possible here."""
    findings = []
    with console.status("") as status:
        for what, look in examine(Path.cwd()):
            status.update(f"Looking at {what} ...")
            findings += look()
    console.print(table(findings))
    if can_grade(findings):
        console.print("\nSubmissions can be graded on this machine.")
        return 0
    console.print("\nSubmissions cannot be graded on this machine yet: mend what has a red ✗.")
    return 1
