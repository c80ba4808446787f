"""TRUSTED: from one executed notebook to the verdicts on its exercises."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from threadpoolctl import threadpool_limits

from autograder.execution import Execution, Job, questions
from autograder.exercises import Exercise
from autograder.facts import Weights
from autograder.judge import judge
from autograder.likeness import fingerprint_of
from autograder.responses import responses
from autograder.retraining import RETRAIN, doubt
from autograder.undefined import reasons
from autograder.verdicts import FAILED, Verdict

_RUNS_ANOTHER = re.compile(r"^\s*%run\s.*\.ipynb", re.MULTILINE)
_one_at_a_time = threading.Lock()  # pytest keeps things in places that threads share


def verdicts_of(job: Job, execution: Execution) -> dict[str, Verdict]:
    """The verdicts on one executed notebook, by exercise id."""
    asked = questions(job.exercises, job.seed)
    with _one_at_a_time:
        undefined = reasons(execution.notebook, {name: asked[name].functions for name in asked})
        facts: dict[str, Any] = {}
        claims = [(asked[name], execution.claims[name]) for name in job.exercises]
        verdicts = judge(claims, undefined, facts)
        for exercise in job.exercises.values():
            verdict = verdicts[exercise.id]
            if exercise.probe == "weights" and verdict.score > 0:
                fingerprint = _fingerprint(facts[exercise.id], job.exercises, facts)
                verdicts[exercise.id] = replace(verdict, fingerprint=fingerprint)
        if RETRAIN in execution.claims:
            [(name, again)] = judge([(job.retraining, execution.claims[RETRAIN])]).items()
            verdicts[name] = verdicts[name].doubted(doubt(verdicts[name], again))
    for name, verdict in verdicts.items():
        if verdict.attempted and verdict.outcome == FAILED:
            verdicts[name] = verdict.doubted(_unfinished(execution))
    return verdicts


def _unfinished(execution: Execution) -> str:
    """Why what failed may lack only what was not run here; "" where all was run."""
    if any(_RUNS_ANOTHER.search(cell.source) for cell in execution.notebook.cells):
        return (
            "This notebook runs another one, which is not there when each is graded by itself: is this only "
            "what the other one defines?"
        )
    return "A cell was interrupted: is this only what it left undone?" if execution.cut_off else ""


def _fingerprint(
    weights: Weights, exercises: Mapping[str, Exercise], facts: Mapping[str, Any]
) -> str:
    """That of the network that was measured, base64; "" where the checks measured none."""
    if weights.measured is None:
        return ""
    training = next((facts.get(e.id) for e in exercises.values() if e.probe == "train"), None)
    start = training.before if training else None
    arrays, prepared, mistakes = weights.measured
    with threadpool_limits(1, "blas"):
        fingerprint = fingerprint_of(arrays, responses(arrays, prepared), mistakes, start)
    return base64.b64encode(fingerprint.to_bytes()).decode()
