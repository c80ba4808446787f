"""TRUSTED; Jinja2. How the templates in pages/templates become pages: what is text stays text."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.judging.words import printable
from autograder.report.wording import points

TEMPLATES = Path(__file__).with_name("templates")
# What a page may do: styles and pictures of its own, and nothing from elsewhere. Scripts are added one by one.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def script_and_source(name: str) -> tuple[Markup, str]:
    """A script of ours, as it goes into a page, and what a policy calls it."""
    script = (TEMPLATES / name).read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return Markup(script), f"'sha256-{digest}'"


def environment() -> Environment:
    """For the templates of pages: all text is escaped, and what does not print is told by its code."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    made.filters.update(points=two_digits, percent=_percent, signed=_signed)
    return made


def _finalize(value: Any) -> Any:
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def two_digits(value: float) -> str:
    return points(round(float(value), 2))


def _percent(share: float | None, digits: int = 0) -> str:
    return "–" if share is None else f"{share:.{digits}%}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")
