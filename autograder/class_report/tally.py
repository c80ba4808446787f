"""TRUSTED; NumPy only. A class, taken in one submission at a time: of each, some numbers are kept."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from autograder.class_report.items import ABSENT, JUDGED, OPEN, UNTOUCHED, ItemStatistics, item_statistics
from autograder.class_report.usage import Used, Uses
from autograder.judging.verdicts import NOT_JUDGED, PASSED, CheckResult
from autograder.report.causes import cause_of, mistakes
from autograder.report.records import PERSON, Answer, NotebookRecord, Submission

# What students may have in common: why a person should look at an answer (WRITTEN: it has no points yet), and more.
UNJUDGED, DOUBT, WRITTEN, FLAGGED = "not judged", "a doubt", "a written answer", "flagged"
NOTE, MISSING, MISTAKE = "a note", "a missing notebook", "a mistake"
IN_CODE = "in code"  # what is said of a written answer that is code
# How far, as a share of all images, a printed accuracy may lie from the measured one before a person looks. Honest
# trainings print what lies much nearer (benchmarks/printed.md): of 6,000 images that were kept back and 10,000 test
# images, chance alone moves the difference by half a point.
FAR_APART = 0.03


@dataclass(frozen=True)
class Student:
    """One row. number: drawn, from 1, the same for every report on these students; late: points taken off, which
    `score` is without; waits: whether the points are not final; handed_in: by notebook.
    """

    number: int
    id: str
    name: str
    score: float
    late: float
    waits: bool
    handed_in: tuple[bool, ...]


@dataclass(frozen=True)
class Item:
    """An exercise, or a check of one. id: grade_id, or the name of the check's function."""

    notebook: str
    id: str
    title: str
    points: float
    statistics: ItemStatistics
    checks: tuple[Item, ...] = ()


@dataclass
class Shared:
    """What several students have in common. kind: UNJUDGED to MISTAKE; exercises: their ids, none for a whole notebook;
    cause: see `cause_of`; example: the message that one of them has; told: whether all of them have this message;
    places: of their rows, in order."""

    kind: str
    notebook: str
    cause: str
    example: str
    told: bool = True
    exercises: list[str] = field(default_factory=list)
    places: array[int] = field(default_factory=lambda: array("l"))

    def add(self, place: int, exercise: str, message: str) -> None:
        self.told = self.told and message == self.example
        if exercise and exercise not in self.exercises:
            self.exercises.append(exercise)
        if not self.places or self.places[-1] != place:
            self.places.append(place)


@dataclass(frozen=True)
class Accuracies:
    """Test accuracies, [N] shares; pass_mark: the share from which on all is earned; calibrated: lowest and
    highest of honest trainings, None where nobody measured them."""

    values: np.ndarray
    pass_mark: float
    calibrated: tuple[float, float] | None


@dataclass(frozen=True)
class Apart:
    """A student whose notebook printed another accuracy than was measured. place: of the row; of: of which images it
    was printed, see `Printed`."""

    place: int
    notebook: str
    printed: float
    of: str
    measured: float


@dataclass(frozen=True)
class Class:
    """All that a report on a class shows.

    points: at most, for the whole assignment; scores, states: [N, E] points and UNTOUCHED to JUDGED, a row for
    each student and a column for each exercise. apart: the farthest first.
    """

    assignment: str
    points: float
    students: tuple[Student, ...]
    scores: np.ndarray
    states: np.ndarray
    notebooks: tuple[str, ...]
    exercises: tuple[Item, ...]
    shared: tuple[Shared, ...]
    accuracies: Accuracies | None
    used: tuple[Used, ...]
    apart: tuple[Apart, ...]

    def of_kind(self, *kinds: str) -> list[Shared]:
        """What students have in common, the commonest first."""
        found = [one for one in self.shared if one.kind in kinds]
        return sorted(found, key=lambda one: (-len(one.places), one.notebook, one.exercises, one.cause))


@dataclass
class _Column:
    """The points for one item, a row for each student. For who has none it is shorter, or has ABSENT."""

    title: str
    most: float
    points: array[float] = field(default_factory=lambda: array("d"))
    states: bytearray = field(default_factory=bytearray)
    checks: dict[str, _Column] = field(default_factory=dict)

    def put(self, place: int, points: float, state: int) -> None:
        gap = place - len(self.states)
        self.points.extend([0.0] * gap + [points])
        self.states += bytes([ABSENT] * gap + [state])

    def arrays(self, rows: int) -> tuple[np.ndarray, np.ndarray]:
        """Points and states, both [rows]."""
        gap = rows - len(self.states)
        states = np.frombuffer(bytes(self.states), dtype=np.uint8)
        return np.pad(np.array(self.points), (0, gap)), np.pad(states, (0, gap), constant_values=ABSENT)

    def shares(self, points: np.ndarray) -> np.ndarray:
        """Of what it is worth; of what is worth nothing, all of it for who has more."""
        return points / self.most if self.most else (points > 0).astype(float)


class Tally:
    """Takes the submissions of an assignment, each once; then `result` has the class."""

    def __init__(self, assignment: str):
        self._assignment = assignment
        self._columns: dict[str, dict[str, _Column]] = {}  # by notebook and grade_id
        self._ordered: set[str] = set()  # notebooks that somebody handed in, whose cells say their order
        self._shared: dict[tuple[str, str, str, str], Shared] = {}
        self._students: list[Student] = []
        self._points = 0.0
        self._accuracies = array("d")
        self._uses = Uses()
        self._apart: list[Apart] = []
        self._marks: tuple[float, tuple[float, float] | None] = (0.0, None)

    def take(self, submission: Submission) -> None:
        place = self.taken
        self._points = max(self._points, submission.points)
        for notebook in submission.notebooks:
            self._take_answers(place, notebook)
            if notebook.handed_in:
                self._uses.take(place, notebook.name, notebook.took)
            measured, printed = notebook.figure("accuracy"), notebook.printed
            if measured is not None and printed and abs(printed.accuracy - measured) > FAR_APART:
                self._apart.append(Apart(place, notebook.name, printed.accuracy, printed.of, measured))
        for kind, notebook_name, exercise, message in _remarks(submission):
            cause = cause_of(message)
            # A kernel that ends leaves all that follows not judged: one thing to look at, and not one an exercise.
            apart = exercise if kind in (MISTAKE, WRITTEN) else ""
            key = (kind, notebook_name, apart, cause)
            self._shared.setdefault(key, Shared(kind, notebook_name, cause, message)).add(
                place, exercise, message
            )
        accuracy = submission.figure("accuracy")
        if accuracy is not None:
            self._accuracies.append(accuracy)
            calibrated = submission.figure("calibrated")
            # Some may be graded from before it was measured.
            spread = tuple(calibrated) if calibrated else self._marks[1]
            self._marks = (submission.figure("pass_mark"), spread)
        late = sum(notebook.late for notebook in submission.notebooks)
        handed_in = tuple(notebook.handed_in for notebook in submission.notebooks)
        self._students.append(
            Student(
                0, submission.student, submission.name, submission.score, late, submission.waits, handed_in
            )
        )

    @property
    def taken(self) -> int:
        """How many submissions."""
        return len(self._students)

    def _take_answers(self, place: int, notebook: NotebookRecord) -> None:
        columns = self._columns.setdefault(notebook.name, {})
        for answer in notebook.answers:
            column = columns.setdefault(answer.id, _Column(answer.title, answer.points))
            column.put(place, answer.score, _state(notebook, answer))
            verdict = answer.verdict
            for check in verdict.checks if verdict else ():
                judged = OPEN if check.outcome == NOT_JUDGED else JUDGED
                kept = column.checks.setdefault(check.name, _Column(check.sentence, check.points))
                kept.put(place, _points(check), judged if answer.attempted else UNTOUCHED)
        if notebook.handed_in and notebook.name not in self._ordered:
            self._ordered.add(notebook.name)
            order = [answer.id for answer in notebook.answers]
            self._columns[notebook.name] = {id: columns[id] for id in dict.fromkeys([*order, *columns])}

    def result(self) -> Class:
        """Call it when at least one submission was taken."""
        rows = self.taken
        columns = [
            (notebook, id, column, *column.arrays(rows))
            for notebook, of_notebook in self._columns.items()
            for id, column in of_notebook.items()
        ]
        total = sum((points for *_, points, _ in columns), np.zeros(rows))
        return Class(
            self._assignment,
            self._points,
            _numbered(self._assignment, self._students),
            np.array([points for *_, points, _ in columns]).reshape(-1, rows).T,
            np.array([states for *_, states in columns]).reshape(-1, rows).T,
            tuple(self._columns),
            tuple(_item(*column, total) for column in columns),
            tuple(self._shared.values()),
            Accuracies(np.array(self._accuracies), *self._marks) if self._accuracies else None,
            self._uses.result(),
            tuple(sorted(self._apart, key=lambda one: -abs(one.printed - one.measured))),
        )


def _state(notebook: NotebookRecord, answer: Answer) -> int:
    """UNTOUCHED, OPEN or JUDGED. What a person gave points for is judged, whatever was attempted."""
    if answer.by == PERSON or (answer.extra and not answer.waits):
        return JUDGED
    if not answer.judged and (notebook.handed_in or answer.waits):
        return OPEN
    return JUDGED if answer.attempted else UNTOUCHED


def _points(check: CheckResult) -> float:
    """Of a check that is worth none, 1 where it passed."""
    return check.earned if check.points else float(check.outcome == PASSED)


def _remarks(submission: Submission) -> Iterator[tuple[str, str, str, str]]:
    """What may be said of others too: kind, notebook, exercise and the message."""
    for notebook in submission.notebooks:
        if not notebook.handed_in:
            yield MISSING, notebook.name, "", ""
        for note in notebook.notes:
            yield NOTE, notebook.name, "", note
        for answer in notebook.answers:
            if answer.verdict is not None:
                for help in mistakes(answer.verdict):
                    yield MISTAKE, notebook.name, answer.id, help
            for kind, message in _for_a_person(notebook, answer):
                yield kind, notebook.name, answer.id, message


def _for_a_person(notebook: NotebookRecord, answer: Answer) -> Iterator[tuple[str, str]]:
    """Why a person should look at an answer: kinds and messages; nothing where one has looked."""
    if answer.by == PERSON and not answer.waits:
        return
    verdict, told = answer.verdict, False
    if _state(notebook, answer) == OPEN:
        told = True
        if verdict is None:
            yield (WRITTEN if answer.written is not None else UNJUDGED), IN_CODE * answer.code
        else:
            messages = [check.help for check in verdict.checks if check.outcome == NOT_JUDGED]
            yield from ((UNJUDGED, message) for message in dict.fromkeys(messages or [verdict.reason]))
    if verdict is not None and verdict.review:
        told = True
        yield DOUBT, verdict.review
    if answer.waits and not told:  # a written one was handed in anew since it got points
        yield (WRITTEN, IN_CODE * answer.code) if answer.written is not None else (FLAGGED, "")


def _item(
    notebook: str, id: str, column: _Column, points: np.ndarray, states: np.ndarray, total: np.ndarray
) -> Item:
    """One exercise with its checks. points, states: its own, [N]; total: [N] points for all exercises."""
    rows = len(total)
    arrays = {name: check.arrays(rows) for name, check in column.checks.items()}
    # Where a person gave other points, the checks' own are what a check is compared with.
    worth = {name: earned if column.checks[name].most else 0 * earned for name, (earned, _) in arrays.items()}
    by_checks = total - points + sum(worth.values(), np.zeros(rows))
    checks = []
    for name, check in column.checks.items():
        earned, known = arrays[name]
        known = np.where((known == ABSENT) & (states == UNTOUCHED), UNTOUCHED, known)
        rest = by_checks - worth[name]
        statistics = item_statistics(check.shares(earned), known, check.most, rest)
        checks.append(Item(notebook, name, check.title, check.most, statistics))
    statistics = item_statistics(column.shares(points), states, column.most, total - points)
    return Item(notebook, id, column.title, column.most, statistics, tuple(checks))


def _numbered(assignment: str, students: list[Student]) -> tuple[Student, ...]:
    """The students with their numbers: in an order that says nothing about them, the same every time."""

    def draw(student: Student) -> bytes:
        name = f"{assignment}\0{student.id}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(name, digest_size=16).digest()

    numbers = {student.id: n for n, student in enumerate(sorted(students, key=draw), 1)}
    return tuple(replace(student, number=numbers[student.id]) for student in students)
