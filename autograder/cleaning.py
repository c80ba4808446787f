"""TRUSTED: makes what a student's code printed and displayed harmless before a person sees it.

Two places: `CleanOutputs` runs before a notebook is stored; `safe_markdown`, `safe_code` and
`clean_html` take the place of nbconvert's filters wherever a stored notebook is shown as a page
(feedback, formgrader).
Parsers of HTML, markdown and Python can be made to take hours over a few kilobytes, so each is given
only what it handles in seconds; the rest is shown as plain text.
"""

from __future__ import annotations

import base64
import binascii
import re
from html import escape
from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

TEXT_BYTES = 128 * 1024  # of all text outputs of one cell
IMAGE_BYTES = 2 * 2**20  # of one image, decoded
IMAGES = 16  # in one cell
PIXELS = 40_000_000  # of one image: a tiny file can unpack into gigabytes in a browser
OUTPUTS = 200  # of one cell
HTML_BYTES = 256 * 1024  # of all HTML of one notebook: the parser takes 30 seconds for a megabyte
ELEMENTS = 2_000  # of one piece of HTML that may nest; parsing takes the square of how deep they do
MARKDOWN = 20_000  # characters of one markdown cell that are rendered; some take the square of it
CODE = 100_000  # characters of one code cell that are coloured

# Colours (ESC [ … m) stay, nbconvert turns them into spans. Everything else that steers a terminal
# or turns the direction of writing goes.
_COLOUR = re.compile(r"(\x1b\[[0-9;]{0,20}m)")
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
# MathJax commands that make links, styles or load more of MathJax.
_MATH = re.compile(
    r"\\(href|url|class|style|cssId|data|require|unicode|mmlToken|def|newcommand)(?![a-zA-Z])"
)

# The start of any element but those that cannot nest by themselves, of which tables have thousands.
_NESTING = re.compile(r"<(?!(?:br|hr|img|li|p|td|th|tr)[\s/>])[a-z]", re.IGNORECASE)
# Blank lines of spaces: Pygments takes the cube of their number.
_BLANK = re.compile(r"^[^\S\n]+$", re.MULTILINE)

_TAGS = frozenset(
    "a abbr b blockquote br caption code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li "
    "ol p pre q s samp small span strong sub sup table tbody td tfoot th thead tr u ul var".split()
)
_CSS = CSSSanitizer(
    allowed_css_properties=[
        "background-color", "border", "border-collapse", "border-left", "color", "font-family",
        "font-size", "font-weight", "line-height", "margin", "margin-top", "padding", "text-align",
        "vertical-align", "white-space",
    ]
)
_EMBEDDED = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*\Z")


def _allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute stays. Pictures come only from the page itself: none tells on a reader."""
    if tag == "img" and name == "src":
        return bool(_EMBEDDED.match(value))
    if tag == "a" and name == "href":
        return value.startswith(("#", "http://", "https://", "mailto:"))
    return name in ("style", "title", "alt", "colspan", "rowspan", "align") or (
        # Names for links inside the page, not ones that scripts of the page look for.
        name == "id" and tag.startswith("h") and re.fullmatch(r"[\w.-]{1,80}", value) is not None
    )


def clean_html(html: str) -> str:
    """HTML of which only text, tables and plain formatting are left; as text when it may nest deep.

    nbconvert's filter of this name, for raw cells, keeps javascript: links that are spelt as entities.
    """
    if len(_NESTING.findall(html)) > ELEMENTS:
        return _as_text(html)
    cleaned = bleach.clean(
        html, tags=_TAGS, attributes=_allowed, protocols=["http", "https", "mailto", "data"],
        strip=True, css_sanitizer=_CSS,
    )
    return _MATH.sub(r"\\text{\1}", cleaned)


def _as_text(source: str) -> str:
    return f"<pre>{escape(source)}</pre>"


def clean_text(text: str) -> str:
    """Text without control characters; line ends, tabs and colours stay."""
    parts = _COLOUR.split(text.replace("\r\n", "\n"))
    return "".join(
        part if index % 2 else _CONTROL.sub("", part) for index, part in enumerate(parts)
    )


@pass_context
def safe_markdown(context: Context, source: str) -> str:
    """nbconvert's markdown2html, cleaned after rendering: markdown's own tricks end here too."""
    source = clean_text(source)
    if len(source) > MARKDOWN:
        return _as_text(source)
    cell = context.get("cell", {})
    renderer = IPythonRenderer(escape=False, attachments=cell.get("attachments", {}))
    try:
        html = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # noqa: BLE001 (a picture that was not attached, brackets nested too deep)
        return _as_text(source)
    return clean_html(html)


_colour = Highlight2HTML(pygments_lexer="python3")  # IPython's takes the square of the length


def safe_code(source: str, language: str | None = None, metadata: Any = None) -> str:
    """nbconvert's highlight_code, for Python, whatever language the notebook says it is in."""
    source = _BLANK.sub("", clean_text(source))
    if len(source) > CODE:
        return _as_text(source)
    return _colour(source)


class CleanOutputs(NbGraderPreprocessor):
    """Cleans and bounds the outputs of every code cell, after it was executed."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        html_bytes = HTML_BYTES
        for cell in nb.cells:
            if cell.cell_type == "code":
                room = Room(html_bytes)
                cell.outputs = clean_outputs(cell.outputs, room)
                cell.execution_count = _count(cell.execution_count)
                for output in cell.outputs:
                    if output.output_type == "execute_result":
                        output.execution_count = cell.execution_count
                html_bytes = room.html_bytes
        return nb, resources


def _count(value: Any) -> int | None:
    """The number of an executed cell. It is the kernel's word, which may be anything."""
    return value if type(value) is int and 0 <= value < 1_000_000 else None


def clean_outputs(outputs: list[NotebookNode], room: Room) -> list[NotebookNode]:
    """The outputs with nothing in them that runs, steers or swells; cuts are said in their place."""
    cleaned = [_clean(output, room) for output in outputs[:OUTPUTS]]
    if len(outputs) > OUTPUTS:
        cleaned.append(_remark(f"{len(outputs) - OUTPUTS} more outputs are not shown"))
    return [output for output in cleaned if output is not None]


class Room:
    """What one cell may still show; html_bytes: what is left of its notebook's."""

    def __init__(self, html_bytes: int = HTML_BYTES) -> None:
        self.text_bytes, self.images, self.html_bytes = TEXT_BYTES, IMAGES, html_bytes

    def html(self, html: Any) -> str | None:
        """The HTML cleaned, None when there is no room for it."""
        text = self.text(html)
        self.html_bytes -= len(text.encode("utf-8", "replace"))
        return clean_html(text) if self.html_bytes >= 0 else None

    def text(self, text: Any) -> str:
        text = clean_text("".join(text) if isinstance(text, list) else str(text))
        raw = text.encode("utf-8", "replace")
        kept = raw[: self.text_bytes]
        self.text_bytes -= len(kept)
        if len(kept) == len(raw):
            return text
        return f"{kept.decode('utf-8', 'ignore')}\n[cut: {len(raw) - len(kept):,} more bytes]\n"


def _clean(output: NotebookNode, room: Room) -> NotebookNode | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=room.text(output.get("text", "")))
    if kind == "error":
        return new_output(
            "error",
            ename=room.text(output.get("ename", "")), evalue=room.text(output.get("evalue", "")),
            traceback=[room.text(line) for line in list(output.get("traceback", []))[:OUTPUTS]],
        )
    if kind in ("display_data", "execute_result"):
        # Without its metadata: nbconvert writes sizes from there into the page as they are.
        return new_output(kind, _clean_data(output.get("data", {}), room))
    return None


def _clean_data(data: Any, room: Room) -> dict[str, str]:
    cleaned: dict[str, str] = {}
    left_out = []
    for mime, value in data.items():
        if mime == "text/plain":
            cleaned[mime] = room.text(value)
        elif mime == "image/png" and room.images and _is_png(value):
            room.images -= 1
            cleaned[mime] = value
        elif mime == "text/html":
            html = room.html(value)
            if html is None:
                left_out.append(mime)
            else:
                cleaned[mime] = html
        else:
            left_out.append(clean_text(str(mime))[:60])
    if not cleaned and left_out:
        cleaned["text/plain"] = f"[not shown: {', '.join(left_out)}]"
    return cleaned


def _is_png(value: Any) -> bool:
    """Whether this is base64 of a PNG of a bearable size."""
    if not isinstance(value, str) or len(value) > IMAGE_BYTES * 4 // 3 + 4096:
        return False
    try:
        raw = base64.b64decode(value.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    width, height = int.from_bytes(raw[16:20], "big"), int.from_bytes(raw[20:24], "big")
    return raw[:16] == b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" and 0 < width * height <= PIXELS


def _remark(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=f"[{text}]\n")
