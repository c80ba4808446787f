"""TRUSTED: the feedback page of one notebook, a pure function of what was recorded and of its cleaned pieces.

What a student wrote, printed or showed comes here as HTML that cleaning/ made harmless; everything else is
escaped by the template.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED, CheckResult
from autograder.pages import network
from autograder.pages.figures import curve
from autograder.pages.templating import environment
from autograder.report.records import NOBODY, PERSON, Answer, NotebookRecord, Submission
from autograder.report.wording import PRINTED_BY, SAME_REASON, SIGNS, WRITTEN_BY, points, shown_help

# Kinds of pieces
COURSE, CODE, TEXT, VERDICT, WRITTEN = "course", "code", "text", "verdict", "written"
MIXED_UP = 3  # pairs of classes that are named


@dataclass(frozen=True)
class Piece:
    """One cell of the notebook, in its order.

    kind: COURSE for what is the release's word for word; CODE and TEXT for what the student wrote; VERDICT and
    WRITTEN for the cells that have points. html: the cell, harmless. outputs: what it printed and showed, the
    same. title: of a COURSE piece that begins a section. name: its grade_id, "" without. untouched: whether an
    answer is as it was released. comment: a person's, harmless.
    """

    kind: str
    html: str = ""
    outputs: tuple[str, ...] = ()
    title: str = ""
    name: str = ""
    untouched: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Section:
    """Course text in a row, folded; or one other piece."""

    title: str
    pieces: tuple[Piece, ...]

    @property
    def kind(self) -> str:
        return self.pieces[0].kind


def feedback_page(
    submission: Submission, notebook: str, pieces: Sequence[Piece], language: str = "en"
) -> str:
    """The page of this notebook, as HTML that needs nothing beside it."""
    [record] = [one for one in submission.notebooks if one.name == notebook]
    answers = {answer.id: answer for answer in record.answers}
    lacking = sorted(
        (a for a in record.answers if not _all_right(a)), key=lambda a: (a.waits, a.score - a.points)
    )
    page: str = _template().render(
        submission=submission,
        notebook=record,
        answers=answers,
        lacking=lacking,
        sections=_sections(pieces),
        curve=_curve(record),
        confused=confused,
    )
    return page


def _all_right(answer: Answer) -> bool:
    return answer.score >= answer.points and not answer.waits


def _sections(pieces: Sequence[Piece]) -> list[Section]:
    """Pieces of the course that stand in a row become one; a title begins another."""
    sections: list[Section] = []
    for piece in pieces:
        before = sections[-1] if sections else None
        if piece.kind == COURSE and before and before.kind == COURSE and not piece.title:
            sections[-1] = Section(before.title, (*before.pieces, piece))
        else:
            sections.append(Section(piece.title, (piece,)))
    return sections


def _curve(record: NotebookRecord) -> Markup:
    # Numbers alone go into it, and what draws it escapes its words.
    drawn = len(record.epochs) > 1 and any(len(epoch) > 1 for epoch in record.epochs)
    return Markup(curve(record.epochs)) if drawn else Markup()


def confused(confusion: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    """The classes most often taken for another: (class, taken for, how many, of how many)."""
    names, counts = confusion["names"], confusion["counts"]
    pairs = [
        (names[row], names[column], count, sum(line))
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
        if row != column and count
    ]
    return sorted(pairs, key=lambda pair: -pair[2])[:MIXED_UP]


# What the template asks


def state(answer: Answer) -> str:
    """Which of the colours an answer has: "passed", "failed", "waits", "quiet" where nothing was tried."""
    if answer.waits or not answer.judged:
        return "waits"
    if answer.score >= answer.points:
        return "passed"
    return "failed" if answer.attempted else "quiet"


_SIGNS = {"passed": SIGNS[PASSED], "failed": SIGNS[FAILED], "waits": SIGNS[NOT_JUDGED], "quiet": "–"}


def sign(answer: Answer) -> str:
    """The same as a sign, for who sees no colours."""
    return _SIGNS[state(answer)]


def stands(answer: Answer) -> str:
    """Where an answer stands, in words."""
    given = f"{points(answer.score)} of {points(answer.points)} points"
    extra = f", {points(answer.extra)} of them extra" if answer.extra else ""
    if answer.by == PERSON and answer.waits:
        return f"{given}{extra} for now, given by a person: a person will look again"
    if answer.by == PERSON:
        return f"{given}{extra}, given by a person"
    if extra:
        later = (
            " for now, which a person gave: a person will look at the rest"
            if answer.waits
            else ", which a person gave"
        )
        return f"{given}{extra}{later}"
    if answer.by == NOBODY:
        return f"not graded yet, {points(answer.points)} points at most: a person reads it"
    if answer.waits or not answer.judged:
        return f"{given} for now: a person will look at it"
    return given if answer.attempted else f"{given}, not attempted"


def helped(answer: Answer) -> list[CheckResult]:
    """The checks whose help is shown; see `wording.shown_help`."""
    return shown_help(answer.verdict, practice=False) if answer.verdict else []


@functools.cache
def _template() -> Template:
    made = environment()
    made.filters |= {
        "state": state, "sign": sign, "stands": stands, "helped": helped,
        "drawing": network.drawing,
        "harmless": Markup,  # of what cleaning/ made
    }  # fmt: skip
    made.globals |= {
        "PASSED": PASSED, "FAILED": FAILED, "NOT_JUDGED": NOT_JUDGED, "CHECK_SIGNS": SIGNS,
        "COURSE": COURSE, "CODE": CODE, "TEXT": TEXT, "VERDICT": VERDICT, "WRITTEN": WRITTEN,
        "at": network, "PERSON": PERSON, "PRINTED_BY": PRINTED_BY, "WRITTEN_BY": WRITTEN_BY,
        "SAME_REASON": SAME_REASON,
    }  # fmt: skip
    return made.get_template("feedback.html.j2")
