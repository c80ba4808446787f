"""TRUSTED: from one executed notebook to the verdicts on its exercises."""

from __future__ import annotations

import threading

from autograder.execution import Execution, Job, questions
from autograder.judge import judge
from autograder.retraining import RETRAIN, doubt
from autograder.verdicts import FAILED, Verdict

_one_at_a_time = threading.Lock()  # pytest keeps things in places that threads share


def verdicts_of(job: Job, execution: Execution) -> dict[str, Verdict]:
    """The verdicts on one executed notebook, by exercise id."""
    asked = questions(job.exercises, job.seed)
    with _one_at_a_time:
        verdicts = judge([(asked[name], execution.claims[name]) for name in job.exercises])
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

