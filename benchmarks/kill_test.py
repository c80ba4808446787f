"""Kills a batch at random moments, lets the same command finish it, and compares the gradebooks.

    python benchmarks/kill_test.py [--moments 20] [--students 6] [--jobs 2] [--seed 0]

Every moment has a fresh copy of one course. In turn it kills -9 the coordinator, a worker, or a
process of a kernel, then starts the same command again. Exit code 0 when every gradebook is that
of an undisturbed run, and nothing that was in the store at the moment of the kill was lost.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from small_course import VICTIMS, copy_course, grade, kept, kill_during, small_course

CASES = ("correct", "wrong_pooling_counted", "damage_check_cell_twice", "wrong_one_bias_for_all")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--students", type=int, default=6)
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        students = {f"student{n:02}": CASES[n % len(CASES)] for n in range(options.students)}
        untouched = small_course(Path(folder, "untouched"), students)
        undisturbed = copy_course(untouched, Path(folder, "undisturbed"))
        started = time.monotonic()
        grade(undisturbed, "--jobs", options.jobs)
        length_s = time.monotonic() - started
        expected = undisturbed.grades("lenet")
        print(f"An undisturbed run takes {length_s:.1f} s.")
        wrong = 0
        for number, victim in zip(range(options.moments), cycle(VICTIMS), strict=False):
            killed = False
            while not killed:  # a moment after the end does not count
                course = copy_course(untouched, Path(folder, "killed"))
                started = time.monotonic()
                moment = in_a_while(random.uniform(0, length_s))
                killed = kill_during(course, victim, moment, "--jobs", options.jobs)
                passed_s = time.monotonic() - started
                if not killed:
                    length_s = min(length_s, passed_s)
                    shutil.rmtree(course.folder)
            stored = {path: path.stat().st_mtime_ns for path in kept(course)}
            grade(course, "--jobs", options.jobs)
            lost = [path for path, time_ns in stored.items() if path.stat().st_mtime_ns != time_ns]
            same = course.grades("lenet") == expected and not lost
            wrong += not same
            print(
                f"{number + 1:2}  {victim:11}  {len(stored)} of {len(students)} stored when that "
                f"run ended: {'the same' if same else 'NOT THE SAME'}",
                flush=True,
            )
            shutil.rmtree(course.folder)
    print(f"{options.moments - wrong} of {options.moments} gradebooks are that of the undisturbed run.")
    return 1 if wrong else 0


def in_a_while(seconds: float) -> Callable[[], bool]:
    """Says whether so many seconds have passed since this was called."""
    moment = time.monotonic() + seconds
    return lambda: time.monotonic() >= moment


if __name__ == "__main__":
    sys.exit(main())
