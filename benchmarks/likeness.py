"""What tells copied networks from honest ones, measured on the class that likeness_class.py trains.

    python benchmarks/likeness_class.py        # once: trains honest networks and copies
    python benchmarks/known_weights.py         # once: public weights, usual seeds, average scores
    python benchmarks/likeness.py --write benchmarks/likeness.md

Every pair of the class goes through the sieve, and what comes through is compared, as in grading. For
the tables copies and pairs with a shared start are compared whether they come through or not, and some
pairs apart as well: to align all of them would take hours.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import machine
import numpy as np
from disguises import (
    answers_off,
    cancelling,
    loud,
    mirrored,
    refitted,
    turned,
)
from known_weights import public
from likeness_class import (
    FOLDER,
    HANDED_ROUND,
    ONE_SEED,
    build_lenet,
    fingerprint,
    keras,
    negated,
    noisy,
    outputs_of,
    plan,
    prepared,
    read,
    reordered,
)

from autograder.assignments.lenet.checks.images import ASKED, lenet_with
from autograder.copies import known_weights, likeness
from autograder.copies.likeness import (
    Fingerprint,
    Likeness,
    Sieve,
    candidates,
    compare,
    fingerprint_of,
    public_match,
)
from autograder.copies.responses import responses
from autograder.fashion_mnist import load_fashion_mnist

APART = 300  # pairs apart that are aligned without having come through the sieve
CLASS = 300  # submissions whose time is taken
MORE = (100, 10_000)  # submissions that are there when one more comes
COMMAND = "python benchmarks/likeness.py --write benchmarks/likeness.md"
PARTS = (
    "filters of the second layer, seen through the first",
    "how the second and third layer meet",
    "own answers",
    "what units of the last hidden layer do",
)
# Copies that need no training: (what the tables call them, changes, what becomes of the images, (N, rows, columns, 1)).
UNTRAINED = [
    ("a loud unit a layer that gives 1, answers off", [loud(1e9, 1e13), answers_off], None),
    ("a loud unit a layer that gives 0 or 1, answers off", [loud(1e9, 0), answers_off], None),
    ("two loud units a layer that cancel out, answers off", [cancelling, answers_off], None),
    (
        "a loud unit a layer, reordered, negated, answers off",
        [loud(1e9, 1e13), reordered, negated, answers_off],
        None,
    ),
    (
        "second layer with noise that hardly shows, third fitted again, answers off",
        [refitted, answers_off],
        None,
    ),
    ("mirrored, answers off", [mirrored, answers_off], lambda images: images[:, :, ::-1]),
    ("turned by a quarter, answers off", [turned, answers_off], lambda images: np.rot90(images, axes=(1, 2))),
]
VICTIMS = 3  # of each of these


@dataclass(frozen=True)
class Network:
    """One of the class. kind: as in likeness_class.py; victim: whom it was copied from, "" for nobody."""

    name: str
    kind: str
    victim: str
    fingerprint: Fingerprint
    accuracy: float

    @property
    def group(self) -> str:
        """own, seed, start, barely, long or copy."""
        return self.name.split("-")[0]


@dataclass(frozen=True)
class Pair:
    """Two networks. sieve: (4,) how alike the sieve finds them; found: what they have in common."""

    a: Network
    b: Network
    sieve: np.ndarray
    found: Likeness

    @property
    def kind(self) -> str:
        """What the table calls it."""
        if self.a.name == self.b.victim:
            return f"copy: {self.b.kind}"
        recipes = "one recipe" if self.a.kind == self.b.kind else "different recipes"
        groups = {self.a.group, self.b.group}
        if groups == {"seed"}:
            return f"shared seed, {recipes}"
        if groups == {"start"}:
            return f"shared start weights, {recipes}"
        if "barely" in groups:
            return "apart, one of them hardly trained"
        if groups == {"long"}:
            return "apart, both trained for long from a small start"
        return "apart, one is a copy of a third" if "copy" in groups else "apart"

    @property
    def passed(self) -> bool:
        """Whether the sieve lets it through."""
        return bool((self.sieve >= likeness.SIEVE).any())

    @property
    def middle(self) -> float:
        """What decides: the best aligned cosine of the middle three layers."""
        return max(self.found.layers[1:4])


def read_class(folder: Path) -> list[Network]:
    """The networks that were trained, the honest first, each before its copies."""
    keras.utils.set_random_seed(HANDED_ROUND)
    handed_round = [array.ravel()[:64] for array in build_lenet().get_weights()]
    networks = []
    for one in sorted(plan(), key=lambda one: bool(one.victim)):
        path = folder / f"{one.name}.npz"
        if path.exists():
            weights, kind, _, victim = read(path)
            start = handed_round if one.name.startswith("start") else None
            said = outputs_of(path)
            networks.append(
                Network(
                    one.name, kind, victim, fingerprint(weights, said, prepared(one.divided_only), start),
                    accuracy_of(said),
                )
            )  # fmt: skip
    return [*networks, *untrained_copies(folder)]


def accuracy_of(said: np.ndarray) -> float:
    """The share of the test images (0 to 1) recognised by a network that gives (10000, 10)."""
    _, (_, labels) = load_fashion_mnist()
    return float(np.mean(said.argmax(axis=1) == labels))


def untrained_copies(folder: Path) -> Iterator[Network]:
    """UNTRAINED, each of some honest networks."""
    honest = iter([one for one in plan() if one.name.startswith("own") and not one.divided_only][::-1])
    for kind, changes, moved in UNTRAINED:
        for number in range(VICTIMS):
            victim, rng = next(honest).name, np.random.default_rng(number)
            weights, *_ = read(folder / f"{victim}.npz")
            for change in changes:
                weights = change(weights, rng)
            images = moved(prepared(False)) if moved else prepared(False)
            said = lenet_with(weights).predict(images)
            yield Network(f"copy-{kind}", kind, victim, fingerprint(weights, said, images), accuracy_of(said))


def sieve_figures(networks: Sequence[Network]) -> np.ndarray:
    """(N, N, 4): how alike the sieve finds every two."""
    sieve = Sieve(one.fingerprint.sieve_bytes for one in networks)
    return np.array([sieve.likeness(one.fingerprint).T for one in networks])


def measure(networks: Sequence[Network], figures: np.ndarray) -> list[Pair]:
    """All pairs that come through the sieve, and those that the tables need besides."""
    places = list(itertools.combinations(range(len(networks)), 2))
    passed = (figures >= likeness.SIEVE).any(axis=2)
    own = [(i, j) for i, j in places if networks[i].group == networks[j].group == "own" and not passed[i, j]]
    barely = [
        (i, j) for i, j in places if "barely" in (networks[i].group, networks[j].group) and not passed[i, j]
    ]
    wanted = {pair for some in (own, barely) for pair in random.Random(0).sample(some, min(APART, len(some)))}
    pairs = []
    for i, j in places:
        a, b = networks[i], networks[j]
        planted = a.name == b.victim or a.group == b.group and a.group in ("seed", "start", "long")
        if passed[i, j] or planted or (i, j) in wanted:
            pairs.append(Pair(a, b, figures[i, j], compare(a.fingerprint, b.fingerprint)))
    return pairs


def is_apart(a: Network, b: Network) -> bool:
    """Whether neither the weights nor the start of the one come from the other."""
    same_start = a.group == b.group and a.group in ("seed", "start")
    return not same_start and "copy" not in (a.group, b.group)


def public_copies() -> tuple[int, int]:
    """How many copies of the public networks were planted, and how many of them `public_match` knows."""
    planted = known = 0
    for seed, weights in enumerate(public().values()):
        for changes in (
            (),
            (reordered, negated),
            (noisy(0.1),),
            (noisy(0.4), reordered, negated),
            (loud(1e9, 1e13), answers_off),
        ):
            copy, rng = weights, np.random.default_rng(seed)
            for change in changes:
                copy = change(copy, rng)
            planted += 1
            known += public_match(fingerprint(copy)) != ("", "")
    return planted, known


def seconds_of_class(networks: Sequence[Network]) -> tuple[float, int]:
    """(seconds of core time, pairs compared) for a class of 300, from the bytes that a register has kept."""
    kept = [one.fingerprint.to_bytes() for one in networks if one.group in ("own", "seed", "start")][:CLASS]
    begun, compared = time.process_time(), 0
    known = [Fingerprint.from_bytes(data) for data in kept]
    sieve = Sieve(one.sieve_bytes for one in known)
    for place, one in enumerate(known):
        for other in candidates(one, sieve):
            if other < place:
                compare(one, known[other])
                compared += 1
    return time.process_time() - begun, compared


def seconds_of_one_more(networks: Sequence[Network]) -> dict[int, tuple[float, float]]:
    """{rows that are there: (seconds of core time for its fingerprint and the public weights, for the sieve)}."""
    weights, *_ = read(FOLDER / f"{networks[0].name}.npz")
    images, mistakes = prepared(False)[ASKED], networks[0].fingerprint.mistakes
    found = {}
    for count in MORE:
        rng = np.random.default_rng(0)
        row = likeness.SIEVE_BYTES // 2
        sieve = Sieve(rng.normal(0, 0.05, row).astype("<f2").tobytes() for _ in range(count))
        took = []
        for _ in range(10):
            begun = time.process_time()
            one = fingerprint_of(weights, responses(weights, images), mistakes)
            public_match(one)
            ready = time.process_time()
            candidates(one, sieve)
            took.append((ready - begun, time.process_time() - ready))
        found[count] = tuple(np.median(took, axis=0))
    return found


# ---- The record ----


def record(networks: Sequence[Network]) -> str:
    """benchmarks/likeness.md."""
    figures = sieve_figures(networks)
    pairs = measure(networks, figures)
    for pair in pairs:
        if pair.found.alike != (pair.kind.startswith(("copy", "shared"))):
            print("look:", pair.a.name, pair.b.name, pair.kind, pair.sieve, pair.found, file=sys.stderr)
    parts = (
        f"Made by `{COMMAND}`.", f"{machine.described()}.", class_in_words(networks), table(pairs),
        findings(networks, pairs), thresholds(networks, figures, pairs), of_starts(networks),
        of_public(networks), of_time(networks),
    )  # fmt: skip
    return "\n\n".join(parts) + "\n"


def class_in_words(networks: Sequence[Network]) -> str:
    """How many of which there are."""
    count = {
        group: sum(one.group == group for one in networks)
        for group in ("own", "seed", "start", "barely", "copy")
    }
    own = [one.accuracy for one in networks if one.group == "own"]
    short = sum(one.group == "own" and one.kind.endswith("30,000 images") for one in networks)
    return (
        f"{count['own'] + count['seed'] + count['start']} honest networks: {count['own']} of their own "
        f"(test accuracy {min(own):.1%} to {max(own):.1%}, {short} of them trained for an epoch of half the images only), {count['seed']} from one seed, {count['start']} from one "
        f"file of start weights. {count['copy']} copies, each of another honest one. {count['barely']} networks that hardly "
        f"learned (test accuracy from {min(one.accuracy for one in networks if one.group == 'barely'):.1%})."
    )


def table(pairs: Iterable[Pair]) -> str:
    """One line for each kind of pair."""
    by_kind: dict[str, list[Pair]] = {}
    for pair in sorted(
        pairs, key=lambda pair: (not pair.kind.startswith("apart"), pair.kind.startswith("copy"))
    ):
        by_kind.setdefault(pair.kind, []).append(pair)
    heads = (
        "pairs compared", "pairs", "through the sieve", "for a person", "start explains", "shared mistakes",
        "correlation of scores", "own answers", "cosine, aligned", "best middle layer", "cosine, same order", "what units do",
    )  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "| --- " + "| ---: " * 11 + "|"]
    for kind, some in by_kind.items():
        found = [pair.found for pair in some]
        lines.append(
            f"| {kind} | {len(some)} | {sum(pair.passed for pair in some)} | {sum(one.alike for one in found)} "
            f"| {sum(bool(one.explanation) for one in found)} | {span(one.shared_mistakes for one in found)} "
            f"| {span((one.correlation for one in found), 3)} | {span(one.own_answers for one in found)} "
            f"| {span(one.aligned_cosine for one in found)} | {span(pair.middle for pair in some)} "
            f"| {span(one.same_order_cosine for one in found)} | {span(one.units for one in found)} |"
        )
    return "\n".join(lines)


def findings(networks: Sequence[Network], pairs: Sequence[Pair]) -> str:
    """Copies missed, honest pairs that a person is shown, pairs that a start explains."""
    copies = [pair for pair in pairs if pair.kind.startswith("copy")]
    missed = sum(not (pair.passed and pair.found.alike) for pair in copies)
    shown = [pair for pair in pairs if pair.passed and pair.found.alike]
    shared = [pair for pair in shown if pair.kind.startswith("shared")]
    apart = [pair for pair in shown if is_apart(pair.a, pair.b)]
    honest = [one for one in networks if one.group != "copy"]
    count = sum(is_apart(a, b) for a, b in itertools.combinations(honest, 2))
    needless = sum(pair.passed for pair in pairs if is_apart(pair.a, pair.b))
    return (
        f"Copies missed: {missed} of {len(copies)}. Of {count:,} honest pairs without a shared start {len(apart)} reach a "
        f"person; {needless} come through the sieve and are found to be apart. Of {len(shared)} pairs with a shared start "
        f"that reach a person {sum(bool(pair.found.explanation) for pair in shared)} are told so. Nobody loses points."
    )


def thresholds(networks: Sequence[Network], figures: np.ndarray, pairs: Sequence[Pair]) -> str:
    """Each with what lies on both sides."""
    places = {one.name: place for place, one in enumerate(networks)}
    apart = np.array(
        [
            figures[places[a.name], places[b.name]]
            for a, b in itertools.combinations(networks, 2)
            if is_apart(a, b)
        ]
    )
    copies = [pair for pair in pairs if pair.kind.startswith("copy")]
    planted = np.array([pair.sieve for pair in copies])
    compared = [pair for pair in pairs if is_apart(pair.a, pair.b)]
    sides = [
        (f"sieve: {name}", least, apart[:, place], planted[:, place])
        for place, (name, least) in enumerate(zip(PARTS, likeness.SIEVE, strict=True))
    ]
    for name, least, value in (
        ("best aligned cosine of the middle layers", likeness.ALIKE, lambda pair: pair.middle),
        ("own answers", likeness.ALIKE_ANSWERS, lambda pair: pair.found.own_answers),
        ("what units of the last hidden layer do", likeness.ALIKE_UNITS, lambda pair: pair.found.units),
    ):
        sides.append((name, least, [*map(value, compared)], [*map(value, copies)]))
    lines = [
        "| threshold | is | pairs apart, the highest | copies, the lowest |",
        "| --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {name} | {least:g} | {max(low):.2f} | {min(high):.2f} |" for name, least, low, high in sides
    ]
    margins = planted - likeness.SIEVE
    return (
        "\n".join(lines)
        + "\n\nOne part is enough to come through the sieve, and one of the last three figures to reach a "
        f"person: for every copy some part of the sieve is {margins.max(axis=1).min():.2f} or more above its threshold. The "
        f"sieve's figures are of all {len(apart):,} pairs apart, the last three of the {len(compared)} that were compared."
    )


def of_starts(networks: Sequence[Network]) -> str:
    """How much of their start is left in networks, and how near others come to a known one."""
    near = {True: [], False: []}
    for one in networks:
        if one.group in ("own", "barely", "seed"):
            seed, cosine = known_weights.nearest_seed(one.fingerprint.sample)
            near[one.group == "seed" and seed == ONE_SEED].append(cosine)
    return (
        f"Cosine with the nearest of {known_weights.number_of_starts():,} known starts: {span(near[True])} for "
        f"{len(near[True])} networks from seed {ONE_SEED}, {span(near[False])} for {len(near[False])} others; a seed is named from "
        f"{likeness.FROM_START:g}."
    )


def of_public(networks: Sequence[Network]) -> str:
    """Whom the public weights are taken for."""
    samples = np.stack([Fingerprint.from_bytes(data).sample for data in known_weights.public().values()])
    honest = [  # some of the class became public, rounded to a byte a number: they are no others
        one
        for one in networks
        if one.group != "copy" and (samples.astype(float) @ one.fingerprint.sample).max() < 0.99
    ]
    hit = sum(public_match(one.fingerprint) != ("", "") for one in honest)
    planted, known = public_copies()
    return (
        f"Weights that anybody can have: {known} of {planted} copies of them (as they are, reordered and negated, with noise of "
        f"10 and 40 %, with a loud unit a layer) are known again, and {hit} of {len(honest)} honest networks are taken for them."
    )


def of_time(networks: Sequence[Network]) -> str:
    """Seconds."""
    whole, compared = seconds_of_class(networks)
    more = seconds_of_one_more(networks)
    each = ", ".join(
        f"{1_000 * (own + sieve):.0f} ms beside {count:,} ({1_000 * sieve:.0f} ms for the sieve)"
        for count, (own, sieve) in more.items()
    )
    return (
        f"A class of {CLASS}, 40 of them with a shared start: {whole:.0f} s of one core, {compared} pairs compared. One more "
        f"submission, core time: {each}; {1_000 * whole / max(compared, 1):.0f} ms for each pair that comes through."
    )


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
    text = record(read_class(options.folder))
    print(text)
    if options.write:
        options.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
