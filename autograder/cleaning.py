"""TRUSTED: makes what a student's code printed and displayed harmless before a person sees it.

Two places: `CleanOutputs` runs before a notebook is stored; `safe_markdown`, `safe_code` and
`clean_html` take the place of nbconvert's filters wherever a stored notebook is shown as a page
(feedback, formgrader).
Parsers of HTML, markdown and Python can be made to take hours over a few kilobytes, so each is given
only what it handles in seconds; the rest is shown as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer
from bleach.html5lib_shim import Filter
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.pictures import data_url, is_picture, picture_file
from autograder.streams import as_shown, join_streams

TEXT_BYTES = 128 * 1024  # of all text outputs of one cell
IMAGES = 16  # in one cell
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
    "a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li "
    "ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
_CSS = CSSSanitizer(
    allowed_css_properties=[
        "background-color", "border", "border-collapse", "border-left", "color", "font-family",
        "font-size", "font-weight", "line-height", "margin", "margin-top", "padding", "text-align",
        "vertical-align", "white-space",
    ]
)
_EMBEDDED = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*\Z")
_DRAWN = re.compile(r"data:image/svg\+xml;base64,[A-Za-z0-9+/=\s]*\Z")
# What shows something and has no place here; that it is gone is said.
_GONE = re.compile(r"<(applet|audio|canvas|embed|frame|iframe|math|object|script|svg|video)[\s/>]", re.IGNORECASE)
_CODE_ELEMENT = re.compile(r"<(script|style)[\s/>]", re.IGNORECASE)

PICTURES = "autograder_pictures"  # in nbconvert's resources: a `Pictures`


@dataclass(frozen=True)
class Pictures:
    """Whose pictures a page may show. folder: where they lie; texts: whole cells that may name them."""

    folder: Path
    texts: frozenset[str]


def _allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute stays. Pictures come only from the page itself: none tells on a reader."""
    if tag == "img" and name == "src":
        return bool(_EMBEDDED.match(value))
    if tag == "img" and name in ("width", "height"):
        return re.fullmatch(r"\d{1,4}(px|%)?", value) is not None
    if tag == "a" and name == "href":
        return value.startswith(("#", "http://", "https://", "mailto:"))
    return name in ("style", "title", "alt", "colspan", "rowspan", "align") or (
        # Names for links inside the page, not ones that scripts of the page look for.
        name == "id" and tag.startswith("h") and re.fullmatch(r"[\w.-]{1,80}", value) is not None
    ) or (tag == "details" and name == "open")


def _allowed_to_the_instructor(tag: str, name: str, value: str) -> bool:
    drawn = tag == "img" and name == "src" and _DRAWN.match(value) is not None
    return drawn or _allowed(tag, name, value)


class _MissingPictures(Filter):
    """Behind bleach's own filter: in the place of a picture whose address had to go, a remark."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for token in super().__iter__():
            if token["type"] == "EmptyTag" and token["name"] == "img" and (None, "src") not in token["data"]:
                name = token["data"].get((None, "alt"), "")[:80]
                yield {"type": "Characters", "data": f"[not shown: picture{name and ' '}{name}]"}
            else:
                yield token


def clean_html(html: str, of_the_instructor: bool = False) -> str:
    """HTML of which only text, tables, plain formatting and pictures in it are left.

    As text when it may nest deep. nbconvert's filter of this name, for raw cells, keeps javascript:
    links that are spelt as entities. of_the_instructor: whether drawings (SVG) may be in it.
    """
    if len(_NESTING.findall(html)) > ELEMENTS:
        return _as_text(html)
    cleaner = bleach.Cleaner(
        tags=_TAGS, attributes=_allowed_to_the_instructor if of_the_instructor else _allowed,
        protocols=["http", "https", "mailto", "data"], strip=True, css_sanitizer=_CSS,
        filters=[_MissingPictures],
    )
    cleaned = _MATH.sub(r"\\text{\1}", cleaner.clean(_without_code(html)))
    gone = sorted({name.lower() for name in _GONE.findall(html)})
    return cleaned + (f"<div>[not shown: {', '.join(gone)}]</div>" if gone else "")


def _without_code(html: str) -> str:
    """Without style sheets and scripts, of which bleach would leave the text."""
    kept, at = [], 0
    lower = html.lower()
    while found := _CODE_ELEMENT.search(html, at):
        end = lower.find(f"</{found[1].lower()}", found.end())
        kept.append(html[at : found.start()])
        at = html.find(">", end) + 1 if end >= 0 else 0
        if at == 0:  # it does not end
            return "".join(kept)
    return "".join([*kept, html[at:]])


def _as_text(source: str) -> str:
    return f"<pre>{escape(source)}</pre>"


def clean_text(text: str) -> str:
    """Text without control characters; line ends, tabs and colours stay."""
    parts = _COLOUR.split(text.replace("\r\n", "\n"))
    return "".join(
        part if index % 2 else _CONTROL.sub("", part) for index, part in enumerate(parts)
    )


class _Renderer(IPythonRenderer):
    """nbconvert's, which finds pictures where `pictures.picture_file` does."""

    def _src_to_base64(self, src: str) -> str | None:
        raw = picture_file(Path(self.path), src)
        return None if raw is None else data_url(raw)


@pass_context
def safe_markdown(context: Context, source: str) -> str:
    """nbconvert's markdown2html, cleaned after rendering: markdown's own tricks end here too."""
    pictures = context.get("resources", {}).get(PICTURES)
    folder = pictures.folder if pictures and source in pictures.texts else None
    return _rendered(clean_text(source), context.get("cell", {}).get("attachments", {}), folder)


def _rendered(source: str, attachments: dict[str, Any], pictures: Path | None = None) -> str:
    """Clean markdown as HTML. pictures: the instructor's folder, for a text of the instructor."""
    if len(source) > MARKDOWN:
        return _as_text(source)
    renderer = _Renderer(
        escape=False, attachments=attachments, embed_images=pictures is not None, path=str(pictures)
    )
    try:
        html = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # noqa: BLE001 (a picture that was not attached, brackets nested too deep)
        return _as_text(source)
    return clean_html(html, of_the_instructor=pictures is not None)


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
    outputs = join_streams([_printed(output) for output in outputs])
    cleaned = [made for output in outputs[:OUTPUTS] for made in _clean(output, room)]
    if len(outputs) > OUTPUTS:
        cleaned.append(_remark(f"{len(outputs) - OUTPUTS} more outputs are not shown"))
    return cleaned


def _printed(output: NotebookNode) -> NotebookNode:
    """The output; where it is a piece of a stream, with one text and one of two names."""
    if output.get("output_type") != "stream":
        return output
    text = output.get("text", "")
    return new_output(
        "stream", name="stderr" if output.get("name") == "stderr" else "stdout",
        text="".join(map(str, text)) if isinstance(text, list) else str(text),
    )


class Room:
    """What one cell may still show; html_bytes: what is left of its notebook's."""

    def __init__(self, html_bytes: int = HTML_BYTES) -> None:
        self.text_bytes, self.images, self.html_bytes = TEXT_BYTES, IMAGES, html_bytes

    def html(self, html: Any) -> str | None:
        """The HTML cleaned, None when there is no room for it."""
        text = self.text(html)
        return clean_html(text) if self._has_room(text) else None

    def markdown(self, source: Any) -> str | None:
        """Markdown as clean HTML, None when there is no room for it."""
        text = self.text(source)
        return _rendered(text, {}) if self._has_room(text) else None

    def formula(self, latex: Any) -> str | None:
        """LaTeX as HTML that a page's MathJax typesets, None when there is no room for it."""
        text = self.text(latex)
        return clean_html(escape(text)) if self._has_room(text) else None

    def _has_room(self, text: str) -> bool:
        self.html_bytes -= len(text.encode("utf-8", "replace"))
        return self.html_bytes >= 0

    def text(self, text: Any) -> str:
        """The text as a terminal shows it, cut where there is no more room."""
        text = clean_text(as_shown("".join(text) if isinstance(text, list) else str(text)))
        raw = text.encode("utf-8", "replace")
        kept = raw[: self.text_bytes]
        self.text_bytes -= len(kept)
        if len(kept) == len(raw):
            return text
        return f"{kept.decode('utf-8', 'ignore')}\n[cut: {len(raw) - len(kept):,} more bytes]\n"


def _clean(output: NotebookNode, room: Room) -> list[NotebookNode]:
    """The output, and behind it what of it is not shown; nothing where it is of no known type."""
    kind = output.get("output_type")
    if kind == "stream":
        return [new_output("stream", name=output.name, text=room.text(output.text))]
    if kind == "error":
        return [new_output(
            "error",
            ename=room.text(output.get("ename", "")), evalue=room.text(output.get("evalue", "")),
            traceback=[room.text(line) for line in list(output.get("traceback", []))[:OUTPUTS]],
        )]  # fmt: skip
    if kind in ("display_data", "execute_result"):
        data, missing = _clean_data(output.get("data", {}), room)
        remark = f"not shown: {', '.join(missing)}"
        if missing and not data:
            return [new_output(kind, {"text/plain": f"[{remark}]"})]
        # Without its metadata: nbconvert writes sizes from there into the page as they are. The
        # remark not in the text of a result, which may be the points of a plain assignment's test.
        return [new_output(kind, data), *([_remark(remark)] if missing else [])]
    return []


# Of several forms of one thing a page shows the first of these; forms of other kinds come before all.
_FORMS = (
    "text/html", "text/markdown", "image/svg+xml", "text/latex", "image/png", "image/jpeg", "text/plain",
)  # fmt: skip


def _clean_data(data: Any, room: Room) -> tuple[dict[str, str], list[str]]:
    """The forms of one thing that can be shown, and the richer ones that cannot."""
    cleaned: dict[str, str] = {}
    left_out = []
    for mime, value in data.items():
        form, shown = mime, None
        if mime == "text/plain":
            shown = room.text(value)
        elif mime in ("image/png", "image/jpeg"):
            if room.images and is_picture(mime, value):
                room.images -= 1
                shown = value
        elif mime == "text/html":
            shown = room.html(value)
        elif mime == "text/markdown" and "text/html" not in data:
            form, shown = "text/html", room.markdown(value)
        elif mime == "text/latex" and not {"text/html", "text/markdown"} & set(data):
            form, shown = "text/html", room.formula(value)
        if shown is None:
            left_out.append(str(mime))
        else:
            cleaned[form] = shown
    best = min(map(_rank, cleaned), default=len(_FORMS))
    return cleaned, [clean_text(mime)[:60] for mime in left_out if _rank(mime) < best]


def _rank(mime: str) -> int:
    return _FORMS.index(mime) if mime in _FORMS else -1


def _remark(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=f"[{text}]\n")
