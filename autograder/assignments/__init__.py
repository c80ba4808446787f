"""Runs anywhere; standard library only. The assignments: each folder here is one, by its name in nbgrader."""

from __future__ import annotations

import importlib
import pkgutil

from autograder.judging.exercises import Assignment

ASSIGNMENTS: dict[str, Assignment] = {
    module.name: importlib.import_module(f"{__name__}.{module.name}.exercises").ASSIGNMENT
    for module in pkgutil.iter_modules(__path__)
}
