"""The instructor's machine. `autograder samples NAME`: the real grader over an assignment's sample submissions.

A sample is a file in the assignment's folder samples/, in TOML: what a student wrote into which cells, and the
points that it must get.
"""

from __future__ import annotations

import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

import nbformat
from rich.console import Console

from autograder.assignments import ASSIGNMENTS, FAULTS
from autograder.course.own_course import CourseError, new_course, run_nbgrader
from autograder.judging.exercises import folder_of
from autograder.runs.notebooks import grade_id
from autograder.tools.demo import graded_cells, score_table, scores, unexpected


@dataclass(frozen=True)
class Sample:
    """answers: sources by the grade_id of their cells; others stay as released. points: by exercise."""

    answers: dict[str, str]
    points: dict[str, float]


def run(console: Console, assignment: str, origin: Path) -> int:
    """Grade the samples; exit code 0 when each got its points.

    origin: the folder of the course that has the assignment. Raises `CourseError`.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-samples-") as scratch:
        with console.status("Grading the samples ..."):
            course = grade(Path(scratch, "course"), assignment, origin)
        return compare(console, course, assignment)


def grade(folder: Path, assignment: str, origin: Path) -> Path:
    """A new course in `folder` where the samples are graded. Raises `CourseError`."""
    samples = read_samples(assignment)
    course = new_course(folder, assignment, origin)
    run_nbgrader(course, "generate_assignment", assignment)
    for name, sample in samples.items():
        hand_in(course, assignment, name, sample)
    run_nbgrader(course, "autograde", assignment)
    return course


def compare(console: Console, course: Path, assignment: str) -> int:
    """Tell what the samples got in this course; exit code 0 when each got its points."""
    samples = read_samples(assignment)
    found = scores(course, assignment)
    console.print(score_table(graded_cells(course, assignment), found))
    odd = unexpected({name: sample.points for name, sample in samples.items()}, found)
    if odd:
        console.print(f"These are not as the samples say: {', '.join(odd)}.")
        return 1
    console.print(f"Every score of {len(samples)} samples is as it should be.")
    return 0


def read_samples(assignment: str) -> dict[str, Sample]:
    """By the name of each sample's file. Raises `CourseError` for what is none."""
    if assignment in FAULTS:
        raise CourseError(FAULTS[assignment])
    if assignment not in ASSIGNMENTS:
        raise CourseError(f"There is no assignment {assignment!r} here. There is: {', '.join(ASSIGNMENTS)}.")
    folder, samples = folder_of(assignment) / "samples", {}
    exercises = {exercise.id for exercise in ASSIGNMENTS[assignment].exercises}
    for path in sorted(folder.glob("*.toml")):
        try:
            read = tomllib.loads(path.read_text("utf-8"))
            strange = read.keys() - {"answers", "points"} or read["points"].keys() ^ exercises
            if strange:
                raise ValueError(f"{', '.join(sorted(strange))} is too much or missing")
            points = {name: float(number) for name, number in read["points"].items()}
            samples[path.stem] = Sample({**read.get("answers", {})}, points)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise CourseError(f"{path} is no sample ({error}): it has [answers] and [points].") from None
    if not samples:
        raise CourseError(f"There are no samples in {folder}: write one, such as right.toml.")
    return samples


def hand_in(course: Path, assignment: str, student: str, sample: Sample) -> None:
    """Lay the sample into submitted/. Raises `CourseError` for an answer without a cell."""
    left = dict(sample.answers)
    for path in sorted((course / "release" / assignment).glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.source = left.pop(grade_id(cell) or "", cell.source)
        target = course / "submitted" / student / assignment / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
    if left:
        raise CourseError(f"The sample {student} answers {', '.join(left)}, and no cell has that grade_id.")
