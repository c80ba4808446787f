"""TRUSTED: from one executed notebook to the verdicts on its exercises."""

from __future__ import annotations

import threading
from dataclasses import replace

from autograder.execution import RETRAIN, Execution, Job, questions, retrain_question
from autograder.judge import judge
from autograder.verdicts import PASSED, Verdict

_one_at_a_time = threading.Lock()  # pytest keeps things in places that threads share


def verdicts_of(job: Job, execution: Execution) -> dict[str, Verdict]:
    """The verdicts on one executed notebook, by exercise id."""
    asked = questions(job.exercises, job.seed)
    with _one_at_a_time:
        verdicts = judge([(asked[name], execution.claims[name]) for name in job.exercises])
        if RETRAIN in execution.claims:
            exercise = next(e for e in job.exercises.values() if e.probe == "weights")
            question = retrain_question(exercise, job.seed)
            again = judge([(question, execution.claims[RETRAIN])])[exercise.id]
            verdicts[exercise.id] = replace(verdicts[exercise.id], review=_retraining(again))
    return verdicts


def _retraining(again: Verdict) -> str:
    """What a person should know of a network that was trained again; "" when it is as good."""
    if again.outcome == PASSED:
        return ""
    help = next((check.help for check in again.checks if check.outcome != PASSED), again.reason)
    return f"Trained again from scratch, train_lenet does not confirm these weights. {help}"
