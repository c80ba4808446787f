"""TRUSTED: makes what a student's code printed and displayed harmless before a person sees it.

Two places: `CleanOutputs` runs before a notebook is stored; `safe_markdown`, `safe_code`, `safe_text` and
`safe_html` take the place of nbconvert's filters wherever a stored notebook is shown as a page
(feedback, formgrader), and put what is a student's into a box that it cannot leave.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.cleaning.pictures import is_picture
from autograder.cleaning.renderer import OUTPUT_BYTES, Budget, ask
from autograder.report import WRITTEN_BY, as_text, boxed, without_formulas
from autograder.runs.notebooks import grade_id, scored_by_program
from autograder.runs.showing import OUR_IDS, VERDICTS
from autograder.runs.streams import as_shown, join_streams

TEXT_BYTES = 128 * 1024  # of all text outputs of one cell
IMAGES = 16  # in one cell
OUTPUTS = 200  # of one cell
INSTRUCTORS_BYTES = 32 * 2**20  # of HTML of one cell of the instructor, with its pictures

# Colours (ESC [ … m) stay, nbconvert turns them into spans. Everything else that steers a terminal
# or turns the direction of writing goes.
_COLOUR = re.compile(r"(\x1b\[[0-9;]{0,20}m)")
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)

PICTURES = "autograder_pictures"  # in nbconvert's resources: a `Pictures`
_BUDGET = "autograder_budget"  # in nbconvert's resources: a `Budget` of the page
_AS_TEXT = "shown as text: it takes too much to render"


@dataclass(frozen=True)
class Pictures:
    """Whose pictures a page may show. folder: where they lie; texts: whole cells that may name them."""

    folder: Path
    texts: frozenset[str]


def clean_text(text: str) -> str:
    """Text without control characters; line ends, tabs and colours stay."""
    parts = _COLOUR.split(text.replace("\r\n", "\n"))
    return "".join(part if index % 2 else _CONTROL.sub("", part) for index, part in enumerate(parts))


# Filters of pages


def _budget(context: Context) -> Budget:
    budget: Budget = context.get("resources", {}).setdefault(_BUDGET, Budget())
    return budget


@pass_context
def safe_markdown(context: Context, source: str) -> str:
    """nbconvert's markdown2html, cleaned after rendering: markdown's own tricks end here too."""
    pictures = context.get("resources", {}).get(PICTURES)
    ours = pictures is not None and source in pictures.texts
    cell = context.get("cell", {})
    source = clean_text(source)
    attached = {
        name: forms for name, forms in cell.get("attachments", {}).items() if f"attachment:{name}" in source
    }
    most = OUTPUT_BYTES + sum(len(str(data)) for forms in attached.values() for data in forms.values())
    html = ask(
        _budget(context), "markdown", source, attached, str(pictures.folder) if ours else None,
        most=INSTRUCTORS_BYTES if ours else most,
    )  # fmt: skip
    if html is None:
        html = as_text(source, _AS_TEXT)
    # A comment, which a person wrote in formgrader, comes from a macro of the page, which knows no cell.
    if not ours and "cell" in context:
        return boxed(html, WRITTEN_BY)
    return without_formulas(html) if str(cell.get("id", "")).startswith(OUR_IDS) else html


@pass_context
def safe_code(context: Context, source: str, language: str | None = None, metadata: Any = None) -> str:
    """nbconvert's highlight_code, for Python, whatever language the notebook says it is in."""
    source = clean_text(source)
    return boxed(ask(_budget(context), "code", source) or as_text(source))


@pass_context
def safe_text(context: Context, text: str) -> str:
    """nbconvert's ansi2html, for what stands in a <pre>."""
    html = ask(_budget(context), "coloured", text) if "\x1b" in text else None
    return boxed(html or escape(_COLOUR.sub("", text)), element="span")


@pass_context
def safe_html(context: Context, source: str) -> str:
    """nbconvert's clean_html, for raw cells; its own keeps javascript: links that are spelt as entities."""
    source = clean_text(source)
    html = ask(_budget(context), "html", source)
    return boxed(as_text(source, _AS_TEXT) if html is None else html, WRITTEN_BY)


# Outputs


class CleanOutputs(NbGraderPreprocessor):
    """Cleans and bounds the outputs of every code cell, after its score was saved.

    nbgrader takes the score from the outputs: one that is cut, or left out, could be what decides.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        budget = Budget()
        for cell in nb.cells:
            if scored_by_program(cell) and grade_id(cell) in resources.get(VERDICTS, ()):
                continue  # show_verdicts wrote them
            if cell.cell_type == "code":
                room = Room(budget)
                cell.outputs = clean_outputs(cell.outputs, room)
                cell.execution_count = _count(cell.execution_count)
                for output in cell.outputs:
                    if output.output_type == "execute_result":
                        output.execution_count = cell.execution_count
        return nb, resources


def _count(value: Any) -> int | None:
    """The number of an executed cell. It is the kernel's word, which may be anything."""
    return value if type(value) is int and 0 <= value < 1_000_000 else None


def clean_outputs(outputs: list[NotebookNode], room: Room) -> list[NotebookNode]:
    """The outputs with nothing in them that runs, steers or swells; cuts are said in their place.

    What nbgrader took a score from is shown whatever there is beside it, and has the first claim to room.
    """
    outputs = join_streams([_printed(output) for output in outputs])
    decisive = next(filter(_decides, outputs), None)
    kept: dict[int, list[NotebookNode]] = {id(output): [] for output in outputs[:OUTPUTS]}
    for output in ([decisive] if decisive else []) + outputs[:OUTPUTS]:
        kept[id(output)] = kept.get(id(output)) or _clean(output, room)
    cleaned = [made for pieces in kept.values() for made in pieces]
    if len(outputs) > len(kept):
        cleaned.append(_remark(f"{len(outputs) - len(kept)} more outputs are not shown"))
    return cleaned


def _decides(output: NotebookNode) -> bool:
    """Whether nbgrader takes the score of a graded cell from it, if it is the first of its kind."""
    return output.output_type in ("error", "execute_result") or output.get("name") == "stderr"


def _printed(output: NotebookNode) -> NotebookNode:
    """The output; where it is a piece of a stream, with one text and one of two names."""
    if output.get("output_type") != "stream":
        return output
    text = output.get("text", "")
    plain: NotebookNode = new_output(
        "stream",
        name="stderr" if output.get("name") == "stderr" else "stdout",
        text="".join(map(str, text)) if isinstance(text, list) else str(text),
    )
    return plain


class Room:
    """What one cell may still show; budget: of its notebook."""

    def __init__(self, budget: Budget | None = None) -> None:
        self.text_bytes, self.images, self.budget = TEXT_BYTES, IMAGES, budget or Budget()

    def html(self, task: str, source: Any) -> str | None:
        """HTML, markdown or a formula as clean HTML, see markup.TASKS; None where that takes too much."""
        text = self.text(source)
        return ask(self.budget, task, text, *(({}, None) if task == "markdown" else ()))

    def text(self, text: Any) -> str:
        """The text as a terminal shows it, cut where there is no more room."""
        shown = clean_text(as_shown("".join(text) if isinstance(text, list) else str(text)))
        raw = shown.encode("utf-8", "replace")
        kept = raw[: self.text_bytes]
        self.text_bytes -= len(kept)
        if len(kept) == len(raw):
            return shown
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
            shown = room.html("html", value)
        elif mime == "text/markdown" and "text/html" not in data:
            form, shown = "text/html", room.html("markdown", value)
        elif mime == "text/latex" and not {"text/html", "text/markdown"} & set(data):
            form, shown = "text/html", room.html("formula", value)
        if shown is None:
            left_out.append(str(mime))
        else:
            cleaned[form] = shown
    best = min(map(_rank, cleaned), default=len(_FORMS))
    return cleaned, [clean_text(mime)[:60] for mime in left_out if _rank(mime) < best]


def _rank(mime: str) -> int:
    return _FORMS.index(mime) if mime in _FORMS else -1


def _remark(text: str) -> NotebookNode:
    remark: NotebookNode = new_output("stream", name="stdout", text=f"[{text}]\n")
    return remark
