"""TRUSTED: from one executed notebook to the verdicts on its exercises."""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from autograder.execution import Execution, Job, questions
from autograder.exercises import Exercise
from autograder.facts import Weights
from autograder.judge import judge
from autograder.likeness import fingerprint_of
from autograder.retraining import RETRAIN, doubt
from autograder.verdicts import FAILED, Verdict

_one_at_a_time = threading.Lock()  # pytest keeps things in places that threads share


def verdicts_of(job: Job, execution: Execution) -> dict[str, Verdict]:
    """The verdicts on one executed notebook, by exercise id."""
    asked = questions(job.exercises, job.seed)
    with _one_at_a_time:
        facts: dict[str, Any] = {}
        verdicts = judge([(asked[name], execution.claims[name]) for name in job.exercises], facts)
        for exercise in job.exercises.values():
            verdict = verdicts[exercise.id]
            if exercise.probe == "weights" and verdict.score > 0:
                fingerprint = _fingerprint(facts[exercise.id], job.exercises, facts)
                verdicts[exercise.id] = replace(verdict, fingerprint=fingerprint)
        if RETRAIN in execution.claims:
            [(name, again)] = judge([(job.retraining, execution.claims[RETRAIN])]).items()
            verdicts[name] = verdicts[name].doubted(doubt(verdicts[name], again))
    if execution.cut_off:
        for name, verdict in verdicts.items():
            if verdict.attempted and verdict.outcome == FAILED:
                verdicts[name] = verdict.doubted(
                    "A cell was interrupted: is this only what it left undone?"
                )
    return verdicts


def _fingerprint(
    weights: Weights, exercises: Mapping[str, Exercise], facts: Mapping[str, Any]
) -> str:
    """That of the network that was measured, base64; "" where the checks measured none."""
    if weights.measured is None:
        return ""
    training = next((facts.get(e.id) for e in exercises.values() if e.probe == "train"), None)
    start = training.before if training else None
    return base64.b64encode(fingerprint_of(*weights.measured, start).to_bytes()).decode()
