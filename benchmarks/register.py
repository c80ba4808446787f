"""What one more submission costs the register of networks, with few in it and with many.

    python benchmarks/register.py [--write benchmarks/register.md] [ROWS …]

For each number of rows: what entering one more takes (while its submission is recorded), and resolving it
(once, when a batch has ended), in seconds of a processor's time: waiting for the disk, a commit each, is
not in it, so that others on the machine do not count. The rows are random numbers, those that are entered networks
of the tests' students: nobody is like anybody, as in an honest class.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import numpy as np
from corpus import TRAINED
from machine import described
from weights_files import network_of

from autograder.assignments.lenet.checks.images import ASKED, judged_images, lenet_with
from autograder.copies.likeness import Fingerprint, fingerprint_of
from autograder.copies.responses import responses
from autograder.course.register import Register


def students() -> list[Fingerprint]:
    """The networks of the tests' students, on the test images."""
    _, (images, labels) = judged_images()
    prepared = ((images[..., np.newaxis] / 255 - 0.2860) / 0.3530).astype("float32")
    networks = [network_of(number) for number in range(len(TRAINED))]
    return [
        fingerprint_of(
            one, responses(one, prepared[ASKED]), lenet_with(one).predict(prepared).argmax(axis=1) != labels
        )
        for one in networks
    ]


def fill(path: Path, rows: int, one: Fingerprint) -> None:
    """A register with so many rows that have been resolved.

    Written past `Register.enter`, which would take minutes: sieves of the right length, each of other
    random numbers, and the fingerprint `one` for all.
    """
    random = np.random.default_rng(rows)
    raw, length = one.to_bytes(), len(one.sieve_bytes) // 2
    with Register(path) as register, register.resolving(lambda _: True):
        for number in range(rows):
            sieve = random.normal(0, 0.05, length).astype("<f2").tobytes()
            student = f"student{number:06}"
            register._db.execute(
                "INSERT INTO submissions VALUES (?, '', FALSE, TRUE, TRUE, ?)", (student, sieve)
            )
            register._db.execute("INSERT INTO fingerprints VALUES (?, ?)", (student, raw))


def measured(rows: int, networks: list[Fingerprint]) -> tuple[float, float]:
    """Processor seconds of entering one more, and of resolving it."""
    entering, resolving = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "weights.sqlite")
        fill(path, rows, networks[0])
        for number, fingerprint in enumerate(networks):
            begin = time.process_time()
            with Register(path) as register:
                register.enter(f"new{number}", "", fingerprint)
            entered = time.process_time()
            with Register(path) as register, register.resolving(lambda _: True) as changes:
                assert not changes.flagged
            entering.append(entered - begin)
            resolving.append(time.process_time() - entered)
    return statistics.median(entering), statistics.median(resolving)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int, nargs="*", default=[100, 1_000, 10_000])
    parser.add_argument("--write", type=Path, help="write the result here as well")
    options = parser.parse_args()
    networks = students()
    lines = [
        "Made by `python benchmarks/register.py --write benchmarks/register.md`.", "", described(), "",
        f"One more submission, the median of {len(networks)}.", "",
        "| rows in the register | entering, core s | resolving, core s |", "| ---: | ---: | ---: |",
    ]  # fmt: skip
    for rows in options.rows:
        entering, resolving = measured(rows, networks)
        lines.append(f"| {rows:,} | {entering:.3f} | {resolving:.2f} |")
    text = "\n".join(lines)
    print(text)
    if options.write:
        options.write.write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
