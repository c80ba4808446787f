"""Feedback pages for a class: this project's beside stock nbgrader's, of the same graded notebooks, in one run.

    python benchmarks/feedback.py [--write benchmarks/feedback.md] [STUDENTS]

Five sample submissions are graded once and copied for the others. Both commands are run as a person types
them, start-up included, in turns, three times each.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from courses import STOCK_CONFIG
from large_class import multiply
from machine import described

ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("students", nargs="?", type=int, default=100)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder, "course")
        subprocess.run(
            [Path(sys.executable).with_name("autograder"), "demo", "--course", course],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        multiply(course, "lenet", options.students)
        ours, stock = (course / "nbgrader_config.py").read_text(), STOCK_CONFIG
        seconds: dict[str, list[float]] = {"stock nbgrader": [], "this project": []}
        for _ in range(ROUNDS):
            for name, config in (("stock nbgrader", stock), ("this project", ours)):
                (course / "nbgrader_config.py").write_text(config)
                seconds[name].append(timed(course))
    told = table(seconds, options.students)
    print(told)
    if options.write:
        options.write.write_text(told, "utf-8")


def timed(course: Path) -> float:
    """Seconds of `nbgrader generate_feedback lenet --force` for everybody."""
    begun = time.monotonic()
    subprocess.run(
        [Path(sys.executable).with_name("nbgrader"), "generate_feedback", "lenet", "--force"],
        cwd=course, check=True, capture_output=True,
    )  # fmt: skip
    return time.monotonic() - begun


def table(seconds: dict[str, list[float]], students: int) -> str:
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    share = medians["this project"] / medians["stock nbgrader"]
    rows = [
        f"| {name} | {medians[name]:.0f} s | {', '.join(f'{one:.0f}' for one in times)} |"
        for name, times in seconds.items()
    ]
    return "\n".join(
        [
            "# Feedback pages for a class\n",
            f"`nbgrader generate_feedback lenet --force` for {students} submissions, start-up included.",
            f"Ours take {share:.2f} of the time of stock nbgrader's ({described()}).\n",
            "| | median | runs |",
            "| --- | ---: | --- |",
            *rows,
            "\nMade again by `python benchmarks/feedback.py --write benchmarks/feedback.md`.\n",
        ]
    )


if __name__ == "__main__":
    main()
