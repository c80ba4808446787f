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
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from importlib.machinery import PathFinder
from importlib.metadata import Distribution, distributions

_IMPORTED = (".py", ".pth")  # read whole: a second; the rest, two gigabytes, goes by its size
_NO_CODE = re.compile(r"__pycache__|.*\.(dist|egg)-info")  # folders; what is imported is compared itself


def _folders() -> list[str]:
    """Where packages are installed. Not sys.path: setuptools puts copies of its own there while it runs,
    and two processes would not agree."""
    own = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    return [*site.getsitepackages(), *own]


@dataclass(frozen=True)
class Installed:
    """What a kernel here can import.

    packages: the version of every package, by name in small letters and dashes; behind it, of one that was
    changed since it was installed: "changed", and a digest of how. beside: a digest of the files that none of
    them brought, for a module among them may hide one that was installed; "" where there are none.
    """

    packages: dict[str, str]
    beside: str


@functools.cache
def installed() -> Installed:
    """The packages here as they are: a second of one core, so looked at once in a process."""
    packages, beside = {}, []
    for place in _folders():
        known: set[str] = set()
        for package in distributions(path=[place]):
            files = [*_recorded(package)]
            known.update(path for path, _, _ in files)
            changed = _digest(_changes(files))
            about = _about(package)
            name = re.sub(r"[-_.]+", "-", about["Name"]).lower()
            packages[name] = f"{about['Version']} changed {changed}" if changed else about["Version"]
        for folder, folders, files_here in os.walk(place):
            folders[:] = [name for name in folders if not _NO_CODE.fullmatch(name)]
            paths = {f"{folder}/{name}" for name in files_here} - known
            beside += [f"{os.path.relpath(path, place)} {_state(path)}" for path in paths]
    return Installed(packages, _digest(sorted(beside)))


def is_installed_module(name: str) -> bool:
    """Whether a module of Python, of an installed package or of this one has this name."""
    ours = __package__.partition(".")[0]
    return name in sys.stdlib_module_names or name == ours or bool(PathFinder.find_spec(name, _folders()))


def _about(package: Distribution) -> Message:
    """The fields of a package's metadata, without the long description, which takes most of the time."""
    return HeaderParser().parsestr(package.read_text("METADATA") or package.read_text("PKG-INFO") or "")


def _recorded(package: Distribution) -> Iterator[tuple[str, str, str]]:
    """Each file that was installed with a package: where it is, its digest and its size as they were."""
    root = os.path.normpath(str(package.locate_file("")))
    for row in csv.reader((package.read_text("RECORD") or "").splitlines()):
        if len(row) == 3:
            path = f"{root}/{row[0]}"
            yield os.path.normpath(path) if "/../" in path else path, row[1], row[2]


def _changes(files: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """A line for each of a package's recorded files that is not as it was installed."""
    for path, digest, size in files:
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
