"""TRUSTED; standard library only. What lies in a student's archive, taken out within limits.

An archive says what it likes about itself. Its directory is looked at before anything is unpacked, and
what is unpacked is counted again, because a directory may lie. Only files come out, only those that are
asked for, under names that the caller gives them: no path in an archive decides where anything is written.
"""

from __future__ import annotations

import gzip
import io
import itertools
import mmap
import re
import stat
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, cast

from autograder.judging.words import named

MIB = 2**20  # bytes
ARCHIVE = 128 * MIB  # of the file itself
ENTRIES = 10_000  # in one archive, folders counted
DEPTH = 20  # folders in folders
NESTED = 3  # archives in archives, the outermost counted
FILES = 1_000  # taken out of one archive
FILE = 64 * MIB  # one file that is taken out
UNPACKED = 256 * MIB  # all that is unpacked of one archive, with those inside it
RATIO = 100  # unpacked for one byte of the archive; only asked from RATIO_FREE on,
RATIO_FREE = 16 * MIB  # because a file of zeros is small, and no harm

# Of the format of zip files (APPNOTE 4.3.12 and 4.3.7): what an entry of the directory begins with, and
# how many bytes stand at least before a file's own.
_DIRECTORY_ENTRY, _FILE_HEADER = b"PK\x01\x02", 30

_CHUNK = 2**16  # bytes in memory at a time
_HEADER = 2**20  # bytes that a header inside a tar file may have


class Refused(Exception):
    """Nothing is taken out of this archive; the text says why, in one clause."""


class _NoArchive(Refused):
    """It is none of the kinds that are opened here."""


@dataclass(frozen=True)
class Entry:
    """One file in an archive.

    parts: its path, folders first. size: in bytes, as the archive says. time: six numbers, the year
    first. fault: why it cannot be taken out, or "". open: for reading it.
    """

    parts: tuple[str, ...]
    size: int
    time: tuple[int, ...]
    fault: str
    open: Callable[[], IO[bytes]]

    @property
    def name(self) -> str:
        """Its path as one text."""
        return "/".join(self.parts)


class Archive:
    """A zip or tar file, with the archives inside it. Opened by `with`; raises `Refused`.

    entries: its files, of several of one path the last. left_out: a path and why it is none of them, or
    which of several, for each such path.
    """

    def __init__(self, path: Path, suffixes: tuple[str, ...]):
        self._files: dict[tuple[str, ...], Entry] = {}
        self._times: Counter[tuple[str, ...]] = Counter()
        self.left_out: list[str] = []
        self._path, self._suffixes = path, suffixes
        self._packed = path.stat().st_size
        self._unpacked = self._seen = 0
        self._numbers = itertools.count()
        self._opened = ExitStack()

    def __enter__(self) -> Archive:
        if self._packed > ARCHIVE:
            raise Refused(f"it is larger than {ARCHIVE // MIB} MiB")
        with ExitStack() as opened:
            self._opened = opened
            self._scratch = Path(opened.enter_context(tempfile.TemporaryDirectory()))
            self._look_into(self._path, (), 1)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @property
    def entries(self) -> list[Entry]:
        return [*self._files.values()]

    def take(self, wanted: Mapping[Path, Entry]) -> None:
        """Write these entries to these paths. On `Refused` some may be there already."""
        if len(wanted) > FILES:
            raise Refused(f"more than {FILES:,} files in it would be taken")
        for entry in wanted.values():
            if entry.fault:
                raise Refused(f"{named(entry.name)} {entry.fault}")
        self._require_room(sum(entry.size for entry in wanted.values()))
        for path, entry in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with entry.open() as source, open(path, "xb") as target:
                self._copy(source, target)

    def _require_room(self, more: int) -> None:
        """Whether so many bytes more may be unpacked."""
        unpacked = self._unpacked + more
        if unpacked > UNPACKED:
            raise Refused(f"more than {UNPACKED // MIB} MiB would be unpacked")
        if unpacked > max(RATIO_FREE, RATIO * self._packed):
            raise Refused(f"it would be unpacked to more than {RATIO} times its size")

    def _copy(self, source: IO[bytes] | gzip.GzipFile, target: IO[bytes], most: int = FILE) -> None:
        copied = 0
        while chunk := source.read(_CHUNK):
            copied += len(chunk)
            if copied > most:
                raise Refused(f"a file in it is larger than {most // MIB} MiB")
            self._require_room(len(chunk))
            self._unpacked += len(chunk)
            target.write(chunk)

    def _look_into(self, path: Path, inside: tuple[str, ...], level: int) -> None:
        """Add what is in the archive at `path`, which lies at `inside`. Raises `_NoArchive`."""
        for entry in list(self._entries(path)):
            entry = replace(entry, parts=(*inside, *entry.parts))
            if len(entry.parts) > DEPTH:
                self.left_out.append(
                    f"{named('/'.join(entry.parts[:2]))}/… lies {DEPTH} or more folders deep"
                )
            elif Path(entry.name).suffix.lower() in self._suffixes:
                self._look_into_entry(entry, level)
            else:
                self._add(entry)

    def _add(self, entry: Entry) -> None:
        """Of several of one path the last one counts, as for programs that unpack."""
        self._files[entry.parts] = entry
        self._times[entry.parts] += 1
        if self._times[entry.parts] == 2:
            self.left_out.append(f"{named(entry.name)} is in it more than once, and the last one counts")

    def _look_into_entry(self, entry: Entry, level: int) -> None:
        if entry.fault or level == NESTED:
            why = entry.fault or f"is an archive in {NESTED} archives"
            self.left_out.append(f"{named(entry.name)} {why}")
            return
        unpacked = self._new_scratch()
        with entry.open() as source, open(unpacked, "xb") as target:
            self._copy(source, target)
        try:
            self._look_into(unpacked, (*entry.parts[:-1], archive_stem(entry.parts[-1])), level + 1)
        except _NoArchive:  # a set of data, for instance
            self._add(entry)

    def _new_scratch(self) -> Path:
        return self._scratch / str(next(self._numbers))

    def _count(self) -> None:
        self._seen += 1
        if self._seen > ENTRIES:
            raise Refused(f"there are more than {ENTRIES:,} files in it")

    def _entries(self, path: Path) -> Iterator[Entry]:
        with open(path, "rb") as file:
            head = file.read(tarfile.BLOCKSIZE)
        if head.startswith(b"PK"):
            yield from self._zipped(path)
            return
        packed = path
        if head.startswith(b"\x1f\x8b"):
            path = self._new_scratch()
            with gzip.open(packed) as source, suppress(gzip.BadGzipFile, EOFError, zlib.error):
                head = source.read(tarfile.BLOCKSIZE)
        try:
            tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            raise _NoArchive("it is neither a zip file nor a tar.gz") from None
        if path != packed:
            with gzip.open(packed) as source, open(path, "xb") as target:
                self._copy(source, target, UNPACKED)
        yield from self._tarred(path)

    def _zipped(self, path: Path) -> Iterator[Entry]:
        # Before zipfile reads the directory, which takes as much memory as it has entries.
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            place, records = content.find(_DIRECTORY_ENTRY), 0
            while place >= 0:
                place, records = content.find(_DIRECTORY_ENTRY, place + 1), records + 1
                if records > ENTRIES:
                    raise Refused(f"there are more than {ENTRIES:,} files in it")
        archive = self._opened.enter_context(zipfile.ZipFile(path))
        infos = archive.infolist()
        places = sorted((info.header_offset, info.compress_size) for info in infos)
        for (start, size), (following, _) in itertools.pairwise(places):
            if start + _FILE_HEADER + size > following:
                raise Refused("files in it share the same bytes, which no ordinary program makes")
        for info in infos:
            self._count()
            name = _zip_name(info)
            kind = stat.S_IFMT(info.external_attr >> 16)
            if name.endswith(("/", "\\")) or kind == stat.S_IFDIR:
                continue
            if parts := self._parts(name, kind in (0, stat.S_IFREG)):
                fault = ""
                if info.flag_bits & 0x1:
                    fault = "is locked with a password"
                elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    fault = "is packed in a way that is not opened here"  # the others know no bounds
                elif info.file_size > FILE:
                    fault = f"is larger than {FILE // MIB} MiB"
                yield Entry(parts, info.file_size, info.date_time, fault, partial(archive.open, info))

    def _tarred(self, path: Path) -> Iterator[Entry]:
        file = self._opened.enter_context(_Sips(path))
        archive = self._opened.enter_context(tarfile.open(fileobj=file, mode="r:"))  # noqa: SIM115
        for member in archive:
            self._count()
            if member.isdir():
                continue
            name = member.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            if parts := self._parts(name, member.isreg() and not member.issparse()):
                fault = f"is larger than {FILE // MIB} MiB" if member.size > FILE else ""
                changed = tuple(time.gmtime(min(max(member.mtime, 0), 2**32))[:6])
                # Of a regular file, as this one is, it gives no None.
                reader = cast("Callable[[], IO[bytes]]", partial(archive.extractfile, member))
                yield Entry(parts, member.size, changed, fault, reader)

    def _parts(self, name: str, is_file: bool) -> tuple[str, ...]:
        """The path in its parts, Windows' separators and drives understood; () where it is left out."""
        steps = re.split(r"[/\\]+", re.sub(r"\A[A-Za-z]:", "", name))
        parts = [part for part in steps if part not in ("", ".")]
        if not parts or ".." in parts:
            self.left_out.append(f"{named(name)} leads out of the archive")
        elif not is_file:
            self.left_out.append(f"{named(name)} is a link or no file at all")
        else:
            return tuple(parts)
        return ()


class _Sips(io.FileIO):
    """A file of which no more is read at a time than a header may have: tarfile believes headers."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or not 0 <= size <= _HEADER:
            raise Refused("a header in it is too large")
        return super().read(size)


def archive_stem(name: str) -> str:
    """The name of an archive without .zip, .gz or .tar.gz."""
    stem = name.rpartition(".")[0]
    return stem.removesuffix(".tar")


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Its path; macOS writes UTF-8 without saying so, which zipfile reads as an old PC's letters."""
    if not info.flag_bits & 0x800:
        try:
            return info.filename.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return info.filename
