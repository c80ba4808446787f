"""Records of graded submissions, made without grading anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from autograder.assignments import ASSIGNMENTS
from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED, CheckResult, Verdict
from autograder.report.records import (
    CHECKS,
    NOBODY,
    PERSON,
    Answer,
    NotebookRecord,
    Printed,
    Submission,
    Took,
)

HOSTILE = "</script><script>alert(1)</script>'\"><img src=x onerror=alert(1)>{{ 7*7 }}\u202e\x00$x$"
SUBMITTED = datetime(2026, 3, 1, 12, tzinfo=UTC)
HELP = {  # of the checks of conv_params, by what is wrong
    "biases": "conv_params({0}, {0}, 1, {1}) should be {2}, but yours is {3}. The {1} biases are missing: one for each filter.",
    "filters": "conv_params({0}, {0}, 1, {1}) should be {2}, but yours is {3}. That is one filter: there are {1}.",
}


def check(name, outcome=PASSED, points=2.0, earned=None, help=""):
    """One check; earned: all of the points where it passed, none elsewhere, unless it is given."""
    earned = points * (outcome == PASSED) if earned is None else earned
    return CheckResult(f"test_{name}", f"The {name} is right.", points, outcome, earned, help)


def answer(id, *checks, score=None, points=None, **more):
    """An answer that checks decide; what is in `more` goes to the verdict, or to the answer."""
    of_answer = {k: more.pop(k) for k in ("by", "waits", "extra") if k in more}
    points = sum(c.points for c in checks) if points is None else points
    verdict = Verdict(id, f"What {id} asks", points, checks, **more)
    return Answer(
        id, verdict.title, verdict.score if score is None else score, points, verdict=verdict, **of_answer
    )


def written(id, text="Dense layers have most weights.", score=0.0, by=NOBODY):
    """An answer that a person grades."""
    return Answer(id, id, score, 6.0, by=by, waits=by == NOBODY, written=text)


def submission(student, *notebooks, assignment="lenet", **more):
    return Submission(assignment, student, notebooks, submitted=SUBMITTED, **more)


def notebook(name, *answers, **more):
    return NotebookRecord(name, more.pop("handed_in", True), answers, **more)


def missing(name, *ids_and_points):
    """A notebook that was not handed in."""
    return NotebookRecord(name, False, tuple(Answer(id, id, 0.0, points) for id, points in ids_and_points))


def took(seconds, memory_mib=None):
    """With the usual limits."""
    return Took(seconds, 600, memory_mib, 4096)


def measured(accuracy, **more):
    """The answer about trained weights."""
    right = accuracy >= 0.865
    figures = {"accuracy": accuracy, "pass_mark": 0.865, "calibrated": [0.8791, 0.8933]}
    told = f"Measured: {accuracy:.2%}{'. Well trained!' if right else ', hardly more than the 10 % of guessing.'}"
    one = check("accuracy", PASSED if right else FAILED, 18.0, help=told)
    return answer("test_accuracy", check("weights", points=0.0), one, figures=figures, **more)


def samples() -> list[Submission]:
    """What the demo's five samples may be graded as, two notebooks each."""
    nothing = {"attempted": False, "reason": "Not attempted yet."}
    untouched = [check(n, FAILED, help="Not attempted yet.") for n in ("grey", "several")]
    right = answer("conv_params", check("grey"), check("several"))
    biases = [
        check("grey", FAILED, help=HELP["biases"].format(5, 6, 156, 150)),
        check("several", FAILED, help=HELP["biases"].format(3, 17, 2_312, 2_295)),
    ]
    filters = [
        check("grey", FAILED, help=HELP["filters"].format(5, 6, 156, 26)),
        check("several", FAILED, help="Waits for the check “The grey is right.”"),
    ]
    ended = check("several", NOT_JUDGED, help="The kernel ended in the cell 'conv_params'.")
    trained = ("test_accuracy", 18.0)
    return [
        submission(
            "blank",
            notebook("2_count", answer("conv_params", *untouched, **nothing), written("why_dense", "", by=CHECKS)),
            notebook("3_train", answer("test_accuracy", check("weights", FAILED, 0.0), check("accuracy", FAILED, 18.0), **nothing)),
        ),
        submission(
            "correct",
            notebook("2_count", right, written("why_dense"), took=took(2.5, 420)),
            notebook(
                "3_train", measured(0.8901, review="One usual seed explains these weights as well.", waits=True),
                printed=Printed(0.895, "validation"), took=took(12.5, 3_900),
            ),
            first_name="Ada", last_name="Lovelace", email="ada@example.org",
        ),
        submission(
            "wrong_biases",
            notebook("2_count", answer("conv_params", *biases), written("why_dense", score=4.5, by=PERSON)),
            missing("3_train", trained),
        ),
        submission(
            "wrong_filters",
            notebook("2_count", answer("conv_params", *filters), written("why_dense"), late=1.0),
            notebook(
                "3_train", measured(0.1), notes=("The cell 'setup_1' was changed; the original was used.",),
                printed=Printed(0.88, "evaluation"), took=took(512.0),
            ),
        ),
        submission(
            "wrong_loop",
            notebook("2_count", answer("conv_params", check("grey"), ended, waits=True), written("why_dense")),
            missing("3_train", trained),
        ),
    ]  # fmt: skip


def hostile() -> Submission:
    """Every text that is not ours is hostile."""
    bad = replace(check("x", FAILED, help=HOSTILE), sentence=HOSTILE)
    doubted = answer(HOSTILE, bad, review=HOSTILE, waits=True)
    unjudged = answer("other", replace(bad, name=HOSTILE, outcome=NOT_JUDGED), waits=True)
    book = notebook(
        HOSTILE, doubted, unjudged, written(f"{HOSTILE}2", HOSTILE), notes=(HOSTILE,), comments={"x": HOSTILE}
    )
    return submission(HOSTILE, book, first_name=HOSTILE, last_name=HOSTILE, email=HOSTILE, assignment=HOSTILE)


def a_class(students: int, seed: int = 1) -> Iterator[Submission]:
    """Students of LeNet whose ability decides what they get; a few do nothing, crash, or lack a notebook."""
    random = np.random.default_rng(seed)
    exercises = ASSIGNMENTS["lenet"].exercises
    for number in range(students):
        ability = random.normal()
        books: dict[str, list[Answer]] = {}
        gone = {e.notebook for e in exercises if random.random() < 0.01}
        for exercise in exercises:
            made = books.setdefault(exercise.notebook, [])
            if exercise.notebook in gone:
                made.append(Answer(exercise.id, exercise.id, 0.0, exercise.points))
            elif exercise.id == "test_accuracy":
                made.append(
                    measured(
                        round(float(np.clip(0.875 + 0.01 * ability + random.normal(0, 0.01), 0.1, 0.9)), 4)
                    )
                )
            else:
                made.append(_answer(exercise, ability, random))
        if "2_count_parameters" not in gone:
            books["2_count_parameters"].append(
                written("why_dense", score=float(random.integers(0, 13)) / 2, by=PERSON)
            )
        taken = {
            name: took(round(float(random.gamma(4, 2)), 1), int(random.normal(700, 60))) for name in books
        }
        yield submission(
            f"student{number:05}",
            *(
                NotebookRecord(name, name not in gone, tuple(made), took=taken[name])
                for name, made in books.items()
            ),
            first_name=f"First{number}", last_name=f"Last{number}",
        )  # fmt: skip


def _answer(exercise, ability, random):
    checks = []
    crashed, nothing = random.random() < 0.005, random.random() < 0.03
    for part, share in enumerate((0.5, 0.25, 0.25)):
        outcome = PASSED if random.normal() < 1 + ability else FAILED
        size, filters = int(random.integers(2, 9)), int(random.integers(2, 99))
        told = HELP["biases" if random.random() < 0.7 else "filters"].format(
            size, filters, size * filters, filters
        )
        if crashed or nothing:
            outcome = NOT_JUDGED if crashed else FAILED
            told = "The kernel ended." if crashed else "Not attempted yet."
        checks.append(
            check(f"part {part}", outcome, share * exercise.points, help="" if outcome == PASSED else told)
        )
    return answer(exercise.id, *checks, attempted=not nothing, waits=crashed)
