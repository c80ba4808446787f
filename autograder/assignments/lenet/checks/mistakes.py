"""TRUSTED; standard library and NumPy only. LeNet with one mistake, known by what it computes.

A network may be written so that no layers are seen in it: all its weights in one class, all its layers
in one formula. If it computes what LeNet computes with one of these mistakes, it IS LeNet with this
mistake. So it gets the points and the sentence that the same mistake gets in a network of layers.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.assignments.lenet.checks.lenet import (
    INPUT,
    LENET,
    Convolve,
    computes_lenet,
    computing_arrangement,
    convolved,
    lenet_outputs,
    same_outputs,
    same_places,
)
from autograder.judging.beside import HALVES
from autograder.judging.tracing import ACTIVATIONS, ARGMAX, Step, Traced

WHITE = 255  # the largest grey value, by which pixels are divided before they reach a network


@dataclass(frozen=True)
class Mistake:
    """LeNet but for this.

    activations: of its five layers with weights, keys of `ACTIVATIONS`. averages: whether its poolings
    average. divided: whether it divides the pixels by 255. end: what it does with its ten scores, a key
    of `ACTIVATIONS` or `ARGMAX`; "" for nothing.
    """

    activations: tuple[str, ...] = ("sigmoid",) * 5
    averages: bool = False
    divided: bool = False
    end: str = ""

    def outputs(self, images: np.ndarray, arrays: Sequence[np.ndarray]) -> np.ndarray:
        """What it gives: as `lenet_outputs`, but (N,) where it ends in argmax."""
        scores = self._scores(images, arrays, convolved)
        return scores.argmax(axis=-1) if self.end == ARGMAX else scores

    def _scores(self, images: np.ndarray, arrays: Sequence[np.ndarray], convolve: Convolve) -> np.ndarray:
        images = images / WHITE if self.divided else images
        pool = np.mean if self.averages else np.max
        scores = lenet_outputs(images, arrays, convolve, self.activations, pool)
        return ACTIVATIONS[self.end](scores) if self.end in ACTIVATIONS else scores

    def made_by(self, traced: Traced) -> bool:
        """Whether the network gave what LeNet with this mistake gives."""
        same = same_places if self.end == ARGMAX else same_outputs
        return computing_arrangement(traced, self._scores, same) is not None

    def steps(self, names: dict[int, str]) -> tuple[Step, ...]:
        """Its layers. names: what the student calls the layers with so many parameters."""
        activations, counts = iter(self.activations), {"Conv2D": 0, "Dense": 0}
        steps = [Step("Rescaling", "", "linear", INPUT, 0, True)] if self.divided else []
        for kind, shape, params, _ in LENET:
            if params:
                counts[kind] += 1
                told = f"{_WORDS[kind]} {counts[kind]}"
                steps.append(Step(kind, names.get(params, told), next(activations), shape, params, True))
            elif kind == "MaxPooling2D":
                kind = "AveragePooling2D" if self.averages else kind
                steps.append(Step(kind, "", "linear", shape, 0, True, HALVES))
            else:
                steps.append(Step(kind, "", "linear", shape, 0, True))
        if self.end == ARGMAX:
            steps.append(Step(ARGMAX, "", "linear", (), 0, True))
        elif self.end:
            steps.append(Step("Activation", "", self.end, LENET[-1][1], 0, True))
        return tuple(steps)


_WORDS = {"Conv2D": "Convolution", "Dense": "Dense layer"}


def _mistakes() -> Iterator[Mistake]:
    """The commonest ones: one thing is another, or one kind of activation is."""
    right = Mistake().activations
    others = ("linear", "relu", "tanh")
    for place, other in itertools.product(reversed(range(5)), others):
        yield Mistake((*right[:place], other, *right[place + 1 :]))
    yield from (Mistake((*right[:4], last)) for last in ("softmax", "log_softmax"))
    for other in others:
        yield Mistake((other,) * 2 + right[2:])
        for last in dict.fromkeys((other, "sigmoid", "linear", "softmax")):
            yield Mistake((*(other,) * 4, last))
    yield from (Mistake((*right[:4], last), averages=True) for last in ("sigmoid", "linear", "softmax"))
    yield Mistake(divided=True)
    yield from (Mistake(end=end) for end in (ARGMAX, "softmax", "sigmoid"))


MISTAKES = tuple(_mistakes())


@functools.lru_cache(maxsize=4)
def mistake_of(traced: Traced) -> Mistake | None:
    """The mistake with which LeNet gives what this network gave, for every draw; None for none.

    Nobody asks where each of its layers was seen at work.
    """
    if computes_lenet(traced) or (traced.steps and all(step.known for step in traced.steps)):
        return None
    with np.errstate(all="ignore"):  # numbers that are too large are never the same as others
        return next((mistake for mistake in MISTAKES if mistake.made_by(traced)), None)


def steps_of(traced: Traced) -> tuple[Step, ...]:
    """The layers of a network: those of LeNet with a mistake where it computes that, else as seen."""
    mistake = mistake_of(traced)
    if mistake is None:
        return traced.steps
    seen = [(step.params, step.name) for step in traced.steps if step.params]
    counts = [params for params, _ in seen]
    return mistake.steps({params: name for params, name in seen if counts.count(params) == 1})
