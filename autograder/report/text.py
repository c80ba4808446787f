"""TRUSTED; standard library only. A verdict as plain text, for places that show no HTML."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.judging.verdicts import FAILED, PASSED, Row, Verdict
from autograder.report.wording import SAME_REASON, SIGNS, closing, headline, points, shown_help


def text_report(verdict: Verdict, practice: bool = False) -> str:
    """The report on one exercise. practice: one hint at a time, and no points."""
    lines = [f"{verdict.title}: {headline(verdict, practice)}"]
    helped = shown_help(verdict, practice)
    for check in verdict.checks if verdict.attempted else ():
        worth = (
            "" if practice or not check.points else f"  ({points(check.earned)} of {points(check.points)})"
        )
        lines.append(f"  {SIGNS[check.outcome]} {check.sentence}{worth}")
        if check.rows and (check in helped or check.outcome == PASSED):
            lines += [f"      {line}" for line in table(check.rows)]
        if check in helped or (check.help and check.outcome == PASSED):
            lines.append(f"      → {check.help}")
        elif check.help and not practice:
            lines.append(f"      → {SAME_REASON}")
    lines += [f"  ⚑ {verdict.review}"] if verdict.review else []
    end = closing(verdict, practice)
    return "\n".join([*lines, *([f"  {end}"] if end else [])])


def table(rows: Sequence[Row]) -> list[str]:
    """Rows as aligned columns: what, yours, expected, sign."""
    cells = [("", "yours", "expected", "")]
    cells += [(r.what, r.yours, r.expected, SIGNS[PASSED if r.ok else FAILED]) for r in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(3)]
    return [
        "  ".join([*(text.ljust(n) for text, n in zip(line, widths, strict=False)), line[3]]).rstrip()
        for line in cells
    ]
