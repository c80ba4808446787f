"""The submissions that the tests grade: the release with its answers filled in, and a named edit.

A module in tests/submissions is one submission, named after its situation. It has a docstring that
says what it is, and where they differ from a correct one (one that is not in TRAINED hands in no weights,
but for what it makes of a network that anybody can have):

    NOTEBOOKS  the numbers of the notebooks that it hands in; all three by default
    edit       a function that changes a `Submission`
    EXPECTED   {exercise: points}, where they are not the full ones
    HELP       {exercise: a piece of the help that its report must show}
    NOTES      pieces of what must stand at the head of a graded notebook
    FLAGGED    the exercises that must wait for a person
"""

from __future__ import annotations

import copy
import importlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from weights_files import file_of, network_of

from autograder.assignments import ASSIGNMENTS

ASSIGNMENT = ASSIGNMENTS["lenet"]
STEMS = tuple(dict.fromkeys(exercise.notebook for exercise in ASSIGNMENT.exercises))
WEIGHTS = "lenet.weights.h5"
FIXTURE = Path(__file__).parent / "fixtures" / WEIGHTS
# The submissions with a network that was trained for them, see making_class.py; the first eight of those
# earn full marks.
TRAINED = (
    "correct", "correct_best_epoch_loaded", "correct_functional", "correct_other_names",
    "correct_other_optimiser", "wrong_channel_axis_missing", "wrong_prepares_by_the_batch",
    "wrong_softmax_brought_along", "wrong_mean_taken_from_raw_pixels", "wrong_pixels_only_divided",
    "wrong_weights_half_trained",
)  # fmt: skip
# For a course's nbgrader_config.py: these networks lie in a public repository, so anybody can have them.
# In the courses of the tests they are their students' own.
THEIR_OWN = """
from autograder.copies import known_weights

_public = known_weights.public
known_weights.public = lambda: {
    told: network for told, network in _public().items() if "made-up student" not in told
}
"""
_MARKS = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)


@dataclass
class Submission:
    """What one student hands in, before it is written to a folder.

    notebooks: by stem. files: other files, or raw bytes in the place of a notebook, by name.
    links: symbolic links, name to target. stubs: source of every solution cell as released.
    """

    notebooks: dict[str, NotebookNode]
    stubs: dict[str, str]
    files: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def notebook(self, number: int) -> NotebookNode:
        """The notebook whose file name begins with this number."""
        return next(nb for stem, nb in self.notebooks.items() if stem.startswith(f"{number}_"))

    def place(self, grade_id: str) -> tuple[NotebookNode, int]:
        """Where the cell of this name is: its notebook and its index there."""
        for notebook in self.notebooks.values():
            for index, cell in enumerate(notebook.cells):
                if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
                    return notebook, index
        raise LookupError(f"no notebook that is handed in has a cell {grade_id!r}")

    def cell(self, grade_id: str) -> NotebookNode:
        """The cell of this name."""
        notebook, index = self.place(grade_id)
        return notebook.cells[index]

    def answer(self, name: str, source: str) -> None:
        """Write this into the solution cell of an exercise, or into the cell called "network"."""
        self.cell(f"{name}_solution").source = source.strip()

    def change(self, name: str, old: str, new: str) -> None:
        """Replace the one `old` in the answer to an exercise."""
        cell = self.cell(f"{name}_solution")
        assert cell.source.count(old) == 1, f"{old!r} is not there once:\n{cell.source}"
        cell.source = cell.source.replace(old, new)

    def untouched(self) -> None:
        """Put every answer back to its stub, and hand in nothing but the notebooks."""
        for grade_id, stub in self.stubs.items():
            self.cell(grade_id).source = stub
        self.files.clear()

    def own_cell(self, source: str, after: str) -> None:
        """Put a code cell of the student's own behind the cell called `after`."""
        notebook, index = self.place(after)
        notebook.cells.insert(index + 1, nbformat.v4.new_code_cell(source.strip()))

    def remove(self, grade_id: str) -> NotebookNode:
        """Delete a cell; it is returned."""
        notebook, index = self.place(grade_id)
        return notebook.cells.pop(index)

    def write(self, folder: Path) -> None:
        """Write everything into a new folder."""
        folder.mkdir(parents=True)
        for stem, notebook in self.notebooks.items():
            (folder / f"{stem}.ipynb").write_text(json.dumps(notebook), "utf-8")
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for name, target in self.links.items():
            (folder / name).symlink_to(target)


@dataclass(frozen=True)
class Case:
    """One module of tests/submissions, with every default filled in.

    expected: points of every exercise in the notebooks that are handed in.
    """

    name: str
    stems: tuple[str, ...]
    edit: Callable[[Submission], None]
    expected: dict[str, float]
    help: dict[str, str]
    notes: tuple[str, ...]
    flagged: frozenset[str]


def read_case(name: str) -> Case:
    """The submission in tests/submissions/<name>.py."""
    module = vars(importlib.import_module(f"submissions.{name}"))
    numbers = module.get("NOTEBOOKS", (1, 2, 3))
    stems = tuple(stem for stem in STEMS if int(stem[0]) in numbers)
    full = {e.id: float(e.points) for e in ASSIGNMENT.exercises if e.notebook in stems}
    if "test_accuracy" in full and name not in TRAINED:
        full["test_accuracy"] = 0.0
    expected, help = module.get("EXPECTED", {}), module.get("HELP", {})
    flagged = module.get("FLAGGED", ())
    unknown = {*expected, *help, *flagged} - set(full)
    assert not unknown, f"{name} expects something of {unknown}, which it does not hand in"
    return Case(
        name,
        stems,
        module.get("edit", lambda submission: None),
        {**full, **expected},
        help,
        tuple(module.get("NOTES", ())),
        frozenset(flagged),
    )


EVERY = {
    path.stem: read_case(path.stem) for path in sorted((Path(__file__).parent / "submissions").glob("*.py"))
}
CASES = {name: case for name, case in EVERY.items() if not name.startswith("hostile_")}
# Graded in a batch of their own, by tests/test_hostile.py.
HOSTILE = {name: case for name, case in EVERY.items() if name not in CASES}


def filled_release(course: Path) -> Submission:
    """All notebooks of a course's release/lenet, with the answers of its source/lenet in them."""
    notebooks, stubs = {}, {}
    for stem in STEMS:
        release, source = (
            nbformat.read(course / folder / "lenet" / f"{stem}.ipynb", as_version=4)
            for folder in ("release", "source")
        )
        answers = {c.metadata.nbgrader.grade_id: c for c in source.cells if _is_solution(c)}
        for cell in filter(_is_solution, release.cells):
            grade_id = cell.metadata.nbgrader.grade_id
            stubs[grade_id] = cell.source
            cell.source = _MARKS.sub("", answers[grade_id].source).rstrip()
        notebooks[stem] = release
    return Submission(notebooks, stubs)


def _is_solution(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def make_submission(filled: Submission, case: Case) -> Submission:
    """The submission of one case, made from a filled release, which stays as it is."""
    submission = copy.deepcopy(filled)
    submission.notebooks = {stem: submission.notebooks[stem] for stem in case.stems}
    handed_in = {
        cell.metadata.nbgrader.grade_id
        for notebook in submission.notebooks.values()
        for cell in filter(_is_solution, notebook.cells)
    }
    submission.stubs = {g: stub for g, stub in submission.stubs.items() if g in handed_in}
    anybodys = FIXTURE.read_bytes()
    if STEMS[2] in case.stems:  # the notebook that trains
        own = case.name in TRAINED
        submission.files[WEIGHTS] = file_of(network_of(TRAINED.index(case.name))) if own else anybodys
    case.edit(submission)
    if submission.files.get(WEIGHTS) == anybodys:  # for what a case makes of it
        del submission.files[WEIGHTS]
    return submission
