"""THE WALL; imports the standard library only. Which of a submission's files go into its sandbox."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.sandbox.limits import MIB, Limits


def files_taken_in(folder: Path, limits: Limits) -> tuple[list[Path], list[str]]:
    """The regular files under `folder` that a kernel gets, and the names of those it does not.

    Too large a file stays out, one more when half of `files_mib` is taken (the rest is for the
    student), and one whose name does not print. Links and notebooks stay out unnamed: of links the
    report speaks anyway, and a notebook that was graded before names the hidden checks.
    """
    taken, left_out = [], []
    room = limits.files_mib * MIB // 2
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for path in (Path(parent, name) for name in sorted(names)):
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode) or path.suffix == ".ipynb":
                continue
            name = str(path.relative_to(folder))
            if status.st_size > min(limits.submitted_file_mib * MIB, room) or not name.isprintable():
                left_out.append(name)
            else:
                room -= status.st_size
                taken.append(path)
    return taken, left_out


def digests_of_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The name and 64 bytes that only this content gives, of every file beside the notebooks."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix != ".ipynb":
            with open(path, "rb") as file:
                name = str(path.relative_to(folder))
                yield name, hashlib.file_digest(file, "blake2b").digest()


def pack(folder: Path | None, limits: Limits, target_fd: int) -> None:
    """Write the files that a kernel gets into a zip file, following no link."""
    with open(target_fd, "wb", closefd=False) as file, zipfile.ZipFile(file, "w") as archive:
        if folder:
            for path in files_taken_in(folder, limits)[0]:
                with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as source:
                    archive.writestr(zipfile.ZipInfo(str(path.relative_to(folder))), source.read())
    os.lseek(target_fd, 0, os.SEEK_SET)
