"""TRUSTED; Jinja2 and NumPy. The page about a class: a pure function of what was counted, and of where pages lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from autograder.class_report import drawing, items, tally
from autograder.class_report.drawing import Histogram, histogram
from autograder.class_report.tally import Accuracies, Class
from autograder.class_report.usage import NEAR, Usage
from autograder.pages.templating import POLICY, environment, script_and_source, two_digits

_BARS = 20
_STEP = 0.05  # share: the axis of accuracies begins and ends at a multiple of it
_ROWS = 300  # of the table that a browser lays out at once: of 10,000 each sorting would take half a minute
_NAMED = 100  # students that are named in one place; the table has all of them


@dataclass(frozen=True)
class Alike:
    """Students whose networks are alike, for a person to decide. exercise: whose network it is; evidence: of two
    of the students, in a sentence; explanations: what might explain it."""

    exercise: str
    students: tuple[str, ...]
    evidence: tuple[tuple[str, str, str], ...]
    explanations: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """Where a student's pages are. feedback: the address, seen from the report, of the page on a notebook, ""
    where there is none; formgrader: the address below that of JupyterLab."""

    feedback: Callable[[str, str], str]
    formgrader: Callable[[str], str]


def class_page(
    of: Class, alike: Sequence[Alike], places: Places, made: datetime, ungraded: Sequence[str] = ()
) -> Iterator[str]:
    """The page as HTML, in pieces. Class: at least one student. ungraded: ids of who handed in and is not in it."""
    script, source = script_and_source("class_report.js")
    rows = {student.id: place for place, student in enumerate(of.students)}
    totals = np.array([student.score for student in of.students])
    return (
        environment()
        .get_template("class_report.html.j2")
        .generate(
            of=of,
            alike=alike,
            ungraded=ungraded,
            place_of=rows.get,
            places=places,
            made=made,
            named=_NAMED,
            rows_at_once=_ROWS,
            kinds=tally,
            states=items,
            totals=totals,
            median=float(np.median(totals)),
            waiting=sum(student.waits for student in of.students),
            scores=_of_scores(totals, of.points),
            reached=int(np.sum(of.accuracies.values >= of.accuracies.pass_mark)) if of.accuracies else 0,
            accuracies=_of_accuracies(of.accuracies) if of.accuracies else None,
            far_apart=tally.FAR_APART,
            near=NEAR,
            usage_drawn=_of_usage,
            drawing=drawing,
            script=script,
            policy=f"{POLICY}; script-src {source}",
        )
    )


def _ticks(share: float) -> str:
    return f"{share:.1%}".replace(".0%", "%")


def _of_scores(scores: np.ndarray, most: float) -> Histogram:
    edges = np.linspace(0, most or 1.0, _BARS + 1)
    return histogram(scores, edges, two_digits)


def _of_accuracies(accuracies: Accuracies) -> Histogram:
    band = accuracies.calibrated
    values = [*accuracies.values, accuracies.pass_mark, *(band or ())]
    low = np.floor(min(values) / _STEP) * _STEP
    high = max(np.ceil(max(values) / _STEP) * _STEP, low + _STEP)
    edges = np.linspace(low, high, 2 * _BARS + 1)
    mark = (accuracies.pass_mark, f"pass mark {accuracies.pass_mark:.1%}")
    return histogram(accuracies.values, edges, _ticks, mark, band)


def _of_usage(usage: Usage) -> Histogram:
    """At least one value. The limit is marked where some came near it: else it would squeeze all into one bar."""
    largest = float(usage.values.max())
    near = largest >= NEAR * usage.most
    end = max(usage.most, largest) if near else _round_up(largest)
    mark = (usage.most, f"limit {two_digits(usage.most)}") if near else None
    return histogram(usage.values, np.linspace(0, end, _BARS + 1), two_digits, mark)


def _round_up(value: float) -> float:
    """The next of 1, 2, 4 and 8 times a power of ten, whose quarters are short numbers."""
    if value <= 0:
        return 1.0
    ten = 10.0 ** np.floor(np.log10(value))
    return float(next(times * ten for times in (1, 2, 4, 8, 10) if times * ten >= value))
