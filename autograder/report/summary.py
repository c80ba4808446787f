"""TRUSTED; standard library only. The head of a graded notebook: where help is needed, at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from autograder.judging.verdicts import Verdict
from autograder.report.html import COLOURS, GREY
from autograder.report.wording import SIGNS, headline, points, shown_help

_CELL = "padding:2px 14px 2px 0;text-align:left;border:none;vertical-align:top"


_BY_HAND_SIGN = "✎"


@dataclass(frozen=True)
class ByHand:
    """What a person gave for one graded cell, in points.

    score: all of it, extra credit and all; most: what the cell is worth; extra: extra credit in it;
    only_extra: whether the rest is the checks' still.
    """

    score: float
    most: float
    extra: float = 0.0
    only_extra: bool = False

    @property
    def persons(self) -> float:
        """The part of the score that the person gave."""
        return min(self.extra, self.score) if self.only_extra else self.score

    @property
    def sentence(self) -> str:
        """What was given, for the student."""
        all_of_it = f"{points(self.score)} of {points(self.most)} points"
        if self.only_extra:
            return f"A person gave {points(self.extra)} extra: {all_of_it}"
        extra = f", {points(self.extra)} of them extra" if self.extra else ""
        return f"A person gave {all_of_it}{extra}"


@dataclass(frozen=True)
class Total:
    """The notebook's points in the gradebook: all, those it can have, and those lost by lateness."""

    score: float
    most: float
    late: float = 0.0


def notebook_summary(
    verdicts: Sequence[Verdict],
    notes: Sequence[str],
    by_hand: Mapping[str, ByHand] | None = None,
    total: Total | None = None,
) -> str:
    """One table for the notebook, as HTML that stands in a markdown cell.

    notes: what was mended or went wrong, a sentence each. by_hand: what a person gave, by the name
    of the graded cell, and total: what that makes; the head then says the same as the gradebook.
    """
    by_hand = by_hand or {}
    checked = sum(verdict.score for verdict in verdicts if verdict.exercise not in by_hand)
    checked += sum(given.score - given.persons for given in by_hand.values())
    head = f"Checked automatically: {points(round(checked, 2))} of "
    head += f"{points(sum(verdict.points for verdict in verdicts))} points"
    if total is not None:
        parts = [f"{points(round(checked, 2))} by the checks"]
        parts += [f"{points(round(sum(given.persons for given in by_hand.values()), 2))} by a person"]
        parts += [f"{points(total.late)} taken off for being late"] if total.late else []
        head = f"{points(round(total.score, 2))} of {points(total.most)} points: {', '.join(parts)}"
    rows = "".join(_row(verdict, by_hand.get(verdict.exercise)) for verdict in verdicts)
    # No blank line inside: markdown would end the HTML there, also one from a student's message.
    return (
        f"<h3>{head}</h3>\n"
        f"{remarks(notes)}\n"
        f'<table style="border-collapse:collapse;border:none;font-size:14px"><tbody>{rows}</tbody>'
        "</table>"
    )


def for_graders(sentences: Sequence[str]) -> str:
    """What only people who grade may read, as HTML that stands in a markdown cell."""
    return f"<h3>For the grader: the student's page does not say this</h3>\n{remarks(sentences)}"


def remarks(notes: Sequence[str]) -> str:
    """A line for each sentence, as HTML that stands in a markdown cell."""
    lines = "".join(f"<div>⚑ {_one_line(note)}</div>" for note in notes)
    return f'<div style="line-height:1.5">{lines}</div>'


def _row(verdict: Verdict, by_hand: ByHand | None) -> str:
    colour = COLOURS[verdict.outcome] if verdict.attempted else GREY
    sign = SIGNS[verdict.outcome] if verdict.attempted else "–"
    stands = headline(verdict, practice=False)
    help = " ".join(check.help for check in shown_help(verdict, practice=True))
    if verdict.review:
        sign, help = "⚑", verdict.review
    if by_hand is not None:
        colour, sign, stands, help = GREY, _BY_HAND_SIGN, by_hand.sentence, ""
    return (
        f'<tr style="background-color:transparent"><td style="{_CELL};color:{colour}"><b>{sign}</b></td>'
        f'<td style="{_CELL}"><code>{escape(verdict.exercise)}</code></td>'
        f'<td style="{_CELL};color:{colour};white-space:nowrap">{escape(stands)}</td>'
        f'<td style="{_CELL}">{_one_line(help)}</td></tr>'
    )


def report_by_hand(by_hand: ByHand, report: str) -> str:
    """The report on one exercise to which a person gave points since; `report` is what was said then."""
    return (
        '<div style="padding:6px 14px;margin:6px 0;font-family:system-ui,sans-serif;font-size:14px">'
        f"<b>{_BY_HAND_SIGN} {escape(by_hand.sentence)}.</b> Before that, the checks said:</div>\n{report}"
    )


def _one_line(text: str) -> str:
    # Dollars and backslashes as numbers: markdown would look for a formula from one value to the next.
    return escape(" ".join(text.split())).replace("$", "&#36;").replace("\\", "&#92;")
