"""What tells copied networks from honest ones, measured on the class that likeness_class.py trains.

    python benchmarks/likeness_class.py        # once: trains 300 honest networks and 60 copies
    python benchmarks/known_weights.py         # once: public weights, usual seeds, average scores
    python benchmarks/likeness.py --write benchmarks/likeness.md

Every pair of the class goes through the sieve, and what comes through is compared, as in grading. For
the table copies and pairs with a shared start are compared whether they come through or not, and some
honest pairs as well: to align all of them would take hours.
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import machine
import numpy as np
from likeness_class import FOLDER, HANDED_ROUND, build_lenet, keras, negated, noisy, outputs_of, plan, read
from likeness_class import reordered, shifted

from autograder import known_weights, likeness
from autograder.fashion_mnist import load_fashion_mnist
from autograder.likeness import Fingerprint, Likeness, Sieve, candidates, compare, fingerprint_of

APART = 300  # honest pairs that are aligned without having come through the sieve
CLASS = 300  # submissions whose time is taken
COMMAND = "python benchmarks/likeness.py --write benchmarks/likeness.md"


@dataclass(frozen=True)
class Network:
    """One of the class. kind: as in likeness_class.py; victim: whom it was copied from, "" for nobody."""

    name: str
    kind: str
    victim: str
    fingerprint: Fingerprint

    @property
    def group(self) -> str:
        """own, seed, start or copy."""
        return self.name.split("-")[0]


@dataclass(frozen=True)
class Pair:
    """Two networks. passed: whether the sieve lets them through; what they have in common."""

    a: Network
    b: Network
    passed: bool
    found: Likeness

    @property
    def kind(self) -> str:
        """What the table calls it."""
        if self.a.name == self.b.victim:
            return f"copy: {self.b.kind}"
        if {self.a.group, self.b.group} == {"seed"}:
            return f"one seed, {self._recipes}"
        if {self.a.group, self.b.group} == {"start"}:
            return f"one set of start weights, {self._recipes}"
        return "apart"

    @property
    def _recipes(self) -> str:
        return "one recipe" if self.a.kind == self.b.kind else "different recipes"


def read_class(folder: Path) -> list[Network]:
    """The networks that were trained, the honest first, each before its copies."""
    _, (_, labels) = load_fashion_mnist()
    keras.utils.set_random_seed(HANDED_ROUND)
    handed_round = [array.ravel()[:64] for array in build_lenet().get_weights()]
    networks = []
    for one in sorted(plan(), key=lambda one: bool(one.victim)):
        path = folder / f"{one.name}.npz"
        if path.exists():
            weights, kind, divided_only, victim = read(path)
            start = handed_round if one.name.startswith("start") else None
            fingerprint = fingerprint_of(weights, outputs_of(weights, divided_only), labels, start)
            networks.append(Network(one.name, kind, victim, fingerprint))
    return networks


def sieve_figures(networks: Sequence[Network]) -> np.ndarray:
    """(parts of the sieve, N, N): how like every two are."""
    sieve = Sieve(one.fingerprint.sieve_bytes for one in networks)
    return np.array([sieve.likeness(one.fingerprint) for one in networks]).swapaxes(0, 1)


def measure(networks: Sequence[Network], figures: np.ndarray) -> list[Pair]:
    """All pairs that come through the sieve, and those that the table needs besides."""
    passed = (figures >= np.reshape(likeness.SIEVE, (-1, 1, 1))).any(axis=0)
    places = list(itertools.combinations(range(len(networks)), 2))
    unlike = [
        (i, j) for i, j in places if networks[i].group == networks[j].group == "own" and not passed[i, j]
    ]
    wanted = set(random.Random(0).sample(unlike, min(APART, len(unlike))))
    pairs = []
    for i, j in places:
        a, b = networks[i], networks[j]
        planted = a.name == b.victim or a.group == b.group in ("seed", "start")
        if passed[i, j] or planted or (i, j) in wanted:
            pairs.append(Pair(a, b, bool(passed[i, j]), compare(a.fingerprint, b.fingerprint)))
    return pairs


def seconds(networks: Sequence[Network]) -> tuple[float, int, dict[int, float]]:
    """(for a class, the pairs that were compared in it, for one more by the number of rows that are there)."""
    some = [one.fingerprint.to_bytes() for one in networks[:CLASS]]
    begun, compared, rows, known = time.perf_counter(), 0, [], []
    for data in some:
        one = Fingerprint.from_bytes(data)
        for place in candidates(one, Sieve(rows)):
            compare(one, known[place])
            compared += 1
        rows.append(one.sieve_bytes)
        known.append(one)
    whole = time.perf_counter() - begun
    more = {}
    for count in (100, 10_000):
        sieve = Sieve(made_up_rows(count))
        took = []
        for data in some[:20]:
            begun = time.perf_counter()
            candidates(Fingerprint.from_bytes(data), sieve)
            took.append(time.perf_counter() - begun)
        more[count] = float(np.median(took))
    return whole, compared, more


def made_up_rows(count: int) -> list[bytes]:
    """Rows of a sieve that have nothing in common with any network."""
    rng = np.random.default_rng(0)
    numbers = likeness.SIEVE_BYTES // 2
    return [rng.normal(0, 0.05, numbers).astype("<f2").tobytes() for _ in range(count)]


# ---- The record ----


def table(pairs: Iterable[Pair]) -> str:
    """One line for each kind of pair."""
    by_kind: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_kind.setdefault(pair.kind, []).append(pair)
    lines = [
        "| pair | pairs | through the sieve | for a person | explained | shared mistakes | correlation of scores "
        "| own answers | cosine, aligned | the middle layers' best | cosine, same order |",
        "| --- " + "| ---: " * 10 + "|",
    ]
    order = ["apart", "one seed", "one set", "copy"]
    for kind, found in sorted(by_kind.items(), key=lambda item: [item[0].startswith(o) for o in order], reverse=True):
        likenesses = [pair.found for pair in found]
        lines.append(
            f"| {kind} | {len(found)} | {sum(pair.passed for pair in found)} "
            f"| {sum(one.alike for one in likenesses)} | {sum(bool(one.explanation) for one in likenesses)} "
            f"| {span(one.shared_mistakes for one in likenesses)} | {span((one.correlation for one in likenesses), 3)} "
            f"| {span(one.own_answers for one in likenesses)} | {span(one.aligned_cosine for one in likenesses)} "
            f"| {span(max(one.layers[1:4]) for one in likenesses)} | {span(one.same_order_cosine for one in likenesses)} |"
        )
    return "\n".join(lines)


def span(values: Iterable[float], digits: int = 2) -> str:
    """The least and the largest of them."""
    values = list(values)
    low, high = f"{min(values):.{digits}f}", f"{max(values):.{digits}f}"
    return low if low == high else f"{low} to {high}"


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    networks = read_class(options.folder)
    figures = sieve_figures(networks)
    pairs = measure(networks, figures)
    print(table(pairs))


if __name__ == "__main__":
    main()
