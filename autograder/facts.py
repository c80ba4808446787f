"""TRUSTED; standard library and NumPy only. A claim's facts in the words of the checks.

Each class reads the facts of one probe and is the fixture of that probe's checks. A claim without
the fields its probe always sends raises `ClaimError`: then nothing is judged.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.checks.api import Wrong
from autograder.claims import Claim, ClaimError, RaisedError, read_error
from autograder.exercises import LENET
from autograder.questions import Question
from autograder.tracing import Traced, read_trial


def field(facts: dict[str, Any], name: str, kind: type | tuple[type, ...]) -> Any:
    """facts[name] when it is there and of that kind, else ClaimError."""
    if not isinstance(facts.get(name), kind):
        raise ClaimError(f"its {name!r} is missing or of the wrong kind")
    return facts[name]


def type_name(facts: dict[str, Any], name: str) -> str | None:
    """facts[name] when it is the name of a type, None when it is not there, else ClaimError."""
    return field(facts, name, str)[:100] if name in facts else None


class _Quotes(reprlib.Repr):
    """repr whose work is bounded as well as its length: a claim may hold thousands of arrays."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxdict = 8
        self.maxlevel = 3
        self.maxstring = self.maxother = 80
        self.fillvalue = "…"

    def repr_ndarray(self, value: np.ndarray, _level: int) -> str:
        return f"an array of shape {value.shape}"


_QUOTES = _Quotes()


def quote(value: Any) -> str:
    """A value as a student would write it, cut short."""
    text = _QUOTES.repr(tuple(value) if isinstance(value, list) else value)
    return text if len(text) <= 80 else text[:77] + "…"


Cause = Callable[[list, float], str]  # of a wrong number for these arguments; "" where unknown
Excuse = Callable[[list, float], bool]  # whether another function's mistake explains that number


class Answers:
    """What one function gave for each call (fixture `answers`, probe "call").

    function: its name. also: what the functions on which it builds gave, [(name, arguments,
    answer)]. An answer is a value or a RaisedError. graded: whether help may name right answers.
    """

    def __init__(self, question: Question, claim: Claim):
        calls, answers = question.ask["calls"], field(claim.facts, "answers", list)
        if len(answers) != len(calls):
            raise ClaimError("it does not answer every call")
        self.question = question
        self.function: str = question.ask["function"]
        self.graded = question.hidden
        self._public = question.public_calls
        self._calls = [
            (arguments, _answer(answer))
            for arguments, answer in zip(calls, answers, strict=True)
        ]
        self._changed = [answer.get("changed") is True for answer in answers]
        asked = question.ask.get("also", [])
        told = field(claim.facts, "also", list) if "also" in claim.facts else []
        if len(told) not in (0, len(asked)):
            raise ClaimError("it does not answer every call of another function")
        self.also = [(*call, _answer(answer)) for call, answer in zip(asked, told, strict=False)]
        self._others_change = any(answer.get("changed") is True for answer in told)

    def value(self, *arguments: Any) -> Any:
        """What the function gave for these public arguments; Wrong when it raised."""
        for asked, answer in self._calls[: self._public]:
            if tuple(asked) == arguments:
                return self._value(asked, answer)
        raise LookupError(f"{self.function} is not asked with {arguments}")

    def public(self) -> list[tuple[list, Any]]:
        """(arguments, value) of every public call; Wrong when one raised."""
        return [(asked, self._value(asked, a)) for asked, a in self._calls[: self._public]]

    def drawn(self, concerns: Callable[..., bool]) -> list[tuple[list, Any]]:
        """(arguments, answer) of the drawn calls for whose arguments `concerns` holds.

        Raises LookupError where there are none: a check must not pass on nothing.
        """
        found = [call for call in self._calls[self._public :] if concerns(*call[0])]
        if not found:
            raise LookupError(f"no drawn call of {self.function} concerns this check")
        return found

    def expect(
        self, arguments: tuple, causes: dict[float, str] | None = None, excuse: Excuse | None = None
    ) -> None:
        """Passes when the public call gave the right number; else Wrong, with the cause if known."""
        known = causes or {}
        value = self.value(*arguments)
        self.compare(list(arguments), value, lambda _, number: known.get(number, ""), excuse)

    def expect_drawn(
        self, concerns: Callable[..., bool], cause: Cause | None = None, excuse: Excuse | None = None
    ) -> None:
        """Passes when the drawn calls that concern the check all gave the right numbers."""
        for arguments, answer in self.drawn(concerns):
            self.compare(arguments, self._value(arguments, answer), cause, excuse)

    def compare(
        self, arguments: list, value: Any, cause: Cause | None = None, excuse: Excuse | None = None
    ) -> None:
        """Passes when value is the right number for these arguments (a fraction: to six digits)."""
        call, number = self.call(arguments), self._number(arguments, value)
        if self.question.is_right(self.function, arguments, number):
            return
        if excuse and excuse(arguments, number):
            return
        known = cause(arguments, number) if cause else ""
        exercise = self.question.exercise
        if self.graded:
            right = _text(self.question.right_answer(self.function, arguments))
            told = f"{call} should be {right}, but yours is {_text(number)}."
            raise Wrong(f"{told} {known or exercise.hint}")
        raise Wrong(
            f"{call} is not {_text(number)}.",
            hints=("Try this one by hand.", known or exercise.hint, exercise.worked),
        )

    def leaves_arguments_alone(self) -> None:
        """Passes when no call changed what it was given, or another function is to blame for it."""
        for (arguments, _), changed in zip(self._calls, self._changed, strict=True):
            if changed and not self._others_change:
                raise Wrong(
                    f"{self.call(arguments)} changes the list that it is given: the next cell would "
                    "find another network. Go through it with for, and take nothing away."
                )

    def call(self, arguments: Any) -> str:
        """The call as a student would type it; a long list only as its number of layers."""
        return f"{self.function}({', '.join(_as_typed(argument) for argument in arguments)})"

    def _number(self, arguments: list, value: Any) -> float:
        """value as a number, or Wrong with what it is instead."""
        call = self.call(arguments)
        if value is None:
            raise Wrong(
                f"{call} gave None. Is there a return at the end of your function? What is only "
                "printed is not given back."
            )
        if isinstance(value, np.ndarray) and value.shape == ():
            value = value.item()
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Wrong(f"{call} should be a number, but yours is {quote(value)}.{_why_no_number(value)}")
        return value

    def _value(self, arguments: list, answer: Any) -> Any:
        if isinstance(answer, RaisedError):
            raise Wrong(
                f"{self.call(arguments)} raised {answer}. "
                "Run that call in a cell of its own to see the line."
            )
        return answer


def _why_no_number(value: Any) -> str:
    """What a student may have done to give this; "" where that is anybody's guess."""
    text = quote(value)
    if isinstance(value, str):
        return " That is text: leave out quotes, str( ) and f-strings."
    if isinstance(value, bool):
        return " A comparison gives that: is there one in the line with return?"
    if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.size == 1):
        return " Give the number alone: brackets, or a comma at the end, make more of it."
    if text.startswith("<generator"):
        return " Use return, not yield."
    if text.startswith(("Fraction(", "Decimal(")) or text.endswith("j)"):
        return " Give an int or a float: int( ) or float( ) makes one of it."
    return ""


def _as_typed(argument: Any) -> str:
    if not isinstance(argument, list):
        return quote(argument)
    beginnings = {len(LENET): "LENET", 2: "LENET[:2]"}
    if argument and argument == LENET[: len(argument)] and len(argument) in beginnings:
        return beginnings[len(argument)]
    return repr(argument) if len(argument) <= 6 else f"<{len(argument)} layers>"


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
    the function returned something else; then network is None.
    """

    def __init__(self, question: Question, claim: Claim):
        self.not_a_model = type_name(claim.facts, "not_a_model")
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
    changed: whether its weights are others than when that began. asked, ran: the epochs that fit was
    told to run, and those that ended; last: those of the last call of fit. rows: how many images fit was given. matched: how many of
    those are among the images that train_lenet was given, mislabelled: with another label than there.
    prepared: "again" when those were prepared once more, "divided" when divided by 255 once more.
    observed: plain values for notes: optimizer, rate, from_logits, batch_size, validation.
    """

    HOW = ("fit", "copy", "steps", "other", "none")

    def __init__(self, question: Question, claim: Claim):
        facts = claim.facts
        self.given: int = len(question.ask["images"])
        self.epochs: int = question.ask["epochs"]
        self.returned = type_name(facts, "returned")
        self.network: Traced | None = None
        if facts.get("network") is not None or self.returned is None:
            self.network = Traced(read_trial(claim), question.ask["trial"])
        self.history: dict[str, list] = field(facts, "history", dict)
        self.how: str = field(facts, "how", str)
        if self.how not in self.HOW:
            raise ClaimError("it does not say how the network was trained")
        before, after = (_arrays(field(facts, name, list)) for name in ("before", "after"))
        self.changed = len(before) != len(after) or not all(map(np.array_equal, before, after))
        self.asked, self.ran, self.last, self.rows, self.matched, self.mislabelled = (
            _count(facts, name)
            for name in ("asked", "ran", "last", "rows", "matched", "mislabelled")
        )
        self.prepared: str = field(facts, "prepared", str)
        self.observed: dict[str, Any] = field(facts, "observed", dict)


def _arrays(values: list) -> list[np.ndarray]:
    if not all(isinstance(value, np.ndarray) for value in values):
        raise ClaimError("a weight in it is no array")
    return values


def _count(facts: dict[str, Any], name: str) -> int:
    count = field(facts, name, int)
    if isinstance(count, bool) or count < 0:
        raise ClaimError(f"its {name!r} is no count")
    return count


class Weights:
    """What the weights file holds (fixture `weights`, probe "weights").

    file: "missing", "unreadable" (see error, and content: "archive" for a .keras file, "model" for a
    whole model in HDF5, "other" for the rest) or "loaded"; then network as in Model, and `prepared` is what
    the student's prepare_images made of each of the `batches`, (N, 28, 28) uint8. refused: the error
    when the network did not take that, else None. nonce: the question's, hex digits, from which more
    may be drawn.
    """

    def __init__(self, question: Question, claim: Claim):
        self.nonce = question.nonce
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
}
