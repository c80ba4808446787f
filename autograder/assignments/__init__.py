"""Runs anywhere; standard library only. The assignments: each folder here is one, by its name in nbgrader.

A course may have a folder of its own with more of them.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Iterable
from pathlib import Path

from autograder.judging.exercises import Assignment

FOLDER = (
    "AUTOGRADER_ASSIGNMENTS"  # environment variable: the course's folder, for the processes that we start
)

ASSIGNMENTS: dict[str, Assignment] = {}


def add_folder(folder: Path) -> None:
    """Add the assignments of a course's own folder, here and in processes that are started from now on.

    Raises ValueError where it has one that is there already from elsewhere.
    """
    if folder.is_dir() and str(folder) not in __path__:
        os.environ[FOLDER] = str(folder)
        _add([str(folder)])


def _add(folders: Iterable[str]) -> None:
    for folder in folders:
        for module in pkgutil.iter_modules([folder]):
            if module.name in ASSIGNMENTS:
                raise ValueError(
                    f"There are two assignments {module.name!r}, one in {folder}: rename that one."
                )
        __path__.append(folder)
        for module in pkgutil.iter_modules([folder]):
            table = importlib.import_module(f"{__name__}.{module.name}.exercises")
            ASSIGNMENTS[module.name] = table.ASSIGNMENT


_OWN = list(__path__)
__path__.clear()
_add([*_OWN, *filter(None, [os.environ.get(FOLDER)])])
