"""TRUSTED: verdicts become text and HTML here, by pure functions."""

from autograder.report.html import as_text, boxed, html_report, without_formulas
from autograder.report.summary import ByHand, Total, for_graders, notebook_summary, report_by_hand
from autograder.report.text import text_report
from autograder.report.wording import FEW, PRINTED_BY, WRITTEN_BY, few_names, points, shown_help

__all__ = [
    "FEW",
    "PRINTED_BY",
    "WRITTEN_BY",
    "ByHand",
    "Total",
    "as_text",
    "boxed",
    "few_names",
    "for_graders",
    "html_report",
    "notebook_summary",
    "points",
    "report_by_hand",
    "shown_help",
    "text_report",
    "without_formulas",
]
