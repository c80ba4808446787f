"""TRUSTED: from a graded notebook to its feedback page. What a student made is cleaned here, piece by piece.
`FeedbackExporter` is for nbgrader_config.py.

The notebook tells what the student wrote, printed and showed; points and verdicts come from the records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback

from autograder.cleaning.outputs import INSTRUCTORS_BYTES, clean_text
from autograder.cleaning.pictures import is_picture
from autograder.cleaning.renderer import OUTPUT_BYTES, Budget, ask_all
from autograder.cleaning.renderer import Piece as Asked
from autograder.course.converters import exercises_of
from autograder.course.folders import read_release, release_notebook
from autograder.course.intake import take_over
from autograder.course.recorded import Recorded, read_graded
from autograder.pages.feedback import CODE, COURSE, TEXT, VERDICT, WRITTEN, Piece, feedback_page
from autograder.report import as_text
from autograder.report.records import Submission
from autograder.runs.execution import NOT_EXECUTED
from autograder.runs.notebooks import MISSING, attachments_shown, grade_id, has_points
from autograder.runs.showing import OUR_IDS

# The headings of a notebook are none of the page's, which has its own order of them.
_HEADING = re.compile(r"<(/?)h[1-6]\b([^>]*)>")
_ANCHOR = re.compile(r'<a href="#[^"]*">¶</a>')  # at the end of each heading, for a page of its own
_TITLE = re.compile(r"^#{1,3}\s+(.+?)\s*#*\s*$", re.MULTILINE)
_EMPTY_HEADER = re.compile(r"<th\b([^>]*)>\s*</th>")  # a header that says nothing is none
_NO_ALT = re.compile(r"<img(?![^>]*\salt=)")
LINES = 60  # of one output: more are folded
_TOO_MUCH = "shown as text: it takes too much to render"


@dataclass(frozen=True)
class Wanted:
    """A piece to be rendered; see `renderer.Piece`. ours: whether it is the course's, word for word."""

    task: str
    arguments: tuple[Any, ...]
    most: int = OUTPUT_BYTES
    ours: bool = False

    @property
    def source(self) -> str:
        return str(self.arguments[0])

    @property
    def asked(self) -> tuple[Any, ...]:
        """The arguments as the function takes them: attachments as a dictionary."""
        if self.task != "markdown":
            return self.arguments
        source, attached, folder = self.arguments
        return source, {name: dict(forms) for name, forms in attached}, folder


class Pages:
    """Makes feedback pages. What the course wrote is the same for every student, and rendered once."""

    def __init__(self) -> None:
        self._course: dict[Wanted, str] = {}

    def page(
        self, submission: Submission, name: str, graded: NotebookNode, release: NotebookNode, folder: Path
    ) -> str:
        """The feedback page of one notebook. folder: of the release, where the course's pictures are."""
        pieces = _Pieces(submission, name, release, folder, self._course)
        return feedback_page(submission, name, pieces.of(graded))


class _Pieces:
    """The pieces of one student's notebook."""

    def __init__(
        self,
        submission: Submission,
        name: str,
        release: NotebookNode,
        folder: Path,
        course: dict[Wanted, str],
    ):
        [record] = [one for one in submission.notebooks if one.name == name]
        self._answers = {answer.id: answer for answer in record.answers}
        self._comments = record.comments
        self._release = {cell.get("id"): cell for cell in release.cells}
        self._folder = str(folder)
        self._course = course
        self._wanted: dict[Wanted, None] = {}
        self._rendered: dict[Wanted, str] = {}

    def of(self, graded: NotebookNode) -> list[Piece]:
        """All pieces. The first pass finds what is to be rendered, so that it is rendered at once."""
        list(self._walk(graded))
        course = [wanted for wanted in self._wanted if wanted.ours and wanted not in self._course]
        self._course |= _render(course)
        self._rendered = self._course | _render([wanted for wanted in self._wanted if not wanted.ours])
        return list(self._walk(graded))

    def _walk(self, graded: NotebookNode) -> Iterator[Piece]:
        own = graded.metadata.get("autograder", {}).get("own")  # not said when it was graded long ago
        for cell in graded.cells:
            name, id = grade_id(cell) or "", cell.get("id")
            if str(id).startswith(OUR_IDS):
                continue
            released = self._release.get(id)
            given = id not in own if own is not None else bool(released and released.source == cell.source)
            if name in self._answers and has_points(cell):
                yield from self._answer(cell, name)
            elif cell.cell_type == "markdown" and given:
                title = _TITLE.search(cell.source)
                yield Piece(COURSE, self._course_text(cell), title=_plain(title[1]) if title else "")
            elif cell.cell_type == "markdown":
                yield Piece(TEXT, self._written(cell), name=name, comment=self._comment(name))
            elif cell.cell_type != "code":
                yield Piece(COURSE if given else TEXT, as_text(clean_text(cell.source)), name=name)
            else:
                yield self._code_cell(cell, name, given)

    def _answer(self, cell: NotebookNode, name: str) -> Iterator[Piece]:
        """A cell that has points: what a program scores, what a person reads, or a task."""
        comment, written = self._comment(name), self._answers[name].written
        if written is None:
            if cell.cell_type == "markdown":  # a task, which is the course's; answers stand in other cells
                yield Piece(COURSE, self._course_text(cell))
            yield Piece(VERDICT, name=name, comment=comment)
        elif cell.cell_type == "code":
            html, outputs = self._code(cell.source, ours=False), tuple(self._outputs(cell))
            yield Piece(WRITTEN, html, outputs, name=name, comment=comment)
        else:
            yield Piece(WRITTEN, self._written(cell), name=name, comment=comment)

    def _code_cell(self, cell: NotebookNode, name: str, given: bool) -> Piece:
        outputs, html = tuple(self._outputs(cell)), self._code(cell.source, ours=given)
        answer = bool(cell.metadata.get("nbgrader", {}).get("solution")) and cell.source != MISSING
        if given and not answer:
            return Piece(COURSE, html, outputs)
        return Piece(CODE, html, outputs, name=name, untouched=given, comment=self._comment(name))

    def _comment(self, name: str) -> str:
        """What a person said about a cell, in markdown: most of them write it there, some paste a student's."""
        said = clean_text(self._comments.get(name, ""))
        return self._html(Wanted("markdown", (said, (), None))) if said else ""

    def _html(self, wanted: Wanted) -> str:
        self._wanted[wanted] = None
        return self._rendered.get(wanted, "")

    def _course_text(self, cell: NotebookNode) -> str:
        released = self._release.get(cell.get("id"), {})
        arguments = (clean_text(cell.source), _attached(released), self._folder)
        return self._html(Wanted("markdown", arguments, INSTRUCTORS_BYTES, ours=True))

    def _written(self, cell: NotebookNode) -> str:
        """A student's markdown; only pictures that are in the cell are shown."""
        source = clean_text(cell.source)
        attached = _attached(cell)
        most = OUTPUT_BYTES + sum(len(str(data)) for _, forms in attached for _, data in forms)
        return self._html(Wanted("markdown", (source, attached, None), most))

    def _code(self, source: str, ours: bool) -> str:
        return self._html(Wanted("code", (clean_text(source),), ours=ours))

    def _outputs(self, cell: NotebookNode) -> Iterator[str]:
        """What a cell printed and showed, as CleanOutputs left it, cleaned again where it is HTML."""
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                if output.text.strip() != NOT_EXECUTED.strip():
                    yield self._text(output.text)
            elif output.output_type == "error":
                yield self._text("\n".join(output.traceback) or f"{output.ename}: {output.evalue}")
            elif output.output_type in ("display_data", "execute_result"):
                yield self._shown(output.data)

    def _shown(self, data: dict[str, str]) -> str:
        if "text/html" in data:
            return self._html(Wanted("html", (clean_text("".join(data["text/html"])),)))
        for kind in ("image/png", "image/jpeg"):
            picture = "".join("".join(data.get(kind, "")).split())
            if picture and is_picture(kind, picture):
                return f'<img src="data:{kind};base64,{picture}" alt="Picture that this code drew">'
        return self._text("".join(data.get("text/plain", "")))

    def _text(self, text: str) -> str:
        text = clean_text(text)
        shown = self._html(Wanted("coloured", (text,))) if "\x1b" in text else escape(text)
        lines = text.count("\n") + 1
        if lines > LINES:  # a loop that prints would be a hundred pages on paper
            return f"<details><summary>{lines:,} lines</summary><pre>{shown}</pre></details>"
        return f"<pre>{shown}</pre>"


def _attached(cell: Mapping[str, Any]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The same as `attachments_shown`, for a set."""
    return tuple((name, tuple(forms.items())) for name, forms in attachments_shown(cell).items())


def _render(wanted: Sequence[Wanted]) -> dict[Wanted, str]:
    """The HTML of each; where one takes too much, its text."""
    budget, rendered = Budget(), {}
    pieces = [Asked(one.task, one.asked, one.most) for one in wanted]
    for one, html in zip(wanted, ask_all(budget, pieces), strict=True):
        if html is None:
            html = escape(one.source) if one.task == "coloured" else as_text(one.source, _TOO_MUCH)
        rendered[one] = _readable(html)
    return rendered


def _readable(html: str) -> str:
    """Headings as strong lines; pictures have words for who does not see them, wide tables scroll by keyboard."""
    html = _HEADING.sub(
        lambda tag: "</p>" if tag[1] else f'<p class="heading"{tag[2]}>', _ANCHOR.sub("", html)
    )
    html = _EMPTY_HEADER.sub(r"<td\1></td>", html.replace("<table", '<table tabindex="0"'))
    return _NO_ALT.sub('<img alt="Picture in the notebook"', html)


def _plain(title: str) -> str:
    """A heading's words without the marks of markdown."""
    return re.sub(r"[*_`]", "", title)


class FeedbackExporter(HTMLExporter):
    """Our page of a notebook that has exercises; nbgrader's own of any other, cleaned."""

    parent: Any

    def __init__(self, **options: Any):
        super().__init__(**options)
        self._submissions: dict[tuple[str, str], Submission] = {}  # the last one
        self._recorded: dict[str, Recorded] = {}  # of the last assignment
        self._pages = Pages()
        if self.parent is not None:
            take_over(self.parent)

    def from_filename(
        self, filename: str, resources: Any = None, **options: Any
    ) -> tuple[Any, dict[str, Any]]:
        try:
            page: tuple[Any, dict[str, Any]] = super().from_filename(filename, resources=resources, **options)
        except Exception:
            if isinstance(self.parent, GenerateFeedback):
                read_graded(Path(filename))  # says in one sentence what is damaged
            raise
        return page

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **options: Any
    ) -> tuple[Any, dict[str, Any]]:  # Any: as for SubmissionExporter
        if not isinstance(self.parent, GenerateFeedback) or not exercises_of(resources or {}):
            page: tuple[Any, dict[str, Any]] = super().from_notebook_node(nb, resources=resources, **options)
            return page
        names, coursedir = resources["nbgrader"], self.parent.coursedir
        who = (names["assignment"], names["student"])
        if who not in self._submissions:
            if names["assignment"] not in self._recorded:
                self._recorded = {names["assignment"]: Recorded(coursedir, names["assignment"])}
            [submission] = self._recorded[names["assignment"]].of([names["student"]])
            self._submissions = {who: submission}
        release = read_release(coursedir, names["assignment"], names["notebook"])
        folder = release_notebook(coursedir, names["assignment"], names["notebook"]).parent
        html = self._pages.page(self._submissions[who], names["notebook"], nb, release, folder)
        return html, self._init_resources(resources)
