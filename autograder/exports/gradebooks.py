"""TRUSTED; standard library only. Submissions as the tables that the gradebooks of Canvas and Moodle import.

A number in them is final. Of an exercise that a person still has to look at the cell has none, and the total
neither: a student who read 0 of 6 there would take it for the grade. Who handed in nothing has no row, so that
the platform's own rule for missing work decides. Canvas takes a name in the first column that it does not know
for a new student, and Moodle then imports nothing at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape

from autograder.exports.cases import cases, other_comments
from autograder.exports.cells import as_text
from autograder.exports.data import ExerciseData, SubmissionData
from autograder.judging.verdicts import PASSED
from autograder.report.records import CHECKS, PERSON
from autograder.report.wording import points

Line = list[str | float]
MOST_IN_MOODLE = (
    100.0  # points of one cell, above which Moodle refuses the table unless its administrator allows
)

_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_POINTS_POSSIBLE = "Points Possible"  # Canvas: a row whose first cell has these words is no student's
_MOODLE = ("Username", "ID number", "Email address", "First name", "Last name")
_NO_GRADE = "-"  # Moodle's own sign; an empty cell of a new column is taken for a grade


def canvas(submissions: Iterable[SubmissionData]) -> Iterator[Line]:
    """The lines of the table for Canvas: names of columns, points possible, and one line a student."""
    columns: dict[tuple[str, str], str] = {}
    for data in submissions:
        exercises = _exercises(data)
        if not columns:
            columns = _columns(data)
            yield _safe([*_CANVAS, *columns.values(), data["assignment"]])
            most = [exercises[key]["points"] for key in columns]
            yield [f"    {_POINTS_POSSIBLE}", "", "", "", "", *most, data["points"]]
        if _handed_in(data):
            scores: Line = ["" if exercises[k]["waits"] else exercises[k]["score"] for k in columns]
            total = "" if data["waits"] else data["score"]
            yield [*_safe(_canvas_student(data)), *scores, total]


def moodle(submissions: Iterable[SubmissionData]) -> Iterator[Line]:
    """The lines of the table for Moodle: names of columns, and one line a student, feedback at its end."""
    columns: dict[tuple[str, str], str] = {}
    for data in submissions:
        exercises = _exercises(data)
        if not columns:
            columns = _columns(data)
            total = data["assignment"]
            yield _safe([*_MOODLE, *columns.values(), total, f"{total} (feedback)"])
        if _handed_in(data):
            student = data["student"]
            names = [student[n] for n in ("id", "lms_id", "email", "first_name", "last_name")]
            scores: Line = [_NO_GRADE if exercises[k]["waits"] else exercises[k]["score"] for k in columns]
            whole = _NO_GRADE if data["waits"] else data["score"]
            yield [*_safe(names), *scores, whole, as_text(escape(" ".join(_feedback(data)), quote=False))]


def too_much_for_moodle(data: SubmissionData) -> bool:
    """Whether Moodle, as it is installed, refuses the whole table because of this student's points."""
    scores = [exercise["score"] for exercise in _exercises(data).values() if not exercise["waits"]]
    return max([*scores, 0.0 if data["waits"] else data["score"]]) > MOST_IN_MOODLE


def _exercises(data: SubmissionData) -> dict[tuple[str, str], ExerciseData]:
    """By notebook and id: two notebooks may have one of the same id."""
    return {(n["name"], e["id"]): e for n in data["notebooks"] for e in n["exercises"]}


def _columns(data: SubmissionData) -> dict[tuple[str, str], str]:
    """The name of each exercise's column, by notebook and id."""
    keys = list(_exercises(data))
    often = Counter(id for _, id in keys)
    names = {key: key[1] if often[key[1]] == 1 else " ".join(key) for key in keys}
    return {key: f"{data['assignment']} {name}" for key, name in names.items()}


def _handed_in(data: SubmissionData) -> bool:
    """Whether there is any work, or anything that a person gave or has to look at."""
    return any(n["handed_in"] for n in data["notebooks"]) or data["waits"] or data["score"] > 0


def _canvas_student(data: SubmissionData) -> list[str]:
    """Canvas looks for its own number first, then for the two SIS ids, last for the name.

    Of a text that begins with digits it takes these for its number: another student's.
    """
    student = data["student"]
    name = ", ".join(filter(None, (student["last_name"], student["first_name"]))) or student["id"]
    name = name.replace(_POINTS_POSSIBLE, _POINTS_POSSIBLE.replace(" ", "-"))
    number = student["lms_id"] if student["lms_id"].isascii() and student["lms_id"].isdigit() else ""
    return [name, number, "" if number else student["lms_id"], student["id"], ""]


def _safe(cells: Iterable[str]) -> Line:
    return [as_text(cell) for cell in cells]


def _feedback(data: SubmissionData) -> Iterator[str]:
    """Sentences on what is not final, on lateness, and on each exercise that lacks points."""
    if data["waits"]:
        exercises = [e for n in data["notebooks"] for e in n["exercises"] if e["waits"]]
        names = ", ".join(exercise["title"] for exercise in exercises)
        yield f"Not final: a person still has to look at {names}."
        yield f"{points(data['score'])} of {points(data['points'])} points so far."
    if data["late"]:
        yield f"{points(data['late'])} points were taken off for being late."
    for notebook in data["notebooks"]:
        if not notebook["handed_in"]:
            yield f"{notebook['name']} was not handed in."
        for exercise in notebook["exercises"]:
            if not notebook["handed_in"] and exercise["by"] != PERSON:
                continue
            if exercise["waits"] or (exercise["by"] == CHECKS and exercise["score"] >= exercise["points"]):
                continue
            yield f"{exercise['title']}: {points(exercise['score'])} of {points(exercise['points'])}."
            # Of checks the first line: tables follow. What a person wrote is one line here, whole.
            told = [
                " ".join(case.text.split()) if exercise["by"] == PERSON else case.text.partition("\n")[0]
                for case in cases(notebook, exercise)
                if case.outcome != PASSED or exercise["by"] == PERSON
            ]
            yield from dict.fromkeys(filter(None, told))  # one cause may fail all checks of an exercise
        yield from other_comments(notebook)
