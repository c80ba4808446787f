"""TRUSTED: from one executed notebook to the verdicts on its exercises."""

from __future__ import annotations

import re
import threading

from autograder.copies import same_network, weights_in
from autograder.execution import RETRAIN, Execution, Job, questions, retrain_question
from autograder.judge import judge
from autograder.undefined import reasons
from autograder.verdicts import FAILED, PASSED, Verdict

_SAME = (
    "Trained again from scratch, train_lenet gives the very weights that were handed in: does it fix "
    "its random numbers, or read the file?"
)
_RUNS_ANOTHER = re.compile(r"^\s*%run\s.*\.ipynb", re.MULTILINE)
_one_at_a_time = threading.Lock()  # pytest keeps things in places that threads share


def verdicts_of(job: Job, execution: Execution) -> dict[str, Verdict]:
    """The verdicts on one executed notebook, by exercise id."""
    asked = questions(job.exercises, job.seed)
    with _one_at_a_time:
        undefined = reasons(execution.notebook, {name: asked[name].functions for name in asked})
        verdicts = judge([(asked[name], execution.claims[name]) for name in job.exercises], undefined)
        if RETRAIN in execution.claims:
            exercise = next(e for e in job.exercises.values() if e.probe == "weights")
            question = retrain_question(exercise, job.seed)
            again = judge([(question, execution.claims[RETRAIN])])[exercise.id]
            verdict = verdicts[exercise.id]
            both = (execution.claims[exercise.id], execution.claims[RETRAIN])
            same = verdict.score and again.score and same_network(*map(weights_in, both))
            verdicts[exercise.id] = verdict.doubted(_SAME if same else _retraining(again))
    doubt = "A cell was interrupted: is this only what it left undone?" if execution.cut_off else ""
    if any(_RUNS_ANOTHER.search(cell.source) for cell in execution.notebook.cells):
        doubt = (
            "This notebook runs another one, which is not there when each is graded by itself: is this only "
            "what the other one defines?"
        )
    for name, verdict in verdicts.items():
        if verdict.attempted and verdict.outcome == FAILED:
            verdicts[name] = verdict.doubted(doubt)
    return verdicts


def _retraining(again: Verdict) -> str:
    """What a person should know of a network that was trained again; "" when it is as good."""
    if again.outcome == PASSED:
        return ""
    help = next((check.help for check in again.checks if check.outcome != PASSED), again.reason)
    return f"Trained again from scratch, train_lenet does not confirm these weights. {help}"
