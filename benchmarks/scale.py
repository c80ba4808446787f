"""Whether the cost of a submission stays flat, and how long a re-grade takes.

    python benchmarks/scale.py [--sizes 20 100 500] [--stock-s SECONDS] [--write benchmarks/scale.md]

Grades classes of several sizes with `autograder grade lenet --jobs 2`, each from nothing; states
seconds a submission, start-up included, what each further submission costs, and the most memory of
the coordinating process. Then 200 of the largest class are graded again, twice: after a change of a
check of notebook 2, and of the check that measures weights in notebook 3, the longest of all.
Nothing is executed. Stock nbgrader would execute everything again; --stock-s says what one
submission costs it on this machine (benchmarks/throughput.py measures it).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import machine
import psutil
from courses import CHECKOUT, Course, hand_in_class, our_course

REGRADED = 200
CHECKS = {"a check of notebook 2": "test_2_count_parameters", "the check of the weights": "test_3_train_lenet"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 100, 500])
    parser.add_argument("--stock-s", type=float, help="seconds a submission of stock nbgrader")
    parser.add_argument("--write", type=Path, help="write the tables here as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        rows = []
        for size in options.sizes:
            course = our_course(Path(top, str(size)))
            hand_in_class(course, size)
            rows.append((size, *graded(course)))
            print(rows[-1], flush=True)
        again = regrade(course, min(REGRADED, size))
    text = table(rows) + "\n\n" + about_regrade(again, min(REGRADED, size), options.stock_s)
    print(text)
    if options.write:
        options.write.write_text(
            f"Made by `python {' '.join(sys.argv)}`.\n\n{machine.described()}.\n\n{text}\n"
        )


def graded(course: Course, package: Path = CHECKOUT) -> tuple[float, float]:
    """Seconds that `autograder grade lenet --jobs 2` takes, and MiB of its process at most.

    package: the folder whose autograder is run.
    """
    code = "import sys; from autograder.cli import main; sys.exit(main())"
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", code, "grade", "lenet", "--jobs", "2"],
        cwd=course.folder, env={**os.environ, "PYTHONPATH": str(package)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
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
    watching.join()
    if process.returncode:
        raise SystemExit(output)
    return seconds, most / 2**20


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
        check = package / "autograder" / "checks" / f"{module}.py"
        check.write_text(check.read_text() + "\n# changed\n")
        seconds[what], _ = graded(course, package)
        print(what, seconds[what], flush=True)
    return seconds


def table(rows: list[tuple[int, float, float]]) -> str:
    """Seconds by size of the class; "each further" is beside the class before."""
    lines = [
        "| submissions | s in all | s a submission | s each further one | coordinator, MiB at most |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for number, (size, seconds, mib) in enumerate(rows):
        before, before_s, _ = rows[number - 1] if number else (0, 0.0, 0.0)
        further = f"{(seconds - before_s) / (size - before):.2f}" if number else ""
        lines.append(f"| {size} | {seconds:.0f} | {seconds / size:.2f} | {further} | {mib:.0f} |")
    return "\n".join(lines)


def about_regrade(seconds: dict[str, float], students: int, stock_s: float | None) -> str:
    """What grading again took, and what it would take stock nbgrader."""
    parts = [f"{students} submissions ({3 * students} notebooks), graded again after a change:", ""]
    for what, spent in seconds.items():
        text = f"- of {what}: {spent:.0f} s, {spent / students:.2f} s each"
        if stock_s:
            times = stock_s * students / spent
            text += f"; stock nbgrader, at {stock_s:.1f} s each, takes {times:.0f} times as long"
        parts.append(f"{text}.")
    return "\n".join(parts)


if __name__ == "__main__":
    main()
