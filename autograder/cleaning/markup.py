"""TRUSTED: turns HTML, markdown, formulas, code and coloured text of students into harmless HTML.

Pure functions, which renderer.py calls in a process with bounds: parsers of all these can be made to
take hours or gigabytes over a few kilobytes. What they are too long or too deep for is shown as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from html import escape, unescape
from pathlib import Path
from typing import Any

import nh3
from nbconvert.filters.ansi import ansi2html
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.cleaning.formulas import mathml
from autograder.cleaning.pictures import data_url, is_picture, picture_file
from autograder.cleaning.tex import allowed_tex
from autograder.report import as_text

ELEMENTS = 2_000  # of one piece of HTML that may nest
MARKDOWN = 20_000  # characters of one markdown cell that are rendered
CODE = 100_000  # characters of one code cell that are coloured

# The start of any element but those that cannot nest by themselves, of which tables have thousands.
_NESTING = re.compile(r"<(?!(?:br|hr|img|li|p|td|th|tr)[\s/>])[a-z]", re.IGNORECASE)
# Blank lines of spaces: Pygments takes the cube of their number.
_BLANK = re.compile(r"^[^\S\n]+$", re.MULTILINE)

TAGS = frozenset(
    "a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li "
    "ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
_EVERYWHERE = {"style", "title", "align"}
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href"}, "details": {"open"}, "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, **{f"h{n}": {"id"} for n in range(1, 7)},
}  # fmt: skip
# Names in a student's text are never those that the page's own scripts and links go by.
_NAMES = "text-"

_COLOUR = r"#[0-9a-f]{3,8}|rgba?\([\d., %]{1,40}\)|[a-z]{3,20}"
# What a style may say, all of it inside its element: no place, no size of it, no edge, no picture.
_STYLES = {
    "color": _COLOUR,
    "background-color": _COLOUR,
    "border": "none",
    "border-collapse": "collapse|separate",
    "font-style": "normal|italic",
    "font-weight": "normal|bold|[1-9]00",
    "line-height": r"normal|1(\.\d{1,2})?",
    "padding": r"(0|\d{1,2}px)( (0|\d{1,2}px)){0,3}",
    "text-align": "left|right|center|justify",
    "text-decoration": "none|underline|line-through",
    "vertical-align": "baseline|top|middle|bottom|sub|super",
    "white-space": "normal|pre|pre-wrap|nowrap",
}
_STYLE = {name: re.compile(values, re.IGNORECASE) for name, values in _STYLES.items()}
_EMBEDDED = re.compile(r"data:(image/(?:png|jpeg|gif|svg\+xml));base64,([A-Za-z0-9+/=\s]*)")
# What shows something and has no place here; that it is gone is said.
_GONE = re.compile(
    r"<(applet|audio|canvas|embed|frame|iframe|math|object|script|svg|video)[\s/>]", re.IGNORECASE
)
# Of HTML that nh3 wrote: its tags apart from its text.
_TAG = re.compile(r'(<[^>"]*(?:"[^"]*"[^>"]*)*>)')


def clean_html(html: str, of_the_instructor: bool = False) -> str:
    """HTML of which only text, tables, plain formatting and pictures in it are left.

    As text when it may nest deep. of_the_instructor: whether drawings (SVG) may be in it, and all TeX.
    """
    if len(_NESTING.findall(html)) > ELEMENTS:
        return as_text(html)
    cleaned = nh3.clean(
        html, tags=set(TAGS), clean_content_tags={"script", "style"}, attributes=_ATTRIBUTES,
        attribute_filter=partial(_attribute, of_the_instructor), link_rel=None, id_prefix=_NAMES,
        url_schemes={"http", "https", "mailto", "data"},
    )  # fmt: skip
    gone = sorted({name.lower() for name in _GONE.findall(html)})
    return _tidy(cleaned, of_the_instructor) + (f"<div>[not shown: {', '.join(gone)}]</div>" if gone else "")


def _attribute(of_the_instructor: bool, tag: str, name: str, value: str) -> str | None:
    """Called by nh3: what an attribute becomes, None for nothing. Never raises: nh3 would keep it."""
    if name == "src":  # pictures come only from the page itself: none tells on a reader
        found = _EMBEDDED.fullmatch(value)
        if found is None:
            return None
        kind, data = found.groups()
        fits = of_the_instructor if kind == "image/svg+xml" else is_picture(kind, "".join(data.split()))
        return value if fits else None
    if name in ("width", "height"):
        return value if re.fullmatch(r"\d{1,4}(px|%)?", value) else None
    if name == "href":
        if value.startswith("#"):
            return f"#{_NAMES}{value[1:]}"
        return value if value.startswith(("http://", "https://", "mailto:")) else None
    if name == "id":
        return value if re.fullmatch(r"[\w.-]{1,80}", value) else None
    return _style(value) if name == "style" else value


def _style(value: str) -> str | None:
    pairs = (declaration.split(":", 1) for declaration in value.split(";") if ":" in declaration)
    kept = [
        f"{name.strip().lower()}:{said.strip()}"
        for name, said in pairs
        if name.strip().lower() in _STYLE and _STYLE[name.strip().lower()].fullmatch(said.strip())
    ]
    return ";".join(kept) or None


def _tidy(html: str, of_the_instructor: bool) -> str:
    """In the place of a picture that had to go, a remark; of TeX, what is allowed.

    html: as nh3 wrote it. MathJax leaves alone what stands in pre and code.
    """
    parts, verbatim = _TAG.split(html), 0
    for place, part in enumerate(parts):
        if place % 2 == 0:
            if "\\" in part and not verbatim and not of_the_instructor:
                parts[place] = escape(allowed_tex(unescape(part)), quote=False)
        elif part.startswith("<img") and ' src="' not in part:
            name = unescape((re.search(r' alt="([^"]*)"', part) or ("", ""))[1])[:80]
            parts[place] = escape(f"[not shown: picture{name and ' '}{name}]", quote=False)
        elif re.match(r"</?(pre|code)\b", part):
            verbatim += -1 if part[1] == "/" else 1
    return "".join(parts)


# In the place of formulas while HTML is cleaned, and nowhere else: characters that no font has.
_PLACE = re.compile("\ue000(\\d+)\ue001")


class _Renderer(IPythonRenderer):
    """nbconvert's, which finds pictures where `pictures.picture_file` does, and keeps formulas apart."""

    def __init__(self, of_the_instructor: bool, **options: Any):
        super().__init__(**options)
        self._of_the_instructor = of_the_instructor
        self._formulas: dict[str, str] = {}

    def inline_math(self, body: str) -> str:
        return self._apart(body, block=False)

    def block_math(self, body: str) -> str:
        return self._apart(body, block=True)

    def latex_environment(self, name: str, body: str) -> str:
        return self._apart(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    def _apart(self, tex: str, block: bool) -> str:
        number = str(len(self._formulas))
        self._formulas[number] = mathml(tex, block, self._of_the_instructor)
        return f"\ue000{number}\ue001"

    def put_back(self, html: str) -> str:
        """The formulas in their places in HTML that was cleaned: each once, and none in a tag."""
        parts, left = _TAG.split(html), dict(self._formulas)
        for number, part in enumerate(parts):
            parts[number] = _PLACE.sub("" if number % 2 else lambda place: left.pop(place[1], ""), part)
        return "".join(parts)

    def _src_to_base64(self, src: str) -> str | None:
        raw = picture_file(Path(self.path), src)
        return None if raw is None else data_url(raw)


def markdown(source: str, attachments: dict[str, Any], folder: str | None) -> str:
    """Markdown as HTML. folder: of the instructor's pictures, for a text of the instructor."""
    if len(source) > MARKDOWN:
        return as_text(source)
    renderer = _Renderer(
        folder is not None,
        escape=False, attachments=attachments, embed_images=folder is not None, path=folder or "",
    )  # fmt: skip
    try:
        html = MarkdownWithMath(renderer=renderer).render(re.sub("[\ue000\ue001]", "", source))
    except Exception:  # noqa: BLE001 (a picture that was not attached, brackets nested too deep)
        return as_text(source)
    return renderer.put_back(clean_html(html, of_the_instructor=folder is not None))


def formula(latex: str) -> str:
    """LaTeX, as a kernel shows it, between dollars or not, as HTML."""
    return mathml(latex.strip().strip("$"), block=True, of_the_instructor=False)


_highlight = Highlight2HTML(pygments_lexer="python3")  # IPython's takes the square of the length


def code(source: str) -> str:
    """Python in colours."""
    source = _BLANK.sub("", source)
    return as_text(source) if len(source) > CODE else _highlight(source)


def coloured(text: str) -> str:
    """Text with a terminal's colours."""
    return str(ansi2html(text))


def several(pieces: list[list[Any]]) -> str:
    """Many pieces, each a task and what it is given: their HTML, as a list in JSON."""
    return json.dumps([TASKS[task](*arguments) for task, *arguments in pieces])


TASKS: dict[str, Callable[..., str]] = {
    "html": clean_html, "markdown": markdown, "formula": formula, "code": code, "coloured": coloured,
    "several": several,
}  # fmt: skip


def warm_up() -> None:
    """Load what these functions load when they are first called: a fork of this process has it then."""
    code("x = 1")
    markdown("**x** `x` $x$", {}, None)
    coloured("\x1b[31mx")
