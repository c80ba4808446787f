"""TRUSTED; NumPy only. Whether two LeNets are one network, as far as a person should know: evidence, no verdict.

What a copier can change without training anew leaves the weights alike once they are aligned (see
alignment.py); that takes up to some tenths of a second a pair. So a sieve comes first, which looks at a whole
class at once. It compares what no order and no sign of a layer's units changes: what the second layer sees
through the first, how the second and the third meet, what the network answers in its own way, and what the
units of the last hidden layer do. Weights count by what they do on reference images (see responses.py).

Who begins from the same start weights and trains honestly ends up with weights that are alike as well.
That a pair is alike is therefore for a person to see, with the start that may explain it. The thresholds,
and what honest networks and copies reach: benchmarks/likeness.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from autograder.copies import known_weights
from autograder.copies.alignment import Kernels, aligned, cosines, kernels_of, scaled, shaped
from autograder.copies.responses import Responses

TEST_IMAGES = 10_000
_KERNELS = ((5, 5, 1, 6), (5, 5, 6, 16), (256, 120), (120, 84), (84, 10))  # LeNet's, in Keras' arrangement
_ARRAYS, _STARTED = 10, 64  # of start weights: LeNet's, and as many numbers of each as a claim has

ALIKE = 0.45  # aligned cosine of one of the middle three layers from which a pair is for a person
ALIKE_ANSWERS = 0.85  # correlation of answers, less what every network says, from which it is as well
ALIKE_UNITS = 0.8  # likeness of what the units of the last hidden layer do, from which it is as well
_FEW_MISTAKES = 0.25  # share of the test images up to which a network has learned, whatever its scores
_LOUDEST = 3.0  # see `comparable`; in networks that were trained the loudest image has 2.3
_LEARNED = 0.9  # correlation with the scores of the average network, from which a network's own answers count
THE_SAME = 0.97  # cosine, as they stand, with public weights from which no common start excuses
FROM_START = 0.5  # cosine with start weights from which a network is said to have begun there
_APART_COSINE, _APART_MISTAKES, _APART_CORRELATION, _APART_UNITS = (
    0.35,
    0.85,
    0.985,
    0.75,
)  # honest pairs stay below
_REORDERED = 0.3  # how much alignment must add before a person is told that it did

# From which a pair comes through the sieve; one of the four is enough. The mean over the sixteen filters of
# the second layer of how like each is to its best match, seen through the first; the cosine of how the second
# and the third layer meet; the correlation of their own answers; the likeness of what units do.
SIEVE = (0.6, 0.6, 0.85, ALIKE_UNITS)


@dataclass(frozen=True)
class Likeness:
    """What two networks have in common.

    alike: whether a person should see the pair. layers: the aligned cosine of each of the five kernels, their
    singular values made one (see alignment.py); aligned_cosine: of all of them, same_order_cosine: as they
    stand. shared_mistakes: of the test images that either gets wrong, the share that both do. correlation: of
    their scores, -1 to 1, without what an image has for every class, and a class for every image;
    own_answers: also without what the average network says. units: how like what the units of the last hidden
    layer do is, -1 to 1. explanation: what may explain it, a sentence, or "".
    """

    alike: bool
    layers: tuple[float, ...]
    aligned_cosine: float
    same_order_cosine: float
    shared_mistakes: float
    correlation: float
    own_answers: float
    units: float
    explanation: str

    def sentence(self) -> str:
        """All of it in words, for a person who decides; names nobody."""
        layers = ", ".join(f"{value:.2f}" for value in self.layers)
        moved = self.aligned_cosine - self.same_order_cosine > _REORDERED
        order = "; units stand in another order or are negated, which no training does" if moved else ""
        return (
            f"The weights of the five layers have cosines of {layers} (networks trained apart: at most {_APART_COSINE:g} in "
            f"the middle three); all together {self.aligned_cosine:.2f}, as they stand {self.same_order_cosine:.2f}{order}. "
            f"{self.shared_mistakes:.0%} of the mistakes are shared (apart: at most {_APART_MISTAKES:.0%}), and scores correlate at "
            f"{self.correlation:.3f} (apart: at most {_APART_CORRELATION:g}). What the units of the last hidden layer do is "
            f"alike at {self.units:.2f} (apart: at most {_APART_UNITS:g}). {self.explanation}"
        ).strip()


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of one submission's network: everything that `compare` needs.

    kernels: LeNet's five as alignment.py takes them, in Keras' arrangement, float16. scores: (1000, 10)
    float16, of every tenth test image, made comparable (see Likeness.correlation), root mean square 1.
    units: (256,) float16, what the last hidden layer's units do (see `_of_units`), of root mean square 1.
    sample: (128,) float16, of the weights as they are (see known_weights.sample). mistakes: (10000,) bool.
    start: (N,) float32, samples of the weights that its train_lenet begins with; may be empty.
    """

    kernels: tuple[np.ndarray, ...]
    scores: np.ndarray
    units: np.ndarray
    sample: np.ndarray
    mistakes: np.ndarray
    start: np.ndarray

    def to_bytes(self) -> bytes:
        """About 110 KB, which `from_bytes` reads."""
        arrays = [*self.kernels, self.scores, self.units, self.sample]
        parts = [array.astype("<f2").tobytes() for array in arrays]
        parts += [np.packbits(self.mistakes).tobytes(), self.start.astype("<f4").tobytes()]
        return b"".join([_MARK, *parts])

    @classmethod
    def from_bytes(cls, data: bytes) -> Fingerprint:
        """Raises ValueError for bytes that `to_bytes` did not make."""
        if not data.startswith(_MARK) or len(data) < _BYTES or (len(data) - _BYTES) % 4:
            raise ValueError("these bytes are no fingerprint of a network")
        arrays, place = [], len(_MARK)
        for shape in (*_KERNELS, *_OTHERS):
            arrays.append(np.frombuffer(data, "<f2", math.prod(shape), place).reshape(shape))
            place += arrays[-1].nbytes
        mistakes = np.unpackbits(np.frombuffer(data, np.uint8, TEST_IMAGES // 8, place)).astype(bool)
        start = np.frombuffer(data, "<f4", offset=_BYTES)
        if not all(np.isfinite(array).all() for array in (*arrays, start)):
            raise ValueError("a fingerprint of a network has numbers in it that are not finite")
        *kernels, scores, units, sample = arrays
        return cls(tuple(kernels), scores, units, sample, mistakes, start)

    @cached_property
    def aligning(self) -> Kernels:
        """The kernels as alignment.py takes them."""
        return [scaled(kernel) for kernel in shaped(self.kernels)]

    @cached_property
    def own_scores(self) -> np.ndarray:
        """(1000, 10) float64 of root mean square 1: the scores without their share of the average network's.

        Zeros where that is small and many images are mistaken: networks that have hardly begun to learn all
        say the same other things.
        """
        average = scaled(known_weights.average_scores().astype(np.float64))
        shared = np.mean(self.scores * average)
        learned = shared >= _LEARNED or self.mistakes.mean() <= _FEW_MISTAKES
        own: np.ndarray = scaled(_without_loud(self.scores - shared * average)) * learned
        return own

    @cached_property
    def sieve_bytes(self) -> bytes:
        """What `Sieve` needs of it: 4,128 bytes."""
        first, second, third = self.aligning[:3]
        parts = [
            _filters(first, second),
            _meeting(second, third),
            self.own_scores.reshape(1, -1) @ _random_directions(self.own_scores.size),
            self.units.reshape(1, -1).astype(np.float64),
        ]
        return b"".join(_of_length_1(part).astype("<f2").tobytes() for part in parts)


_DIRECTIONS = 256
_OTHERS = ((1_000, 10), (_DIRECTIONS,), (128,))  # scores, units, sample
_MARK = b"likeness 2\n"
_BYTES = (
    len(_MARK) + 2 * sum(math.prod(shape) for shape in (*_KERNELS, *_OTHERS)) + TEST_IMAGES // 8
)  # without the start


def fingerprint_of(
    weights: Sequence[np.ndarray],
    seen: Responses,
    mistakes: np.ndarray,
    start: Sequence[np.ndarray] | None = None,
) -> Fingerprint:
    """The fingerprint of a LeNet.

    Args:
        weights: its ten arrays in Keras' order and arrangement, finite.
        seen: its responses to the reference images (checks/images.py), prepared for it.
        mistakes: (10000,) bool, which test images it gets wrong, in their order.
        start: samples of the weights that its train_lenet began with, in the grader's short training.
    """
    kernels = kernels_of(weights[::2], seen)
    return Fingerprint(
        tuple(kernel.astype(np.float16).reshape(shape) for kernel, shape in zip(kernels, _KERNELS, strict=True)),
        comparable(seen.scores).astype(np.float16), _of_units(_each_once(seen)).astype(np.float16),
        known_weights.sample(weights[::2]).astype(np.float16), np.asarray(mistakes, bool), _numbers(start or ()),
    )  # fmt: skip


def _numbers(start: Sequence[np.ndarray]) -> np.ndarray:
    """(N,) float32 of a claim's samples, which may be anything; of arrays that are none, nothing."""
    arrays = [a.ravel()[:_STARTED] for a in start[:_ARRAYS] if a.dtype.kind == "f"]
    with np.errstate(over="ignore"):  # what is too large is not finite, and left out
        arrays = [array.astype(np.float32) for array in arrays]
    return np.concatenate([np.zeros(0, np.float32), *(a for a in arrays if np.isfinite(a).all())])


def comparable(scores: np.ndarray) -> np.ndarray:
    """(N, 10) scores -> float64, centred by image and by class, root mean square 1.

    They are those before the last sigmoid: behind it nothing is left of them where biases are far below 0. A
    unit that is made for some images, and loud, must not hide what all others get: an image does not count whose
    scores are _LOUDEST times the middle one's, which no image of a network that was only trained reaches.
    """
    scores = np.asarray(scores, np.float64)
    scores = _without_loud(scores - scores.mean(axis=1, keepdims=True))
    return scaled(_without_loud(scores - scores.mean(axis=0)))


def _without_loud(rows: np.ndarray) -> np.ndarray:
    """The rows, with zeros for those that are longer than _LOUDEST times the middle one."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    kept: np.ndarray = rows * (lengths <= _LOUDEST * np.median(lengths))
    return kept


def _each_once(seen: Responses) -> np.ndarray:
    """What the last hidden layer gives, units that give the same once."""
    first, _ = seen.twins[-1]
    return seen.last_hidden[:, first == np.arange(len(first))]


def _of_units(given: np.ndarray) -> np.ndarray:
    """(1000, units) of a layer for the reference images -> (256,) of root mean square 1; zeros for nothing.

    What no order and no sign of units changes, nor the size of what a unit gives: of each unit only what the
    average network's scores do not explain, of length 1, in some random directions over the images; of
    these numbers the squares; of each two directions the products, summed over the units. With squares, since
    sums of plain products tell what units do together, and that is alike in honest networks.
    """
    average = known_weights.average_scores().astype(np.float64)[:, :-1]  # the last follows from the others
    known, _ = np.linalg.qr(np.column_stack([np.ones(len(given)), average]))
    own = _of_length_1((given - given.mean(axis=0)).T)
    own = _of_length_1(own - own @ known @ known.T)
    squares = np.square(own @ _random_directions(len(given))[:, :_OVER_IMAGES])
    squares -= squares.mean(axis=0)
    products = (squares.T @ squares)[np.triu_indices(_OVER_IMAGES, 1)]
    return scaled(products @ _random_directions(len(products)))


_OVER_IMAGES = 80  # random directions; of few, networks apart look alike


def _filters(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(16, 81): what each filter of the second layer makes of 9 × 9 pixels, if nothing came between."""
    first, second = first.reshape(5, 5, 6), second.reshape(5, 5, 6, 16)
    seen = np.zeros((9, 9, 16))
    for row, column in np.ndindex(5, 5):
        seen[row : row + 5, column : column + 5] += first @ second[row, column]
    return seen.reshape(81, 16).T


def _meeting(second: np.ndarray, third: np.ndarray) -> np.ndarray:
    """(1, 256): what leads through the second layer into the third, whatever lies before and behind.

    There is a path from each of 25 places in a window, times 16 places behind the pooling, to each channel before
    and unit behind. Products of paths with the same ends, summed over all ends, do not change when units are
    reordered or negated. Of these 400 × 400 sums, without the squares, which are alike in all networks, the
    random directions u v' keep what tells networks apart.
    """
    paths = np.einsum("kic,pcu->kpiu", second, third, optimize=True).reshape(400, -1)
    sums = paths @ paths.T
    np.fill_diagonal(sums, 0)
    u, v = _random_directions(800).reshape(2, 400, _DIRECTIONS)
    projected: np.ndarray = np.sum(u * (sums @ v), axis=0, keepdims=True)
    return projected


@lru_cache
def _random_directions(size: int) -> np.ndarray:
    """(size, 256) of 1 and -1: they keep cosines to within some hundredths (Achlioptas, 2003).

    Made of a bit generator's own numbers, which no version of NumPy changes: rows are kept for long.
    """
    words = np.random.PCG64(0).random_raw(size * _DIRECTIONS // 64).astype("<u8")
    return 2 * np.unpackbits(words.view(np.uint8)).astype(np.float32).reshape(size, _DIRECTIONS) - 1


_PARTS = ((16, 81), *[(1, _DIRECTIONS)] * 3)  # of sieve_bytes
SIEVE_BYTES = 2 * sum(math.prod(part) for part in _PARTS)


def _of_length_1(rows: np.ndarray) -> np.ndarray:
    units: np.ndarray = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return units


class Sieve:
    """The small arrays of many fingerprints. rows: their `sieve_bytes`, in any order.

    Raises ValueError for a row of another length.
    """

    def __init__(self, rows: Iterable[bytes]):
        rows = list(rows)
        if any(len(row) != SIEVE_BYTES for row in rows):
            raise ValueError(f"a row of the sieve has {SIEVE_BYTES} bytes")
        numbers = np.frombuffer(b"".join(rows), "<f2").reshape(-1, SIEVE_BYTES // 2)
        ends = np.cumsum([0, *map(math.prod, _PARTS)])
        self._parts = [
            numbers[:, begin:end].astype(np.float32).reshape(-1, *shape)
            for begin, end, shape in zip(ends, ends[1:], _PARTS, strict=False)
        ]

    def likeness(self, one: Fingerprint) -> np.ndarray:
        """(4, N) how like each of them is to this one, by the parts of the sieve."""
        mine = Sieve([one.sieve_bytes])._parts
        return np.array(
            [_best_matches(part[0], theirs) for part, theirs in zip(mine, self._parts, strict=False)]
        )


def candidates(one: Fingerprint, others: Sieve) -> np.ndarray:
    """The places in `others`, ascending, of those that may be the same network: `compare` tells."""
    return np.flatnonzero((others.likeness(one).T >= SIEVE).any(axis=1))


def _best_matches(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """(N,) how like (N, parts, numbers) are to (parts, numbers): the mean over each one's best match.

    A part may be the negative of its counterpart, but a single part has its own sign.
    """
    products: np.ndarray = theirs @ mine.T  # (N, theirs, mine)
    if len(mine) == 1:
        own_sign: np.ndarray = products[:, 0, 0]
        return own_sign
    products = np.abs(products)
    means: np.ndarray = (products.max(axis=1).mean(axis=1) + products.max(axis=2).mean(axis=1)) / 2
    return means


def compare(a: Fingerprint, b: Fingerprint) -> Likeness:
    """What two networks have in common; the same both ways round."""
    a, b = sorted((a, b), key=Fingerprint.to_bytes)
    moved = aligned(a.aligning, b.aligning)
    layers = cosines(a.aligning, moved)
    own_answers = float(np.mean(a.own_scores * b.own_scores))
    units = float(np.mean(a.units.astype(np.float64) * b.units))
    either = int(np.count_nonzero(a.mistakes | b.mistakes))
    return Likeness(
        alike=bool(layers[1:4].max() >= ALIKE or own_answers >= ALIKE_ANSWERS or units >= ALIKE_UNITS),
        layers=tuple(map(float, layers)),
        aligned_cosine=_of_all(a.aligning, moved),
        same_order_cosine=_of_all(a.aligning, b.aligning),
        shared_mistakes=int(np.count_nonzero(a.mistakes & b.mistakes)) / max(either, 1),
        correlation=float(np.mean(a.scores.astype(np.float64) * b.scores)),
        own_answers=own_answers,
        units=units,
        explanation=_explanation(a, b),
    )


def _of_all(some: Kernels, others: Kernels) -> float:
    """The cosine of all weights, every kernel being of root mean square 1."""
    sizes = [kernel.size for kernel in some]
    return float(np.average(cosines(some, others), weights=sizes))


def _explanation(a: Fingerprint, b: Fingerprint) -> str:
    causes = []
    (seed, near), (other, also_near) = (known_weights.nearest_seed(one.sample) for one in (a, b))
    if seed == other and min(near, also_near) >= FROM_START:
        causes.append(f"both began from the start weights of keras.utils.set_random_seed({seed})")
    if a.start.size and np.array_equal(a.start, b.start):
        causes.append("the train_lenet of both begins from the same numbers, of one seed or one file")
    if not causes:
        return ""
    return (
        f"What may explain it: {'; '.join(causes)}. Then one recipe gives even equal weights, and different ones "
        "give weights that are alike."
    )


def public_match(one: Fingerprint) -> tuple[str, str]:
    """Whose public weights these are, in words, and what else may explain that they are like them.

    ("", "") for nobody's. Of weights that are the public ones nearly to the number there is no explanation: a
    common start gives them to one recipe alone.
    """
    told, fingerprints, sieve = _public()
    found = [(told[place], compare(one, fingerprints[place])) for place in candidates(one, sieve)]
    found = [(name, likeness) for name, likeness in found if likeness.alike]
    for name, likeness in found:
        if not likeness.explanation or likeness.same_order_cosine >= THE_SAME:
            return name, ""
    return (found[0][0], found[0][1].explanation) if found else ("", "")


@lru_cache
def _public() -> tuple[list[str], list[Fingerprint], Sieve]:
    known = known_weights.public()
    fingerprints = [Fingerprint.from_bytes(data) for data in known.values()]
    return list(known), fingerprints, Sieve(one.sieve_bytes for one in fingerprints)
