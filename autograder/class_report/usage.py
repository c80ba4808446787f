"""TRUSTED; NumPy only. What it took to execute a notebook, of a whole class: time and memory."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field

import numpy as np

from autograder.report.records import Took

NEAR = 0.8  # of a limit: from here on a slower machine, or a little more data, may hit it
NAMED = 10  # students that are named for one notebook


@dataclass(frozen=True)
class Near:
    """A student whose notebook came near a limit. place: of the row; value, most: what it took of what it might."""

    place: int
    value: float
    most: float


@dataclass(frozen=True)
class Usage:
    """Of one notebook. values: [N], of those who are known; unknown: how many are not; most: the largest limit;
    near: the largest of those near their limit, the largest share of it first."""

    values: np.ndarray
    unknown: int
    most: float
    near: tuple[Near, ...]

    @property
    def median(self) -> float | None:
        return float(np.median(self.values)) if len(self.values) else None

    @property
    def largest(self) -> float | None:
        return float(self.values.max()) if len(self.values) else None


@dataclass(frozen=True)
class Used:
    """Time, in seconds, and memory, in MiB, of executing one notebook."""

    notebook: str
    seconds: Usage
    memory_mib: Usage


@dataclass
class _Column:
    """A number for each student who handed the notebook in, with its limit; not a number where it is not known."""

    places: array[int] = field(default_factory=lambda: array("l"))
    values: array[float] = field(default_factory=lambda: array("d"))
    most: array[float] = field(default_factory=lambda: array("d"))

    def put(self, place: int, value: float | None, most: float) -> None:
        self.places.append(place)
        self.values.append(math.nan if value is None else value)
        self.most.append(most)

    def result(self) -> Usage:
        values, most = np.array(self.values), np.array(self.most)
        known = ~np.isnan(values)
        shares = np.where(known, values, 0) / np.where(most > 0, most, math.inf)
        order = np.argsort(-shares, kind="stable")[:NAMED]
        near = [Near(self.places[n], float(values[n]), float(most[n])) for n in order if shares[n] >= NEAR]
        return Usage(values[known], int(np.sum(~known)), float(most.max(initial=0)), tuple(near))


class Uses:
    """Takes notebooks in, each once; then `result` has what they took, in the order in which they came."""

    def __init__(self) -> None:
        self._columns: dict[str, tuple[_Column, _Column]] = {}

    def take(self, place: int, notebook: str, took: Took | None) -> None:
        """place: of the student's row. took: None where it is not known."""
        seconds, memory = self._columns.setdefault(notebook, (_Column(), _Column()))
        seconds.put(place, took.seconds if took else None, took.most_seconds if took else 0)
        memory.put(place, took.memory_mib if took else None, took.most_memory_mib if took else 0)

    def result(self) -> tuple[Used, ...]:
        return tuple(Used(name, s.result(), m.result()) for name, (s, m) in self._columns.items())
