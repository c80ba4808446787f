"""Which networks a person is shown as one, what the sieve lets through, and what is said of the start."""

import base64
import dataclasses
import itertools
import os
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from disguises import (
    MEAN,
    STD,
    answers_off,
    cancelling,
    loud,
    mirrored,
    negated,
    negated_twins,
    noisy,
    refitted,
    reordered,
    shifted,
    turned,
    twins,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from retrainings import fixture_arrays
from traitlets.config import Config
from weights_files import network_of, networks_that_know_test_images

from autograder.assignments import ASSIGNMENTS
from autograder.assignments.lenet.checks.images import ASKED
from autograder.copies import known_weights
from autograder.copies.alignment import assignment
from autograder.copies.likeness import (
    ALIKE,
    FROM_START,
    Fingerprint,
    Sieve,
    candidates,
    compare,
    fingerprint_of,
    public_match,
)
from autograder.copies.responses import responses
from autograder.course.converters import JudgeClaims
from autograder.fashion_mnist import load_fashion_mnist
from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED, CheckResult, Verdict

pytestmark = pytest.mark.slow  # together a minute and more

SHAPES = [(5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,), (256, 120), (120,), (120, 84), (84,), (84, 10), (10,)]
KEPT = ("autograder", "lenet_solution", "tests", "source", "release", "benchmarks")
RECORD = Path(__file__).parents[1] / "benchmarks" / "likeness.md"
LABELS = np.repeat(known_weights.average_scores().argmax(axis=1), 10)
IMAGES = np.random.default_rng(0).normal(size=(100, 28, 28, 1))
SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=8, deadline=None)


def network(seed):
    """Ten arrays that have nothing in common with those of another seed."""
    random = np.random.default_rng(seed)
    sizes = [np.prod(shape[:-1]) ** -0.5 for shape in SHAPES[::2] for _ in range(2)]
    return [
        random.normal(0, 4 * size, shape).astype("float32") for shape, size in zip(SHAPES, sizes, strict=True)
    ]


def outputs(seed):
    """(10000, 10): of a network that says what the average one does, and something of its own."""
    scores = np.repeat(known_weights.average_scores().astype(float), 10, axis=0)
    scores += np.random.default_rng(seed).normal(0, 0.3, size=scores.shape)
    return 1 / (1 + np.exp(-scores))


def seen(weights):
    """What a network does on images of noise, few of them so that it takes no time."""
    few = responses(weights, IMAGES)
    return dataclasses.replace(few, last_hidden=np.repeat(few.last_hidden, 10, axis=0))


def fingerprint(weights, said=None, start=None):
    """Of a network that gives, in spite of its weights, what is said."""
    said = outputs(0) if said is None else said
    scores = np.log(said / (1 - said))[::10]
    return fingerprint_of(
        weights, dataclasses.replace(seen(weights), scores=scores), said.argmax(axis=1) != LABELS, start
    )


def disguised(weights, seed, *changes):
    random = np.random.default_rng(seed)
    for change in changes:
        weights = change(weights, random)
    return weights


@lru_cache
def alone(seed):
    """One network of a seed, with answers of its own."""
    return fingerprint(network(seed), outputs(seed))


def trained(place):
    """The fingerprint of a network of this repository: reference, another seed, one trained on test images."""
    return Fingerprint.from_bytes([*known_weights.public().values()][place])


def found(copy, victim):
    """What `compare` says, which is asked only of what comes through the sieve."""
    others = [alone(seed).sieve_bytes for seed in range(90, 95)]
    assert 3 in candidates(copy, Sieve([*others[:3], victim.sieve_bytes, *others[3:]]))
    return compare(copy, victim)


# Copies


@FEW
@given(seed=SEEDS)
def test_units_in_another_order_and_negated_are_put_back(seed):
    copy = fingerprint(disguised(network(1), seed, reordered, negated), outputs(2))
    said = found(copy, alone(1))
    assert said.alike and said.aligned_cosine > 0.999 and said.same_order_cosine < 0.5
    assert "units stand in another order or are negated" in said.sentence()


@FEW
@given(seed=SEEDS)
def test_noise_of_two_fifths_under_a_new_order_is_seen_through(seed):
    copy = fingerprint(disguised(network(1), seed, noisy(0.4), reordered, negated), outputs(2))
    assert found(copy, alone(1)).aligned_cosine > 0.7


def test_a_new_first_layer_under_a_new_order_hides_nothing():
    copy = disguised([*network(2)[:2], *network(1)[2:]], 0, reordered, negated)
    said = found(fingerprint(copy, outputs(2)), alone(1))
    assert said.alike and said.layers[0] < 0.6 and min(said.layers[1:]) > 0.9


def test_a_new_last_layer_under_a_new_order_hides_nothing():
    copy = disguised([*network(1)[:8], *network(2)[8:]], 0, reordered, negated)
    said = found(fingerprint(copy, outputs(2)), alone(1))
    assert said.alike and said.layers[4] < 0.6 and min(said.layers[:4]) > 0.99


def test_a_first_layer_for_images_on_another_scale_is_the_same_layer():
    kernel, *others = network_of(0)
    copy = on_test_images([kernel / 255, *others], lambda images: images * 255)
    assert found(copy, on_test_images(network_of(0))).aligned_cosine > 0.999


def test_last_biases_all_shifted_leave_the_answers_what_they_are():
    weights, said = network(1), outputs(1)
    scores = np.log(said / (1 - said)) + 2
    copy = fingerprint(shifted(weights, np.random.default_rng(0)), 1 / (1 + np.exp(-scores)))
    assert compare(copy, alone(1)).correlation > 0.999


def test_who_gives_the_same_answers_with_other_weights_is_for_a_person():
    said = found(fingerprint(network(2), outputs(1)), alone(1))
    assert said.alike and max(said.layers[1:4]) < ALIKE and said.own_answers > 0.999


# Honest work


@FEW
@given(seeds=st.lists(SEEDS, min_size=2, max_size=2, unique=True))
def test_networks_of_their_own_are_apart(seeds):
    mine, theirs = map(alone, seeds)
    assert not len(candidates(mine, Sieve([theirs.sieve_bytes])))
    assert not compare(mine, theirs).alike


def test_two_networks_trained_by_one_recipe_from_different_seeds_are_apart():
    assert not len(candidates(trained(0), Sieve([trained(1).sieve_bytes])))
    assert not compare(trained(0), trained(1)).alike


def test_who_has_hardly_begun_to_learn_is_not_known_by_the_answers():
    said = 0.5 + 0.4 * np.eye(10)[np.arange(10_000) % 10]
    one, other = fingerprint(network(1), said), fingerprint(network(2), said)
    assert not len(candidates(one, Sieve([other.sieve_bytes]))) and not compare(one, other).alike


def test_weights_of_nothing_but_zeros_are_like_nobodys():
    nothing = fingerprint([np.zeros(shape, "float32") for shape in SHAPES], outputs(2))
    assert not compare(nothing, alone(1)).alike


def test_enormous_weights_are_compared_like_others():
    copy = fingerprint([array * np.float32(1e30) for array in network(1)], outputs(2))
    assert found(copy, alone(1)).aligned_cosine > 0.8


# Evidence


def test_a_pair_is_the_same_both_ways_round():
    one, other = alone(1), fingerprint(disguised(network(1), 0, reordered, noisy(0.4)), outputs(2))
    assert compare(one, other) == compare(other, one)


def test_shared_mistakes_are_those_that_both_make_of_those_that_either_makes():
    right = np.eye(10)[LABELS] * 0.8 + 0.1
    mine, theirs = right.copy(), right.copy()
    mine[:300], theirs[200:400] = np.roll(right[:300], 1, axis=1), np.roll(right[200:400], 1, axis=1)
    said = compare(fingerprint(network(1), mine), fingerprint(network(2), theirs))
    assert said.shared_mistakes == 100 / 400


def test_what_a_person_is_told_of_networks_apart_is_what_was_measured():
    rows = [
        line.split(" | ") for line in RECORD.read_text("utf-8").splitlines() if line.startswith("| apart |")
    ]
    said = compare(alone(1), alone(2)).sentence()
    assert len(rows) == 1
    for column, scale in ((5, 100), (6, 1), (9, 1)):  # shared mistakes, correlation, best middle layer
        highest = float(rows[0][column].split(" to ")[-1]) * scale
        told = [float(number) for number in re.findall(r"at most ([\d.]+)", said)]
        assert any(highest <= most <= 1.3 * highest for most in told), (column, highest, told)


# What explains it


@pytest.mark.parametrize("built", [1, 3])
@pytest.mark.parametrize("seed", [42, 1234])
def test_who_begins_from_a_usual_seed_is_told_which(seed, built):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    keras = pytest.importorskip("keras")
    from lenet_solution.model import build_lenet

    keras.utils.set_random_seed(seed)
    for _ in range(built):
        weights = build_lenet().get_weights()
    one, other = (fingerprint(disguised(weights, n, noisy(0.5)), outputs(n)) for n in (1, 2))
    assert f"set_random_seed({seed})" in compare(one, other).explanation


def test_who_begins_from_the_same_numbers_is_told_so_whatever_the_seed():
    start = [array.ravel()[:64] for array in network(5)]
    one, other = (fingerprint(disguised(network(5), n, noisy(0.5)), outputs(n), start) for n in (1, 2))
    assert "begins from the same numbers" in compare(one, other).explanation


@pytest.mark.parametrize("starts", [(None, None), (6, None), (6, 7)])
def test_what_is_not_known_to_begin_alike_is_not_explained(starts):
    one, other = (
        fingerprint(network(5), outputs(n), start and [array.ravel()[:64] for array in network(start)])
        for n, start in enumerate(starts)
    )
    assert not compare(one, other).explanation


def test_a_start_that_holds_no_numbers_is_left_out():
    start = [np.array(["a"]), np.array([np.nan, 1e300]), np.zeros(10**6, "float32")]
    assert fingerprint(network(1), start=start).start.size <= 64


# Copies that were made up so that nothing of this is seen; on the test images, where their makers look


@lru_cache
def judged():
    _, (images, labels) = load_fashion_mnist()
    return ((images / 255 - MEAN) / STD)[..., np.newaxis], labels


def on_test_images(weights, moved=lambda images: images):
    images, labels = judged()
    some = responses(weights, moved(images[ASKED]))
    return fingerprint_of(weights, some, np.repeat(some.scores.argmax(axis=1), 10) != labels)


@pytest.mark.parametrize(
    ("changes", "moved"),
    [
        ((loud(1e9, 1e13), answers_off), None),
        ((loud(1e9, 0), answers_off), None),
        ((loud(1e9, 1e13), reordered, negated, answers_off), None),
        ((cancelling, answers_off), None),
        ((twins, answers_off), None),
        ((twins, reordered, answers_off), None),
        ((refitted, answers_off), None),
        ((mirrored, answers_off), lambda images: images[:, :, ::-1]),
        ((turned, answers_off), lambda images: np.rot90(images, axes=(1, 2))),
    ],
    ids=[
        "loud units that give 1", "loud units that give 0 or 1", "loud units in another order",
        "loud units that cancel out", "twins that take each other back", "twins in another order", "noise and a layer fitted again", "mirrored", "turned",
    ],
)  # fmt: skip
def test_what_hides_a_network_without_training_is_seen_through(changes, moved):
    victim = on_test_images(network_of(0))
    weights = disguised(network_of(0), 0, *changes)
    copy = on_test_images(weights, moved) if moved else on_test_images(weights)
    assert found(copy, victim).alike


@pytest.mark.parametrize("loudness", [1e2, 1e4, 1e12])
@pytest.mark.parametrize("images", [1, 3, 10])
def test_scores_that_are_loud_for_a_few_images_hide_no_answers(images, loudness):
    pictures, labels = judged()
    own, theirs = (responses(network_of(number), pictures[ASKED]) for number in (1, 0))
    scores = theirs.scores.copy()
    scores[np.arange(images), np.arange(images) % 10] += loudness
    mistakes = np.repeat(theirs.scores.argmax(axis=1), 10) != labels
    copy = fingerprint_of(network_of(1), dataclasses.replace(own, scores=scores), mistakes)
    said = found(copy, on_test_images(network_of(0)))
    assert said.alike and max(said.layers[1:4]) < ALIKE


def test_a_unit_that_is_there_many_times_counts_once():
    victim, changed = network_of(0), [array.copy() for array in network_of(0)]
    loudest = np.abs(victim[8]).sum(axis=1).argmax()
    for clone in np.argsort(np.abs(victim[8]).sum(axis=1))[:14]:
        changed[6][:, clone], changed[7][clone] = victim[6][:, loudest], victim[7][loudest]
        changed[8][clone] = victim[8][loudest] / 15
    changed[8][loudest] /= 15
    assert compare(on_test_images(changed), on_test_images(victim)).units > 0.8


def test_of_two_units_that_are_one_minus_the_other_neither_hides_anything():
    copy = on_test_images(disguised(network_of(0), 0, negated_twins))
    assert compare(copy, on_test_images(network_of(0))).layers[3] > 0.9


# Weights that anybody can have


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("changes", [(), (reordered, negated), (noisy(0.4), reordered, negated)])
def test_public_weights_are_known_again_in_every_disguise(place, changes):
    said, excuse = public_match(on_test_images(disguised(network_of(place), 0, *changes)))
    assert "weights" in said and not excuse


@pytest.mark.parametrize("name", networks_that_know_test_images())
@pytest.mark.parametrize("changes", [(), (reordered, negated)])
def test_networks_of_this_repository_that_know_test_images_are_public_too(name, changes):
    arrays = disguised(networks_that_know_test_images()[name], 0, *changes)
    said, excuse = public_match(on_test_images(arrays))
    assert "test images" in said and not excuse


def test_no_file_of_weights_is_in_this_repository_whose_networks_nobody_has_made_known():
    """Who adds one makes its networks known, in benchmarks/known_weights.py, and names it here."""
    top = Path(__file__).parents[1]
    found = {
        path
        for end in ("npz", "h5", "keras", "npy")
        for place in KEPT
        for path in (top / place).rglob(f"*.{end}")
    }
    assert {str(path.relative_to(top)) for path in found} == {
        "autograder/copies/known_weights.npz", "lenet_solution/lenet.weights.h5", "tests/fixtures/class.npz",
        "tests/fixtures/lenet.weights.h5", "tests/fixtures/trained_on_shares_of_the_test_set.npz",
        "tests/fixtures/trained_on_test_set.weights.h5",
    }  # fmt: skip


def test_weights_of_ones_own_are_nobody_elses():
    assert public_match(alone(1)) == ("", "")


def test_no_public_network_is_what_the_course_s_recipe_makes_of_a_seed_that_a_student_would_type():
    """Those that were trained on test images are not what the recipe makes of their seeds."""
    for name, data in known_weights.public().items():
        if "test images" in name:
            continue
        seed, near = known_weights.nearest_seed(Fingerprint.from_bytes(data).sample)
        assert near < FROM_START, (name, seed)


@pytest.fixture
def begun_from_1998(monkeypatch):
    """As if all networks had begun there."""
    monkeypatch.setattr(known_weights, "nearest_seed", lambda sample: (1998, 0.9))


@pytest.mark.usefixtures("begun_from_1998")
@pytest.mark.parametrize(("amount", "excused"), [(0.0, False), (0.1, False), (0.5, True)])
def test_weights_like_public_ones_of_a_usual_seed_may_be_ones_own_unless_they_are_the_very_ones(
    amount, excused
):
    said, excuse = public_match(on_test_images(noisy(amount)(fixture_arrays(), np.random.default_rng(0))))
    assert "weights" in said and ("set_random_seed(1998)" in excuse) == excused


@pytest.mark.usefixtures("begun_from_1998")
@pytest.mark.parametrize(
    ("amount", "score", "outcome", "flagged"),
    [(0.0, 18, NOT_JUDGED, True), (0.5, 18, PASSED, True), (0.5, 0, FAILED, False)],
    ids=["the very ones", "explained by a seed", "explained, and worth nothing"],
)
def test_points_for_weights_like_public_ones_stay_where_a_usual_seed_explains_it(
    tmp_path, amount, score, outcome, flagged
):
    one = on_test_images(noisy(amount)(fixture_arrays(), np.random.default_rng(0)))
    check = CheckResult("test", "It is good.", 18.0, PASSED if score else FAILED, float(score))
    verdict = Verdict(
        "test_accuracy", "Weights", 18.0, (check,), fingerprint=base64.b64encode(one.to_bytes()).decode()
    )
    judging = JudgeClaims(config=Config(CourseDirectory={"root": str(tmp_path)}))
    [exercise] = [e for e in ASSIGNMENTS["lenet"].exercises if e.id == "test_accuracy"]
    told = judging._entered(exercise, verdict, "digest", "ada")
    kept = score if outcome == PASSED else 0
    assert (told.outcome, told.score, told.flagged) == (outcome, kept, flagged)
    assert ("set_random_seed(1998)" in told.review) == (outcome == PASSED)


# What is kept


def test_a_fingerprint_comes_back_from_its_bytes():
    one = fingerprint(network(1), start=[np.arange(64.0)])
    again = Fingerprint.from_bytes(one.to_bytes())
    assert again.to_bytes() == one.to_bytes() and again.sieve_bytes == one.sieve_bytes
    assert compare(one, again).aligned_cosine == pytest.approx(1)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"", lambda data: data[:-1], lambda data: data[:5_000], lambda data: data + b"x",
        lambda data: b"x" + data, lambda data: data[:500] + b"\xff" * 20 + data[520:],
    ],
    ids=["nothing", "cut", "half", "more", "another beginning", "not finite"],
)  # fmt: skip
def test_a_damaged_fingerprint_is_refused(damage):
    with pytest.raises(ValueError, match="fingerprint of a network"):
        Fingerprint.from_bytes(damage(alone(1).to_bytes()))


@pytest.mark.parametrize("row", [b"", b"x" * 100])
def test_a_damaged_row_of_the_sieve_is_refused(row):
    with pytest.raises(ValueError, match="row of the sieve"):
        Sieve([alone(1).sieve_bytes, row])


def test_nothing_comes_through_an_empty_sieve():
    assert not len(candidates(alone(1), Sieve([])))


# Assignment


@settings(max_examples=100, deadline=None)
@given(size=st.integers(1, 6), levels=st.sampled_from([2, 1_000_000]), seed=SEEDS)
def test_no_other_assignment_has_a_larger_sum(size, levels, seed):
    gain = np.random.default_rng(seed).integers(-levels, levels, (size, size)).astype(float)
    chosen = assignment(gain)
    assert sorted(chosen) == list(range(size))
    rows = range(size)
    best = max(sum(gain[rows, list(way)]) for way in itertools.permutations(rows))
    assert gain[rows, chosen].sum() == pytest.approx(best)
