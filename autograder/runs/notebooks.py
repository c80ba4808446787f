"""TRUSTED; nbformat only, nothing is executed. A submitted notebook, put back on its own rails.

The release notebook is the frame: its cells, order and metadata hold. From the submission come
the answers (the sources of cells that students may edit) and the student's own further cells. So
a deleted, duplicated, reordered, renamed or relabelled cell can neither cost another student the
batch nor change what is graded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.judging.words import named, quoted

MAX_BYTES = 20 * 2**20  # of a submitted notebook file
MAX_HOLDERS = 50_000  # objects and lists in it: each becomes a kilobyte and more while it is read
MAX_VALUES = 2_000_000  # in them
MAX_CELLS = 1_000
MAX_SOURCE = 200_000  # characters of one cell
MAX_SOURCES = 300_000  # characters of all cells: a page of them may take a minute to make
# Of JSON, to the end of the text where it does not end: so that no text takes longer than its length.
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
MISSING = "# This cell was missing from the submission."


class UnreadableNotebook(Exception):
    """The submitted file is no notebook; the text says why, in one clause."""


def read_notebook(path: Path) -> NotebookNode:
    """The notebook in a submitted file as nbformat 4, or UnreadableNotebook."""
    try:
        # The file itself, its assignment's folder, its student's folder: a link in the place of
        # any of them could hand in the instructor's solution, or another student's work.
        if any(step.is_symlink() for step in (path, *path.parents[:2])):
            raise UnreadableNotebook("it is a link, not a file")
        if path.exists() and not path.is_file():
            raise UnreadableNotebook("it is not a file")  # to read a pipe would wait forever
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableNotebook(f"it is larger than {MAX_BYTES // 2**20} MiB")
        text = path.read_text("utf-8-sig")  # some editors of Windows put a mark before the text
        _refuse_many(text)
        notebook: NotebookNode = nbformat.reads(text, as_version=4)
        cells = notebook.cells
        if len(cells) > MAX_CELLS:
            raise UnreadableNotebook(f"it has more than {MAX_CELLS:,} cells")
        for cell in cells:
            cell.source = _source(cell)
            if cell.cell_type not in ("code", "markdown", "raw"):
                raise UnreadableNotebook("it has a cell of an unknown kind")
            if len(cell.source) > MAX_SOURCE:
                raise UnreadableNotebook(f"it has a cell of over {MAX_SOURCE:,} characters")
        if sum(len(cell.source) for cell in cells) > MAX_SOURCES:
            raise UnreadableNotebook(f"its cells hold over {MAX_SOURCES:,} characters")
    except OSError as error:
        raise UnreadableNotebook(f"it cannot be opened ({error.strerror})") from None
    except UnreadableNotebook:
        raise
    except Exception:  # noqa: BLE001 (whatever a broken file makes nbformat stumble over)
        raise UnreadableNotebook("it is not a notebook in the format that JupyterLab saves") from None
    return notebook


def _refuse_many(text: str) -> None:
    """Raise `UnreadableNotebook` where this JSON holds too much, before it is read."""
    bare = _STRING.sub("", text)
    if bare.count("{") + bare.count("[") > MAX_HOLDERS or bare.count(",") > MAX_VALUES:
        raise UnreadableNotebook("it holds too many things beside its cells' text to be read")


def _source(cell: NotebookNode) -> str:
    """The source as one text that can be written: half a character becomes a question mark."""
    source = cell.get("source", "")
    if not isinstance(source, (str, list)):
        raise UnreadableNotebook("it has a cell that holds something else than text")
    text = "".join(source)
    return text.encode("utf-8", "replace").decode("utf-8")


def rebuild(release: NotebookNode, submitted: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The submission on the release's frame, and a sentence for each thing that was mended."""
    notes: list[str] = []
    frame = {key: cell for cell in release.cells for key in _keys(cell)}
    answers: dict[str, NotebookNode] = {}  # by cell id of the release
    older: dict[str, list[NotebookNode]] = {}  # answers that a later one replaced, by the same id
    extras: dict[str, list[NotebookNode]] = {"": []}  # by id of the release cell that they follow
    after = ""
    for cell in submitted.cells:
        known = next((frame[key] for key in _keys(cell) if key in frame), None)
        if known is None:
            extras.setdefault(after, []).append(cell)
            continue
        after = known.id
        if known.id in answers:
            notes.append(f"The cell {_name(known)} was there more than once; the last one counts.")
            if not _locked(known):
                older.setdefault(known.id, []).append(answers[known.id])
        answers[known.id] = cell
    cells = list(_own_cells(extras[""]))
    for cell in release.cells:
        answer = answers.get(cell.id)
        rebuilt = nbformat.from_dict(cell)
        if answer is None and grade_id(cell) is None:
            continue  # an explanation that the student removed
        if answer is None:
            notes.append(f"The cell {_name(cell)} was missing; it was put back.")
            if not _locked(cell) and not cell.metadata.nbgrader.get("grade"):
                # Not the stub: it would undo an answer that stands in a cell of the student's own.
                rebuilt.source = MISSING
        elif _locked(cell):
            if answer.source.strip() != cell.source.strip():
                notes.append(f"The cell {_name(cell)} was changed; the original was used.")
        else:
            rebuilt.source = answer.source
            if "attachments" in answer and cell.cell_type == "markdown":
                rebuilt.attachments = _attachments(answer.attachments)
        cells += _own_cells(older.get(cell.id, []))
        cells.append(rebuilt)
        cells += _own_cells(extras.get(cell.id, []))
    for number, cell in enumerate(cells):
        if cell.get("id", "") == "":
            cell.id = f"own-{number}"
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=nbformat.from_dict(release.metadata))
    return notebook, list(dict.fromkeys(notes))


def own_cells(release: NotebookNode, rebuilt: NotebookNode) -> list[str]:
    """The ids of the rebuilt cells in which a student wrote something: all that is not as it was released."""
    given = {cell.id: cell.source for cell in release.cells}
    return [cell.id for cell in rebuilt.cells if cell.source not in (given.get(cell.id), MISSING)]


def _attachments(value: object) -> dict[str, dict[str, str]]:
    """What of it are pictures as a notebook may hold them: by name, then text by kind."""
    return {
        name: {kind: text for kind, text in picture.items() if isinstance(text, str)}
        for name, picture in (value.items() if isinstance(value, dict) else ())
        if isinstance(picture, dict)
    }


def _own_cells(cells: list[NotebookNode]) -> Iterator[NotebookNode]:
    """The student's own cells, with nothing of theirs but kind and source."""
    make: dict[str, Callable[[str], NotebookNode]] = {
        "code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell,
    }  # fmt: skip
    raw: Callable[[str], NotebookNode] = nbformat.v4.new_raw_cell
    for cell in cells:
        own = make.get(cell.cell_type, raw)(cell.source)
        own.id = ""
        yield own


def attachments_shown(cell: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The pictures that are in a cell and that its text shows: by name, and of each its forms by kind."""
    source = "".join(cell.get("source", ""))
    attached = cell.get("attachments", {})
    return {name: dict(forms) for name, forms in attached.items() if f"attachment:{name}" in source}


def grade_id(cell: NotebookNode) -> str | None:
    """nbgrader's name for a cell, None where it has none."""
    metadata = cell.get("metadata", {}).get("nbgrader", {})
    name = metadata.get("grade_id") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else None


def scored_by_program(cell: NotebookNode) -> bool:
    """Whether nbgrader reads this cell's points from its output: graded, code, no answer itself."""
    settings = cell.get("metadata", {}).get("nbgrader", {})
    graded = settings.get("grade") and not settings.get("solution")
    return bool(graded) and cell.cell_type == "code"


def has_points(cell: NotebookNode) -> bool:
    """Whether nbgrader keeps points for this cell, whoever gives them."""
    settings = cell.get("metadata", {}).get("nbgrader", {})
    return bool(settings.get("grade") or settings.get("task"))


def unseen_answers(release: NotebookNode, submitted: NotebookNode) -> list[str]:
    """The answers that a person grades and whose cells are missing, by grade_id.

    None where the student wrote no text elsewhere, which may be the answer.
    """
    known = {key for cell in release.cells for key in _keys(cell)}
    there = {key for cell in submitted.cells for key in _keys(cell)}
    given = {cell.source.strip() for cell in release.cells} | {""}
    wrote = any(
        cell.cell_type == "markdown"
        and cell.source.strip() not in given
        and not known.intersection(_keys(cell))
        for cell in submitted.cells
    )
    missing = [
        str(grade_id(cell))
        for cell in release.cells
        if has_points(cell) and not scored_by_program(cell) and not there.intersection(_keys(cell))
    ]
    return missing if wrote else []


def _keys(cell: NotebookNode) -> Iterator[str]:
    """What a cell is known by: nbgrader's name first, then Jupyter's own id."""
    if grade_id(cell) is not None:
        yield f"grade_id {grade_id(cell)}"
    if isinstance(cell.get("id"), str):
        yield f"id {cell['id']}"


def _locked(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("locked"))


def _name(cell: NotebookNode) -> str:
    return named(grade_id(cell) or cell.id, "'")


def describe_cell(cell: NotebookNode, index: int) -> str:
    """A cell in words that its author recognises: its name, or its place and first line."""
    if grade_id(cell):
        return f"the cell {_name(cell)}"
    lines = cell.source.strip().splitlines() or [""]
    return f"cell {index + 1} ({quoted(lines[0], 40)})"
