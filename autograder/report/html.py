"""TRUSTED; standard library only. A verdict as HTML, for JupyterLab and for feedback pages.

Everything that comes from a claim is escaped. Styles stand in the elements, because neither
JupyterLab's sanitiser nor a feedback page keeps a style sheet; no background is set for plain
text, so the report reads well on light and dark themes.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED, CheckResult, Row, Verdict
from autograder.report.wording import SAME_REASON, SIGNS, closing, headline, points, shown_help

COLOURS = {PASSED: "#2e7d32", FAILED: "#c62828", NOT_JUDGED: "#b26a00"}
GREY = "#757575"
_BOX = (
    "display:block;contain:paint;overflow:auto;isolation:isolate;"  # nothing is seen outside
    "padding-left:7px;border-left:3px dotted #bdbdbd"
)
_CELL = "padding:2px 14px 2px 0;text-align:left;border:none"


def boxed(html: str, label: str = "", element: str = "div") -> str:
    """What is in a student's notebook, in a box that nothing in it can leave or reach out of.

    label: says in words whose it is. element: "span" where the box stands in a <pre>.
    """
    head = f'<div style="color:{GREY};font-size:11px">{escape(label)}:</div>' if label else ""
    return f'<{element} style="{_BOX}">{head}{html}</{element}>'


def as_text(source: str, remark: str = "") -> str:
    """The source as it was typed, after a remark where there is one."""
    return f"{remark and f'<div>[{escape(remark)}]</div>'}<pre>{escape(source)}</pre>"


def without_formulas(html: str) -> str:
    """Our own words on a page: dollars in them are a student's values, which MathJax leaves alone here."""
    return f'<div class="tex2jax_ignore">{html}</div>'


def html_report(verdict: Verdict, practice: bool = False) -> str:
    """The report on one exercise. practice: one hint at a time, and no points."""
    colour = COLOURS[verdict.outcome] if verdict.attempted else GREY
    helped = shown_help(verdict, practice)
    parts = [
        (
            f'<div style="border-left:4px solid {colour};padding:6px 14px;margin:6px 0;'
            'line-height:1.5;font-family:system-ui,sans-serif;font-size:14px">'
        ),
        (
            f'<div><b>{escape(verdict.title)}</b> &nbsp;<span style="color:{colour}">'
            f"<b>{escape(headline(verdict, practice))}</b></span></div>"
        ),
    ]
    for check in verdict.checks if verdict.attempted else ():
        parts.append(_check(check, practice, check in helped))
    if verdict.review:
        parts.append(f"<div>⚑ {escape(verdict.review)}</div>")
    end = closing(verdict, practice)
    if end:
        parts.append(f'<div style="margin-top:4px">{escape(end)}</div>')
    return "\n".join([*parts, "</div>"])


def _check(check: CheckResult, practice: bool, helped: bool) -> str:
    colour = COLOURS[check.outcome]
    worth = ""
    if check.points and not practice:
        worth = f' <span style="color:{GREY}">{points(check.earned)} of {points(check.points)}</span>'
    html = (
        f'<div><span style="color:{colour}"><b>{SIGNS[check.outcome]}</b></span> '
        f"{escape(check.sentence)}{worth}</div>"
    )
    if helped or check.outcome == PASSED:
        if check.help:
            html += (
                f'<div style="margin:2px 0 4px 18px;padding-left:8px;border-left:2px solid {colour}">'
                f"{escape(check.help)}</div>"
            )
        if check.rows:
            html += _table(check.rows)
    elif check.help and not practice:
        html += f'<div style="margin-left:18px;color:{GREY}">{SAME_REASON}</div>'
    return html


def _table(rows: Sequence[Row]) -> str:
    head = "".join(f'<th style="{_CELL};color:{GREY}">{name}</th>' for name in ("", "yours", "expected", ""))
    body = ""
    for row in rows:
        colour = COLOURS[PASSED if row.ok else FAILED]
        sign = SIGNS[PASSED if row.ok else FAILED]
        weight = "normal" if row.ok else "bold"
        body += (
            f'<tr style="background-color:transparent"><td style="{_CELL}">{escape(row.what)}</td>'
            f'<td style="{_CELL};font-weight:{weight}">{escape(row.yours)}</td>'
            f'<td style="{_CELL}">{escape(row.expected)}</td>'
            f'<td style="{_CELL};color:{colour}"><b>{sign}</b></td></tr>'
        )
    return (
        '<table style="margin:4px 0 6px 18px;border-collapse:collapse;font-size:13px;border:none">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
