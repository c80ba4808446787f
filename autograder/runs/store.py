"""TRUSTED: executed notebooks and their claims, kept under a key of all that could change them.

A changed check, rubric or message is judged again from here without running anything. The store
is a folder or anything else that fsspec reaches; an entry is written whole or not at all.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import json
import platform
import secrets
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import fsspec
import nbformat

from autograder import assignments
from autograder.fashion_mnist import find_folder
from autograder.judging.judge import NoClaim
from autograder.judging.verdicts import Verdict
from autograder.runs.execution import Execution, Job, questions
from autograder.runs.packages import installed
from autograder.sandbox import sharing
from autograder.sandbox.files import digests_of_files

# Whatever turns claims into verdicts and pages stands in one of these; see tests/test_architecture.py.
JUDGING_ROOMS = ("assignments", "cleaning", "copies", "course", "judging", "report", "runs")

_FORMAT = b"1"  # of an entry; a new one makes every old entry a stranger
_MAX_ENTRY = 256 * 2**20  # bytes of an unpacked entry


class Store:
    """Executions by key, at an address such as "/course/.autograder/store" or "s3://bucket/x"."""

    def __init__(self, address: str):
        self._fs, self._root = fsspec.core.url_to_fs(address)

    def get(self, key: str) -> Execution | None:
        """The execution kept under this key, None where there is none that can be read."""
        try:
            return unpack(key, self._fs.cat_file(self._path(key)))
        except (OSError, ValueError):
            return None

    def has(self, key: str) -> bool:
        """Whether there is an entry under this key; `get` may yet find that it cannot be read."""
        return bool(self._fs.exists(self._path(key)))

    def packed(self, key: str) -> bytes:
        """The entry under this key as it is. Raises OSError where there is none."""
        entry: bytes = self._fs.cat_file(self._path(key))
        return entry

    def has_verdicts(self, key: str, notebook: str) -> bool:
        """Whether the checks of today have judged this notebook's execution under this key."""
        return bool(self._fs.exists(self._verdicts_path(key, notebook)))

    def verdicts(self, key: str, notebook: str) -> dict[str, Verdict] | None:
        """The verdicts that the checks of today gave, None where there are none to be read."""
        try:
            data = json.loads(self._fs.cat_file(self._verdicts_path(key, notebook)))
            return {name: Verdict.from_data(verdict) for name, verdict in data.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def put_verdicts(self, key: str, notebook: str, verdicts: dict[str, Verdict]) -> None:
        """Keep the verdicts of today's checks on this notebook's execution under this key."""
        data = {name: verdict.as_data() for name, verdict in verdicts.items()}
        self._write(self._verdicts_path(key, notebook), json.dumps(data).encode())

    def put(self, key: str, execution: Execution) -> None:
        """Keep an execution that is worth it; any other is forgotten, and so is run again."""
        if execution.worth_keeping:
            self.put_packed(key, pack(key, execution))

    def put_packed(self, key: str, executed: bytes) -> None:
        """Keep what `pack` packed. Two writers of one key do no harm: they write the same, but for the time."""
        with suppress(FileNotFoundError):  # no folder yet
            # Listed, because a pattern would read the brackets in a folder's name as its own.
            for path in self._fs.ls(self._fs._parent(self._path(key)), detail=False):
                name = path.rsplit("/", 1)[-1]
                if name.startswith(f"{key}.") and name.endswith(".verdicts.json"):
                    self._fs.rm_file(path)  # they are of what stands there now
        self._write(self._path(key), executed)

    def _write(self, path: str, content: bytes) -> None:
        self._fs.makedirs(self._fs._parent(path), exist_ok=True)
        unfinished = f"{path}.{secrets.token_hex(4)}"
        try:
            self._fs.pipe_file(unfinished, content)
            self._fs.mv(unfinished, path)
        except OSError:  # a full disk: what is there of it takes the last room
            with suppress(OSError):
                self._fs.rm_file(unfinished)
            raise

    def _path(self, key: str) -> str:
        return f"{self._root}/{key[:2]}/{key}.json.z"

    def _verdicts_path(self, key: str, notebook: str) -> str:
        return f"{self._root}/{key[:2]}/{key}.{judging_key(notebook)}.verdicts.json"


def pack(key: str, execution: Execution) -> bytes:
    """An execution as bytes: compressed JSON, nothing that would have to be unpickled.

    Where it would be too large to be read again, the outputs of its cells are left out.
    """
    text = _as_text(key, execution)
    if len(text) > _MAX_ENTRY:
        notebook = nbformat.from_dict({**execution.notebook})
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = []
        notes = [*execution.cut_off, "The outputs of the cells were too large to keep."]
        text = _as_text(key, replace(execution, notebook=notebook, cut_off=notes))
    return zlib.compress(text, level=1)


def _as_text(key: str, execution: Execution) -> bytes:
    data = {
        "key": key,
        "notebook": execution.notebook,
        "claims": {
            name: claim if isinstance(claim, str) else {"no_claim": claim.reason}
            for name, claim in execution.claims.items()
        },
        "stopped": execution.stopped,
        "repeatable": execution.repeatable,
        "cut_off": execution.cut_off,
        "took": {"seconds": execution.seconds, "memory_mib": execution.memory_mib},
    }
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")


def unpack(key: str, packed: bytes) -> Execution:
    """What `pack` packed under this key. Anything else raises ValueError."""
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(packed, _MAX_ENTRY)
        data = json.loads(text) if unpacker.eof else {}
        if data["key"] != key:
            raise ValueError(f"this is the entry of {data['key']}, not of {key}")
        claims = {
            name: claim if isinstance(claim, str) else NoClaim(claim["no_claim"])
            for name, claim in data["claims"].items()
        }
        notebook = nbformat.from_dict({**data["notebook"]})
        ends = (data["stopped"], data["repeatable"], data["cut_off"])
        took = data.get("took", {})  # an entry from before has none
        return Execution(
            notebook, claims, *ends, seconds=took.get("seconds"), memory_mib=took.get("memory_mib")
        )
    except (zlib.error, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"this is no execution: {error!r}") from None


def execution_key(job: Job, sandboxed: bool) -> str:
    """A name for everything that could change what comes out of executing this job."""
    digest = hashlib.blake2b(_FORMAT, digest_size=20)

    def add(*parts: Any) -> None:
        for part in parts:
            raw = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
            digest.update(f"{len(raw)} ".encode() + raw)

    add(environment(), job.limits, job.retrain_timeout_s, sandboxed, sorted(job.not_executed))
    add(job.surroundings, sharing.fingerprint(job.surroundings.folders))
    for cell in job.notebook.cells:
        add(cell.cell_type, cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    for question in questions(job.exercises, job.seed).values():
        add(question.cell_source())
    if job.retraining:
        add(job.retraining.cell_source())
    for name, content in digests_of_files(Path(job.folder)):
        add(name, content)
    return digest.hexdigest()


@functools.cache
def environment() -> str:
    """What a kernel here runs on: Python, every installed package as it is, our own code around it."""
    found = installed()
    packages = sorted(f"{name}=={version}" for name, version in found.packages.items())
    ours = _digest(_sources("sandbox/**/*", "runs/execution.py", "fashion_mnist.py"))
    return json.dumps(
        [
            platform.python_version(),
            platform.machine(),
            packages,
            found.beside,
            ours,
            find_folder() is not None,
        ]
    )


@functools.cache
def judging_key(notebook: str = "") -> str:
    """A name for everything that turns claims into verdicts and pages: our own trusted source.

    With it go the part of the answer book that hidden checks compare with, and the weights that are
    known. notebook: the stem of one, and what only judges the others is left out.
    """
    sources = _sources(*(f"{room}/**/*" for room in JUDGING_ROOMS), "fashion_mnist.py")
    for folder in assignments.__path__[1:]:  # a course's own
        sources += _read_as_source(sorted(Path(folder).rglob("*")))
    if notebook:
        checks = f"test_{notebook}.py"
        sources = [s for s in sources if s.name == checks or not s.name.startswith("test_")]
    book = importlib.util.find_spec("lenet_solution.parameters")
    assert book is not None and book.origin is not None, "it is installed with this package"
    return _digest([*sources, Path(book.origin)])


def _sources(*patterns: str) -> list[Path]:
    """Our own source files that match, in an order that is always the same."""
    package = Path(__file__).parents[1]
    found = [path for pattern in patterns for path in sorted(package.glob(pattern))]
    return _read_as_source(found)


def _read_as_source(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if path.suffix in (".py", ".ini", ".npz")]


def _digest(files: list[Path]) -> str:
    digest = hashlib.blake2b(digest_size=20)
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)} ".encode() + content)
    return digest.hexdigest()
