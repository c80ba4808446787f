"""TRUSTED: the checks of notebook 2, which students can run themselves."""

from __future__ import annotations

import re
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
from autograder.judging.claims import Other
from autograder.judging.facts import Answers, Call, quote

S2_MAPS = 6
LAST = 15  # of C3
Table = Sequence[Sequence[int]]


@check("connected", points=4)
def test_three_neighbours(answers: Answers) -> None:
    """Maps 0 to 5 of C3 read three neighbours."""
    expect_maps(answers, range(6), 3)


@check("connected", points=4)
def test_four_neighbours(answers: Answers) -> None:
    """Maps 6 to 11 of C3 read four neighbours."""
    expect_maps(answers, range(6, 12), 4)


# Together, because who gives all six for every map is right for the last one.
@check("connected", points=2)
def test_last_four(answers: Answers) -> None:
    """Maps 12 to 14 of C3 leave out two opposite ones, and map 15 reads all."""
    expect_maps(answers, range(12, 16), 0)


def expect_maps(answers: Answers, c3_maps: range, neighbours: int) -> None:
    """Wrong at the first of these C3 maps that does not read what it should; in practice not told what."""
    for c3_map in c3_maps:
        mine = s2_maps(answers.call([c3_map]), answers.value(c3_map))
        if answers.question.is_right("connected", [c3_map], sum(2**s2_map for s2_map in mine)):
            continue
        cause = _cause_of_maps(c3_map, mine, neighbours)
        exercise = answers.question.exercise
        if answers.graded:
            right = _maps_of(answers.question.right_answer("connected", [c3_map]))
            told = f"connected({c3_map}) should be {right}, but yours is {mine}."
            raise Wrong(f"{told} {cause or exercise.hint}")
        raise Wrong(
            f"connected({c3_map}) is not {mine}.",
            hints=("Find its line in the rules.", cause or exercise.hint, exercise.worked),
        )


_NUMBER = r"(?:np\.\w{1,10}\()?-?\d{1,9}(?:\.0)?\)?"  # as NumPy and Python write one
_COLLECTION = re.compile(
    rf"(?:(?:frozenset|dict_keys|dict_values)\()?[{{\[]({_NUMBER}(?:, {_NUMBER})*)[}}\]]\)?", re.ASCII
)
_RANGE = re.compile(r"range\((-?\d{1,9}), (-?\d{1,9})(?:, (-?[1-9]\d{0,8}))?\)", re.ASCII)


def _numbers_in(value: Any) -> Any:
    """The list of what a set, the keys of a dictionary or a range holds, read from its repr; all else as it is."""
    if not isinstance(value, Other):
        return value
    if found := _RANGE.fullmatch(value.text):
        start, stop, step = found.groups(default="1")
        return [*range(int(start), int(stop), int(step))[: S2_MAPS + 1]]
    if found := _COLLECTION.fullmatch(value.text):
        return [int(number) for number in re.findall(r"(?<![\w.])-?\d+", found[1])]
    return value


def s2_maps(call: str, value: Any) -> list[int]:
    """The maps in an answer, sorted: a list, an array, a set and the like. Wrong for what is none, or names one twice."""
    if value is None:
        raise Wrong(f"{call} gave None. Is there a return at the end of your function?")
    value = _numbers_in(value)
    array = as_array(value)
    if array is not None and np.asarray(value).dtype == bool:
        raise Wrong(
            f"{call} should be a list of S2 maps, but yours is {quote(value, in_list=True)}. Give the numbers of the maps, "
            "not True and False."
        )
    if array is None or array.ndim != 1:
        raise Wrong(f"{call} should be a list of S2 maps, but yours is {quote(value, in_list=True)}.")
    found = whole(array)
    if not np.isin(array, range(S2_MAPS)).all():
        told = f"{call} gave {quote(found, in_list=True)}, and there are only the S2 maps 0 to 5"
        raise Wrong(f"{told}: behind 5 comes 0 again.")
    if len({*found}) < len(found):
        raise Wrong(f"{call} gave {quote(found, in_list=True)}: each map is read once.")
    return sorted(int(number) for number in found)


def _maps_of(mask: int) -> list[int]:
    return [s2_map for s2_map in range(S2_MAPS) if mask & 2**s2_map]


def _cause_of_maps(c3_map: int, mine: list[int], neighbours: int) -> str:
    if c3_map == LAST:
        return f"Map {LAST} of C3 reads all six."
    if len(mine) == S2_MAPS:
        return "Only the last map of C3 reads all six."
    if not neighbours:
        return "Leave out two that stand opposite each other in the circle: 2 and 5, 0 and 3, or 1 and 4."
    if len(mine) != neighbours:
        return f"Maps 0 to 5 read three, maps 6 to 11 read four: yours reads {len(mine)}."
    start = c3_map % S2_MAPS
    if mine in (_circle(start - 1, neighbours), _circle(start + 1, neighbours)):
        return f"The first of its neighbours is S2 map {start}."
    return ""


def _circle(start: int, count: int) -> list[int]:
    return sorted((start + step) % S2_MAPS for step in range(count))


def convolved(
    maps: np.ndarray, weights: np.ndarray, biases: np.ndarray, reads: np.ndarray | None = None
) -> np.ndarray:
    """A convolution in which map k of the output reads the maps m with reads[m, k]; all of them without it."""
    windows = np.lib.stride_tricks.sliding_window_view(maps, weights.shape[:2], axis=(0, 1))
    used = weights if reads is None else weights * reads
    total: np.ndarray = np.einsum("ijmab,abmk->ijk", windows, used) + biases
    return total


def reads_of(table: Table, maps: int) -> np.ndarray:
    """(maps, K): 1 where the table says that map m is read for map k, else 0."""
    return np.array([[m in inputs for inputs in table] for m in range(maps)], float)


def with_table(
    change: Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray],
) -> Callable[..., np.ndarray]:
    """change: of (maps, weights, biases, reads)."""
    return lambda maps, weights, biases, table: change(maps, weights, biases, reads_of(table, maps.shape[-1]))


def _by_place_in_line(maps: np.ndarray, weights: np.ndarray, biases: np.ndarray, table: Table) -> np.ndarray:
    """The weights taken in the order of the line, not by the number of the map."""
    moved = np.zeros(weights.shape)
    for k, inputs in enumerate(table):
        for place, m in enumerate(inputs):
            moved[:, :, m, k] = weights[:, :, place, k]
    return convolved(maps, moved, biases)


def _first_maps(maps: np.ndarray, weights: np.ndarray, biases: np.ndarray, table: Table) -> np.ndarray:
    """As many maps as the line is long, but the first ones."""
    return convolved(maps, weights, biases, reads_of([range(len(i)) for i in table], maps.shape[-1]))


CONVOLUTION = (
    Slip("The biases are missing: one for each map that comes out.", with_table(lambda m, w, b, r: convolved(m, w, 0 * b, r))),
    Slip("A map has one bias, whatever number of maps it reads: add it once.", with_table(lambda m, w, b, r: convolved(m, w, b * r.sum(axis=0), r))),
    Slip("Every map has a bias of its own: yours uses the first one for all.", with_table(lambda m, w, b, r: convolved(m, w, b[0], r))),
    Slip("The window is turned round: multiply the numbers that lie on each other.", with_table(lambda m, w, b, r: convolved(m, w[::-1, ::-1], b, r))),
    Slip("Rows and columns of the window have changed places.", with_table(lambda m, w, b, r: convolved(m, w.swapaxes(0, 1), b, r))),
    Slip("Squashing comes later: give what is there before it.", with_table(lambda m, w, b, r: 1.7159 * np.tanh(convolved(m, w, b, r) * 2 / 3))),
    Slip("Add up what the maps give, do not take the average.", with_table(lambda m, w, b, r: convolved(m, w, 0 * b, r) / r.sum(axis=0) + b)),
)  # fmt: skip
ONLY_SOME = (
    Slip("Every map was read: leave out those that the table does not name.", lambda m, w, b, t: convolved(m, w, b)),
    Slip("The weights belong to the number of the map, not to its place in the line.", _by_place_in_line),
    Slip("As many maps as the table says, but not those that it names.", _first_maps),
    Slip("Those that the table names were left out, and the others read.", with_table(lambda m, w, b, r: convolved(m, w, b, 1 - r))),
)  # fmt: skip


@check("partial_convolution", points=0)
def test_size_of_maps(answers: Answers) -> None:
    """The window stays inside the maps, and there is a map for each line of the table."""
    expect_shapes(answers, _cause_of_a_size)


def _cause_of_a_size(shape: tuple[int, ...], right: tuple[int, ...]) -> str:
    height, width, count = right
    if shape == (height - 1, width - 1, count):
        return "The last place of the window counts too: a window of 5 in 8 has 4 places."
    if shape == (count, height, width):
        return "The maps are the last axis, as they came in."
    if shape[-1:] == (count,) and len(shape) == 3:
        return "No padding: the window stays inside the maps, and moves in steps of 1."
    return "Height and width are the places of the window, then comes a map for each line of the table."


@check("partial_convolution", points=4, after="test_size_of_maps")
def test_every_map_read(answers: Answers) -> None:
    """Where the table names every map, the numbers are right."""
    expect(answers, _reads_all, CONVOLUTION, _line)


@check("partial_convolution", points=10, after="test_size_of_maps")
def test_some_maps_read(answers: Answers) -> None:
    """Where the table names some maps, only those are read, and what was given stays as it was."""
    expect(answers, lambda *arguments: not _reads_all(*arguments), [*CONVOLUTION, *ONLY_SOME], _line)
    expect_unchanged(answers)


def _line(arguments: list[Any], place: tuple[int, ...]) -> str:
    (maps, weights, biases, table), (row, column, k) = arguments, place
    told = f"Map {k} of what comes out reads {table[k]}; its bias is {biases[k]:.4g}."
    if len(weights) > 1:
        return told
    return f"{told} There the maps hold {listed(maps[row, column])}, and the weights are {listed(weights[0, 0, :, k])}."


def _reads_all(maps: np.ndarray, weights: np.ndarray, biases: np.ndarray, table: Table) -> bool:
    return all(len(inputs) == maps.shape[-1] for inputs in table)


WINDOW = 25  # weights of a window on one map
# By layer, in their order: the wrong numbers of lenet5_params(maps, table, c5, f6), and what is wrong.
Count = Callable[[int, Table, int, int], float]
LAYERS = ("C1", "S2", "C3", "S4", "C5", "F6")
WRONG_COUNTS: dict[str, tuple[tuple[str, Count], ...]] = {
    "C1": (
        ("The biases are missing: one for each map.", lambda m, t, c5, f6: WINDOW * m),
        ("There is one bias for each map, not one in all.", lambda m, t, c5, f6: WINDOW * m + 1),
        ("That is one map: how many has C1?", lambda m, t, c5, f6: WINDOW + 1),
    ),
    "S2": (
        ("A map of S2 has two numbers, a coefficient and a bias.", lambda m, t, c5, f6: m),
        ("This is no max pooling: a map of S2 learns a coefficient and a bias.", lambda m, t, c5, f6: 0),
        ("The four numbers of a block share one coefficient.", lambda m, t, c5, f6: 5 * m),
        ("Each map has a pair of its own: how many maps has S2?", lambda m, t, c5, f6: 2),
    ),
    "C3": (
        (
            "That is a C3 in which every map reads all of S2: look at the table.",
            lambda m, t, c5, f6: (WINDOW * m + 1) * len(t),
        ),
        ("The biases are missing: one for each map.", lambda m, t, c5, f6: WINDOW * sum(map(len, t))),
        ("There is one bias for each map of C3, not one in all.", lambda m, t, c5, f6: WINDOW * sum(map(len, t)) + 1),
        ("A map has one bias, not one for each map that it reads.", lambda m, t, c5, f6: (WINDOW + 1) * sum(map(len, t))),
        ("A map has a window for each map that it reads.", lambda m, t, c5, f6: (WINDOW + 1) * len(t)),
    ),
    "S4": (
        ("A map of S4 has two numbers, a coefficient and a bias.", lambda m, t, c5, f6: len(t)),
        ("S4 has as many maps as C3, not as S2.", lambda m, t, c5, f6: 2 * m),
        ("This is no max pooling: a map of S4 learns a coefficient and a bias.", lambda m, t, c5, f6: 0),
        ("The four numbers of a block share one coefficient.", lambda m, t, c5, f6: 5 * len(t)),
    ),
    "C5": (
        ("The biases are missing: one for each map.", lambda m, t, c5, f6: WINDOW * len(t) * c5),
        ("There is one bias for each map, not one in all.", lambda m, t, c5, f6: WINDOW * len(t) * c5 + 1),
        ("A map of C5 has a whole window of 5×5 on every map of S4.", lambda m, t, c5, f6: (len(t) + 1) * c5),
        ("A map of C5 reads every map of S4, not one.", lambda m, t, c5, f6: (WINDOW + 1) * c5),
    ),
    "F6": (
        ("The biases are missing: one for each unit.", lambda m, t, c5, f6: c5 * f6),
        ("There is one bias for each unit of F6, not one in all.", lambda m, t, c5, f6: c5 * f6 + 1),
        ("The biases belong to the units of F6, not to C5.", lambda m, t, c5, f6: (f6 + 1) * c5),
    ),
}  # fmt: skip


def expect_count(answers: Answers, layer: str) -> None:
    """Passes when this layer's number is right in every drawn call; all numbers are compared as written."""
    place = LAYERS.index(layer)
    calls = [(call.arguments, _count(answers, call, place)) for call in answers.drawn()]
    for arguments, number in calls:
        right = answers.question.right_answer("lenet5_params", arguments)[place]
        if number == right:
            continue
        causes = [
            told
            for told, count in WRONG_COUNTS[layer]
            if all(given == count(*asked) for asked, given in calls)
        ]
        exercise, cause = answers.question.exercise, " Or: ".join(causes)
        call = answers.call(arguments)
        if answers.graded:
            told = f"In {call}, {layer} has {right:,} parameters, but yours has {number:,}."
            raise Wrong(f"{told} {cause or exercise.hint}")
        raise Wrong(
            f"In {call}, {layer} has not {number:,} parameters.",
            hints=("Count this layer by hand.", cause or exercise.hint, exercise.worked),
        )


def _count(answers: Answers, call: Call, place: int) -> float:
    value, called = answers.value_of(call), answers.call(call.arguments)
    if value is None:
        raise Wrong(f"{called} gave None. Is there a return at the end of your function?")
    array = as_array(value)
    if array is None or array.shape != (len(LAYERS),):
        raise Wrong(f"{called} should be a list of six numbers, but yours is {quote(value, in_list=True)}.")
    return whole(array)[place]


@check("lenet5_params", points=1)
def test_c1(answers: Answers) -> None:
    """C1: windows of 5×5 on the picture."""
    expect_count(answers, "C1")


@check("lenet5_params", points=2)
def test_s2(answers: Answers) -> None:
    """S2: what each of its maps learns."""
    expect_count(answers, "S2")


@check("lenet5_params", points=4)
def test_c3(answers: Answers) -> None:
    """C3: windows of 5×5 on the maps that the table names, and the table stays as it was."""
    expect_count(answers, "C3")
    expect_unchanged(answers)


@check("lenet5_params", points=1)
def test_s4(answers: Answers) -> None:
    """S4: what each of its maps learns."""
    expect_count(answers, "S4")


@check("lenet5_params", points=2)
def test_c5(answers: Answers) -> None:
    """C5: windows of 5×5 on all maps of S4."""
    expect_count(answers, "C5")


@check("lenet5_params", points=2)
def test_f6(answers: Answers) -> None:
    """F6: dense, on C5."""
    expect_count(answers, "F6")


DISTANCES = (
    Slip("That is the distance itself: leave the root out.", lambda f, p: np.sqrt(((p - f) ** 2).sum(axis=1))),
    Slip("The differences are added without their sign: square them instead.", lambda f, p: np.abs(p - f).sum(axis=1)),
    Slip("The differences are not squared.", lambda f, p: (f - p).sum(axis=1)),
    Slip("The differences are not squared.", lambda f, p: (p - f).sum(axis=1)),
    Slip("Add the squares up, do not take their average.", lambda f, p: ((p - f) ** 2).mean(axis=1)),
    Slip("Square each difference, then add up, not the other way round.", lambda f, p: (p - f).sum(axis=1) ** 2),
    Slip("That is a dense unit: it multiplies. This one subtracts and squares.", lambda f, p: p @ f),
    Slip("The sign is wrong: a sum of squares is never below 0.", lambda f, p: -((p - f) ** 2).sum(axis=1)),
    Slip("A half stands before the sum: leave it out.", lambda f, p: ((p - f) ** 2).sum(axis=1) / 2),
    Slip("Leave exp out: the sum of squares alone is asked for.", lambda f, p: np.exp(-((p - f) ** 2).sum(axis=1))),
)  # fmt: skip


@check("rbf_output", points=0)
def test_a_number_for_each_prototype(answers: Answers) -> None:
    """There is a number for each prototype."""
    expect_shapes(answers, _cause_of_outputs)


def _cause_of_outputs(shape: tuple[int, ...], right: tuple[int, ...]) -> str:
    if len(shape) == 2 and shape[0] == right[0]:
        return "Add up along the units: for each prototype one number is left."
    return "Add up once for each prototype, not once for each unit, and not over all of them."


@check("rbf_output", points=3, after="test_a_number_for_each_prototype")
def test_drawn_pictures(answers: Answers) -> None:
    """Pictures of -1 and 1 have the right distances, and 0 from themselves."""
    expect(answers, _is_drawn, DISTANCES, _prototype)


@check("rbf_output", points=5, after="test_a_number_for_each_prototype")
def test_any_f6(answers: Answers) -> None:
    """Any numbers have the right distances, also 84 units and 10 prototypes, and what was given stays as it was."""
    expect(answers, lambda f6, prototypes: not _is_drawn(f6, prototypes), DISTANCES, _prototype)
    expect_unchanged(answers)


def _is_drawn(f6: np.ndarray, prototypes: np.ndarray) -> bool:
    return bool((np.abs(f6) == 1).all())


def _prototype(arguments: list[Any], place: tuple[int, ...]) -> str:
    (f6, prototypes), (k,) = arguments, place
    if len(f6) > 12:
        return "Try f6 and prototypes with few units first."
    return f"f6 is {listed(f6)}; the prototype is {listed(prototypes[k])}."


# What students give in the place of the digit, and what is wrong with it.
WRONG_PLACES: tuple[tuple[str, Callable[[np.ndarray], Any]], ...] = (
    (
        "That is the largest output: these are distances, and the nearest prototype is meant.",
        lambda outputs: outputs.argmax(),
    ),
    ("Places are counted from 0.", lambda outputs: outputs.argmin() + 1),
    ("That is the output itself: its place is asked for.", lambda outputs: outputs.min()),
)


# All ten in one check: a constant is right for one of them.
@check("nearest", points=4)
def test_each_digit(answers: Answers) -> None:
    """Each of the ten digits is found, and what was given stays as it was."""
    given = [(call.arguments[0], as_array(call.answer)) for call in answers.drawn()]
    cause = " Or: ".join(
        told
        for told, place in WRONG_PLACES
        if all(same(value, np.asarray(place(outputs))) for outputs, value in given)
    )
    answers.expect_drawn(lambda outputs: True, lambda arguments, value: cause, _outputs)
    expect_unchanged(answers)


def _outputs(arguments: list[Any]) -> str:
    return f"The ten outputs are {listed(arguments[0])}."
