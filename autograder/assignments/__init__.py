"""Runs anywhere; standard library only. The assignments: each folder here is one, by its name in nbgrader.

A course may have a folder of its own with more of them.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from pathlib import Path

from autograder.judging.exercises import Assignment

FOLDER = "AUTOGRADER_ASSIGNMENTS"  # environment variable: the course's folder, for processes that we start

ASSIGNMENTS: dict[str, Assignment] = {}
FAULTS: dict[str, str] = {}  # why a folder is no assignment, in a sentence, by its name


def add_folder(folder: Path) -> None:
    """Add the assignments of a course's own folder, here and in processes that are started from now on.

    Never raises: nbgrader, while it reads its configuration, would go on without it, as stock nbgrader.
    """
    if folder.is_dir() and str(folder) not in __path__:
        os.environ[FOLDER] = str(folder)
        _add(str(folder))


def _add(folder: str) -> None:
    __path__.append(folder)
    for name in (module.name for module in pkgutil.iter_modules([folder]) if module.ispkg):
        if name in ASSIGNMENTS:
            FAULTS[name] = f"There are two assignments {name!r}, one of them in {folder}: rename that one."
            continue
        try:
            ASSIGNMENTS[name] = importlib.import_module(f"{__name__}.{name}.exercises").ASSIGNMENT
        except Exception as error:  # noqa: BLE001 (whatever is wrong in it)
            FAULTS[name] = (
                f"{folder}/{name}/exercises.py cannot be used ({type(error).__name__}: {error}): mend it first."
            )


_OWN = list(__path__)
__path__.clear()
for _folder in (*_OWN, *filter(None, [os.environ.get(FOLDER)])):
    _add(_folder)
