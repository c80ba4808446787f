"""What comes out when networks are trained again: of honest functions, and of some that do not train.

    python benchmarks/retraining.py [--seeds 2] [--jobs 1] [--write benchmarks/retraining.md]

Every function of tests/retrainings.py is trained again as `autograder grade --retrain` does it: in a
sandbox, each time on another changed task. An honest one is compared with the best run of its recipe that
lenet_solution/calibration.json and recipes.json have, or else with full marks: a student hands in the
best that came. The table is written anew after every run.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import machine
import nbformat

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT / "tests"))

from corpus import EVERY, Submission, filled_release, make_submission
from retrainings import CHEATS, HONEST, LEARNS, Edit

from autograder.assignments import ASSIGNMENTS
from autograder.assignments.lenet.exercises import PASS_MARK, points_for
from autograder.judging.judge import judge
from autograder.runs.execution import Job, content_seed, retrain
from autograder.runs.retraining import ALLOWED_LOSS
from autograder.sandbox import Limits
from autograder.tools.calibration import at_most

STEM = "3_train_lenet"
TIMEOUT_S = 3_000.0  # of one training, on a machine that does other things as well


@dataclasses.dataclass(frozen=True)
class Run:
    """One training. handed_in: the points that its weights had; reached: in words."""

    kind: str
    way: str
    handed_in: float
    points: float
    reached: str
    seconds: float

    @property
    def lost(self) -> float:
        return max(self.handed_in - self.points, 0.0)


def trained_again(submission: Submission, key: bytes) -> tuple[float, str]:
    """Points, and the share of new images that is recognised, or why none is; key: decides the task."""
    assignment = ASSIGNMENTS["lenet"]
    with tempfile.TemporaryDirectory() as folder:
        submission.write(Path(folder, "handed_in"))
        notebook = nbformat.read(Path(folder, "handed_in", f"{STEM}.ipynb"), as_version=4)
        seed = content_seed(key, notebook, folder)
        exercises = assignment.notebook(STEM)
        job = Job(
            notebook, exercises, assignment.not_executed, f"{folder}/handed_in", seed, Limits(), TIMEOUT_S
        )
        question = job.retraining
        [claim] = retrain(job, question).claims.values()
    [verdict] = judge([(question, claim)]).values()
    rows = [row.yours for check in verdict.checks for row in check.rows]
    said = [check.help for check in verdict.checks if check.help] or [verdict.reason]
    return verdict.score, rows[0] if rows else f"nothing: {said[0]}"


def best_known(way: str) -> float:
    """The best test accuracy that is on record for this recipe, or what full marks take."""
    records = [
        json.loads((CHECKOUT / "lenet_solution" / name).read_text("utf-8"))["runs"]
        for name in ("calibration.json", "recipes.json")
    ]
    names = [[{"recipe": "the notebook's recipe"} | run for run in runs] for runs in records]
    known = [run["test_accuracy"] for runs in names for run in runs if run["recipe"] == way]
    return max(known, default=PASS_MARK)


def plan(seeds: int) -> list[tuple[str, str]]:
    """What is trained, (kind, way): the honest functions from so many seeds, the others once."""
    honest = [("honest", way) for way in HONEST]
    others = [("does not learn", way) for way in CHEATS]
    others += [("learns from elsewhere too", way) for way in LEARNS]
    return honest + others + honest * (seeds - 1)


def run(number: int, kind: str, way: str) -> Run:
    """Train one again; number: of the run, which decides its task."""
    edit: Edit = {**HONEST, **CHEATS, **LEARNS}[way]
    case = dataclasses.replace(EVERY["correct"], name=way, stems=(STEM,), edit=edit)
    submission = make_submission(filled_release(CHECKOUT), case)
    start = time.perf_counter()
    points, reached = trained_again(submission, number.to_bytes(32, "big"))
    return Run(kind, way, points_for(best_known(way)), points, reached, time.perf_counter() - start)


def measured(seeds: int, jobs: int) -> Iterator[Run]:
    """Every run, as it comes to its end."""
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        runs = [pool.submit(run, number, *planned) for number, planned in enumerate(plan(seeds))]
        yield from (one.result() for one in as_completed(runs))


def table(runs: list[Run]) -> str:
    """The runs as Markdown."""
    honest = [run for run in runs if run.kind == "honest"]
    others = [run for run in runs if run.kind == "does not learn"]
    refused = sum(run.lost > ALLOWED_LOSS for run in honest)
    lines = [
        "# Networks that are trained again\n",
        (
            "`python benchmarks/retraining.py --write benchmarks/retraining.md`, on "
            f"{machine.described()}; other programs ran beside it.\n"
        ),
        (
            f"{len(honest)} honest trainings of {len({run.way for run in honest})} recipes, each on a changed "
            f"task of its own: {refused} lost more than the allowed {ALLOWED_LOSS:g} point (of 18), so at most "
            f"{at_most(refused, len(honest)):.1%} of such trainings do (95 % confidence, any distribution). The "
            f"most that one lost is {max((run.lost for run in honest), default=0):g}. Of {len(others)} that do "
            f"not learn what they are given, {sum(run.lost <= ALLOWED_LOSS for run in others)} were confirmed.\n"
        ),
        "| function | kind | handed in, points | trained again | points | |",
        "| --- | --- | ---: | ---: | ---: | --- |",
    ]
    for run in sorted(runs, key=lambda run: (run.kind != "honest", run.kind, run.way)):
        said = "confirmed" if run.lost <= ALLOWED_LOSS else "a person looks"
        lines.append(
            f"| {run.way} | {run.kind} | {run.handed_in:g} | {run.reached} | {run.points:g} | {said} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=1, help="trainings side by side")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    runs: list[Run] = []
    for one in measured(options.seeds, options.jobs):
        runs.append(one)
        print(f"{one.way}: {one.reached}, {one.points:g} points, {one.seconds:.0f} s", flush=True)
        if options.write:
            options.write.write_text(table(runs), "utf-8")
    print(table(runs))


if __name__ == "__main__":
    main()
