"""TRUSTED: from one executed notebook to the verdicts on its exercises."""

from __future__ import annotations

import base64
import platform
import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from autograder.assignments.lenet.checks.images import measured_plainly
from autograder.assignments.lenet.checks.one_function import differ, moved_pixel, pairs_of
from autograder.assignments.lenet.checks.preparing import Pairs
from autograder.assignments.lenet.exercises import CHANCE_LIKE
from autograder.copies.likeness import fingerprint_of
from autograder.copies.responses import responses
from autograder.judging.exercises import Exercise
from autograder.judging.facts import Answers, Weights
from autograder.judging.judge import judge
from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED, Verdict
from autograder.runs.execution import Execution, Job, questions
from autograder.runs.retraining import RETRAIN, doubt
from autograder.runs.undefined import defined_below, reasons
from autograder.sandbox.limits import too_small

_RUNS_ANOTHER = re.compile(r"^\s*%run\s.*\.ipynb", re.MULTILINE)
_one_at_a_time = threading.Lock()  # pytest keeps things in places that threads share


def verdicts_of(job: Job, execution: Execution) -> dict[str, Verdict]:
    """The verdicts on one executed notebook, by exercise id."""
    asked = questions(job.exercises, job.seed)
    with _one_at_a_time:
        functions = {name: asked[name].functions for name in asked}
        below = defined_below(execution.notebook, functions)
        undefined = below | reasons(execution.notebook, functions)
        facts: dict[str, Any] = {}
        claims = [(asked[name], execution.claims[name]) for name in job.exercises]
        verdicts = judge(claims, undefined, facts, below)
        for exercise in job.exercises.values():
            if exercise.probe == "weights" and exercise.id in facts:
                verdict = _as_one_function(verdicts[exercise.id], job.exercises, facts)
                fingerprint = _fingerprint(verdict, facts[exercise.id], job.exercises, facts)
                verdicts[exercise.id] = replace(verdict, fingerprint=fingerprint)
        if RETRAIN in execution.claims:
            found: dict[str, Any] = {}
            question = job.retraining
            assert question is not None, "else nothing was trained again"
            [(name, again)] = judge([(question, execution.claims[RETRAIN])], facts=found).items()
            otherwise = differ(_prepared(facts.get(name)), _prepared(found.get(name)))
            verdicts[name] = verdicts[name].doubted(doubt(verdicts[name], again, otherwise))
    for name, verdict in verdicts.items():
        if verdict.attempted and verdict.outcome == FAILED:
            verdicts[name] = verdict.doubted(_unfinished(execution))
    return verdicts


def shortfall(verdicts: Mapping[str, Verdict], set_up_failed: str) -> str:
    """What the reference solution did not get, in a sentence; "" where it has all its points.

    set_up_failed: of its execution.
    """
    here = f"on {platform.node()}, so nobody can be graded there."
    if set_up_failed:
        return f"The reference solution cannot be set up {here} {set_up_failed}"
    for verdict in verdicts.values():
        if verdict.outcome != PASSED or verdict.score != verdict.points:
            help = next((c.help for c in verdict.checks if c.outcome != PASSED), "") or verdict.reason
            return (
                f"The reference solution got {verdict.score:g} of {verdict.points:g} points for "
                f"{verdict.exercise!r} {here} {help} {too_small(help)}"
            ).rstrip()
    return ""


def _unfinished(execution: Execution) -> str:
    """Why what failed may lack only what was not run here; "" where all was run."""
    if any(_RUNS_ANOTHER.search(cell.source) for cell in execution.notebook.cells):
        return (
            "This notebook runs another one, which is not there when each is graded by itself: is this only "
            "what the other one defines?"
        )
    return "A cell was interrupted: is this only what it left undone?" if execution.cut_off else ""


def _as_one_function(
    verdict: Verdict, exercises: Mapping[str, Exercise], facts: Mapping[str, Any]
) -> Verdict:
    """The verdict on weights, where their prepare_images must be the one of its own exercise."""
    weights = facts[verdict.exercise]
    asked = _prepared(weights)
    if weights.measured is None or not asked:
        return verdict
    prepare = exercises[verdict.exercise].ask["prepare"]
    own = next((facts.get(e.id) for e in exercises.values() if e.ask.get("function") == prepare), None)
    if differ(_prepared(own), asked):
        return verdict.not_judged(
            f"{prepare} gave other values when it was asked for the weights than in its own exercise, so "
            "nobody knows how the images have to be prepared for this network. Does a later cell define it "
            "anew, or change what it uses? A person has to try the network."
        )
    moved = moved_pixel(asked)
    if moved and verdict.score:
        (row, column), (new_row, new_column) = moved
        return verdict.doubted(
            f"{prepare} moves pixels: what was in row {row}, column {column} comes out in row {new_row}, "
            f"column {new_column}. The network is measured on such images, and its weights cannot be compared "
            "with those of other networks as they stand."
        )
    return verdict


def _prepared(facts: Answers | Weights | None) -> Pairs:
    """What prepare_images made of the grader's batches; nothing where it was not asked, or did not answer."""
    if isinstance(facts, Answers):
        asked = [(arguments[0], answer) for arguments, answer in facts.given()]
        return pairs_of((images, value) for images, value in asked if isinstance(images, np.ndarray))
    if isinstance(facts, Weights) and facts.file == "loaded":
        return pairs_of(zip(facts.batches, facts.prepared, strict=True))
    return []


def _fingerprint(
    verdict: Verdict, weights: Weights, exercises: Mapping[str, Exercise], facts: Mapping[str, Any]
) -> str:
    """That of the network that was handed in, base64; "" where there is none to compare.

    Also where it earned nothing: who hands in another's network with a prepare_images that spoils it is seen
    all the same. But a network that was judged and recognises nothing, on images that are prepared as the
    notebook does it, is nobody's work: many are equal, of one seed or all zeros.
    """
    measured = weights.measured
    if measured is None or not (verdict.score or verdict.outcome == NOT_JUDGED):
        measured = measured_plainly(weights)
        if measured and verdict.outcome != NOT_JUDGED:
            recognised = 1 - np.mean(measured[-1])
            measured = measured if recognised > CHANCE_LIKE else None
    if measured is None:
        return ""
    training = next((facts.get(e.id) for e in exercises.values() if e.probe == "train"), None)
    start = training.before if training else None
    arrays, prepared, mistakes = measured
    with threadpool_limits(1, "blas"):
        fingerprint = fingerprint_of(arrays, responses(arrays, prepared), mistakes, start)
    return base64.b64encode(fingerprint.to_bytes()).decode()
