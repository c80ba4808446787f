"""What `autograder report lenet` takes for a usual class and for very large ones, and how soon a browser shows it.

    python benchmarks/class_report.py [--write benchmarks/class_report.md] [STUDENTS …]

Every ordinary sample submission of the tests is graded by the real grader, once. Other students are copies of
those in turn: rows of the gradebook of their own, and links to the graded notebooks and feedback pages, so that
each notebook is read again for each student. The command is run as a person types it, start-up included. The
memory is the largest that its process had, with Python and its libraries. Shown: from the request until the page
is loaded and the table is drawn, in a browser that runs already; the median of several times.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from courses import hand_in, our_course
from large_class import multiply
from machine import described

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from browser import browser
from corpus import CASES

MIB = 2**20
SIZES = (300, 3_000, 10_000)
TIMES = 5  # that the page is opened
# The first frame behind the one in which the loaded page is drawn: the table stands by then.
SHOWN = """(async () => {
  if (document.readyState !== 'complete') await new Promise(done => addEventListener('load', done));
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
  return document.querySelectorAll('#students tbody tr').length;
})()"""


@dataclass(frozen=True)
class Measured:
    """One class. seconds, core_s (of processors), memory (MiB): of the command; page: MiB; shown: seconds."""

    students: int
    seconds: float
    core_s: float
    memory: float
    page: float
    shown: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("students", nargs="*", type=int, default=SIZES)
    parser.add_argument("--write", type=Path, help="write the table here as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = graded_samples(Path(folder, "course"))
        table = table_of([measured(course, students) for students in sorted(options.students)])
    print(table)
    if options.write:
        made = "Made by `python benchmarks/class_report.py --write benchmarks/class_report.md`."
        options.write.write_text(
            f"# The page about a class\n\n{made} What is measured, its first lines say.\n\n{described()}\n\n{table}\n",
            "utf-8",
        )


def graded_samples(folder: Path) -> Path:
    """A course where every ordinary sample of the tests is graded and has its feedback pages."""
    course = our_course(folder)
    hand_in(course, CASES.values())
    # Some samples are so damaged that they cannot be graded, which the exit code says.
    subprocess.run([command("autograder"), "grade", "lenet", "--jobs", "2"], cwd=folder, check=False)
    course.run_on("generate_feedback", "lenet")
    return folder


def measured(course: Path, students: int) -> Measured:
    """The class is made this large first; it never becomes smaller."""
    multiply(course, "lenet", students, os.symlink)
    start = time.monotonic()
    process = subprocess.Popen(
        [command("autograder"), "report", "lenet"], cwd=course, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if status:
        raise SystemExit("autograder report lenet failed.")
    page = course / "report" / "lenet.html"
    return Measured(
        students,
        seconds,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss * 1024 / MIB,
        page.stat().st_size / MIB,
        shown_s(page),
    )


def shown_s(path: Path) -> float:
    """Seconds until a browser shows the page."""
    times = []
    with tempfile.TemporaryDirectory() as profile, browser("about:blank", Path(profile)) as page:
        for _ in range(TIMES):
            page.open("about:blank")
            start = time.monotonic()
            page.call("Page.navigate", url=path.as_uri())
            assert page.run(SHOWN), "the page has no table"
            times.append(time.monotonic() - start)
    return statistics.median(times)


def command(name: str) -> Path:
    """A command of this environment."""
    return Path(sys.executable).with_name(name)


def table_of(found: list[Measured]) -> str:
    lines = [
        "| students | the command, s | core s | memory, MiB | page, MiB | shown, s |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {one.students:,} | {one.seconds:.1f} | {one.core_s:.1f} | {one.memory:.0f} | {one.page:.1f} "
            f"| {one.shown:.2f} |"
            for one in found
        ),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
