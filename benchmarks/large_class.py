"""A large class out of a few graded submissions, for benchmarks of what is made of recorded grades.

Nothing is graded again: the rows of the gradebook are copied for students of other names, and what lies in
autograded/ and feedback/ is copied or linked.
"""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_TABLES = (  # each with the column that names the row above it
    ("submitted_assignment", "student_id"),
    ("submitted_notebook", "assignment_id"),
    ("grade", "notebook_id"),
    ("comment", "notebook_id"),
)
_COPY = "copy-of-"

Rows = list[tuple[str, str, list[dict[str, Any]]]]  # table, its column, and rows of one submission


def multiply(
    course: Path, assignment: str, students: int, lay: Callable[[Path, Path], object] = shutil.copytree
) -> None:
    """Copy the graded submissions in turn until the class has this many students.

    lay: puts what is in the first folder into the second; os.symlink does where nobody writes there.
    """
    with sqlite3.connect(course / "gradebook.db") as db:
        graded = [row[0] for row in db.execute("SELECT DISTINCT student_id FROM submitted_assignment")]
        samples = sorted(one for one in graded if not one.startswith(_COPY))
        rows = {one: _rows(db, one) for one in samples}
        for number in range(len(graded), students):
            one, name = samples[number % len(samples)], f"{_COPY}{number:05}"
            db.execute(
                "INSERT INTO student (id, first_name, last_name) VALUES (?, ?, ?)",
                (name, f"First{number}", f"Last{number}"),
            )
            for table, values in _copied(rows[one], one, name):
                marks = ", ".join("?" * len(values))
                db.execute(
                    f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values())
                )
            for folder in "autograded", "feedback":
                if (course / folder / one / assignment).is_dir():
                    (course / folder / name).mkdir()
                    lay(course / folder / one / assignment, course / folder / name / assignment)


def _rows(db: sqlite3.Connection, one: str) -> Rows:
    """All that the gradebook has of one student's submission."""
    above, found = [one], []
    for table, column in _TABLES:
        names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        marks = ", ".join("?" * len(above))
        rows = db.execute(f"SELECT * FROM {table} WHERE {column} IN ({marks})", above).fetchall()
        found.append((table, column, [dict(zip(names, row, strict=True)) for row in rows]))
        if table.startswith("submitted"):
            above = [row["id"] for row in found[-1][2]]
    return found


def _copied(rows: Rows, one: str, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same rows for a student of another name: tables and values by column."""
    above = {one: name}  # new ids by the old ones
    for table, column, some in rows:
        made = {row["id"]: uuid.uuid4().hex for row in some}
        for row in some:
            yield table, row | {"id": made[row["id"]], column: above[row[column]]}
        if table.startswith("submitted"):
            above = made
