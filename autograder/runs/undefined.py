"""TRUSTED; standard library and nbformat only. Why a function that was to be asked is not there.

What a cell raised is the kernel's word, which may be anything: it is quoted, and gives nobody points.
"""

from __future__ import annotations

import difflib
import importlib.util
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from nbformat import NotebookNode

from autograder.judging.api import Uncertain, Wrong
from autograder.judging.claims import RaisedError
from autograder.runs.notebooks import describe_cell, grade_id

_NO_MODULE = re.compile(r"No module named '(\w+)")
_PLACE = re.compile(r" \([^()]*, (line \d+)\)$")  # Python adds the name of a file that nobody knows
_MADE = re.compile(r"^(?:(?:async )?def|class) (\w+)|^(\w+) *(?::[^=]+)?=(?!=)", re.MULTILINE)


def reasons(notebook: NotebookNode, asked: Mapping[str, Collection[str]]) -> dict[str, Exception]:
    """By exercise id, what a check raises where a function of this executed notebook is not there.

    asked: by exercise id, the names of the functions. An exercise without a reason is left out. The
    answer is looked for in the cells between an exercise and the one before it, and then in all cells before
    it that were to define such a function: more than one exercise may ask it.
    """
    found: dict[str, Exception] = {}
    since: list[tuple[int, NotebookNode]] = []
    before: list[tuple[int, NotebookNode]] = []
    for index, cell in enumerate(notebook.cells):
        name = grade_id(cell)
        if name is not None and name in asked:
            defining = [(i, c) for i, c in before if _made(c) & {*asked[name]}]
            reason = (
                _raised(asked[name], since)
                or _named_otherwise(asked[name], since)
                or _raised(asked[name], defining)
            )
            if reason:
                found[name] = reason
            since = []
        elif cell.cell_type == "code":
            since.append((index, cell))
            before.append((index, cell))
    return found


def defined_below(notebook: NotebookNode, asked: Mapping[str, Collection[str]]) -> dict[str, Exception]:
    """By exercise id, what a check raises whose function a cell behind it defines, and no cell before it.

    asked: as for `reasons`.
    """
    found: dict[str, Exception] = {}
    passed: dict[str, Collection[str]] = {}
    for cell in notebook.cells:
        name = grade_id(cell)
        if name is not None and name in asked:
            passed[name] = asked[name]
        elif cell.cell_type == "code" and not any(_errors(cell)):
            for exercise, names in passed.items():
                for function in _made(cell) & {*names}:
                    found[exercise] = Wrong(
                        f"{function} is defined in a cell below its check, which finds what the cells above it "
                        "define: move it up, to the cell that was meant for it."
                    )
    return found


def _made(cell: NotebookNode) -> set[str]:
    """The names that the cell defines outside of all functions."""
    return {one or other for one, other in _MADE.findall(cell.source)}


def _raised(names: Collection[str], cells: Sequence[tuple[int, NotebookNode]]) -> Exception | None:
    named = [(i, c) for i, c in cells if {*re.findall(r"\w+", c.source)} & {*names}]
    for index, cell in reversed(named):  # the last one: what it lacks may have been missing before
        for error in _errors(cell):
            type_, message = (_one_line(error.get(key)) for key in ("ename", "evalue"))
            where = describe_cell(cell, index)
            module = _NO_MODULE.match(message)
            if type_ == "ModuleNotFoundError" and module and not _installed(module[1]):
                return Uncertain(
                    f"{where[0].upper()}{where[1:]} needs the module {module[1]!r}, which is neither installed "
                    "where this was graded nor handed in, so nobody knows what it would have defined."
                )
            raised = RaisedError(type_, _PLACE.sub(r", \1", message).rstrip("."))
            return Wrong(
                f"There is no {_first(names, cell)}, because {where} ended with {raised}. Mend that cell, "
                "and run it."
            )
    return None


def _first(names: Collection[str], cell: NotebookNode) -> str:
    """The first of these names that is in the cell."""
    words: list[str] = re.findall(r"\w+", cell.source)
    return next(word for word in words if word in names)


def _errors(cell: NotebookNode) -> Iterator[NotebookNode]:
    return (output for output in cell.get("outputs", ()) if output.get("output_type") == "error")


def _one_line(text: object) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)[:200]).split())


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return True  # it is there, and broken


def _named_otherwise(names: Collection[str], cells: Sequence[tuple[int, NotebookNode]]) -> Exception | None:
    made = {name for _, cell in cells for name in _made(cell)}
    for name in names if not made & {*names} else ():
        near = difflib.get_close_matches(name, made, n=1, cutoff=0.75)
        if near:
            return Wrong(
                f"There is no {name}, but a {near[0]}: is that it? Call it {name}, as the notebook does."
            )
    return None
