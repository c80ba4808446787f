"""How many submissions a minute: stock nbgrader, this project in its place, and `autograder grade`.

    python benchmarks/throughput.py [--students 5] [--rounds 3] [--otter] [--write benchmarks/throughput.md]

All sides grade the same submissions (three notebooks each), in turns, in a fresh copy of their
course every time; ratios are of medians within this one run. `--otter` measures Otter's local run
as well, one submission a round, in an environment of its own that it installs first.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import machine
import nbformat
import otter_side
from courses import ASSERTS, Course, hand_in_class, our_course, stock_course
from dask_cluster import cluster
from small_course import copy_course, grade

from autograder.assignments import ASSIGNMENTS

STOCK, PLAIN, JOBS, DASK, OTTER = (
    "stock `nbgrader autograde`", "`nbgrader autograde` here", "`autograder grade --jobs 2`",
    "`autograder grade`, two Dask workers", "`otter run`, once for each notebook",
)  # fmt: skip


FAIR = """\
The long training cells run on no side. Locked cells that only draw for the student run under stock
nbgrader and Otter, which have no way to tell them apart, and not here. Dask's workers had imported
TensorFlow before the time started, as workers that wait for work have; all else starts from nothing.
The breakdown is one run of its own, with a clock around every part: its shares count, not its sum.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--otter", action="store_true", help="measure Otter's local run as well")
    parser.add_argument("--write", type=Path, help="write the tables here as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        seconds = measure(Path(top), options.students, options.rounds, options.otter)
        parts = breakdown(Path(top), options.students)
    text = f"{table(seconds)}\n\n{parts}"
    print(text)
    if options.write:
        options.write.write_text(
            f"Made by `python {' '.join(sys.argv)}`: {options.students} submissions of three "
            f"notebooks a round, {options.rounds} rounds.\n\n{machine.described()}.\n\n{text}\n\n{FAIR}"
        )
    return 0


def measure(top: Path, students: int, rounds: int, otter: bool) -> dict[str, list[float]]:
    """Seconds for one submission, by side, one value a round."""
    stock, ours = stock_course(top / "stock"), our_course(top / "ours")
    for course in stock, ours:
        hand_in_class(course, students)
    sides: dict[str, Callable[[Course], float]] = {
        STOCK: lambda course: timed(lambda: course.run("autograde", "lenet")),
        PLAIN: lambda course: timed(lambda: course.run("autograde", "lenet")),
        JOBS: lambda course: timed(lambda: grade(course, "--jobs", "2")),
        DASK: on_dask,
    }
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    for number in range(rounds):
        for side in [*sides][number % len(sides) :] + [*sides][: number % len(sides)]:
            course = copy_course(stock if side == STOCK else ours, top / "turn")
            seconds[side].append(sides[side](course) / students)
            shutil.rmtree(course.folder)
            print(f"{number + 1} {side}: {seconds[side][-1]:.2f} s a submission", flush=True)
        if otter:
            seconds.setdefault(OTTER, []).append(on_otter(top, ours))
            print(f"{number + 1} {OTTER}: {seconds[OTTER][-1]:.2f} s a submission", flush=True)
    return seconds


def timed(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def on_dask(course: Course) -> float:
    """A cluster of two new workers is there when the time starts, as a real one would be."""
    with cluster(course.folder / "dask", 2) as (address, _):
        return timed(lambda: grade(course, "--scheduler", address))


def on_otter(top: Path, ours: Course) -> float:
    """One submission, the first; one `otter run` for each of its notebooks."""
    command = otter_side.install(top / "otter")
    archives = top / "zips"
    if not archives.exists():
        asserts: dict[str, dict[str, str]] = {}
        for exercise in ASSIGNMENTS["lenet"].exercises:
            asserts.setdefault(exercise.notebook, {})[exercise.id] = ASSERTS[exercise.id]
        archives.mkdir()
        otter_side.make_autograder_zips(archives, asserts, command)
    folder = Path(tempfile.mkdtemp(dir=top))
    shutil.copytree(ours.folder / "submitted" / "student0000" / "lenet", folder, dirs_exist_ok=True)
    spent = 0.0
    for path in sorted(folder.glob("*.ipynb")):
        nbformat.write(otter_side.for_otter(nbformat.read(path, as_version=4)), path)
        archive = archives / path.stem / "autograder.zip"
        spent += timed(lambda: otter_side.run(command, archive, path, folder))  # noqa: B023
    return spent


def table(seconds: dict[str, list[float]]) -> str:
    """Medians, the range, submissions a minute, and the ratio to stock."""
    stock = statistics.median(seconds[STOCK])
    rows = [
        "| command | s a submission (lowest, highest) | submissions a minute | times stock |",
        "| --- | ---: | ---: | ---: |",
    ]
    for side, values in seconds.items():
        median = statistics.median(values)
        rows.append(
            f"| {side} | {median:.1f} ({min(values):.1f}, {max(values):.1f}) | {60 / median:.1f} | "
            f"{stock / median:.1f} |"
        )
    return "\n".join(rows)


def breakdown(top: Path, students: int) -> str:
    """Where the time of a plain `nbgrader autograde` goes here."""
    course = copy_course(Course(top / "ours"), top / "breakdown")
    script = Path(__file__).with_name("breakdown.py")
    result = subprocess.run(
        [sys.executable, script, str(students)],
        cwd=course.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
