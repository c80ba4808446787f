"""TRUSTED; standard library only. Which packages a kernel here can import, and whether they are as installed.

An installer writes the size and the digest of every file into a package's RECORD. Where a source file
has other content by now, or any file another size, the package is another one, whatever its version
says: what was executed with it is not what would be executed without. Times of files say nothing, so
machines with the same packages agree, and installing the same versions again changes nothing.
"""

from __future__ import annotations

import base64
import csv
import functools
import hashlib
import os
import re
import site
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions

_IMPORTED = (".py", ".pth")  # read whole: a second; the rest, two gigabytes, goes by its size
_NO_CODE = re.compile(r"__pycache__|.*\.(dist|egg)-info")  # folders; what is imported is compared itself


def _folders() -> list[str]:
    """Where packages are installed. Not sys.path: setuptools puts copies of its own there while it runs,
    and two processes would not agree."""
    own = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    return [*site.getsitepackages(), *own]


@functools.cache
def installed_packages() -> dict[str, str]:
    """The version of every package that a kernel here can import, by name in small letters and dashes.

    Behind it, of one that was changed since it was installed: "changed", and a digest of how.
    """
    found = {}
    for package in distributions(path=_folders()):
        changed = _digest(_changes(package))
        name = re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()
        found[name] = f"{package.version} changed {changed}" if changed else package.version
    return found


@functools.cache
def other_files() -> str:
    """A digest of the files beside the installed packages that none of them brought; "" where there are none.

    A module among them may hide one that was installed.
    """
    found = []
    for place in _folders():
        known = {path for package in distributions(path=[place]) for path, _, _ in _recorded(package)}
        for folder, folders, files in os.walk(place):
            folders[:] = [name for name in folders if not _NO_CODE.fullmatch(name)]
            paths = {f"{folder}/{name}" for name in files} - known
            found += [f"{os.path.relpath(path, place)} {_state(path)}" for path in paths]
    return _digest(sorted(found))


def _recorded(package: Distribution) -> Iterator[tuple[str, str, str]]:
    """Each file that was installed with a package: where it is, its digest and its size as they were."""
    root = str(package.locate_file(""))
    for row in csv.reader((package.read_text("RECORD") or "").splitlines()):
        if len(row) == 3:
            yield os.path.normpath(f"{root}/{row[0]}"), row[1], row[2]


def _changes(package: Distribution) -> Iterator[str]:
    """A line for each file of a package that is not as it was installed."""
    for path, digest, size in _recorded(package):
        algorithm, _, then = digest.partition("=")
        if not then:
            continue  # RECORD itself, and what Python compiled
        now = _state(path, algorithm)
        if now != (then if path.endswith(_IMPORTED) else size or now):
            yield f"{os.path.basename(path)} {now}"


def _state(path: str, algorithm: str = "sha256") -> str:
    """The digest of a source file, written as in RECORD; of any other the size in bytes."""
    try:
        if not path.endswith(_IMPORTED):
            return str(os.stat(path).st_size)
        with open(path, "rb", buffering=0) as file:
            digest = hashlib.new(algorithm, file.read()).digest()
    except OSError:
        return "gone"
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _digest(lines: Iterable[str]) -> str:
    """A name for these lines; "" where there are none."""
    text = "\n".join(lines)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest() if text else ""
