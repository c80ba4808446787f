"""One right submission of each assignment, graded by `nbgrader autograde`: seconds, and where they go.

    python benchmarks/assignments.py [--write benchmarks/assignments.md]

The machine has proved before that it can grade (the canary), and another submission was graded, so that nothing is
paid once for all.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from courses import CHECKOUT, EVERY, filled_release, make_submission
from machine import described
from nbformat.v4 import new_markdown_cell

from autograder.assignments import ASSIGNMENTS
from autograder.course.own_course import new_course, run_nbgrader
from autograder.tools.samples import hand_in, read_samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    parts = ["# One right submission of each assignment", f"{described()}."]
    with tempfile.TemporaryDirectory() as folder:
        for assignment in ASSIGNMENTS:
            course = new_course(Path(folder, assignment), assignment)
            run_nbgrader(course, "generate_assignment", assignment)
            right(course, assignment, "first")
            run_nbgrader(course, "autograde", assignment)
            right(course, assignment, "second")
            parts += [f"`{assignment}`:", breakdown(course, assignment)]
    parts.append(f"Made again by `python {' '.join(sys.argv)}`.")
    text = "\n\n".join(parts) + "\n"
    print(text)
    if options.write:
        options.write.write_text(text, "utf-8")


def right(course: Path, assignment: str, student: str) -> None:
    """Hand in right work, which is no other student's to the letter, so that nothing is known of it."""
    folder = course / "submitted" / student / assignment
    if assignment == "lenet":
        make_submission(filled_release(CHECKOUT), EVERY["correct"]).write(folder)
    else:
        samples = read_samples(assignment)
        hand_in(course, assignment, student, next(samples[name] for name in samples if "right" in name))
    for path in folder.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(new_markdown_cell(f"By {student}."))
        nbformat.write(notebook, path)


def breakdown(course: Path, assignment: str) -> str:
    """The table of benchmarks/breakdown.py for the submission that is not graded yet."""
    script = Path(__file__).with_name("breakdown.py")
    ended = subprocess.run(
        [sys.executable, script, "1", assignment], cwd=course, check=True, capture_output=True, text=True
    )
    return "\n".join(line for line in ended.stdout.splitlines() if line.startswith("|"))


if __name__ == "__main__":
    main()
