"""Runs anywhere; standard library only. What an assignment is made of: its exercises.

One record per graded cell. `id` is the nbgrader grade_id of the cell and the word a student gives to
`check(...)`. The records themselves are in autograder/assignments, in a folder for each assignment.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

ASSIGNMENTS = "autograder.assignments"  # the package with a folder for each


def folder_of(assignment: str) -> Path:
    """The folder of an assignment, in the package or in a course."""
    package = importlib.util.find_spec(f"{ASSIGNMENTS}.{assignment}")
    assert package is not None and package.submodule_search_locations, "it is a package"
    return Path(package.submodule_search_locations[0])


def checks_of(assignment: str) -> Path:
    """The folder of an assignment's checks."""
    return folder_of(assignment) / "checks"


@dataclass(frozen=True)
class Exercise:
    """One graded code cell.

    id: grade_id of the cell; also the argument of `check`.
    notebook: stem of the notebook's file name.
    points: the sum of the points of its checks, public and hidden.
    title: what is asked, in a few words, for reports.
    probe: which source in autograder/probes asks the student's kernel.
    ask: plain data handed to that probe; the grader adds hidden inputs to it.
    hint: what to look at again when a check fails without a diagnosis of its own.
    worked: the last hint, the same on other numbers from beginning to end.
    names: what its notebook calls some arguments, by that name, for sentences.
    minutes: planned for the sections from the exercise before it to this one; 0 where nobody planned.
    assignment: whose exercise it is; `Assignment` writes its name here.
    """

    id: str
    notebook: str
    points: float
    title: str
    probe: str
    ask: dict[str, Any]
    hint: str
    worked: str = ""
    names: dict[str, Any] = field(default_factory=dict)
    minutes: int = 0
    assignment: str = ""


@dataclass(frozen=True)
class Written:
    """One graded cell that a person reads, for `progress`. id, notebook, points, minutes: as of an `Exercise`."""

    id: str
    notebook: str
    points: float
    minutes: int = 0


@dataclass(frozen=True)
class Assignment:
    """The exercises of one nbgrader assignment, in the order of the notebooks.

    not_executed: grade_ids of locked cells that serve the student alone (long training, pictures
    of it) and are passed over when grading.
    written: the answers that a person reads; nothing is judged by them.
    """

    name: str
    exercises: tuple[Exercise, ...]
    not_executed: frozenset[str] = field(default_factory=frozenset)
    written: tuple[Written, ...] = ()

    def __post_init__(self) -> None:
        own = tuple(replace(exercise, assignment=self.name) for exercise in self.exercises)
        object.__setattr__(self, "exercises", own)

    @property
    def files(self) -> dict[str, str]:
        """What is handed in beside the notebooks: names of files by the notebook that makes them."""
        return {e.notebook: e.ask["file"] for e in self.exercises if e.probe == "weights"}

    def notebook(self, stem: str) -> dict[str, Exercise]:
        """The exercises of one notebook by id; empty for a notebook that has none."""
        return {e.id: e for e in self.exercises if e.notebook == stem}
