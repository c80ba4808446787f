"""TRUSTED; NumPy only. Answers that are arrays: whether they are right, and which wrong idea gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.judging.api import Wrong
from autograder.judging.claims import Other
from autograder.judging.facts import Answers, Call, quote

# What float32 and other orders of adding leave, of each number and of the largest one.
TOLERANCE = 1e-4

Formula = Callable[..., np.ndarray | None]  # of a call's arguments
# Of a call's arguments and a place in what comes out: the inputs that decide the number there, in words.
Inputs = Callable[[list[Any], tuple[int, ...]], str]


@dataclass(frozen=True)
class Slip:
    """One wrong idea. told: what is wrong with it; formula: what it makes of a call's arguments, None where
    that is nothing."""

    told: str
    formula: Formula

    def gives(self, calls: Sequence[tuple[list[Any], np.ndarray | None]], part: int | None = None) -> bool:
        """Whether it explains every one of these answers; part: of what it gives, this item alone."""
        return all(same(value, _item(self.formula(*arguments), part)) for arguments, value in calls)


def _item(array: np.ndarray | None, part: int | None) -> np.ndarray | None:
    return array if array is None or part is None else np.asarray(array[part])


def as_array(value: Any) -> np.ndarray | None:
    """The numbers in an answer, float64; of nested lists too. None where there are none."""
    try:
        array = np.asarray(value if isinstance(value, (list, int, float, np.ndarray)) else None)
    except ValueError:  # lists of different lengths
        return None
    return array.astype(np.float64) if array.dtype.kind in "biuf" else None


def same(value: np.ndarray | None, right: np.ndarray | None) -> bool:
    """Whether two arrays are equal, as far as rounding lets them be; False where one is none."""
    if value is None or right is None or value.shape != right.shape:
        return False
    return not _differ(value, right).any()


def _differ(value: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Where two arrays of one shape differ; what is not finite is never right."""
    with np.errstate(invalid="ignore"):
        allowed = TOLERANCE * (np.abs(right) + np.abs(right).max(initial=0))
        close: np.ndarray = np.abs(value - right) <= allowed
    differ: np.ndarray = ~(close & np.isfinite(value) & np.isfinite(right))
    return differ


def right_array(answers: Answers, arguments: list[Any]) -> np.ndarray:
    """What is right for a drawn call. Raises LookupError where nobody knows it."""
    right = as_array(answers.question.right_answer(answers.function, arguments))
    if right is None:
        raise LookupError(f"no right answer to a drawn call of {answers.function}")
    return right


Concerns = Callable[..., bool]  # of a call's arguments: whether a check is about them


def open_calls(answers: Answers, concerns: Concerns, stand_in: Formula | None) -> list[tuple[list[Any], Any]]:
    """(arguments, value) of the drawn calls concerned, without those that only another function makes wrong.

    stand_in: of a call's arguments, what is right while the record's stand-ins are in other functions' place.
    Wrong when one of them raised. Raises LookupError where no call is concerned: a check must not pass on nothing.
    """
    concerned = [call for call in answers.drawn() if concerns(*call.arguments)]
    if not concerned:
        raise LookupError(f"no drawn call of {answers.function} concerns this check")
    found = []
    for call in concerned:
        right = same(as_array(call.answer), right_array(answers, call.arguments))
        if right or stand_in is None or not _excused(answers, call, stand_in(*call.arguments)):
            found.append((call.arguments, answers.value_of(call)))
    return found


def _excused(answers: Answers, call: Call, right: np.ndarray | None) -> bool:
    """Whether the call gives what is right with stand-ins in other functions' place."""
    return answers.excuses(lambda given, _: same(as_array(given), right), call)


def expect_shapes(
    answers: Answers,
    cause: Callable[[tuple[int, ...], tuple[int, ...]], str],
    stand_in: Formula | None = None,
    concerns: Concerns = lambda *arguments: True,
    asked: str = "",
) -> None:
    """Passes when every drawn call for whose arguments `concerns` holds gave an array of the right shape.

    cause: of another one, from that and the right one; "" where unknown. stand_in: see `open_calls`. asked: what
    the answer is, in words, where it is not simply an array or a number.
    """
    for arguments, value in open_calls(answers, concerns, stand_in):
        array, shape = as_array(value), right_array(answers, arguments).shape
        call = answers.call(arguments)
        if value is None:
            raise Wrong(
                f"{call} gave None. Is there a return at the end of your function? What is only printed is "
                "not given back."
            )
        if array is None:
            what = asked or (f"an array of shape {shape}" if shape else "a number")
            raise Wrong(f"{call} should be {what}, but yours is {quote(value)}.{_why_no_array(value)}")
        if array.shape != shape:
            told = f"{call} should have the shape {shape}, but yours has {array.shape}."
            if asked:
                told = f"{call} should be {asked}, but yours is {quote(value)}."
            raise Wrong(f"{told} {cause(array.shape, shape)}".strip())


def _why_no_array(value: Any) -> str:
    """What would make one of it; "" where that is anybody's guess."""
    text = value.text if isinstance(value, Other) else ""
    if text.startswith(("<generator", "<zip", "<map", "<filter", "dict_")):
        return " Collect what it gives: list( ) makes a list of it."
    if text.startswith(("Fraction(", "Decimal(")):
        return " Give a float: float( ) makes one of it."
    return ""


def expect(
    answers: Answers,
    concerns: Concerns,
    slips: Sequence[Slip] = (),
    inputs: Inputs | None = None,
    stand_in: Formula | None = None,
    otherwise: Callable[[Sequence[tuple[list[Any], np.ndarray]]], str] = lambda found: "",
    worked: bool = True,
    part: int | None = None,
) -> None:
    """Passes when the drawn calls for whose arguments `concerns` holds gave the right arrays.

    To stand behind `expect_shapes`. slips: the wrong ideas that are known, each named where it explains all
    these answers. inputs: for who works the number out by hand. stand_in: see `open_calls`. otherwise: what is
    said of these answers, (arguments, array), where no slip explains them; "" for the exercise's hint.
    worked: whether the exercise's worked example is about what this check asks. part: of an answer of several
    things, the place of the one that is compared, alone; `otherwise` and `inputs` are about it too.
    """
    found = []
    for arguments, value in open_calls(answers, concerns, stand_in):
        array = as_array(value)
        assert array is not None, "expect_shapes has passed"
        found.append((arguments, array if part is None else array[part]))
    for arguments, array in found:
        right = right_array(answers, arguments)
        right = right if part is None else right[part]
        if not same(array, right):
            place = tuple(int(index) for index in np.argwhere(_differ(array, right))[0])
            known = f" {inputs(arguments, place)}" if inputs else ""
            cause = " Or: ".join(_causes(answers, slips, found, part)) or otherwise(found)
            raise _wrong_number(answers, arguments, part, place, array, right, known, cause, worked)


def _causes(
    answers: Answers, slips: Sequence[Slip], found: Sequence[tuple[list[Any], np.ndarray]], part: int | None
) -> list[str]:
    """The slips that explain these answers; where several do, and some explain all others too, these alone."""
    here = [slip for slip in slips if slip.gives(found, part)]
    whole = [(call.arguments, as_array(call.answer)) for call in answers.drawn()]
    everywhere = [slip for slip in here if len(here) > 1 and slip.gives(whole)]
    return list(dict.fromkeys(slip.told for slip in everywhere or here))


def _wrong_number(
    answers: Answers,
    arguments: list[Any],
    part: int | None,
    place: tuple[int, ...],
    array: np.ndarray,
    right: np.ndarray,
    known: str,
    cause: str,
    worked: bool,
) -> Wrong:
    """The number at a place is wrong, and why; in practice without the right one."""
    exercise = answers.question.exercise
    number = answers.call(arguments)
    if part is not None:
        number += f"[{part}]"
    if place:
        number += f"[{', '.join(map(str, place))}]"
    yours = array[place] + 0.0  # so that no -0 is shown
    if answers.graded:
        told = f"{number} should be {right[place] + 0.0:.6g}, but yours is {yours:.6g}.{known}"
        return Wrong(f"{told} {cause or exercise.hint}")
    return Wrong(
        f"{number} is not {yours:.6g}.{known}",
        hints=(
            "Work this one out by hand." if known else "",
            cause or exercise.hint,
            exercise.worked if worked else "",
        ),
    )


def expect_unchanged(answers: Answers) -> None:
    """Passes when no drawn call changed an array or a list that it was given."""
    for call in answers.drawn():
        if call.changed:
            raise Wrong(
                f"{answers.call(call.arguments)} changes what it is given: the next cell would go on with other "
                "numbers. Make a new array, with a = a * 2 in the place of a *= 2, and take nothing out of a list."
            )


def listed(array: np.ndarray) -> str:
    """The numbers of a small array, as they are said in a sentence."""
    return ", ".join(f"{number + 0.0:.4g}" for number in array.ravel())


def whole(array: np.ndarray) -> list[float]:
    """The numbers of an array with one axis, whole ones as int."""
    return [int(number) if number.is_integer() else number for number in array.tolist()]
