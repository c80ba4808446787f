"""TRUSTED; rich, and nbgrader's gradebook. `autograder demo`: the whole way of a few submissions.

In a course folder of its own: build the release, lay sample submissions into submitted/, run the
real `nbgrader autograde` and `nbgrader generate_feedback`, show the scores and where the feedback
pages are.
"""

import json
import re
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from autograder.course.own_course import CHECKOUT, CourseError, new_course, run_nbgrader

# Named after modules in tests/submissions.
SAMPLES = (
    "correct",
    "blank",
    "wrong_padding_same",
    "wrong_without_biases",
    "wrong_weights_untrained",
)

# nbgrader's log, once for each notebook of each submission.
_AT_WORK = re.compile(r"(Sanitizing|Autograding|Converting notebook) .*/([^/]+)/[^/]+/([^/]+)\.ipynb")


@dataclass(frozen=True)
class Score:
    """What one submission got for one graded cell. by_hand: a person still has to look."""

    points: float
    by_hand: bool


def run(console: Console, folder: Path, assignment: str = "lenet") -> int:
    """Grade the samples in a new course in `folder`; exit code 0 when every score is as expected.

    Raises `CourseError` when the course cannot be made.
    """
    started = time.monotonic()
    course = new_course(folder, assignment)
    failure = None
    with console.status(f"Building release/{assignment} from source/{assignment} ..."):
        run_nbgrader(course, "generate_assignment", assignment)
        expected = put_samples(course, assignment)
    console.print(
        f"Course {course}: release built, {len(SAMPLES)} submissions handed in.",
        highlight=False,
        soft_wrap=True,
    )
    notebooks = len(list(course.glob(f"submitted/*/{assignment}/*.ipynb")))
    try:
        # Each notebook is sanitised first, then graded.
        _follow(console, course, ("autograde", assignment), 2 * notebooks)
        _follow(console, course, ("generate_feedback", assignment), notebooks)
    except CourseError as error:
        failure = error
    found = scores(course, assignment)
    console.print(score_table(graded_cells(course, assignment), found))
    console.print("Feedback pages:")
    for page in sorted(course.glob(f"feedback/*/{assignment}/*.html")):
        console.print(f"  {page}", markup=False, highlight=False, soft_wrap=True)
    if failure:
        console.print(str(failure), style="red", markup=False)
        return 1
    seconds = f"{time.monotonic() - started:.0f} seconds"
    odd = unexpected(expected, found)
    if odd:
        console.print(f"After {seconds}, these are not as they should be: {', '.join(odd)}.")
        return 1
    console.print(f"Every score is as it should be, after {seconds}.")
    return 0


def unexpected(expected: dict[str, dict[str, float]], found: dict[str, dict[str, Score]]) -> list[str]:
    """Which scores are not the expected ones, each as "student/exercise"."""
    return [
        f"{student}/{exercise}"
        for student, points in expected.items()
        for exercise, most in points.items()
        if (score := found.get(student, {}).get(exercise)) is None or score.points != most
    ]


def put_samples(course: Path, assignment: str) -> dict[str, dict[str, float]]:
    """Fill submitted/ with some of the submissions that the tests grade.

    Returns the points that each of them must get: {name: {grade_id: points}}.
    """
    sys.path.insert(0, str(CHECKOUT / "tests"))
    try:
        from corpus import CASES, THEIR_OWN, filled_release, make_submission
    finally:
        sys.path.pop(0)
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(THEIR_OWN)
    filled = filled_release(course)
    for name in SAMPLES:
        make_submission(filled, CASES[name]).write(course / "submitted" / name / assignment)
    return {name: CASES[name].expected for name in SAMPLES}


def graded_cells(course: Path, assignment: str) -> dict[str, dict[str, float]]:
    """Points of every graded cell: {notebook: {grade_id: points}}, in the notebooks' order."""
    cells = {}
    for path in sorted((course / "release" / assignment).glob("*.ipynb")):
        settings = [cell["metadata"].get("nbgrader", {}) for cell in json.loads(path.read_text())["cells"]]
        cells[path.stem] = {s["grade_id"]: s["points"] for s in settings if s.get("grade")}
    return cells


def scores(course: Path, assignment: str) -> dict[str, dict[str, Score]]:
    """What is in the gradebook, of the notebooks that were graded: {student: {grade_id: Score}}."""
    from nbgrader.api import Gradebook  # here, because it takes a second
    from traitlets.config.loader import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    found, graded = {}, course / "autograded"
    with (
        warnings.catch_warnings(action="ignore"),  # SQLAlchemy's about nbgrader
        Gradebook(f"sqlite:///{course}/gradebook.db", config.CourseDirectory.course_id) as book,
    ):
        for submission in book.assignment_submissions(assignment):
            found[submission.student.id] = {
                grade.name: Score(grade.score, bool(grade.needs_manual_grade))
                for notebook in submission.notebooks
                if Path(graded, submission.student.id, assignment, f"{notebook.name}.ipynb").exists()
                for grade in notebook.grades
            }
    return found


def score_table(cells: dict[str, dict[str, float]], found: dict[str, dict[str, Score]]) -> Table:
    """One line for every graded cell and every notebook's sum, one column for each submission."""
    shown = Table(title="Points (? = a person has to look)", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    shown.add_column("exercise", no_wrap=True)
    shown.add_column("of", justify="right")
    for student in found:
        shown.add_column(student.replace("_", " "), justify="right", overflow="fold")
    for notebook, points in cells.items():
        for cell, most in points.items():
            marks = [_mark(got.get(cell)) for got in found.values()]
            shown.add_row(cell, f"{most:g}", *marks)
        sums = [_sum(got, points) for got in found.values()]
        shown.add_row(notebook, f"{sum(points.values()):g}", *sums, style="bold", end_section=True)
    every = {cell: most for points in cells.values() for cell, most in points.items()}
    sums = [_sum(got, every) for got in found.values()]
    shown.add_row("total", f"{sum(every.values()):g}", *sums, style="bold")
    return shown


def _mark(score: Score | None) -> str:
    if score is None:
        return "–"
    return f"{score.points:g}{' ?' if score.by_hand else ''}"


def _sum(got: dict[str, Score], cells: dict[str, float]) -> str:
    counted = [got[cell] for cell in cells if cell in got]
    if not counted:
        return "–"
    return _mark(Score(sum(s.points for s in counted), any(s.by_hand for s in counted)))


def _follow(console: Console, course: Path, command: tuple[str, ...], steps: int) -> None:
    """Run nbgrader with a bar that moves on with its log; lines instead where there is no screen."""
    name = f"nbgrader {' '.join(command)}"
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[at]}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(name, total=steps, at="")

        def on_line(line: str) -> None:
            at_work = _AT_WORK.search(line)
            # "Converting notebook" stands once more before each of the other two.
            if at_work and (command[0] != "autograde" or at_work[1] != "Converting notebook"):
                at = f"{at_work[2]}/{at_work[3]}"
                if not console.is_terminal:
                    console.print(f"{name}: {at}", markup=False, highlight=False)
                progress.update(task, advance=1, at=at)

        run_nbgrader(course, *command, on_line=on_line)
        progress.update(task, completed=steps, at="")
