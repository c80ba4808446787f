"""The minutes that a notebook's headings say are those that `progress` counts."""

import re

import nbformat
import pytest

from autograder.assignments import ASSIGNMENTS
from autograder.course.own_course import CHECKOUT

MINUTES = re.compile(r"^## .*\(about (\d+) minutes", re.MULTILINE)
STEMS = [
    (name, stem)
    for name, assignment in ASSIGNMENTS.items()
    if any(e.minutes for e in assignment.exercises)
    for stem in dict.fromkeys(e.notebook for e in assignment.exercises)
]


@pytest.mark.parametrize(("name", "stem"), STEMS)
def test_headings_and_rows_plan_the_same_minutes(name, stem):
    """The graded cells of a section share its minutes, and those of the sections without one before it."""
    assignment = ASSIGNMENTS[name]
    rows = {one.id: one for one in [*assignment.exercises, *assignment.written]}
    planned, counted = 0, 0
    for cell in nbformat.read(CHECKOUT / "source" / name / f"{stem}.ipynb", as_version=4).cells:
        if cell.cell_type == "markdown" and (said := MINUTES.findall(cell.source)):
            if counted:
                assert counted == planned, f"before {cell.source.splitlines()[0]}"
                planned = counted = 0
            planned += sum(map(int, said))
        if cell.metadata.get("nbgrader", {}).get("grade"):
            assert rows[cell.metadata.nbgrader.grade_id].minutes
            counted += rows[cell.metadata.nbgrader.grade_id].minutes
    assert not counted or counted == planned


@pytest.mark.parametrize(("name", "stem"), STEMS)
def test_every_section_says_how_long_it_takes(name, stem):
    cells = nbformat.read(CHECKOUT / "source" / name / f"{stem}.ipynb", as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    headings = re.findall(r"^## .*$", text, re.MULTILINE)
    assert headings and all("minutes" in heading or "as long as you like" in heading for heading in headings)
