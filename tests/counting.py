"""Judges answers to the counting exercises without a pytest session: some 1,000 a second.

The student's side is the real probe, executed here; the claim crosses as text; the checks are called
as functions, in their order, as autograder/judging/judge.py has pytest do. tests/test_counting.py shows that
both agree.
"""

from __future__ import annotations

import importlib
import math
import textwrap
from dataclasses import dataclass
from functools import cache
from types import CodeType, FunctionType
from typing import Any

import numpy as np
from counting_answers import RIGHT, SIGNATURES
from making_claims import EXERCISES

from autograder.assignments.lenet.exercises import LENET
from autograder.judging.api import Passed, Wrong
from autograder.judging.claims import read_claim
from autograder.judging.facts import Answers
from autograder.judging.judge import NoClaim, judge
from autograder.judging.questions import Question, ask_question
from autograder.probes import probe_source


@dataclass(frozen=True)
class Judged:
    """points: earned; help: of every check that failed, with its hints; notes: of those that passed."""

    points: float
    help: tuple[str, ...]
    notes: tuple[str, ...]


def seeds(count: int) -> list[bytes]:
    return [f"seed {number}".encode() for number in range(count)]


def student(exercise: str, body: str, **others: str) -> dict[str, Any]:
    """A notebook's namespace with this answer; `others` in the place of the right functions."""
    namespace: dict[str, Any] = {"LENET": [*LENET], "np": np, "math": math}
    bodies = {name: RIGHT[name][0] for name in SIGNATURES} | others | {exercise: body}
    for name, text in bodies.items():
        exec(_compiled(name, text), namespace)
    return namespace


@cache
def _compiled(name: str, body: str) -> CodeType:
    whole = body.startswith(("def ", "import "))
    source = body if whole else f"def {name}({SIGNATURES[name]}):\n{textwrap.indent(body, '    ')}"
    return compile(source, f"<{name}>", "exec")


@cache
def asked(exercise: str, seed: bytes, graded: bool = True) -> Question:
    return ask_question(EXERCISES[exercise], seed, hidden=graded)


def claimed(question: Question, namespace: dict[str, Any]) -> str:
    """The claim that the student's kernel would send."""
    sent: list[str] = []
    exec(_probe(question.exercise.probe), question.namespace(namespace, sent.append))
    return sent[-1]


@cache
def _probe(name: str) -> CodeType:
    return compile(probe_source(name), "<autograder>", "exec")


@cache
def checks_of(exercise: str) -> list[tuple[FunctionType, dict[str, Any]]]:
    module = importlib.import_module(
        f"autograder.assignments.lenet.checks.test_{EXERCISES[exercise].notebook}"
    )
    marked = [
        (function, mark.kwargs)
        for function in vars(module).values()
        for mark in getattr(function, "pytestmark", ())
        if mark.name == "check" and mark.kwargs["exercise"] == exercise
    ]
    assert sum(mark["points"] for _, mark in marked) == EXERCISES[exercise].points
    return marked


def judged(exercise: str, namespace: dict[str, Any], seed: bytes, graded: bool = True) -> Judged:
    """What one answer earns with one seed."""
    question = asked(exercise, seed, graded)
    claim = read_claim(claimed(question, namespace))
    assert claim.state == "done", claim
    answers, points, help, notes, passed = Answers(question, claim), 0.0, [], [], set()
    for function, mark in checks_of(exercise):
        if mark["after"] and mark["after"] not in passed:
            continue
        try:
            function(answers)
        except Passed as note:
            notes.append(note.help)
        except Wrong as wrong:
            help.append(" ".join([wrong.help, *wrong.hints]))
            continue
        points += mark["points"]
        passed.add(function.__name__)
    return Judged(points, tuple(help), tuple(notes))


def judged_by_pytest(exercise: str, namespace: dict[str, Any], seed: bytes) -> float:
    """What the real judge gives for it."""
    question = asked(exercise, seed)
    claim: str | NoClaim = claimed(question, namespace)
    return judge([(question, claim)])[exercise].score
