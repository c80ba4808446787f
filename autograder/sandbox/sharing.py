"""THE WALL; imports the standard library only. Whether a sandbox may have what an instructor adds.

Nothing may open the wall: no variable that steers how the sandbox itself starts, and no folder that
holds the course, this package, or more of the machine than a set of data.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from autograder.sandbox.bubblewrap import HOME, OWN_FOLDER, WORK, SandboxError, python_paths
from autograder.sandbox.surroundings import Surroundings

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# What our own start, the loader of programs, Python or a shell reads before a cell runs.
_OURS = re.compile(
    r"(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|TMPDIR|TEMP|TMP|ENV|IFS|FASHION_MNIST_DIR)\Z"
    r"|(LC|LD|GCONV|GLIBC|MALLOC|PYTHON|BASH|IPYTHON|JUPYTER|NBGRADER|BWRAP)"
)
_MACHINE = ("/boot", "/dev", "/etc", "/proc", "/run", "/sys", "/var/run")
_OWN = (OWN_FOLDER, HOME, WORK)  # of the sandbox


def refusal(surroundings: Surroundings, private: Iterable[Path] = ()) -> str:
    """Why a sandbox may not have these, in one sentence, or "".

    private: what no kernel may see, the course's folders and its gradebook.
    """
    for name, value in surroundings.environment:
        if not _NAME.match(str(name)) or not isinstance(value, str) or "\0" in value:
            return (
                f"ExecuteAndAsk.environment: {name!r} needs a name of letters, digits and _, and a "
                "text as its value."
            )
        if _OURS.match(name.upper()):
            return f"ExecuteAndAsk.environment: {name} is the sandbox's own to set: leave it out."
    try:
        for folder in surroundings.folders:
            _refuse(Path(folder), private)
        fingerprint(surroundings.folders)
    except SandboxError as error:
        return f"ExecuteAndAsk.shared_folders: {error}"
    return ""


@functools.cache
def fingerprint(folders: tuple[str, ...]) -> str:
    """A name for all that is in these folders, read once. Raises `SandboxError`."""
    digest = hashlib.blake2b(digest_size=20)
    for top in folders:
        _add(digest, Path(top))
        for parent, below, names in os.walk(top, onerror=_unreadable):
            below.sort()
            for name in sorted([*below, *names]):
                _add(digest, Path(parent, name))
    return digest.hexdigest()


def _add(digest: hashlib.blake2b, path: Path) -> None:
    status = path.lstat()
    digest.update(f"{stat.S_IFMT(status.st_mode)} {status.st_size} ".encode() + os.fsencode(path))
    if stat.S_ISLNK(status.st_mode):
        digest.update(os.fsencode(os.readlink(path)))
        return
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise SandboxError(f"{path} is neither a file nor a folder: remove it.")  # a way out
    needed = 0o004 if stat.S_ISREG(status.st_mode) else 0o005
    # Where root grades, the student's user is a stranger to every file, see process.py.
    if os.geteuid() == 0 and status.st_mode & needed != needed or not os.access(path, os.R_OK):
        raise SandboxError(f"{path} cannot be read by everybody: chmod -R a+rX {path}")
    if stat.S_ISREG(status.st_mode):
        with open(path, "rb") as file:
            digest.update(hashlib.file_digest(file, "blake2b").digest())


def _unreadable(error: OSError) -> None:
    raise SandboxError(f"{error.filename} cannot be read ({error.strerror}).")


def _refuse(folder: Path, private: Iterable[Path]) -> None:
    """Raise `SandboxError` where this folder may not be shown."""
    if not folder.is_absolute() or not folder.is_dir() or folder.resolve() != folder:
        raise SandboxError(f"{folder} is no folder here, or not its full path without links.")
    package = Path(__file__).parents[1]
    hidden = [package, package.parent / "lenet_solution", *(Path(path).resolve() for path in private)]
    around = [Path("/usr"), Path("/tmp"), Path.home(), *python_paths()]
    closed = [*hidden, *map(Path, _MACHINE), *map(Path, _OWN)]
    for path in (*closed, *around):
        if path.is_relative_to(folder) or (path in closed and folder.is_relative_to(path)):
            raise SandboxError(
                f"{folder} would show {path} to students: share a folder of data and nothing else."
            )
