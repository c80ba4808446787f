"""TRUSTED: the checks of notebook 1, which students can run themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.judging.api import Wrong, check
from autograder.judging.arrays import (
    Slip,
    as_array,
    expect,
    expect_shapes,
    expect_unchanged,
    listed,
    same,
    whole,
)
from autograder.judging.facts import Answers, quote

BORDER = 4  # rows and columns more


def padded(above: int, left: int, **settings: Any) -> Callable[[np.ndarray], np.ndarray]:
    """All rows and columns more, so many of them above and on the left."""
    sides = ((0, 0), (above, BORDER - above), (left, BORDER - left))
    return lambda images: np.pad(images, sides, **settings)


ON_ONE_SIDE = {
    (0, 0): "All four rows and columns are below and on the right: half of them belong on each side.",
    (4, 4): "All four rows and columns are above and on the left: half of them belong on each side.",
}
OFF_THE_MIDDLE = "It is off the middle: as many rows above as below, as many columns left as right."
ELSEWHERE = tuple(
    Slip(ON_ONE_SIDE.get((above, left), OFF_THE_MIDDLE), padded(above, left))
    for above in range(BORDER + 1)
    for left in range(BORDER + 1)
    if (above, left) != (2, 2)
)
CHANGED = (
    Slip(
        "Fractions were cut off: whole numbers cannot hold them.",
        lambda images: np.floor(padded(2, 2)(images)),
    ),
    Slip(
        "Digits were lost: float16 holds three of them.",
        lambda images: padded(2, 2)(images.astype("float16")),
    ),
    Slip(
        "Grey values above 127 became others: int8 cannot hold them.",
        lambda images: padded(2, 2)(images.astype("int8")),
    ),
    Slip("Rows and columns have changed places.", lambda images: padded(2, 2)(images.swapaxes(1, 2))),
    Slip("The picture is upside down.", lambda images: padded(2, 2)(images[:, ::-1])),
    Slip("Left and right have changed places.", lambda images: padded(2, 2)(images[:, :, ::-1])),
    Slip(
        "Every picture is the first one: each should be in its own place.",
        lambda images: padded(2, 2)(np.repeat(images[:1], len(images), axis=0)),
    ),
    Slip("The pictures come out in another order.", lambda images: padded(2, 2)(images[::-1])),
    Slip("The grey values were changed: leave them as they are.", lambda images: padded(2, 2)(images / 255)),
    Slip("The border repeats the picture's edge: it should be 0.", padded(2, 2, mode="edge")),
    Slip("The border mirrors the picture: it should be 0.", padded(2, 2, mode="reflect")),
    Slip("The border mirrors the picture: it should be 0.", padded(2, 2, mode="symmetric")),
    Slip("The border holds the picture's other side: it should be 0.", padded(2, 2, mode="wrap")),
    Slip("The border is 1: it should be 0.", padded(2, 2, constant_values=1)),
    Slip("The border is 255: it should be 0.", padded(2, 2, constant_values=255)),
)


@check("pad_to_32", points=0)
def test_size(answers: Answers) -> None:
    """N pictures of 28 × 28 come out as N pictures of 32 × 32."""
    expect_shapes(answers, _cause_of_a_size)


def _cause_of_a_size(shape: tuple[int, ...], right: tuple[int, ...]) -> str:
    if shape == (right[0] + BORDER, *right[1:]):
        return "Pictures were added too: leave the first axis as it is, np.pad takes a pair for each axis."
    if shape == (right[0], 30, 30):
        return "Two rows more make 30: there must be four, and four columns."
    if shape == (right[0], 36, 36):
        return "Four rows on each side make 36: there must be four in all."
    if shape == (*right, 1):
        return "There is no channel axis here."
    return "The number of pictures stays; rows and columns become 32."


@check("pad_to_32", points=4, after="test_size")
def test_whole_and_empty_around(answers: Answers) -> None:
    """The picture stays whole, and all around it is 0."""
    given = [(call.arguments, as_array(call.answer)) for call in answers.drawn()]
    if not any(array is not None and array.any() for _, array in given):
        raise Wrong("Only zeros came out: copy the pictures into them.")
    if not any(slip.gives(given) for slip in ELSEWHERE):
        expect(answers, lambda images: True, CHANGED, otherwise=_which_part, worked=False)


def _which_part(given: Sequence[tuple[list[Any], np.ndarray]]) -> str:
    """Whether only what is inside is right in all of these answers, or only the border."""
    middle = (slice(None), slice(2, -2), slice(2, -2))
    borders = [array.copy() for _, array in given]
    for border in borders:
        border[middle] = 0
    if all(same(array[middle], as_array(images)) for [images], array in given):
        return "The pictures are in their place, but the border is not 0 everywhere."
    if not any(border.any() for border in borders):
        return "The border is 0, as it should be, but inside it are not the pictures that were given."
    return ""


@check("pad_to_32", points=6, after="test_whole_and_empty_around")
def test_in_the_middle(answers: Answers) -> None:
    """The picture is in the middle, and what was given stays as it was."""
    expect(answers, lambda images: True, ELSEWHERE)
    expect_unchanged(answers)


LAYERS = ("C1", "S2", "C3", "S4", "C5", "F6")


@check("layer_shapes", points=4)
def test_first_maps(answers: Answers) -> None:
    """The shapes of C1 and S2, for every side."""
    compare_shapes(
        answers, range(2), "A window of 5 takes 4 away; blocks of 2×2 halve. C1 and S2 have 6 maps."
    )


@check("layer_shapes", points=4)
def test_second_maps(answers: Answers) -> None:
    """The shapes of C3 and S4, for every side."""
    compare_shapes(answers, range(2, 4), "Go on from S2: take 4 away, then halve. C3 and S4 have 16 maps.")


@check("layer_shapes", points=4)
def test_last_layers(answers: Answers) -> None:
    """The shapes of C5 and F6, for every side."""
    compare_shapes(
        answers,
        range(4, 6),
        "C5 is a convolution: it takes 4 away from S4, and only for a side of 32 are 1 × 1 left. F6 has 84 units.",
    )


def compare_shapes(answers: Answers, places: range, reason: str) -> None:
    """Wrong at the first of these layers whose shape is not right, the public call first."""
    drawn = [(call.arguments, answers.value_of(call)) for call in answers.drawn()]
    for arguments, value in [*answers.public(), *drawn]:
        right = answers.question.right_answer("layer_shapes", arguments)
        if value is None:
            raise Wrong("layer_shapes gave None. Is there a return at the end of your function?")
        if not isinstance(value, list):
            raise Wrong(f"layer_shapes should return a list of six tuples, yours returns {quote(value)}.")
        if len(value) != len(LAYERS):
            raise Wrong(
                f"layer_shapes should return a list of six tuples, one for each of {', '.join(LAYERS)}, but yours "
                f"has {len(value)}: {quote(value, in_list=True)}."
            )
        for place in places:
            mine, asked = _shape(value[place]), tuple(right[place])
            if mine != asked:
                raise _wrong_shape(answers, arguments, place, mine, asked, reason)


def _shape(value: Any) -> tuple[float, ...]:
    """A shape as it was given; 84 alone is (84,). Wrong for what is none."""
    array = as_array(value)
    if array is None or array.ndim > 1 or array.size > 8:
        raise Wrong(f"Every shape should be a tuple of whole numbers, one is {quote(value)}.")
    return tuple(whole(np.atleast_1d(array)))


def _wrong_shape(
    answers: Answers,
    arguments: list[Any],
    place: int,
    mine: tuple[float, ...],
    asked: tuple[int, ...],
    reason: str,
) -> Wrong:
    cause = reason
    if sorted(mine) == sorted(asked):
        cause = "Height and width come first, the number of maps last."
    elif mine == asked[:2] and place < 5:
        cause = "The number of maps is missing: it comes last."
    elif mine == asked[2:] and place < 5:
        cause = "Height and width are missing: this layer still has maps."
    elif any(isinstance(number, float) for number in mine):
        cause = "Sizes are whole numbers: halve with //."
    name, call = LAYERS[place], answers.call(arguments)
    if answers.graded:
        return Wrong(f"In {call}, {name} should be {asked}, but yours is {quote(mine)}. {cause}")
    exercise = answers.question.exercise
    return Wrong(f"In {call}, {name} is not {quote(mine)}.", hints=(exercise.hint, cause, exercise.worked))


AMPLITUDE = 1.7159


def bent(before: float, after: float) -> Callable[[np.ndarray], np.ndarray]:
    """tanh with these factors before and after it."""
    return lambda x: after * np.tanh(before * x)


# What students write in the place of the squashing function, also inside subsample.
SQUASHINGS = (
    Slip("That is tanh alone: both numbers, A and S, are missing.", bent(1, 1)),
    Slip("S is missing: it multiplies x, before tanh.", bent(1, AMPLITUDE)),
    Slip("A is missing: it multiplies what tanh gives.", bent(2 / 3, 1)),
    Slip("A and S have changed places: S belongs inside.", bent(AMPLITUDE, 2 / 3)),
    Slip("S divides here: x should be multiplied by it.", bent(3 / 2, AMPLITUDE)),
    Slip("Both numbers stand inside tanh: A belongs in front of it.", bent(AMPLITUDE * 2 / 3, 1)),
    Slip("Both numbers stand in front of tanh: S belongs inside.", bent(1, AMPLITUDE * 2 / 3)),
    *(
        Slip("2 / 3 was rounded: write it as a fraction.", bent(rounded, AMPLITUDE))
        for rounded in (0.66, 0.666, 0.667, 0.67, 0.7)
    ),
    *(Slip("A was rounded: it is 1.7159.", bent(2 / 3, rounded)) for rounded in (1.7, 1.71, 1.72)),
    Slip("That is 0 for every x: 2 // 3 is 0, write 2 / 3.", bent(0, 1)),
    Slip("That is the sigmoid: tanh goes from -1 to 1.", lambda x: 1 / (1 + np.exp(-x))),
    Slip(
        "That is the sigmoid with A and S: tanh goes from -1 to 1.",
        lambda x: AMPLITUDE / (1 + np.exp(-2 / 3 * x)),
    ),
)


@check("scaled_tanh", points=0)
def test_a_number_for_each_number(answers: Answers) -> None:
    """As many numbers come out as went in, in the same shape."""
    expect_shapes(
        answers, lambda shape, right: "Each number is squashed by itself.", concerns=lambda x: np.ndim(x) > 0
    )


@check("scaled_tanh", points=6, after="test_a_number_for_each_number")
def test_any_numbers(answers: Answers) -> None:
    """Any numbers, of both signs, come out right."""
    slips = [*SQUASHINGS, Slip("Nothing was squashed.", lambda x: x)]
    expect(answers, lambda x: np.ndim(x) > 0 and not _is_plain(x), slips, _x)


# Behind another one, because x itself, its sign and its cube are right for 1 and -1.
@check("scaled_tanh", points=2, after="test_any_numbers")
def test_plain_numbers(answers: Answers) -> None:
    """1 comes out as 1, -1 as -1, a plain number as a number, and what was given stays as it was."""
    expect_shapes(answers, lambda shape, right: "A plain number comes out as one number.", concerns=_is_plain)
    expect(answers, _is_plain, SQUASHINGS, _x)
    expect_unchanged(answers)


def _is_plain(x: Any) -> bool:
    return np.shape(x) in ((), (2,))


def _x(arguments: list[Any], place: tuple[int, ...]) -> str:
    return f"There x is {np.asarray(arguments[0])[place]:.6g}."


def blocks(maps: np.ndarray) -> np.ndarray:
    """(H, W, M) -> (H/2, 2, W/2, 2, M)."""
    height, width, count = maps.shape
    return maps.reshape(height // 2, 2, width // 2, 2, count)


def added(maps: np.ndarray) -> np.ndarray:
    """(H, W, M) -> (H/2, W/2, M): what each block holds together."""
    total: np.ndarray = blocks(maps).sum(axis=(1, 3))
    return total


def weighted(maps: np.ndarray, coefficients: np.ndarray, biases: np.ndarray) -> np.ndarray:
    """What is squashed at the end."""
    total: np.ndarray = added(maps) * coefficients + biases
    return total


def squashed(slip: Slip, squash: Callable[[np.ndarray], np.ndarray | None]) -> Slip:
    """The same wrong idea about what is squashed, with this squashing behind it."""

    def formula(*arguments: np.ndarray) -> np.ndarray | None:
        before = slip.formula(*arguments)
        return None if before is None else squash(before)

    return Slip(slip.told, formula)


SQUASH = bent(2 / 3, AMPLITUDE)
BEFORE_SQUASHING = (  # maps, coefficients, biases
    Slip("That is the average of the four: S2 takes their sum.", lambda m, c, b: added(m) / 4 * c + b),
    Slip("That is the largest of the four: S2 takes their sum.", lambda m, c, b: blocks(m).max((1, 3)) * c + b),
    Slip("That is one of the four alone: S2 takes their sum.", lambda m, c, b: m[::2, ::2] * c + b),
    Slip("The bias comes after the coefficient: it is not multiplied.", lambda m, c, b: (added(m) + b) * c),
    Slip("The bias counts once for a block, not for each of its four numbers.", lambda m, c, b: added(m) * c + 4 * b),
    Slip("The bias is missing.", lambda m, c, b: added(m) * c),
    Slip("The coefficient is missing.", lambda m, c, b: added(m) + b),
    Slip("Coefficient and bias are missing.", lambda m, c, b: added(m)),
    Slip("Coefficient and bias have changed places.", lambda m, c, b: added(m) * b + c),
    Slip("Each map has a pair of its own: yours uses the first pair for all.", lambda m, c, b: weighted(m, c[0], b[0])),
    Slip("Each map has a bias of its own: yours uses the first for all.", lambda m, c, b: weighted(m, c, b[0])),
    Slip("Each map has a coefficient of its own: yours uses the first for all.", lambda m, c, b: weighted(m, c[0], b)),
    Slip(
        "The maps were added up together: each has blocks of its own.",
        lambda m, c, b: weighted(m.sum(axis=-1, keepdims=True), c, b),
    ),
)  # fmt: skip
SUBSAMPLE = (
    *(squashed(slip, SQUASH) for slip in BEFORE_SQUASHING),
    Slip("The squashing is missing: scaled_tanh of the whole, at the end.", weighted),
    Slip("Squashing comes last, after coefficient and bias.", lambda m, c, b: SQUASH(added(m)) * c + b),
    Slip("Squash with scaled_tanh, not with tanh alone.", lambda m, c, b: np.tanh(weighted(m, c, b))),
    Slip("The numbers are squashed before they are added: do that last.", lambda m, c, b: weighted(SQUASH(m), c, b)),
    *(squashed(Slip(f"What is squashed is right, the squashing is not. {slip.told}", weighted), slip.formula) for slip in SQUASHINGS[1:]),
)  # fmt: skip


def stand_in(maps: np.ndarray, coefficients: np.ndarray, biases: np.ndarray) -> np.ndarray:
    """What is right with the record's stand-in in the place of scaled_tanh."""
    return 2 * weighted(maps, coefficients, biases) + 3


@check("subsample", points=0)
def test_half_as_large(answers: Answers) -> None:
    """Height and width are halved, the number of maps stays."""
    expect_shapes(answers, _cause_of_halves, stand_in)


def _cause_of_halves(shape: tuple[int, ...], right: tuple[int, ...]) -> str:
    height, width, count = right
    if shape == (2 * height, 2 * width, count):
        return "Nothing was made smaller: each block of 2×2 becomes one number."
    if shape == (2 * height - 1, 2 * width - 1, count):
        return "The blocks lie side by side and share no number: go on in steps of 2."
    if shape == (count, height, width):
        return "The maps are the last axis, as they came in."
    if shape == (height, width):
        return "The axis of the maps is lost: each map has a result of its own."
    return "Each block of 2×2 becomes one number, in each map."


@check("subsample", points=6, after="test_half_as_large")
def test_one_map(answers: Answers) -> None:
    """One map comes out right."""
    expect(answers, lambda maps, coefficients, biases: maps.shape[-1] == 1, SUBSAMPLE, _block, stand_in)
    answers.passed()


@check("subsample", points=10, after="test_half_as_large")
def test_several_maps(answers: Answers) -> None:
    """Several maps come out right, each with its own coefficient and bias, and what was given stays as it was."""
    expect(answers, lambda maps, coefficients, biases: maps.shape[-1] > 1, SUBSAMPLE, _block, stand_in)
    expect_unchanged(answers)
    answers.passed()


def _block(arguments: list[Any], place: tuple[int, ...]) -> str:
    (maps, coefficients, biases), (row, column, m) = arguments, place
    block = maps[2 * row : 2 * row + 2, 2 * column : 2 * column + 2, m]
    return f"Its block holds {listed(block)}; coefficient {coefficients[m]:.4g}, bias {biases[m]:.4g}."
