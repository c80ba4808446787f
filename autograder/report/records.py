"""TRUSTED; standard library only. One graded submission, as every report and export shows it.

Nothing is worked out anew here: points are the gradebook's, verdicts are those that were recorded.
`autograder.course.recorded` reads them; all that shows them is a pure function of these records.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from autograder.judging.verdicts import NOT_JUDGED, Verdict

CHECKS, PERSON, NOBODY = "checks", "person", "nobody"


@dataclass(frozen=True)
class Answer:
    """One graded cell.

    id: its grade_id; title: what is asked, in a few words. score, points: earned, and at most, as the
    gradebook has them; extra: what a person gave beside them, part of the score. by: who gave the points,
    CHECKS, PERSON or NOBODY yet. waits: whether a person has to look. verdict: of our checks; None for
    written answers, for notebooks that were not handed in and for assignments of plain asserts.
    written: the text of an answer that a person grades, as markdown, the student's own words; code: whether it is
    code. changed: of what plain asserts test, whether the student wrote anything there.
    """

    id: str
    title: str
    score: float
    points: float
    extra: float = 0.0
    by: str = CHECKS
    waits: bool = False
    verdict: Verdict | None = None
    written: str | None = None
    code: bool = False
    changed: bool = False

    @property
    def attempted(self) -> bool:
        """Whether the student did anything here; of a written answer, whether there is any text."""
        if self.verdict is not None:
            return self.verdict.attempted
        if self.written is not None:
            return bool(self.written.strip())
        return self.changed or self.score > 0

    @property
    def judged(self) -> bool:
        """Whether its points are there: by a person, or by checks that all came to their end."""
        if self.by != CHECKS:
            return self.by == PERSON
        # Plain asserts wait where a kernel died: nothing else lets them.
        return self.verdict.outcome != NOT_JUDGED if self.verdict is not None else not self.waits


@dataclass(frozen=True)
class Took:
    """What it took to execute a notebook, and what it might have taken: the limits of then.

    seconds: by the clock, from the start of its kernel to the end; a training that the grader asked for again
    is not in it. memory_mib: the most that its processes were seen to use together, in MiB of 2**20 bytes.
    None where it was not measured.
    """

    seconds: float | None
    most_seconds: float
    memory_mib: float | None
    most_memory_mib: float


@dataclass(frozen=True)
class Printed:
    """An accuracy, a share, as the notebook that was handed in printed it last (see runs/printed.py): the
    student's own word. of: "validation" or "evaluation", of which images."""

    accuracy: float
    of: str


@dataclass(frozen=True)
class NotebookRecord:
    """One notebook of a submission.

    handed_in: whether there is a graded notebook. notes: what was mended or went wrong, a sentence each.
    late: points taken off for being late. comments: a person's, by the name of the cell that they are on.
    epochs: of the training, as the notebook that was handed in printed them (see runs/printed.py); printed: the
    accuracy likewise. took: what executing it took. Both None where that is not known.
    """

    name: str
    handed_in: bool
    answers: tuple[Answer, ...]
    notes: tuple[str, ...] = ()
    late: float = 0.0
    comments: dict[str, str] = field(default_factory=dict)
    epochs: tuple[dict[str, float], ...] = ()
    printed: Printed | None = None
    took: Took | None = None

    @property
    def score(self) -> float:
        """As nbgrader has it: all points, less those for being late, never below 0."""
        return max(round(sum(answer.score for answer in self.answers) - self.late, 2), 0.0)

    @property
    def points(self) -> float:
        return round(sum(answer.points for answer in self.answers), 2)

    def figure(self, name: str) -> Any:
        """What the checks measured under this name (see api.Figures), None where they did not."""
        verdicts = (answer.verdict for answer in self.answers if answer.verdict is not None)
        return next((v.figures[name] for v in verdicts if name in v.figures), None)


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one assignment, graded.

    submitted: in UTC, None where nobody knows. lms_id: the student in the learning platform, "" where the
    gradebook does not say.
    """

    assignment: str
    student: str
    notebooks: tuple[NotebookRecord, ...]
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    submitted: datetime | None = None
    lms_id: str = ""

    @property
    def name(self) -> str:
        """What people call the student: both names, or the id where there are none."""
        return " ".join(filter(None, (self.first_name, self.last_name))) or self.student

    @property
    def answers(self) -> Iterator[Answer]:
        return (answer for notebook in self.notebooks for answer in notebook.answers)

    @property
    def score(self) -> float:
        """As nbgrader's own export has it: all points, less those for being late, never below 0."""
        late = sum(notebook.late for notebook in self.notebooks)
        return max(round(sum(answer.score for answer in self.answers) - late, 2), 0.0)

    @property
    def points(self) -> float:
        return round(sum(notebook.points for notebook in self.notebooks), 2)

    @property
    def waits(self) -> bool:
        """Whether a person has to look at some of it: its points are not final."""
        return any(answer.waits for answer in self.answers)

    def figure(self, name: str) -> Any:
        """What the checks measured under this name (see api.Figures), None where they did not."""
        return next((found for one in self.notebooks if (found := one.figure(name)) is not None), None)
