"""The instructor's machine. `autograder new NAME`: a small assignment that works, to be changed into one's own."""

from __future__ import annotations

import keyword
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.assignments import ASSIGNMENTS
from autograder.course.own_course import CourseError

_CONFIG = '''\
"""The course's nbgrader configuration."""

from autograder.course.lists import switch_on

c = get_config()

switch_on(c, __file__)

c.CourseDirectory.course_id = "{course}"
'''

# By path in the folder of the assignment. NAME stands for the name of the assignment.
FILES = {
    "__init__.py": '"""Runs anywhere. The assignment NAME."""\n',
    "exercises.py": '''\
"""Runs anywhere; standard library only. What is asked, for how much."""

from autograder.judging.exercises import Assignment, Exercise

ASSIGNMENT = Assignment(
    name="NAME",
    exercises=(
        Exercise(
            id="line_of",
            notebook="1_NAME",
            points=4,
            title="The points of a line",
            probe="call",  # calls the function, with these arguments and with those of checks/hidden/inputs.py
            ask={"function": "line_of", "calls": [[2, 1, 3], [0, 5, 7]]},
            hint="A line goes up by the slope for each step to the right, and begins at the start.",
            worked="For instance slope 3, start 4, at 2: 3 · 2 + 4 = 10.",
        ),
    ),
)
''',
    "checks/__init__.py": '"""TRUSTED: the pytest functions that decide."""\n',
    "checks/test_1_NAME.py": '''\
"""TRUSTED: what students see checked, in practice and in their reports."""

from autograder.judging.api import Wrong, check


@check("line_of", points=0)  # points are for inputs that nobody can have looked up
def test_small_numbers(answers):
    """The numbers of the notebook come out right."""
    for (slope, start, at), value in answers.public():
        if value == slope + start * at and value != slope * at + start:
            raise Wrong("Slope and start have changed places.")
        if value != slope * at + start:
            raise Wrong()
''',
    "checks/hidden/__init__.py": '"""TRUSTED: what students do not have."""\n',
    "checks/hidden/test_1_NAME.py": '''\
"""TRUSTED: checks that students do not have; their reports show the sentences."""

from autograder.judging.api import check


@check("line_of", points=4, after="test_small_numbers")
def test_other_numbers(answers):
    """Other numbers come out right as well."""
    answers.expect_drawn(lambda slope, start, at: True)
''',
    "checks/hidden/inputs.py": '''\
"""TRUSTED: inputs that only the grader knows, and what is right."""


def hidden_calls(exercise, random):
    """Lists of arguments, drawn by random, a numpy.random.Generator: the same for a submission each time."""
    return [[int(number) for number in random.integers(2, 1_000, 3)] for _ in range(3)]


def right_answer(function, arguments):
    """What a right function gives."""
    slope, start, at = arguments
    return slope * at + start
''',
    "samples/right.toml": """\
# What a student writes, by the grade_id of its cell; and the points that it must get, by exercise.
[answers]
line_of_answer = '''
def line_of(slope, start, at):
    return slope * at + start
'''

[points]
line_of = 4
""",
    "samples/wrong.toml": """\
[answers]
line_of_answer = '''
def line_of(slope, start, at):
    return slope + start * at
'''

[points]
line_of = 0
""",
    "samples/blank.toml": """\
[points]
line_of = 0
""",
}


def lay_out(name: str, course: Path) -> list[Path]:
    """Write the assignment into a course's folder; the files that were written, nbgrader_config.py too if need be.

    Raises `CourseError` where something of that name is there, or where it cannot be a name.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise CourseError(f"{name!r} cannot be a name: use letters, digits and _, and begin with a letter.")
    folder, source = course / "assignments" / name, course / "source" / name
    taken = [path for path in (folder, source) if path.exists()]
    if taken or name in ASSIGNMENTS:
        where = taken[0] if taken else "the autograder's package"
        raise CourseError(f"There is an assignment {name!r} already, in {where}: choose another name.")
    contents = {
        folder / path.replace("NAME", name): text.replace("NAME", name) for path, text in FILES.items()
    }
    contents[source / f"1_{name}.ipynb"] = nbformat.writes(_notebook(name)) + "\n"
    config = course / "nbgrader_config.py"
    if not config.exists():
        contents[config] = _CONFIG.format(course=course.absolute().name)
    for path, text in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return list(contents)


def _notebook(name: str) -> NotebookNode:
    cells = [
        new_markdown_cell(f"# {name}\n\nA line has a slope and a start: at 0 it is at the start."),
        _cell("from autograder import check", "imports", locked=True),
        new_markdown_cell("Where is the line at a place? With slope 2 and start 1, at 3 it is at 7."),
        _cell(
            "def line_of(slope, start, at):\n    ### BEGIN SOLUTION\n    return slope * at + start\n"
            "    ### END SOLUTION",
            "line_of_answer",
            solution=True,
        ),
        _cell('check("line_of")', "line_of", locked=True, grade=True, points=4),
    ]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # the same each time
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook: NotebookNode = new_notebook(cells=cells, metadata={"kernelspec": kernelspec})
    return notebook


def _cell(source: str, grade_id: str, **settings: bool | float) -> NotebookNode:
    marks = {"schema_version": 3, "grade_id": grade_id, "grade": False, "solution": False, "locked": False}
    cell: NotebookNode = new_code_cell(source, metadata={"nbgrader": {**marks, "task": False, **settings}})
    return cell
