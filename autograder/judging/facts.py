"""TRUSTED; standard library and NumPy only. A claim's facts in the words of the checks.

Each class reads the facts of one probe and is the fixture of that probe's checks. A claim without
the fields its probe always sends raises `ClaimError`: then nothing is judged.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np

from autograder.judging import bank
from autograder.judging.api import Passed, Wrong
from autograder.judging.claims import Claim, ClaimError, Other, RaisedError, read_error
from autograder.judging.parts import right_with
from autograder.judging.questions import Question
from autograder.judging.tracing import Traced, read_trial
from autograder.judging.verdicts import Row
from autograder.judging.words import printable, quoted, unmarked


def field(facts: dict[str, Any], name: str, kind: type | tuple[type, ...]) -> Any:
    """facts[name] when it is there and of that kind, else ClaimError."""
    if not isinstance(facts.get(name), kind):
        raise ClaimError(f"its {name!r} is missing or of the wrong kind")
    return facts[name]


_TYPE = r"[A-Za-z_]\w{0,59}"
# A type, a class itself, or the types of several things; each may have been cut at its end.
_TYPES = re.compile(rf"{_TYPE}|class \({_TYPE}\)?|\(?{_TYPE}(, {_TYPE})*(, ?)?\)?|\(\)", re.ASCII)


def type_name(facts: dict[str, Any], name: str) -> str | None:
    """facts[name] when it is the name of a type, None when it is not there, else ClaimError.

    A class can be named with a whole sentence, which would stand in one of the grader's: that is not shown.
    """
    if name not in facts:
        return None
    text = field(facts, name, str)[:100]
    return text if _TYPES.fullmatch(text) else "value whose type has no usual name"


_ARRAY = re.compile(
    r"an array of shape (\([\d, ]*\)( and dtype \w{1,40})?)", re.ASCII
)  # the probe's own words


def told_shape(value: Any) -> str | None:
    """The shape of an array, also of one of which the probe told no more, in its words; None for all else."""
    if isinstance(value, np.ndarray):
        return str(value.shape)
    found = _ARRAY.fullmatch(value.text) if isinstance(value, Other) and value.type == "ndarray" else None
    return found[1] if found else None


class _Quotes(reprlib.Repr):
    """repr whose work is bounded as well as its length: a claim may hold thousands of arrays."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxdict = 8
        self.maxlevel = 3
        self.maxstring = self.maxother = 80
        self.fillvalue = "…"

    def repr_Other(self, value: Other, _level: int) -> str:
        text = repr(value)
        if _ARRAY.fullmatch(text):
            return text
        return quoted(text, 78)

    def repr_str(self, value: str, level: int) -> str:
        return super().repr_str(unmarked(value), level)

    def repr_ndarray(self, value: np.ndarray, _level: int) -> str:
        return f"an array of shape {value.shape}"


_QUOTES = _Quotes()


def quote(value: Any, in_list: bool = False) -> str:
    """A value as a student would write it, cut short.

    A claim does not tell lists from tuples: they are shown as what is asked for, a tuple, or with `in_list` a
    list of tuples.
    """
    if isinstance(value, list):
        value = [tuple(one) if isinstance(one, list) else one for one in value] if in_list else tuple(value)
    text = printable(_QUOTES.repr(value))
    return text if len(text) <= 80 else text[:77] + "…"


SHOWN = 20  # layers of a list that are told, so that the call can be tried
_REMEMBERS = (
    "The same call gives another number when it is made once more, so something is kept from the calls before: "
    "does a variable outside the function, or a list that is a default value, go on growing? Begin anew inside "
    "it, with total = 0 for instance."
)
Cause = Callable[[list[Any], float], str]  # of a wrong number for these arguments; "" where unknown
Inputs = Callable[
    [list[Any]], str
]  # these arguments in words, where the call as it is typed does not tell them


@dataclass(frozen=True)
class Call:
    """One call of a function. answer: a value or a RaisedError.

    again: what was given while made-up functions stood in for those that are wrong, of those on which
    it builds, and what a right answer may be then; such pairs. changed: whether it changed its arguments.
    """

    arguments: list[Any]
    answer: Any
    again: list[tuple[Any, list[Any]]]
    changed: bool


class Answers:
    """What one function gave for each call (fixture `answers`, probe "call").

    function: its name. graded: whether help may name right answers. wrong_parts: those of the
    functions on which it builds that are wrong. excused: whether one of these was the reason for an
    answer that is not right.
    """

    def __init__(self, question: Question, claim: Claim):
        calls, answers = question.ask["calls"], field(claim.facts, "answers", list)
        if len(answers) != len(calls):
            raise ClaimError("it does not answer every call")
        self.question = question
        self.function: str = question.ask["function"]
        self.graded = question.hidden
        self.excused = False
        also = question.ask.get("also", [])
        told = _more(claim, "also", also)
        parts = [(part, plain_number(_answer(answer))) for part, answer in zip(also, told, strict=False)]
        wrong = {name for (name, arguments), value in parts if not self._is_right(name, arguments, value)}
        # What is told wrong by another one, such as a sum of wrong numbers, is not named beside it.
        self.wrong_parts = sorted(wrong - {"count_params"}) or sorted(wrong)
        again = self._again(claim, parts, wrong)
        self._calls = [
            Call(
                arguments, self._read(answer), [(given[place], goods[place]) for given, goods in again],
                answer.get("changed") is True,
            )
            for place, (arguments, answer) in enumerate(zip(calls, answers, strict=True))
        ]  # fmt: skip
        self._remembers = "repeated" in claim.facts and self._differs(claim.facts["repeated"])
        self._others_change = any(answer.get("changed") is True for answer in told)
        self._public, self._drawn = (
            self._calls[: question.public_calls], self._calls[question.public_calls :]
        )  # fmt: skip

    def value(self, *arguments: Any) -> Any:
        """What the function gave for these public arguments; Wrong when it raised."""
        call = self.asked(*arguments)
        return self._value(call.arguments, call.answer)

    def asked(self, *arguments: Any) -> Call:
        """The public call with these arguments."""
        for call in self._public:
            if tuple(call.arguments) == arguments:
                return call
        raise LookupError(f"{self.function} is not asked with {arguments}")

    def public(self) -> list[tuple[list[Any], Any]]:
        """(arguments, value) of every public call; Wrong when one raised."""
        return [(call.arguments, self._value(call.arguments, call.answer)) for call in self._public]

    def drawn(self) -> list[Call]:
        """Every drawn call, for checks of what is no number.

        Raises LookupError where there are none: a check must not pass on nothing.
        """
        if not self._drawn:
            raise LookupError(f"no drawn call of {self.function}")
        return self._drawn

    def value_of(self, call: Call) -> Any:
        """What that call gave; Wrong when it raised."""
        return self._value(call.arguments, call.answer)

    def given(self) -> list[tuple[list[Any], Any]]:
        """(arguments, value or RaisedError) of every public call."""
        return [(call.arguments, call.answer) for call in self._public]

    def expect(self, arguments: tuple[Any, ...], causes: dict[float, str] | None = None) -> None:
        """Passes when the public call gave the right number; else Wrong, with the cause if known."""
        known = causes or {}
        self._compare(self.asked(*arguments), lambda _, number: known.get(number, ""))

    def expect_drawn(
        self, concerns: Callable[..., bool], cause: Cause | None = None, inputs: Inputs | None = None
    ) -> None:
        """Passes when the drawn calls for whose arguments `concerns` holds gave the right numbers.

        inputs: for who works the number out by hand. Raises LookupError where there are no such calls: a
        check must not pass on nothing.
        """
        found = sorted(
            (call for call in self._drawn if concerns(*call.arguments)),
            key=lambda call: sum(len(a) for a in call.arguments if isinstance(a, list)),
        )  # so that the shortest list is told with which it goes wrong
        if not found:
            raise LookupError(f"no drawn call of {self.function} concerns this check")
        for call in found:
            self._compare(call, cause, inputs)

    def leaves_arguments_alone(self) -> None:
        """Passes when no call changed what it was given, or another function is to blame for it."""
        for call in self._calls:
            if call.changed and not self._others_change:
                raise Wrong(
                    f"{self.call(call.arguments)} changes the list that it is given: the next cell "
                    "would find another network. Go through it with for, and take nothing away."
                )

    def passed(self, rows: Sequence[Row] = ()) -> None:
        """Ends a check that passed, with a word on the functions that are to blame for its numbers."""
        if self.excused:
            self.excused = False  # told once
            wrong = " and ".join(self.wrong_parts)
            raise Passed(
                f"This is put together right, but {wrong}, on which it builds, "
                f"{'is' if len(self.wrong_parts) == 1 else 'are'} not right yet: so the numbers are "
                "not right either. This one has its points.",
                rows,
            )

    def excuses(self, right: Callable[[Any, Any], bool], call: Call) -> bool:
        """Whether a wrong answer is the fault of a function on which this one builds.

        right: compares what was given, with made-up functions in their place, with a right answer.
        """
        found = any(right(given, good) for given, goods in call.again for good in goods)
        self.excused = self.excused or found
        return found

    def _compare(self, call: Call, cause: Cause | None, inputs: Inputs | None = None) -> None:
        """Passes when the answer is the right number (a fraction: to six digits)."""
        arguments, value = call.arguments, plain_number(call.answer)
        if _is_number(value) and self.question.is_right(self.function, arguments, value):
            return
        if self.excuses(_same_number, call):
            return
        if isinstance(value, RaisedError) and any(_is_number(plain_number(given)) for given, _ in call.again):
            wrong, asked = " and ".join(self.wrong_parts), self.question.exercise
            told = (
                f"{self.call(arguments)} raised {value}. It builds on {wrong}: mend that first. With right functions "
                "in their place it answers, but not right either."
            )
            raise (
                Wrong(f"{told} {asked.hint}")
                if self.graded
                else Wrong(told, hints=(asked.hint, asked.worked))
            )
        called, number = self.call(arguments), self._number(arguments, self._value(arguments, value))
        known = _REMEMBERS if self._remembers else self._overflow(arguments, number)
        known = known or (cause(arguments, number) if cause else "") or self._changes(call)
        exercise, given = self.question.exercise, f" {inputs(arguments)}" if inputs else ""
        if self.graded:
            right = _text(self.question.right_answer(self.function, arguments))
            told = f"{called} should be {right}, but yours is {_text(number)}.{given}"
            raise Wrong(f"{told} {known or exercise.hint}")
        raise Wrong(
            f"{called} is not {_text(number)}.{given}",
            hints=("Try this one by hand.", known or exercise.hint, exercise.worked),
        )

    def _differs(self, repeated: Any) -> bool:
        """Whether the first call gave one number, and another one when it was made once more."""
        numbers = [plain_number(answer) for answer in (self._calls[0].answer, self._read(repeated))]
        if not all(map(_is_number, numbers)):
            return False
        neither = all(number != number for number in numbers)  # "not a number" is not even itself
        return numbers[0] != numbers[1] and not neither

    def _read(self, data: Any) -> Any:
        """An answer; where a share is asked for, a Fraction or a Decimal is a number too.

        The other numbers are whole ones, and the pictures of later cells take neither type.
        """
        answer = _answer(data)
        return _exact(answer) if self.function == "dense_share" and isinstance(answer, Other) else answer

    def _is_right(self, name: str, arguments: list[Any], value: Any) -> bool:
        return _is_number(value) and self.question.is_right(name, arguments, value)

    def _again(self, claim: Claim, parts: list[Any], wrong: set[str]) -> list[tuple[list[Any], list[Any]]]:
        """Each time it was asked with stand-ins for all functions, or for those that are wrong: the answers
        to every call, and what right ones may be: None where only the checks of a record that has stand-ins
        of its own know that."""
        ask, exercise = self.question.ask, self.question.exercise.id
        together = ask.get("together", [])
        told = {
            (name, *arguments): value for (name, arguments), value in parts if name in ask.get("factors", {})
        }
        found = []
        for names, answers in zip(together, _more(claim, "again", together), strict=False):
            if not isinstance(answers, list) or len(answers) != len(ask["calls"]):
                raise ClaimError("it does not answer every call of 'again'")
            if {*names} in (wrong, wrong - {"count_params"}) or names == together[-1]:
                goods = [
                    right_with(ask["factors"], names, told, exercise, arguments)
                    if "factors" in ask
                    else [None]
                    for arguments in ask["calls"]
                ]
                found.append(([self._read(answer) for answer in answers], goods))
        return found if wrong else []

    def call(self, arguments: Any) -> str:
        """The call as a student would type it; a long list only as its number of layers."""
        names = self.question.exercise.names
        return f"{self.function}({', '.join(_as_typed(argument, names) for argument in arguments)})"

    def _overflow(self, arguments: list[Any], number: float) -> str:
        """The cause, where the right number was too large for 32 bits: then multiples of 2**32 are lost."""
        lost = (2**32 * times for times in range(1, 65))
        if isinstance(number, int) and any(
            self.question.is_right(self.function, arguments, number + more) for more in lost
        ):
            return (
                "That is an overflow: int32, of NumPy or TensorFlow, ends at 2,147,483,647 and goes on "
                "below 0. Python's own whole numbers have no end: multiply those."
            )
        return ""

    def _changes(self, call: Call) -> str:
        """The cause, where the call changed the list that it was given."""
        if not call.changed or self._others_change:
            return ""
        if self.question.exercise.names:  # lists of layers
            return (
                "It changes the list that it is given, and a loop that goes through a list from which it takes "
                "something away passes over layers: take nothing away, and make a new list where you need one."
            )
        return "It changes what it is given: sort and change a copy, and leave that as it is."

    def _number(self, arguments: list[Any], value: Any) -> float:
        """value as a number, or Wrong with what it is instead."""
        call = self.call(arguments)
        if value is None:
            raise Wrong(
                f"{call} gave None. Is there a return at the end of your function? What is only "
                "printed is not given back."
            )
        if not _is_number(value):
            raise Wrong(f"{call} should be a number, but yours is {quote(value)}.{_why_no_number(value)}")
        return value

    def _value(self, arguments: list[Any], answer: Any) -> Any:
        if isinstance(answer, RaisedError):
            raise Wrong(
                f"{self.call(arguments)} raised {answer}. Run that call in a cell of its own to see the line."
            )
        return answer


def plain_number(value: Any) -> Any:
    """An array without axes as the number in it; all else as it is."""
    return value.item() if isinstance(value, np.ndarray) and value.shape == () else value


def _exact(value: Other) -> Any:
    """The float that is nearest to a Fraction or a Decimal, read from its repr; all else as it is."""
    found = re.fullmatch(r"Fraction\((-?\d{1,100}), (\d{1,100})\)", value.text)
    if found and int(found[2]):
        return int(found[1]) / int(found[2])
    found = re.fullmatch(r"Decimal\('(-?\d{1,100}(?:\.\d{1,100})?(?:E[+-]?\d{1,2})?)'\)", value.text)
    return float(found[1]) if found else value


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _same_number(value: Any, right: float) -> bool:
    value = plain_number(value)
    return _is_number(value) and bank.rounded(value) == bank.rounded(right)


def _more(claim: Claim, name: str, calls: list[Any]) -> list[Any]:
    """The further answers of that name, one for each call; none where they are not told."""
    answers: list[Any] = field(claim.facts, name, list) if name in claim.facts else []
    if len(answers) not in (0, len(calls)):
        raise ClaimError(f"it does not answer every call of {name!r}")
    return answers


def _why_no_number(value: Any) -> str:
    """What a student may have done to give this; "" where that is anybody's guess."""
    text = value.text if isinstance(value, Other) else quote(value)
    if isinstance(value, str):
        return " That is text: leave out quotes, str( ) and f-strings."
    if isinstance(value, bool):
        return " True and False are truth values, as a comparison gives them: return a number."
    if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.size == 1):
        return " Give the number alone: brackets, or a comma at the end, make more of it."
    if text.startswith("<generator"):
        return " Use return, not yield."
    if text.startswith(("Fraction(", "Decimal(")) or text.endswith("j)"):
        return " Give an int or a float: int( ) or float( ) makes one of it."
    return ""


def _as_typed(argument: Any, names: Mapping[str, Any]) -> str:
    if not isinstance(argument, list):
        return quote(argument)
    for name, value in names.items():
        if argument == value:
            return name
    return repr(argument) if len(argument) <= SHOWN else f"<{len(argument)} layers>"


def _text(value: float | None) -> str:
    if value is None:
        return "another number"
    return f"{value:,}" if float(value).is_integer() else f"{value:.6g}"  # nan is no integer


def _answer(data: Any) -> Any:
    if isinstance(data, dict) and "value" in data and set(data) <= {"value", "changed"}:
        return data["value"]
    if isinstance(data, dict) and set(data) == {"error"}:
        return read_error(data["error"])
    raise ClaimError("an answer in it is neither a value nor an error")


class Model:
    """What a network does (fixture `model`, probe "model").

    network: as it was tried, with weights that the grader drew. not_a_model: the type's name when
    the function returned something else; then network is None. own_class: whether it says that its class is
    none of Keras'.
    """

    def __init__(self, question: Question, claim: Claim):
        self.not_a_model = type_name(claim.facts, "not_a_model")
        self.own_class = claim.facts.get("own_class") is True
        self.network: Traced | None = None
        if self.not_a_model is None:
            self.network = Traced(read_trial(claim), question.ask["trial"])


class Training:
    """What a short training gave back (fixture `training`, probe "train").

    returned: what came back, in words, when it was not (model, history). network: as in Model, of
    the model among what came back; None if there was none. history: {name: [one value an epoch]}.
    epochs: how many were asked for. how: "fit" when fit trained that network, "copy" when its
    weights are those of a network while fit trained it, "steps" when an optimizer changed it without
    fit, "other" when fit trained another network, "none" when nothing was trained.
    raised: the error where fit raised; then network is the one that it was called for.
    before: samples of its weights when that began; changed: whether they are others since. asked, ran:
    the epochs that fit was told to run, and those that ended; last: those of the last call of fit. rows:
    how many images fit was given. matched: how many of those are among the images that train_lenet was
    given, mislabelled: with another label than there. prepared: "again" when those were prepared once
    more, "divided" when divided by 255 once more. observed: plain values: optimizer, rate, from_logits,
    batch_size, validation, fits (calls of fit), built (whether build_lenet made the network), relabelled
    (labels that were changed), loss (the name of a loss of Keras), one label each (whether fit was given one
    number for each image as labels), exchanged (whether its images were labels and its labels images); constant (how many images were the same when other ones were
    handed over), origin (what these are).
    """

    HOW = ("fit", "copy", "steps", "other", "none")

    def __init__(self, question: Question, claim: Claim):
        facts = claim.facts
        self.given: int = len(question.ask["images"])
        self.epochs: int = question.ask["epochs"]
        self.returned = type_name(facts, "returned")
        self.raised = read_error(facts["raised"]) if "raised" in facts else None
        self.network: Traced | None = None
        if facts.get("network") is not None or self.returned is None:
            self.network = Traced(read_trial(claim), question.ask["trial"])
        self.history: dict[str, list[Any]] = field(facts, "history", dict)
        self.how: str = field(facts, "how", str)
        if self.how not in self.HOW:
            raise ClaimError("it does not say how the network was trained")
        self.before, after = (_arrays(field(facts, name, list)) for name in ("before", "after"))
        self.changed = len(self.before) != len(after) or not all(map(np.array_equal, self.before, after))
        self.asked, self.ran, self.last, self.rows, self.matched, self.mislabelled = (
            _count(facts, name) for name in ("asked", "ran", "last", "rows", "matched", "mislabelled")
        )
        self.prepared: str = field(facts, "prepared", str)
        self.observed: dict[str, Any] = field(facts, "observed", dict)


def _arrays(values: list[Any]) -> list[np.ndarray]:
    if not all(isinstance(value, np.ndarray) for value in values):
        raise ClaimError("a weight in it is no array")
    return values


def _count(facts: dict[str, Any], name: str) -> int:
    count: int = field(facts, name, int)
    if isinstance(count, bool) or count < 0:
        raise ClaimError(f"its {name!r} is no count")
    return count


class Weights:
    """What the weights file holds (fixture `weights`, probe "weights").

    file: "missing", "unreadable" (see error, and content: "archive" for a .keras file, "model" for a
    whole model in HDF5, "other" for the rest) or "loaded"; then network as in Model, and `prepared` is what
    the student's prepare_images made of each of the `batches`, (N, 28, 28) uint8. refused: the error
    when the network did not take that, else None. nonce: the question's, hex digits, from which more
    may be drawn. measured: what the check that measures it leaves: LeNet's ten arrays, some test
    images (checks/images.py: ASKED) prepared for them, and which it gets wrong of all, (10000,) bool.
    change: how the task was changed on which the network
    was trained again, as checks/hidden/inputs.py draws it; None for the weights that were handed in.
    """

    def __init__(self, question: Question, claim: Claim):
        self.nonce = question.nonce
        self.measured: tuple[Sequence[np.ndarray], np.ndarray, np.ndarray] | None = None
        self.change: dict[str, np.ndarray] | None = question.ask.get("change")
        self.name: str = question.ask["file"]
        self.file: str = field(claim.facts, "file", str)
        self.network: Traced | None = None
        if self.file == "unreadable":
            self.error = read_error(claim.facts.get("error"))
            self.content: str = field(claim.facts, "content", str)
        elif self.file == "loaded":
            self.network = Traced(read_trial(claim), question.ask["trial"])
            self.batches: list[np.ndarray] = question.ask["images"]
            self.prepared: list[Any] = field(claim.facts, "prepared", list)
            if len(self.prepared) != len(self.batches):
                raise ClaimError("it does not hold every batch of prepared images")
            refused = claim.facts.get("refused")
            self.refused = None if refused is None else read_error(refused)
        elif self.file != "missing":
            raise ClaimError("it does not say what became of the weights file")


FIXTURES = {
    "call": ("answers", Answers),
    "model": ("model", Model),
    "train": ("training", Training),
    "weights": ("weights", Weights),
    "retrain": ("weights", Weights),
}
