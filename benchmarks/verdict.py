"""The verdict on weights in NumPy, beside the time that its floating-point operations need.

    python benchmarks/verdict.py [--rounds 15] [--write benchmarks/verdict.md]

One core. The operations are the multiplications and additions of LeNet's convolutions and dense
layers on 10,000 test images; this machine's speed is that of a product of two float32 matrices of
1,024 × 1,024. Both are measured in turns, and medians are compared.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import machine
import numpy as np
from retrainings import fixture_arrays
from threadpoolctl import threadpool_limits

from autograder.assignments.lenet.checks.images import lenet_with
from autograder.assignments.lenet.exercises import LENET
from autograder.fashion_mnist import load_fashion_mnist

POSITIONS = {0: 24 * 24, 2: 8 * 8}  # outputs of one filter, by index in LENET
SIZE = 1_024


def operations() -> int:
    """Multiplications and additions for one image."""
    total = 0
    for index, (kind, *sizes) in enumerate(LENET):
        if kind == "conv":
            total += 2 * int(np.prod(sizes)) * POSITIONS[index]
        elif kind == "dense":
            total += 2 * int(np.prod(sizes))
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--write", type=Path, help="write the result here as well")
    options = parser.parse_args()
    network = lenet_with(fixture_arrays())
    _, (images, labels) = load_fashion_mnist()
    prepared = ((images[..., np.newaxis] / 255 - 0.2860) / 0.3530).astype("float32")
    left, right = np.random.default_rng(0).normal(size=(2, SIZE, SIZE)).astype("float32")
    verdicts, products = [], []
    with threadpool_limits(1, "blas"):
        accuracy = network.accuracy(prepared, labels)
        for _ in range(options.rounds):
            verdicts.append(timed(lambda: network.accuracy(prepared, labels)))
            products.append(timed(lambda: left @ right))
    speed = 2 * SIZE**3 / statistics.median(products)
    needed = operations() * len(images) / speed
    spent = statistics.median(verdicts)
    text = (
        f"10,000 images, accuracy {accuracy:.2%}: {spent:.3f} s on one core. {operations():,} "
        f"operations an image take {needed:.3f} s at this machine's {speed / 1e9:.0f} GFLOP/s of a "
        f"matrix product: {spent / needed:.1f} times that."
    )
    print(text)
    if options.write:
        options.write.write_text(
            f"Made by `python {' '.join(sys.argv)}`.\n\n{machine.described()}.\n\n{text}\n"
        )
    return 0


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
