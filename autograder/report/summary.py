"""TRUSTED; standard library only. The head of a graded notebook: where help is needed, at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from autograder.report.html import COLOURS, GREY
from autograder.report.wording import SIGNS, headline, points, shown_help
from autograder.verdicts import Verdict

_CELL = "padding:2px 14px 2px 0;text-align:left;border:none;vertical-align:top"


def notebook_summary(verdicts: Sequence[Verdict], notes: Sequence[str]) -> str:
    """One table for the notebook, as HTML that stands in a markdown cell.

    notes: what was mended or went wrong, a sentence each.
    """
    score = points(round(sum(verdict.score for verdict in verdicts), 2))
    possible = points(sum(verdict.points for verdict in verdicts))
    rows = "".join(_row(verdict) for verdict in verdicts)
    # No blank line inside: markdown would end the HTML there, also one from a student's message.
    return (
        f"<h3>Checked automatically: {score} of {possible} points</h3>\n"
        f"{remarks(notes)}\n"
        f'<table style="border-collapse:collapse;border:none;font-size:14px"><tbody>{rows}</tbody>'
        "</table>"
    )


def remarks(notes: Sequence[str]) -> str:
    """A line for each sentence, as HTML that stands in a markdown cell."""
    lines = "".join(f"<div>⚑ {_one_line(note)}</div>" for note in notes)
    return f'<div style="line-height:1.5">{lines}</div>'


def _row(verdict: Verdict) -> str:
    colour = COLOURS[verdict.outcome] if verdict.attempted else GREY
    sign = SIGNS[verdict.outcome] if verdict.attempted else "–"
    help = " ".join(check.help for check in shown_help(verdict, practice=True))
    if verdict.review:
        sign, help = "⚑", verdict.review
    return (
        f'<tr style="background-color:transparent"><td style="{_CELL};color:{colour}"><b>{sign}</b></td>'
        f'<td style="{_CELL}"><code>{escape(verdict.exercise)}</code></td>'
        f'<td style="{_CELL};color:{colour};white-space:nowrap">'
        f"{escape(headline(verdict, practice=False))}</td>"
        f'<td style="{_CELL}">{_one_line(help)}</td></tr>'
    )


def _one_line(text: str) -> str:
    return escape(" ".join(text.split()))
