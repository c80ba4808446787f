"""TRUSTED: verdicts become text and HTML here, by pure functions."""

from autograder.report.html import html_report
from autograder.report.summary import notebook_summary
from autograder.report.text import text_report

__all__ = ["html_report", "notebook_summary", "text_report"]
