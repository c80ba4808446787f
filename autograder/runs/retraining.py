"""TRUSTED; standard library only. A network is trained again, on a task that nobody has seen.

To train a second time on the same images proves nothing: train_lenet may load the file that was handed
in, or numbers that stand in the notebook. So the grader changes the task: the pixels of every image
change places, and the ten kinds their numbers. How, the course's key and the submission decide. A LeNet
learns the changed task about as well as the one of the course (benchmarks/retraining.md), and no numbers
that fit the one fit the other; networks that somebody holds for other changes are far from it as well
(benchmarks/changes.md). Nor may prepare_images put the pixels back to where they were: it has to do what
it did for the file that was handed in, and to leave each pixel in its place. What a retraining proves:
this function learns from what it is given. Not that the file that was handed in came from it.
"""

from __future__ import annotations

from dataclasses import replace

from autograder.judging.exercises import Exercise
from autograder.judging.verdicts import NOT_JUDGED, Verdict

RETRAIN = "retrain"  # the probe, and what its claim is called among those of a notebook
# By how many points a network that is trained again may fall short of the file that was handed in. What honest
# ones and cheats lose is in benchmarks/retraining.md, and what networks held for other changes are worth in
# benchmarks/changes.md.
ALLOWED_LOSS = 1.0


def as_retraining(exercise: Exercise) -> Exercise:
    """The exercise about weights, with the question for what comes out of train_lenet in its place."""
    return replace(exercise, probe=RETRAIN, ask={**exercise.ask, "function": "train_lenet"})


def doubt(handed_in: Verdict, again: Verdict, prepared_otherwise: bool = False) -> str:
    """What a person should know after a retraining, in sentences; "" where it confirms the weights.

    handed_in: the verdict on the weights; again: the same on what came back from train_lenet, measured
    on the changed task. prepared_otherwise: whether prepare_images did something else there. Weights that
    have no points need no confirmation.
    """
    if handed_in.outcome != NOT_JUDGED and not handed_in.score:
        return ""
    reached = _recognised(again)
    if not reached:
        help = next((check.help for check in again.checks if check.help), again.reason)
        return f"The network could not be trained again, so nothing confirms these weights. {help}"
    told = (
        "Trained again from scratch, on a task that is as hard but another one, train_lenet makes a "
        f"network that recognises {reached} of new images, worth {again.score:g} points"
    )
    if handed_in.outcome == NOT_JUDGED:
        return f"{told}."
    if again.score >= handed_in.score - ALLOWED_LOSS:
        return _PREPARED_OTHERWISE if prepared_otherwise else ""
    return (
        f"{told}; the weights that were handed in recognise {_recognised(handed_in)}, worth "
        f"{handed_in.score:g}. No honest training on record lost more than {ALLOWED_LOSS:g}: this function "
        "does not make such weights."
    )


_PREPARED_OTHERWISE = (
    "When the network was trained again, prepare_images gave other values than it gave for the weights that "
    "were handed in, so the training confirms nothing."
)


def _recognised(verdict: Verdict) -> str:
    """The share of test images, as the check's row has it; "" where none was measured."""
    return next((row.yours for check in verdict.checks for row in check.rows), "")
