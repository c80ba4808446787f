"""Answers to exercises through the real probe and the real judge, in this process."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from autograder.assignments import ASSIGNMENTS
from autograder.judging.judge import judge
from autograder.judging.questions import Question, ask_question
from autograder.judging.verdicts import Verdict
from autograder.probes import probe_source

EXERCISES = {exercise.id: exercise for one in ASSIGNMENTS.values() for exercise in one.exercises}


@cache
def asked(exercise: str, seed: int, graded: bool) -> Question:
    return ask_question(EXERCISES[exercise], f"seed {seed}".encode(), graded)


def claimed(exercise: str, source: str, seed: int, graded: bool) -> tuple[Question, str]:
    namespace: dict[str, Any] = {"np": np, "math": math, "__name__": "__main__"}
    exec(source, namespace)
    question, sent = asked(exercise, seed, graded), []
    probe = compile(probe_source(EXERCISES[exercise].probe), "<autograder>", "exec")
    exec(probe, question.namespace(namespace, sent.append))
    return question, sent[-1]


@cache
def verdicts(sources: tuple[tuple[str, str], ...], seed: int, graded: bool) -> dict[str, Verdict]:
    """Of one answer to each of some exercises of an assignment: to judge one costs nearly as much as to judge all."""
    return judge([claimed(exercise, source, seed, graded) for exercise, source in sources])


def verdict(exercise: str, source: str, seed: int = 0, graded: bool = True) -> Verdict:
    return verdicts(((exercise, source),), seed, graded)[exercise]


def told(found: Verdict) -> str:
    """All help, with its hints."""
    return " ".join(" ".join((check.help, *check.hints)) for check in found.checks)
