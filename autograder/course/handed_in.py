"""TRUSTED. What of a student's folder is taken in, counted and bounded before anything is copied.

No link is followed and nothing is opened here: a link may lead to the solution, and a device has no end.
The work grows with the number of files, and ends at a fixed number of them.
"""

from __future__ import annotations

import glob
import itertools
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nbgrader.utils import is_ignored

from autograder.judging.words import named
from autograder.sandbox.limits import MIB, Limits

DEPTH = 20  # folders in folders, the top one counted: to copy or remove a thousand would fail
FILES = 1_000  # beside the notebooks
ENTRIES = 10_000  # files and folders that are looked at
SOME = 10  # things of one kind that are told one by one
WEIGHTS = (".h5", ".hdf5", ".keras")  # what files of a network's weights end in
_ASK = "hand in what the assignment asks for."


@dataclass(frozen=True)
class HandedIn:
    """One folder of a submission.

    files: the regular files that are taken in, but notebooks, relative to it. links: names of links.
    notes: what was left out and why, in sentences for the student.
    """

    files: tuple[Path, ...]
    links: tuple[str, ...]
    notes: tuple[str, ...]


def look_at(folder: Path, ignored: Sequence[str], limits: Limits, first: Collection[str] = ()) -> HandedIn:
    """Decide what is taken in. ignored: nbgrader's patterns; first: names that have the first places."""
    files: list[Path] = []
    links: list[str] = []
    large: list[str] = []
    odd: list[str] = []
    deep, more = False, 0
    room = limits.files_mib * MIB // 2  # the other half is the kernel's own
    found = entries(folder, ignored, first)
    for entry in itertools.islice(found, ENTRIES):
        path = Path(entry.path).relative_to(folder)
        if entry.is_symlink():
            links.append(str(path))
        elif entry.is_dir():
            deep = deep or len(path.parts) == DEPTH
        elif not entry.is_file() or path.suffix == ".ipynb":
            continue
        elif not str(path).isprintable():
            odd.append(str(path))
        elif entry.stat().st_size > min(limits.submitted_file_mib * MIB, room):
            large.append(str(path))
        elif len(files) == FILES:
            more += 1
        else:
            room -= entry.stat().st_size
            files.append(path)
    notes = few([f"{named(link)} is a link and was left out." for link in links])
    notes += few(
        [
            f"{named(name)} was left out: it, or all files together, are larger than a submission may be."
            for name in large
        ]
    )
    notes += few([f"{named(name)} was left out: its name does not print." for name in odd])
    if deep:
        notes.append(f"What lies {DEPTH} or more folders deep was left out.")
    if next(found, None) is not None:
        notes.append(f"Only {ENTRIES:,} files and folders were looked at: {_ASK}")
    elif more:
        notes.append(f"There are more than {FILES:,} files, so {more:,} were left out: {_ASK}")
    return HandedIn(tuple(files), tuple(links), tuple(notes))


def entries(folder: Path, ignored: Sequence[str], first: Collection[str] = ()) -> Iterator[os.DirEntry[str]]:
    """All that is below, `DEPTH` deep, but what nbgrader ignores; nearest the top first, then by name."""
    level = [] if is_ignored(str(folder), list(ignored)) else [str(folder)]
    for _ in range(DEPTH):
        below = []
        for parent in level:
            with suppress(OSError), os.scandir(parent) as listing:
                unwanted = _ignored_in(parent, ignored)
                for entry in sorted(listing, key=lambda entry: (entry.name not in first, entry.name)):
                    if entry.name not in unwanted:
                        yield entry
                        if entry.is_dir(follow_symlinks=False):
                            below.append(entry.path)
        level = below


def may_be(asked: str, files: Iterable[Path]) -> list[str]:
    """Which of these files may be the one that is asked for, under another name or in a folder below.

    A browser makes "lenet.weights (1).h5" of a second copy, a platform or a system changes capitals.
    """
    begins = asked.removesuffix(Path(asked).suffix).casefold()
    return [
        str(path)
        for path in files
        if path.suffix.casefold() in WEIGHTS or path.name.casefold().startswith(begins)
    ]


def _ignored_in(parent: str, ignored: Sequence[str]) -> set[str]:
    """nbgrader's `is_ignored` for all of a folder at once: it lists the folder for each of its files."""
    return {
        os.path.basename(path)
        for pattern in ignored
        for path in glob.glob(os.path.join(glob.escape(parent), pattern))
    }


def few(sentences: Sequence[str]) -> list[str]:
    """The first of several sentences of one kind, and how many more there are."""
    more = len(sentences) - SOME
    return [*sentences[:SOME], *([f"({more:,} more of this kind.)"] if more > 0 else [])]
