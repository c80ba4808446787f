"""TRUSTED: the checks of notebook 1, which students can run themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.assignments.lenet_variants.checks import networks
from autograder.assignments.lenet_variants.checks.networks import NARROW, WIDE, Variant
from autograder.judging.api import Figures, Passed, Wrong, check
from autograder.judging.arrays import (
    Slip,
    as_array,
    expect,
    expect_shapes,
    expect_unchanged,
    right_array,
    whole,
)
from autograder.judging.beside import require_truth
from autograder.judging.claims import RaisedError
from autograder.judging.facts import Answers, Model, quote
from autograder.judging.tracing import Traced
from autograder.judging.words import with_article

# Of a call's arguments: the number of each layer.
Counts = Callable[[Sequence[int], Sequence[int], str], Sequence[float]]


def counted(
    conv: Callable[[int, int], int] = lambda channels, filters: (25 * channels + 1) * filters,
    dense: Callable[[int, int], int] = lambda inputs, units: (inputs + 1) * units,
    window: Callable[[float, str], float] = lambda side, padding: side if padding == "same" else side - 4,
    pool: Callable[[float, str], float] = lambda side, padding: -(-side // 2),
    flat: Callable[[float, int], float] = lambda side, channels: side * side * channels,
) -> Counts:
    """The parameters of a variant, each part of the way as it is said to be."""

    def counts(filters: Sequence[int], units: Sequence[int], padding: str) -> Sequence[float]:
        side: float = 28
        channels, found = 1, []
        for count in filters:
            found.append(conv(channels, count))
            side, channels = pool(window(side, padding), padding), count
        inputs = int(flat(side, channels))
        for count in units:
            found.append(dense(inputs, count))
            inputs = count
        return found

    return counts


CONVOLUTIONS: tuple[tuple[str, Counts], ...] = (
    ("The biases are missing: one for each filter.", counted(conv=lambda c, f: 25 * c * f)),
    ("There is one bias for each filter, not one in all.", counted(conv=lambda c, f: 25 * c * f + 1)),
    ("A filter has a window on every channel that comes in.", counted(conv=lambda c, f: 26 * f)),
    ("A filter has one bias, not one for each channel.", counted(conv=lambda c, f: 26 * c * f)),
    ("A window of 5×5 has 25 weights, not 5.", counted(conv=lambda c, f: (5 * c + 1) * f)),
    ("A window is 5×5, not 3×3.", counted(conv=lambda c, f: (9 * c + 1) * f)),
)
DENSE: tuple[tuple[str, Counts], ...] = (
    ("The biases are missing: one for each unit.", counted(dense=lambda i, u: i * u)),
    ("There is one bias for each unit, not one in all.", counted(dense=lambda i, u: i * u + 1)),
    ("The biases belong to the units, not to what they read.", counted(dense=lambda i, u: i * (u + 1))),
)
FIRST_DENSE: tuple[tuple[str, Counts], ...] = (
    *DENSE,
    ("Not padded, a window of 5×5 takes 4 from the side: 28 becomes 24.", counted(window=lambda s, p: s)),
    ("With padding the window takes nothing from the side.", counted(window=lambda s, p: s - 4)),
    ("With padding 7 pixels are pooled to 4, not to 3: the half window at the edge counts.", counted(pool=lambda s, p: s // 2)),
    ("The poolings are left out: each halves the side.", counted(pool=lambda s, p: s)),
    ("The channels are missing: Flatten keeps side · side · channels numbers.", counted(flat=lambda s, c: s * s)),
    ("The picture has two sides: side · side · channels.", counted(flat=lambda s, c: s * c)),
    ("The dense layer reads all numbers that are left, not the channels alone.", counted(flat=lambda s, c: c)),
    ("Not padded, a window of 5×5 takes 4 from the side, not 5.", counted(window=lambda s, p: s if p == "same" else s - 5)),
    ("Pooling comes behind every convolution: the last one is left out.", counted(flat=lambda s, c: 4 * s * s * c)),
)  # fmt: skip


def expect_counts(
    answers: Answers,
    places: Callable[[int, int], Sequence[int]],
    causes: Sequence[tuple[str, Counts]],
    padding: tuple[str, ...] = ("valid", "same"),
) -> None:
    """Passes when these numbers are right in every drawn call with such a padding.

    places: of the number of convolutions and of dense layers. Where both paddings are concerned, calls that raised
    or gave nothing are passed over, unless all did: the checks of one padding look at them.
    """
    calls = [call for call in answers.drawn() if call.arguments[2] in padding]
    if len(padding) > 1:
        calls = [call for call in calls if not isinstance(call.answer, (RaisedError, type(None)))] or calls
    found = []
    for call in calls:
        filters, units, _ = arguments = call.arguments
        numbers = _counts(answers, arguments, answers.value_of(call))
        found += [(arguments, place, numbers[place]) for place in places(len(filters), len(units))]
    for arguments, place, number in found:
        right = int(right_array(answers, arguments)[place])
        if number == right:
            continue
        known = [
            told
            for told, counts in causes
            if all(given == counts(*asked)[where] for asked, where, given in found)
        ]
        exercise, cause = answers.question.exercise, " Or: ".join(known)
        called, layer = answers.call(arguments), _layer(arguments, place)
        if answers.graded:
            told = f"In {called}, {layer} has {right:,} parameters, but yours has {number:,}."
            raise Wrong(f"{told} {cause or exercise.hint}")
        raise Wrong(
            f"In {called}, {layer} has not {number:,} parameters.",
            hints=("Count this layer by hand.", cause or exercise.hint, exercise.worked),
        )


def _layer(arguments: list[Any], place: int) -> str:
    convolutions = len(arguments[0])
    if place < convolutions:
        return f"convolution {place + 1}"
    return f"dense layer {place - convolutions + 1}"


def _counts(answers: Answers, arguments: list[Any], value: Any) -> list[float]:
    call, layers = answers.call(arguments), len(arguments[0]) + len(arguments[1])
    if value is None:
        raise Wrong(f"{call} gave None. Is there a return at the end of your function?")
    array = as_array(value)
    if array is None or array.shape != (layers,):
        raise Wrong(
            f"{call} should be a list of {layers} numbers, one for each convolution and each dense layer, but "
            f"yours is {quote(value, in_list=True)}."
        )
    return whole(array)


@check("variant_params", points=2)
def test_first_convolution(answers: Answers) -> None:
    """The first convolution, on a picture of one channel."""
    expect_counts(answers, lambda convolutions, dense: [0], CONVOLUTIONS)


@check("variant_params", points=4)
def test_later_convolutions(answers: Answers) -> None:
    """The later convolutions, on what the one before gives, and what was given stays as it was."""
    expect_counts(answers, lambda convolutions, dense: range(1, convolutions), CONVOLUTIONS)
    expect_unchanged(answers)


@check("variant_params", points=3)
def test_first_dense_layer_without_padding(answers: Answers) -> None:
    """The first dense layer, where nothing is padded."""
    expect_counts(answers, lambda convolutions, dense: [convolutions], FIRST_DENSE, ("valid",))


@check("variant_params", points=3)
def test_first_dense_layer_with_padding(answers: Answers) -> None:
    """The first dense layer, where convolutions and poolings are padded."""
    expect_counts(answers, lambda convolutions, dense: [convolutions], FIRST_DENSE, ("same",))


@check("variant_params", points=2)
def test_later_dense_layers(answers: Answers) -> None:
    """The later dense layers, on the units before."""
    expect_counts(answers, lambda convolutions, dense: range(convolutions + 1, convolutions + dense), DENSE)


def _changed(
    change: Callable[[np.ndarray, np.ndarray], np.ndarray],
    whole_change: Callable[..., Any] = lambda c, a, b: c.sum(),
) -> Callable[..., np.ndarray]:
    """Place and share, where a layer's change and the whole change are these."""

    def formula(one: Sequence[int], other: Sequence[int]) -> np.ndarray:
        a, b = np.array(one, float), np.array(other, float)
        changes = change(a, b)
        place = int(changes.argmax())
        return np.array([place, changes[place] / whole_change(changes, a, b)])

    return formula


def _distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.abs(a - b)
    return found


def _times(factor: float, add: int) -> Callable[..., np.ndarray]:
    right = _changed(_distance)
    return lambda one, other: np.asarray(right(one, other) * [1, factor] + [add, 0])


PLACES = (
    Slip("Places are counted from 0.", _times(1, 1)),
    Slip("That is the layer with most parameters: the one is asked for that differs most.", _changed(lambda a, b: b)),
    Slip("That is the layer with most parameters: the one is asked for that differs most.", _changed(lambda a, b: a)),
    Slip("A layer can have fewer parameters too: leave the signs out.", _changed(lambda a, b: b - a)),
    Slip("A layer can have more parameters too: leave the signs out.", _changed(lambda a, b: a - b)),
    Slip("Subtract, do not divide: the difference itself is asked for.", _changed(lambda a, b: b / a)),
    Slip("That is the layer that differs least.", _changed(lambda a, b: -_distance(a, b))),
)  # fmt: skip
SHARES = (
    Slip("A share is from 0 to 1: that is in per cent.", _times(100, 0)),
    Slip("Leave the signs out before you add up, too.", _changed(_distance, lambda c, a, b: abs((b - a).sum()))),
    Slip("Leave the signs out before you add up, too.", _changed(_distance, lambda c, a, b: (b - a).sum())),
    Slip("Leave the signs out before you add up, too.", _changed(_distance, lambda c, a, b: (a - b).sum())),
    Slip("Divide by the sum of the differences, not by all parameters.", _changed(_distance, lambda c, a, b: b.sum())),
    Slip("Divide by the sum of the differences, not by all parameters.", _changed(_distance, lambda c, a, b: a.sum())),
    Slip("That is the difference itself: divide by the sum of all.", _changed(_distance, lambda c, a, b: 1)),
    Slip("That is the share of the layer itself: the share of its difference is asked for.", lambda one, other: np.array([0, max(other) / sum(other)])),
)  # fmt: skip


@check("biggest_change", points=0)
def test_place_and_share(answers: Answers) -> None:
    """A place and a share come out."""
    expect_shapes(
        answers,
        lambda shape, right: "Return both: return place, share.",
        asked="two numbers, a place and a share",
    )


@check("biggest_change", points=3, after="test_place_and_share")
def test_place(answers: Answers) -> None:
    """The place of the layer that differs most, whether it has more or fewer parameters."""
    expect(answers, lambda one, other: True, PLACES, part=0)


@check("biggest_change", points=3, after="test_place_and_share")
def test_share(answers: Answers) -> None:
    """Its share of all differences, and what was given stays as it was."""
    expect(answers, lambda one, other: True, SHARES, part=1)
    expect_unchanged(answers)


LOOKS = "test_is_a_network"


def look(name: str, variant: Variant, model: Model, figures: Figures) -> None:
    """The check that comes first: a network that can be tried, and is believed."""
    if model.network is None:
        if model.not_a_model == "NoneType":
            raise Wrong(f"{name}() gave None. Is there a return at the end of your function?")
        if (model.not_a_model or "").startswith("class ("):
            raise Wrong(
                f"{name}() should return a network, yours returns {with_article(model.not_a_model or '')}: call it, with ( )."
            )
        raise Wrong(
            f"{name}() should return a Keras model, yours returns {with_article(model.not_a_model or '')}."
        )
    if not networks.computes(variant, model.network):
        require_truth(model.network)
    if drawn := networks.drawn(variant, model.network):
        figures["network"] = drawn


def tried(model: Model) -> Traced:
    """Its network, in a check that comes after the first one: that is Wrong where there is none."""
    assert model.network is not None
    return model.network


def expect_layers(variant: Variant, model: Model) -> None:
    """Passes when each layer has the kind and shape of the variant's; right networks pass however they are made."""
    network = tried(model)
    rows = networks.comparison(variant, network)
    if networks.computes(variant, network):
        raise Passed(rows=rows if all(row.ok for row in rows) else ())
    if networks.other_layer(variant, network):
        raise Wrong(networks.why_not(variant, network), rows)


def expect_function(variant: Variant, model: Model) -> None:
    """Passes when the network computes what the variant does, with the grader's weights."""
    network = tried(model)
    if not networks.computes(variant, network):
        raise Wrong(networks.why_not(variant, network), networks.comparison(variant, network))


@check("build_narrow", points=0)
def test_is_a_network(model: Model, figures: Figures) -> None:
    """build_narrow() returns a Keras model that can be tried."""
    look("build_narrow", NARROW, model, figures)


@check("build_narrow", points=4, after=LOOKS)
def test_narrow_shapes(model: Model) -> None:
    """Its layers have the kinds and shapes of the narrow network."""
    expect_layers(NARROW, model)


@check("build_narrow", points=4, after=LOOKS)
def test_computes_narrow(model: Model) -> None:
    """With any weights it gives what the narrow network gives; 36,758 parameters."""
    expect_function(NARROW, model)


@check("build_wide", points=0)
def test_wide_is_a_network(model: Model, figures: Figures) -> None:
    """build_wide() returns a Keras model that can be tried."""
    look("build_wide", WIDE, model, figures)


@check("build_wide", points=3, after="test_wide_is_a_network")
def test_wide_shapes(model: Model) -> None:
    """Its layers have the kinds and shapes of the wide network."""
    expect_layers(WIDE, model)


@check("build_wide", points=3, after="test_wide_is_a_network")
def test_computes_wide(model: Model) -> None:
    """With any weights it gives what the wide network gives; 582,026 parameters."""
    expect_function(WIDE, model)


@check("build_subclassed", points=0)
def test_subclassed_is_a_network(model: Model, figures: Figures) -> None:
    """build_subclassed() returns a Keras model that can be tried."""
    look("build_subclassed", WIDE, model, figures)


@check("build_subclassed", points=4, after="test_subclassed_is_a_network")
def test_has_the_same_effect(model: Model) -> None:
    """With any weights it gives what build_wide() should give; 582,026 parameters."""
    expect_function(WIDE, model)


@check("build_subclassed", points=4, after="test_has_the_same_effect")
def test_is_a_class_of_its_own(model: Model) -> None:
    """It is written as a class of your own."""
    if not model.own_class:
        raise Wrong(
            "The network is right, but its class is one of Keras: write class Mended(keras.Model) and return "
            "Mended()."
        )
