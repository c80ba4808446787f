"""TRUSTED: after a batch, those whose networks are alike are told to the people who grade, and to nobody else.

Nothing of it changes a verdict or a point. Both sides are flagged in the gradebook alike; the evidence
stays in the register (register.py), from where formgrader's page shows it (pages.py).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory

from autograder.assignments import ASSIGNMENTS
from autograder.course.folders import STATE, course_state
from autograder.course.own_course import CourseError
from autograder.course.register import Group, Register
from autograder.judging.exercises import Exercise
from autograder.judging.words import named
from autograder.report import FEW, few_names


def open_register(coursedir: CourseDirectory, exercise: Exercise) -> Register:
    """The register of the networks that were handed in for this exercise. Raises `CourseError`."""
    return Register(course_state(coursedir) / _name(exercise))


def _name(exercise: Exercise) -> str:
    return f"weights-{exercise.assignment}-{exercise.id}.sqlite"


def registers(coursedir: CourseDirectory, assignment: str) -> Iterator[tuple[Exercise, Register]]:
    """The registers that an assignment has by now, each open until the next one is asked for. Raises `CourseError`."""
    for exercise in _about_weights(assignment):
        path = Path(coursedir.root, STATE, _name(exercise))
        if path.exists():
            with Register(path) as register:
                yield exercise, register


def entered(coursedir: CourseDirectory, assignment: str) -> dict[tuple[str, str], str]:
    """What was executed of each student's notebook about weights, by student and the notebook's stem.

    Raises `CourseError`.
    """
    found: dict[tuple[str, str], str] = {}
    for exercise in _about_weights(assignment):
        with open_register(coursedir, exercise) as register:
            digests = register.digests()
        found |= {(student, exercise.notebook): digest for student, digest in digests.items()}
    return found


def evidence(coursedir: CourseDirectory, exercise: Exercise, student: str) -> list[str]:
    """What a person who grades this student must know of networks that are alike, in sentences.

    Never raises: where the register cannot be read, it says so.
    """
    path = Path(coursedir.root, STATE, _name(exercise))
    try:
        if not path.exists():
            return []  # nothing was graded yet
        with Register(path) as register:
            pairs = register.pairs_of(student)
            group = next((g.students for g in register.groups() if student in g.students), ())
    except OSError as error:
        return [f"{path} cannot be read ({error.strerror}), so nobody knows whose networks are alike."]
    except CourseError as error:
        return [str(error)]
    if not pairs:
        return []
    like = [pair.other for pair in pairs]
    others = [named(other) for other in group if other not in (student, *like)]
    # One who hands in two networks, one after the other, does not make their owners alike.
    by_way = f" In the same group, by way of other pairs: {few_names(others)}." if others else ""
    head = (
        f"The network in {exercise.ask['file']} is like that of {few_names([*map(named, like)])}.{by_way} Nobody "
        f"lost points for it: look at both sides, ask them, and then decide about {exercise.id}."
    )
    return [head, *(f"{named(pair.other)}: {pair.evidence}" for pair in pairs[:FEW])]


def resolve(coursedir: CourseDirectory, assignment: str, log: logging.Logger) -> list[str]:
    """Flag whoever must be flagged since the last time; a sentence for every group that is alike.

    May be killed at any moment: the next run finds it again. Raises `CourseError`.
    """
    return [
        sentence
        for exercise in _about_weights(assignment)
        for sentence in _resolve(coursedir, assignment, exercise, log)
    ]


def _about_weights(assignment: str) -> list[Exercise]:
    return [exercise for exercise in ASSIGNMENTS[assignment].exercises if exercise.probe == "weights"]


def _resolve(
    coursedir: CourseDirectory, assignment: str, exercise: Exercise, log: logging.Logger
) -> list[str]:
    def handed_in(student: str) -> bool:
        folder = coursedir.format_path(coursedir.submitted_directory, student, assignment)
        return Path(folder, f"{exercise.notebook}.ipynb").is_file()

    with open_register(coursedir, exercise) as register:
        with register.resolving(handed_in) as flagged:
            if flagged:
                _put_flags(coursedir, assignment, exercise, flagged)
        for student in sorted(flagged):
            log.warning("%s, %s: a person should look", named(student), exercise.id)
        return [_sentence(group) for group in register.groups()]


def _put_flags(
    coursedir: CourseDirectory, assignment: str, exercise: Exercise, flagged: Collection[str]
) -> None:
    """Let these students' grades wait for a person; points that a person gave stay."""
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        for student in sorted(flagged):
            with suppress(MissingEntry):  # it could not be recorded
                grade = gradebook.find_grade(exercise.id, exercise.notebook, assignment, student)
                grade.needs_manual_grade = True
        gradebook.db.commit()


def _sentence(group: Group) -> str:
    why = " ".join(group.explanations) or "No common start explains it."
    return (
        f"{len(group.students)} students handed in networks that are alike "
        f"({few_names([*map(named, group.students)])}). {why} Formgrader shows who is like whom, and the evidence."
    )
