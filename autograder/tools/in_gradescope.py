"""Runs TRUSTED, in a container of Gradescope's: one submission there becomes /autograder/results/results.json.

    submission/ ──► an archive of one student ──► nbgrader zip_collect ──► nbgrader autograde ──► results.json

So what is handed in goes the way that it goes everywhere else, and is bounded as there. results.json says that
nothing was graded until it says what was: whatever stops this, nobody has points for it. What it prints only
instructors read.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
import traceback
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

from autograder.assignments import ASSIGNMENTS
from autograder.course.configuration import course_config
from autograder.course.converters import ExecuteAndAsk
from autograder.course.own_course import CourseError, run_nbgrader
from autograder.course.recorded import recorded
from autograder.exports.data import as_data, as_json
from autograder.exports.gradescope import refused, results

ROOT = "GRADESCOPE_ROOT"  # environment variable, for a try elsewhere
STUDENT = "student"  # of the one submission; names come from Gradescope

_NOT_COLLECTED = re.compile(r"Not collected: .*, because (.*)\.$")


class Refused(Exception):
    """Nothing is graded. The sentence, which the student reads, says why."""


def main(arguments: Sequence[str]) -> int:
    """Grade the one submission that is there; exit code 0 when results.json says how."""
    [assignment] = arguments
    root = Path(os.environ.get(ROOT) or "/autograder").absolute()
    _write(
        root, refused("Grading did not come to its end, so there are no points yet. Tell your instructor.")
    )
    try:
        made = graded(root, assignment)
    except Refused as why:
        print(why)
        made = refused(str(why))
    except Exception:  # noqa: BLE001 (whatever it is, the student must not read it)
        traceback.print_exc()
        made = refused("Nothing was graded, for a reason that is not in your work. Tell your instructor.")
    _write(root, made)
    return 0


def graded(root: Path, assignment: str) -> dict[str, Any]:
    """The content of results.json for the submission in `root`.

    Raises `Refused`; and anything else where something is wrong with the course or the container.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-gradescope-") as scratch:
        course = Path(scratch, "course")
        shutil.copytree(root / "source" / "course", course)
        os.chdir(course)  # where nbgrader looks for its configuration
        config = course_config(course)
        coursedir = CourseDirectory(config=config)
        why_not = ExecuteAndAsk(parent=Autograde(coursedir=coursedir, config=config)).refusal()
        if why_not:
            raise Refused(
                f"Nothing was graded, for this container has no sandbox for your code. For your instructor: {why_not} "
                "Or accept grading without one, c.ExecuteAndAsk.unsandboxed_grading_is_accepted = True in "
                "nbgrader_config.py, and make the zip again."
            )
        collect(root / "submission", course, assignment)
        run_nbgrader(course, "autograde", assignment, "--student", STUDENT, on_line=print)
        [record] = recorded(coursedir, assignment, [STUDENT])
        name, email = who(root / "submission_metadata.json")
        return results(as_data(replace(record, student=email or STUDENT, first_name=name, email=email)))


def collect(submission: Path, course: Path, assignment: str) -> None:
    """Lay what was handed in into the course's submitted/. Raises `Refused`."""
    archive = course / "downloaded" / assignment / "archive" / f"{STUDENT}.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as packed:
        for folder, _, names in os.walk(submission):  # follows no links
            for path in (Path(folder, name) for name in sorted(names)):
                if path.is_file() and not path.is_symlink():
                    packed.write(path, path.relative_to(submission))
    said: list[str] = []

    def listen(line: str) -> None:
        print(line)
        said.extend(_NOT_COLLECTED.findall(line))

    try:
        run_nbgrader(course, "zip_collect", assignment, on_line=listen)
    except CourseError:
        if not said:
            raise
    collected = course / "submitted" / STUDENT / assignment
    if not any(collected.glob("*.ipynb")):
        wanted = dict.fromkeys(f"{e.notebook}.ipynb" for e in ASSIGNMENTS[assignment].exercises)
        why = f" What was there was not taken, because {'; '.join(said)}." if said else ""
        raise Refused(
            f"Nothing was graded, for there is no notebook of {assignment}: {', '.join(wanted)}.{why}"
        )


def who(metadata: Path) -> tuple[str, str]:
    """Name and e-mail address of who handed in, as Gradescope has them; of a group all names, and one address."""
    try:
        users = json.loads(metadata.read_text("utf-8"))["users"]
        names, emails = ([str(user.get(key) or "") for user in users] for key in ("name", "email"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "", ""
    return " and ".join(filter(None, names)), next(filter(None, emails), "")


def _write(root: Path, made: dict[str, Any]) -> None:
    path = root / "results" / "results.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(as_json(made), "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
