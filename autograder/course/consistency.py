"""TRUSTED: whether an assignment's cells, rows, checks and points fit one another, before anybody is graded.

What does not fit would be scored as stock nbgrader scores it, and a cell that raises nothing has
full marks there. The four places that must agree: the rows of an assignment's exercises.py and its checks
(autograder/assignments/NAME), the notebooks in source/ and release/, and nbgrader's gradebook.
"""

from __future__ import annotations

import ast
import functools
import importlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files

from autograder.assignments import ASSIGNMENTS, FAULTS
from autograder.course.own_course import CHECKOUT, CourseError
from autograder.judging.exercises import ASSIGNMENTS as PACKAGE
from autograder.judging.exercises import Assignment, Exercise, checks_of, folder_of

_OUR_CHECK = re.compile(r"^\s*(from\s+autograder\b|import\s+autograder\b)", re.MULTILINE)
_CALLS_CHECK = re.compile(r"\bcheck\s*\(")
_DEFINES_CHECK = re.compile(r"^\s*(def\s+check\b|check\s*=)", re.MULTILINE)
_TRAINED = (".h5", ".hdf5", ".keras")  # in what Keras saves a network


def refuse_misfits(coursedir: CourseDirectory, name: str, released: bool) -> None:
    """Raise `CourseError` where something of the assignment does not fit the rest.

    released: whether its release and the gradebook's entry must be there and fit as well.
    """
    found = misfits(coursedir, name, released)
    first = next(found, None)
    if first is not None:
        more = sum(1 for _ in found)
        raise CourseError(f"{first}{f' ({more} more of this kind.)' if more else ''}")


def misfits(coursedir: CourseDirectory, name: str, released: bool) -> Iterator[str]:
    """A sentence for each thing that does not fit: which, and what to do. Opens the gradebook."""
    source = read_cells(coursedir, coursedir.source_directory, name)
    release = read_cells(coursedir, coursedir.release_directory, name) if released else {}
    assignment = ASSIGNMENTS.get(name)
    if name in FAULTS:
        yield FAULTS[name]
        return
    if assignment is None:
        for place, notebooks in (("source", source), ("release", release)):
            yield from _plain_misfits(f"{place}/{name}", name, notebooks)
        return
    if not source:
        yield f"source/{name} has no notebooks: bring them back, with their solutions."
        return
    yield from weights_left_lying(coursedir, assignment)
    yield from table_misfits(assignment)
    yield from notebook_misfits(f"source/{name}", assignment, source)
    if released:
        again = f"run nbgrader generate_assignment {name} --force again."
        yield from _step_misfits(name, source, release, again)
        yield from _gradebook_misfits(coursedir, name, release, again)


def weights_left_lying(coursedir: CourseDirectory, assignment: Assignment) -> Iterator[str]:
    """Trained networks beside the notebooks of an assignment whose students hand in theirs.

    nbgrader would give them out with the release, and copy them over everybody's when it grades.
    """
    if not assignment.files:
        return
    source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment.name))
    for path in sorted(map(Path, find_all_files(str(source), coursedir.ignore))):
        if path.suffix.lower() in _TRAINED:
            yield (
                f"source/{assignment.name}/{path.relative_to(source)} holds a trained network, which would be "
                "given out with the release and laid over what every student handed in: move it out of source/."
            )


@dataclass(frozen=True)
class Cell:
    """A cell with nbgrader's metadata."""

    name: str
    code: bool
    graded: bool
    solution: bool
    task: bool
    locked: bool
    points: float
    source: str

    @property
    def by_program(self) -> bool:
        """Whether nbgrader reads its points from what it puts out."""
        return self.graded and self.code and not self.solution

    @property
    def asks_for(self) -> str | None:
        """The exercise in `check("exercise")`, where the cell holds that and nothing else."""
        try:
            body = ast.parse(self.source).body
        except (SyntaxError, ValueError):
            return None
        call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
        if not isinstance(call, ast.Call) or ast.unparse(call.func) != "check" or call.keywords:
            return None
        if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant):
            return None
        return call.args[0].value if isinstance(call.args[0].value, str) else None

    @property
    def kept(self) -> tuple[Any, ...]:
        """What building the release and entering it into the gradebook must not change."""
        return (
            self.name,
            self.code,
            self.graded,
            self.solution,
            self.task,
            self.points,
            _released(self.source) if not self.solution and (self.graded or self.locked) else "",
        )


# What nbgrader takes out when it builds a release, from a line with the one to a line with the other.
_TAKEN_OUT = re.compile(r"^.*BEGIN (MARK SCHEME|HIDDEN TESTS)\b.*\n(?:.*\n)*?.*END \1\b.*$", re.MULTILINE)


def _released(source: str) -> str:
    """A cell's text without what only the source has."""
    return _TAKEN_OUT.sub("", source).strip()


@dataclass(frozen=True)
class Notebook:
    """cells: those with nbgrader's metadata. ours: whether it imports our package."""

    cells: tuple[Cell, ...]
    ours: bool
    defines_check: bool


def read_cells(coursedir: CourseDirectory, step: str, name: str) -> dict[str, Notebook]:
    """The notebooks of source/ or release/ by stem. Raises `CourseError` for one that is none."""
    folder = Path(coursedir.format_path(step, ".", name))
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            found[path.stem] = _read_notebook(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise CourseError(f"{path} is not a notebook that can be read: mend it first.") from None
    return found


def _read_notebook(content: dict[str, Any]) -> Notebook:
    cells, code = [], []
    for cell in content["cells"]:
        source = cell["source"]
        text = "".join(source) if isinstance(source, list) else source
        if cell["cell_type"] == "code":
            code.append(text)
        settings = cell.get("metadata", {}).get("nbgrader")
        if settings:
            graded, solution = (bool(settings.get(key)) for key in ("grade", "solution"))
            cells.append(
                Cell(
                    str(settings.get("grade_id")),
                    cell["cell_type"] == "code",
                    graded,
                    solution,
                    bool(settings.get("task")),
                    bool(settings.get("locked")),
                    float(settings.get("points", 0)) if graded or settings.get("task") else 0.0,
                    text,
                )
            )
    everything = "\n".join(code)
    return Notebook(
        tuple(cells), bool(_OUR_CHECK.search(everything)), bool(_DEFINES_CHECK.search(everything))
    )


def table_misfits(assignment: Assignment) -> Iterator[str]:
    """Rows and checks that do not fit one another."""
    try:
        checks = all_checks(assignment.name)
    except CourseError as error:
        yield str(error)
        return
    rows, table = {exercise.id for exercise in assignment.exercises}, _table(assignment.name)
    inputs = checks_of(assignment.name) / "hidden" / "inputs.py"
    if not inputs.is_file():
        yield f"{_shown(inputs)} is missing: it draws the inputs of {assignment.name} that nobody can have looked up."
    for name, times in Counter(exercise.id for exercise in assignment.exercises).items():
        if times > 1:
            yield f"{table} has {times} rows for {name!r}: leave one."
    for check in checks:
        if check.exercise not in rows:
            yield (
                f"The check {check.name} in {check.file} is for {check.exercise!r}, for which {table} "
                "has no row: mend its name, or add the row."
            )
    for exercise in assignment.exercises:
        own = [check for check in checks if check.exercise == exercise.id]
        points = sum(check.points for check in own)
        if not own:
            yield f"{exercise.id!r} has a row in {table} but no check: write one in {_file(exercise)}."
        elif abs(points - exercise.points) > 1e-9 or any(check.points < 0 for check in own):
            yield (
                f"The checks of {exercise.id!r} are worth {points:g} points together, its row in "
                f"{table} says {exercise.points:g}: make them equal."
            )
        names = [check.name for check in own]
        for check in own:
            if check.stem != exercise.notebook:
                yield (
                    f"The check {check.name} of {exercise.id!r} is in {check.file}, where nobody looks "
                    f"for it: move it into {_file(exercise)}."
                )
            if names.count(check.name) > 1:
                yield f"{exercise.id!r} has two checks named {check.name}: rename one."
            if check.after is not None and check.after not in set(names) - {check.name}:
                yield (
                    f"The check {check.name} of {exercise.id!r} waits for {check.after!r}, which is no "
                    "other check of this exercise: mend its `after`."
                )


@dataclass(frozen=True)
class Check:
    """One pytest function of an assignment. file: where it is. stem: of the notebook whose checks that holds."""

    name: str
    exercise: str
    points: float
    after: str | None
    file: str
    stem: str


@functools.cache
def all_checks(assignment: str) -> tuple[Check, ...]:
    """Its public and hidden checks. Raises `CourseError` for a file that cannot be imported."""
    found, folder = [], checks_of(assignment)
    for path in sorted((*folder.glob("test_*.py"), *folder.glob("hidden/test_*.py"))):
        place = ".".join(path.relative_to(folder).with_suffix("").parts)
        file = _shown(path)
        try:
            functions = vars(importlib.import_module(f"{PACKAGE}.{assignment}.checks.{place}"))
        except Exception as error:  # noqa: BLE001 (whatever is wrong in it)
            raise CourseError(
                f"{file} cannot be imported ({type(error).__name__}: {error}): mend it first."
            ) from None
        for name, function in functions.items():
            if not name.startswith("test_") or not callable(function):
                continue
            marks = [mark for mark in getattr(function, "pytestmark", ()) if mark.name == "check"]
            if len(marks) != 1:
                raise CourseError(f"{name} in {file} is no check: write @check(...) above it, once.")
            marker = marks[0].kwargs
            found.append(
                Check(
                    name,
                    marker["exercise"],
                    float(marker["points"]),
                    marker["after"],
                    file,
                    path.stem.removeprefix("test_"),
                )
            )
    return tuple(found)


def _table(assignment: str) -> str:
    return _shown(folder_of(assignment) / "exercises.py")


def _file(exercise: Exercise) -> str:
    return _shown(checks_of(exercise.assignment) / f"test_{exercise.notebook}.py")


def _shown(path: Path) -> str:
    """A file of ours from this checkout on, one of a course's as it is."""
    return str(path.relative_to(CHECKOUT) if path.is_relative_to(CHECKOUT) else path)


def notebook_misfits(place: str, assignment: Assignment, notebooks: Mapping[str, Notebook]) -> Iterator[str]:
    """Cells of an assignment of ours that do not fit its rows. place: where the notebooks are."""
    rows = {exercise.id: exercise for exercise in assignment.exercises}
    seen: Counter[str] = Counter()
    names: Counter[tuple[str, str]] = Counter()
    for stem, notebook in notebooks.items():
        for cell in notebook.cells:
            names[stem, cell.name] += 1
            where = f"The cell {cell.name!r} of {place}/{stem}.ipynb"
            asked = cell.asks_for
            if not cell.by_program or not cell.locked:
                if cell.by_program or cell.name in rows or (cell.code and asked is not None):
                    yield (
                        f"{where} decides an exercise, so it must be a code cell that is graded, locked and "
                        "no solution: make it “Autograder tests” in nbgrader's panel."
                    )
                continue
            if asked is None:
                yield (
                    f'{where} is graded, and holds something else than check("…"): nobody would judge '
                    "it. Put its asserts into a check, or into an assignment of its own."
                )
            elif asked not in rows:
                yield f"{where} asks for {asked!r}, for which {_table(assignment.name)} has no row: mend the name, or add the row."
            elif asked != cell.name:
                yield f"{where} asks for {asked!r}: give it that grade_id."
            elif rows[asked].notebook != stem:
                yield (
                    f"{where} is in the row for {rows[asked].notebook}.ipynb in {_table(assignment.name)}: move the cell, "
                    "or mend the row."
                )
            elif cell.points != rows[asked].points:
                yield (
                    f"{where} is worth {cell.points:g} points, its row in {_table(assignment.name)} says "
                    f"{rows[asked].points:g}: make them equal."
                )
            if asked is not None:
                seen[asked] += 1
    for name, row in rows.items():
        if row.notebook not in notebooks:
            yield f"{name!r} has a row in {_table(assignment.name)} for {row.notebook}.ipynb, which is not in {place}."
        elif not seen[name]:
            yield (
                f"{name!r} has a row in {_table(assignment.name)} but no graded cell in {place}/{row.notebook}.ipynb: add "
                f'the cell check("{name}"), or take the row out.'
            )
        elif seen[name] > 1:
            yield f"{name!r} has {seen[name]} graded cells in {place}: leave one."
    for (stem, name), times in names.items():
        if times > 1 and name not in rows:
            yield f"{place}/{stem}.ipynb has {times} cells with the grade_id {name!r}: rename one."
    by_person = {
        (stem, cell.name, cell.points)
        for stem, one in notebooks.items()
        for cell in one.cells
        if cell.graded and not cell.by_program
    }
    for answer in assignment.written:
        if (answer.notebook, answer.id, answer.points) not in by_person:
            yield (
                f"`written` in {_table(assignment.name)} has {answer.id!r} with {answer.points:g} points for "
                f"{answer.notebook}.ipynb, and {place} has no such cell for a person to grade: make them equal."
            )
    locked = {
        cell.name for one in notebooks.values() for cell in one.cells if not cell.graded and cell.locked
    }
    for name in sorted(assignment.not_executed - locked):
        yield f"`not_executed` in {_table(assignment.name)} names {name!r}, which is no locked cell in {place}: take it out."


def _plain_misfits(place: str, name: str, notebooks: Mapping[str, Notebook]) -> Iterator[str]:
    """Graded cells of an assignment without rows that leave the decision to our `check`."""
    for stem, notebook in notebooks.items():
        for cell in notebook.cells:
            if (
                cell.by_program
                and _CALLS_CHECK.search(cell.source)
                and (notebook.ours or (cell.asks_for is not None and not notebook.defines_check))
            ):
                yield (
                    f"The graded cell {cell.name!r} of {place}/{stem}.ipynb calls check(...), but "
                    f"autograder/assignments has no folder {name!r}: add it, or write asserts."
                )


def _step_misfits(
    name: str, source: Mapping[str, Notebook], release: Mapping[str, Notebook], again: str
) -> Iterator[str]:
    """Where the release is not what the source gives today, in cells that nbgrader knows."""
    for stem in sorted({*source, *release}):
        if stem not in release:
            yield f"release/{name} has no {stem}.ipynb: {again}"
        elif stem not in source:
            yield f"release/{name}/{stem}.ipynb is not in source/{name} any more: {again}"
        else:
            ours, theirs = ({cell.name: cell.kept for cell in n[stem].cells} for n in (source, release))
            for one in sorted({*ours, *theirs}):
                if ours.get(one) != theirs.get(one):
                    yield (
                        f"The cell {one!r} of {stem}.ipynb is not the same in source/{name} and in "
                        f"release/{name}: {again}"
                    )


def _gradebook_misfits(
    coursedir: CourseDirectory, name: str, release: Mapping[str, Notebook], again: str
) -> Iterator[str]:
    """Where the gradebook, whose cells nbgrader puts into every submission, is not the release's."""
    with Gradebook(coursedir.db_url, coursedir.course_id) as book:
        try:
            known = {notebook.name: notebook for notebook in book.find_assignment(name).notebooks}
        except MissingEntry:
            yield (
                f"The gradebook does not know {name!r} yet: run nbgrader generate_assignment {name} "
                "--force first."
            )
            return
        for stem in sorted({*known, *release}):
            if stem not in known:
                yield f"The gradebook does not know {stem}.ipynb of {name} yet: {again}"
            elif stem not in release:
                yield f"The gradebook has {stem}.ipynb, which is not in release/{name} any more: {again}"
            else:
                points = {
                    c.name: float(c.max_score) for c in (*known[stem].grade_cells, *known[stem].task_cells)
                }
                sources = {
                    c.name: (c.source or "").strip() if c.locked else "" for c in known[stem].source_cells
                }
                for cell in release[stem].cells:
                    wanted = (cell.points if cell.graded or cell.task else None, cell.kept[-1])
                    if (points.get(cell.name), sources.get(cell.name, "")) != wanted:
                        yield (
                            f"The cell {cell.name!r} of {stem}.ipynb is not the same in release/{name} and "
                            f"in the gradebook: {again}"
                        )
                gone = {*points, *sources} - {cell.name for cell in release[stem].cells}
                for cell_name in sorted(gone):
                    yield f"The gradebook has a cell {cell_name!r} that {stem}.ipynb has no more: {again}"
