"""Is this version slower than another? Both grade the same class, in turns.

    python benchmarks/versions.py CHECKOUT [--students 10] [--rounds 3] [--write benchmarks/versions.md]

CHECKOUT is a folder with the other version, where `make setup` has been run. Each version makes its
own course, because releases may differ, and grades the same submissions in a fresh copy of it every
time; the ratio is that of the medians within this one run. One student is graded ahead of the class and
timed alone: what a version does once in a course, such as letting the reference solution go first, is
in that figure, and in no other.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import machine

HERE = Path(__file__).resolve().parents[1]
COMMANDS = {
    "`nbgrader autograde`": ["nbgrader", "autograde", "lenet"],
    "`autograder grade --jobs 2`": ["autograder", "grade", "lenet", "--jobs", "2"],
}
FIRST = "the first student of a course, {}"
MAKE_COURSE = """
import sys
from pathlib import Path
checkout, folder, students = sys.argv[1:]
sys.path[:0] = [f"{checkout}/tests", f"{checkout}/benchmarks"]
from courses import hand_in_class, our_course
hand_in_class(our_course(Path(folder)), int(students) + 1)
print(sorted(path.name for path in (Path(folder) / "submitted").iterdir())[0])
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--students", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path, help="write the table here as well")
    options = parser.parse_args()
    versions = {"before": options.checkout.resolve(), "now": HERE}
    seconds: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as top:
        for name, checkout in versions.items():
            making = ["python", "-c", MAKE_COURSE, checkout, f"{top}/{name}", str(options.students)]
            first = run(checkout, making, top).split()[-1]
        for number in range(options.rounds):
            for command in COMMANDS:
                for name in (*versions,) if number % 2 else reversed(versions):
                    turn = shutil.copytree(f"{top}/{name}", f"{top}/turn")
                    for what, options_of_it, count in (
                        (FIRST.format(command), ["--student", first], 1), (command, [], options.students),
                    ):  # fmt: skip
                        started = time.monotonic()
                        run(versions[name], [*COMMANDS[command], *options_of_it], turn)
                        spent = (time.monotonic() - started) / count
                        seconds.setdefault((what, name), []).append(spent)
                        print(f"{number + 1} {what} {name}: {spent:.2f} s a submission", flush=True)
                    shutil.rmtree(turn)
    rows = ["| command | before | now | now / before |", "| --- | ---: | ---: | ---: |"]
    for command in (*COMMANDS, *map(FIRST.format, COMMANDS)):
        before, now = (statistics.median(seconds[command, name]) for name in versions)
        rows.append(f"| {command} | {before:.2f} s | {now:.2f} s | {now / before:.2f} |")
    text = "\n".join(rows)
    print(text)
    if options.write:
        options.write.write_text(
            f"Made by `python benchmarks/versions.py CHECKOUT --students {options.students} --rounds "
            f"{options.rounds}`: seconds a submission of three notebooks, medians, start-up included. "
            f"{machine.described()}.\n\n{text}\n"
        )


def run(checkout: Path, command: list[str], folder: str) -> str:
    """What a command of this checkout's environment prints. A grading that flags somebody may end with 1."""
    commands = checkout / ".venv" / "bin"
    environment = {**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [commands / command[0], *command[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        sys.exit(f"{command[0]} stopped in {checkout}:\n{done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
