"""TRUSTED; standard library only. Builds release/<assignment> from source/, with nbgrader's own
`generate_assignment` in a temporary course: the same source gives the same bytes.
"""

import shutil
import tempfile
from pathlib import Path

from autograder.course.own_course import CHECKOUT, new_course, run_nbgrader


def build_release(assignment: str, folder: Path, origin: Path = CHECKOUT) -> Path:
    """Build the release of `assignment` under `folder`; returns `folder`/`assignment`.

    origin: the folder of the course that has its source. What was there before is replaced. Raises `CourseError` when nbgrader refuses a notebook.
    """
    with tempfile.TemporaryDirectory(prefix="release-") as scratch:
        course = new_course(Path(scratch, "course"), assignment, origin)
        run_nbgrader(course, "generate_assignment", assignment)
        built = folder / assignment
        if built.exists():
            shutil.rmtree(built)
        shutil.copytree(course / "release" / assignment, built)
    return built


def rebuild(assignment: str, course: Path) -> Path:
    """Build the release of `assignment` into this course's release/."""
    return build_release(assignment, course / "release", course)
