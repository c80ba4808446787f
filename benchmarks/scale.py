"""Whether the cost of a submission stays flat, and how long a re-grade takes.

    python benchmarks/scale.py [--sizes 20 100 500 100 20] [--write benchmarks/scale.md]

Grades classes of several sizes with `autograder grade lenet --jobs 2`, each from nothing; a size that
is named several times is measured as often, and its medians count. States seconds a submission,
start-up included, the time on the cores that each cost, which neighbours of a shared machine change
least, the share of the cores' time that such neighbours took meanwhile, and the most memory of the
coordinating process. Then 200 of the largest class are graded again, twice: after a change of a
check of notebook 2, and of the check that measures weights in notebook 3, the longest of all.
Nothing is executed. Stock nbgrader executes everything again: what a submission costs it is measured
on a few, just before.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import machine
import psutil
from courses import CHECKOUT, Course, hand_in_class, our_course, stock_course

REGRADED = 200
STOCK_STUDENTS = 5
CHECKS = {
    "a check of notebook 2": "test_2_count_parameters",
    "the check of the weights": "test_3_train_lenet",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 100, 500, 100, 20])
    parser.add_argument("--write", type=Path, help="write the tables here as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        runs: dict[int, list[Run]] = {}
        courses: dict[int, Course] = {}
        for size in options.sizes:
            course = our_course(Path(tempfile.mkdtemp(dir=top), "course"))
            hand_in_class(course, size)
            runs.setdefault(size, []).append(graded(course))
            print(size, runs[size][-1], flush=True)
            courses[size] = course
        stock_s = stock(Path(top))
        size = max(courses)
        again = regrade(courses[size], min(REGRADED, size))
    text = table(runs) + "\n\n" + about_regrade(again, min(REGRADED, size), stock_s)
    print(text)
    if options.write:
        options.write.write_text(
            f"Made by `python {' '.join(sys.argv)}`.\n\n{machine.described()}.\n\n{text}\n"
        )


class Run(NamedTuple):
    """One grading of a class.

    core_s: seconds that the cores worked, for whatever process; coordinator_mib: of its process, at
    most; stolen: share of the cores' time that the machine gave to others.
    """

    seconds: float
    core_s: float
    coordinator_mib: float
    stolen: float


def graded(course: Course, package: Path = CHECKOUT) -> Run:
    """Grade a course with `autograder grade lenet --jobs 2`; package: whose autograder is run."""
    code = "import sys; from autograder.cli import main; sys.exit(main())"
    started, before = time.monotonic(), psutil.cpu_times()
    process = subprocess.Popen(
        [sys.executable, "-c", code, "grade", "lenet", "--jobs", "2"],
        cwd=course.folder,
        env={**os.environ, "PYTHONPATH": str(package)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    most = 0

    def watch() -> None:
        nonlocal most
        one = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                most = max(most, one.memory_info().rss)
            except psutil.NoSuchProcess:
                return
            time.sleep(0.2)

    watching = threading.Thread(target=watch)
    watching.start()
    output, _ = process.communicate()
    seconds = time.monotonic() - started
    after = psutil.cpu_times()
    core_s = sum(getattr(after, kind) - getattr(before, kind) for kind in ("user", "nice", "system"))
    stolen = getattr(after, "steal", 0.0) - getattr(before, "steal", 0.0)
    watching.join()
    if process.returncode:
        raise SystemExit(output)
    return Run(seconds, core_s, most / 2**20, stolen / seconds / os.cpu_count())


def stock(top: Path) -> float:
    """Seconds that one submission costs stock nbgrader."""
    course = stock_course(top / "stock")
    hand_in_class(course, STOCK_STUDENTS)
    started = time.monotonic()
    course.run("autograde", "lenet")
    return (time.monotonic() - started) / STOCK_STUDENTS


def regrade(course: Course, students: int) -> dict[str, float]:
    """Seconds to grade so many submissions again, by what was changed before."""
    folders = sorted((course.folder / "submitted").iterdir())
    for folder in folders[students:]:
        shutil.rmtree(folder)
    package = course.folder.parent / "package"
    for name in "autograder", "lenet_solution":
        shutil.copytree(CHECKOUT / name, package / name)
    seconds = {}
    for what, module in CHECKS.items():
        check = package / "autograder" / "assignments" / "lenet" / "checks" / f"{module}.py"
        check.write_text(check.read_text() + "\n# changed\n")
        seconds[what] = graded(course, package).seconds
        print(what, seconds[what], flush=True)
    return seconds


def table(runs: dict[int, list[Run]]) -> str:
    """Medians by size of the class."""
    lines = [
        (
            "| submissions | runs | s in all | s a submission | core s a submission | taken by others | "
            "coordinator, MiB at most |"
        ),
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for size, ran in sorted(runs.items()):
        seconds, core_s, mib, stolen = (statistics.median(values) for values in zip(*ran, strict=True))
        lines.append(
            f"| {size} | {len(ran)} | {seconds:.0f} | {seconds / size:.2f} | {core_s / size:.2f} | "
            f"{stolen:.0%} | {mib:.0f} |"
        )
    return "\n".join(lines)


def about_regrade(seconds: dict[str, float], students: int, stock_s: float) -> str:
    """What grading again took, and what it would take stock nbgrader."""
    lines = [
        (
            f"{students} submissions ({3 * students} notebooks), graded again; stock nbgrader needs "
            f"{stock_s:.1f} s for each of them (measured on {STOCK_STUDENTS})."
        ),
        "",
        "| after a change of | s in all | s a submission | times stock |",
        "| --- | ---: | ---: | ---: |",
    ]
    for what, spent in seconds.items():
        each = spent / students
        lines.append(f"| {what} | {spent:.0f} | {each:.2f} | {stock_s / each:.0f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
