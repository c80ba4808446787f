"""TRUSTED; standard library and NumPy only. A claim's facts in the words of the checks.

Each class reads the facts of one probe and is the fixture of that probe's checks. A claim without
the fields its probe always sends raises `ClaimError`: then nothing is judged.
"""

from __future__ import annotations

import itertools
import reprlib
from typing import Any

import numpy as np

from autograder.checks.api import Wrong
from autograder.claims import Claim, ClaimError, Other, RaisedError, read_error
from autograder.network import Network, NetworkError, read_network
from autograder.questions import Question


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


class Answers:
    """What one function gave for each call (fixture `answers`, probe "call")."""

    def __init__(self, question: Question, claim: Claim):
        calls, answers = question.ask["calls"], field(claim.facts, "answers", list)
        if len(answers) != len(calls):
            raise ClaimError("it does not answer every call")
        self.function: str = question.ask["function"]
        self._public = question.public_calls
        self._calls = [
            (arguments, _answer(answer))
            for arguments, answer in zip(calls, answers, strict=True)
        ]

    def value(self, *arguments: Any) -> Any:
        """What the function gave for these public arguments; Wrong when it raised."""
        for asked, answer in self._calls[: self._public]:
            if tuple(asked) == arguments:
                return self._value(asked, answer)
        raise LookupError(f"{self.function} is not asked with {arguments}")

    def public(self) -> list[tuple[list, Any]]:
        """(arguments, value) of every public call; Wrong when one raised."""
        return [(asked, self._value(asked, a)) for asked, a in self._calls[: self._public]]

    def hidden(self) -> list[tuple[list, Any]]:
        """(arguments, value) of every hidden call; Wrong when one raised."""
        return [(asked, self._value(asked, a)) for asked, a in self._calls[self._public :]]

    def expect_number(
        self, arguments: tuple, expected: float, causes: dict[float, str] | None = None
    ) -> None:
        """Passes when the public call gave `expected`; else Wrong, with the cause if known."""
        self.compare_number(arguments, self.value(*arguments), expected, causes)

    def compare_number(
        self, arguments: Any, value: Any, expected: float, causes: dict[float, str] | str | None = None
    ) -> None:
        """Passes when value equals expected (a fraction: within 1e-6). Hints climb: type, value.

        causes: the likely cause of some wrong values, or of all.
        """
        call = self.call(arguments)
        if value is None:
            raise Wrong(f"{call} gave None. Is there a return at the end of your function?")
        if isinstance(value, np.ndarray) and value.size == 1:
            value = value.item()
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Wrong(f"{call} should be a number, but yours is {quote(value)}.")
        if not abs(value - expected) <= (0 if isinstance(expected, int) else 1e-6):
            known = causes if isinstance(causes, str) else (causes or {}).get(value, "")
            told = f"{call} should be {_number(expected)}, but yours is {_number(value)}."
            raise Wrong(f"{told} {known}".strip())

    def call(self, arguments: Any) -> str:
        """The call as a student would type it, cut short."""
        return f"{self.function}({', '.join(quote(_as_typed(a)) for a in arguments)})"

    def _value(self, arguments: list, answer: Any) -> Any:
        if isinstance(answer, RaisedError):
            raise Wrong(
                f"{self.call(arguments)} raised {answer}. "
                "Run that call in a cell of its own to see the line."
            )
        return answer


def _as_typed(argument: Any) -> Any:
    return Other("", f"<{len(argument)} layers>") if isinstance(argument, list) else argument


def _number(value: float) -> str:
    return f"{value:,}" if float(value).is_integer() else f"{value:.6g}"  # nan is no integer


def _answer(data: Any) -> Any:
    if isinstance(data, dict) and set(data) == {"value"}:
        return data["value"]
    if isinstance(data, dict) and set(data) == {"error"}:
        return read_error(data["error"])
    raise ClaimError("an answer in it is neither a value nor an error")


class Model:
    """What a network was built of (fixture `model`, probe "model").

    network: what the claimed layers amount to with the weights that the grader drew, or the
    NetworkError that says where they do not add up. images (N, 28, 28, 1) went in, outputs came
    out. not_a_model: the type's name when the function returned something else.
    """

    def __init__(self, question: Question, claim: Claim):
        self.not_a_model = type_name(claim.facts, "not_a_model")
        self.layers: list[dict[str, Any]] = []
        self.network: Network | NetworkError | None = None
        if self.not_a_model is None:
            self.layers = field(claim.facts, "layers", list)
            self.network = network_of(with_drawn_weights(self.layers, question.ask["numbers"]))
            self.images: np.ndarray = question.ask["images"]
            self.outputs: np.ndarray = field(claim.facts, "outputs", np.ndarray)


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
        self.network: Network | NetworkError | None = None
        if facts.get("layers") is not None:
            self.network = network_of(field(facts, "layers", list))
        elif self.returned is None:
            raise ClaimError("its 'layers' is missing or of the wrong kind")
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
        self.network: Network | NetworkError | None = None
        if self.file == "unreadable":
            self.error = read_error(claim.facts.get("error"))
            self.content: str = field(claim.facts, "content", str)
        elif self.file == "loaded":
            self.network = network_of(field(claim.facts, "layers", list))
            self.batches: list[np.ndarray] = question.ask["images"]
            self.prepared: list[Any] = field(claim.facts, "prepared", list)
            if len(self.prepared) != len(self.batches):
                raise ClaimError("it does not hold every batch of prepared images")
            refused = claim.facts.get("refused")
            self.refused = None if refused is None else read_error(refused)
        elif self.file != "missing":
            raise ClaimError("it does not say what became of the weights file")


def with_drawn_weights(layers: list, numbers: np.ndarray) -> list:
    """The claimed layers with the grader's weights, of the claimed shapes, in the place of theirs.

    numbers: (K,) float32. Each array repeats them from another place on, divided by the root of
    the number of inputs that one unit has.
    """
    places = itertools.count()

    def values(claimed: Any) -> Any:
        if not isinstance(claimed, np.ndarray):
            return claimed  # reading the network says what is wrong with it
        inputs = max(np.prod(claimed.shape[:-1]), 1)
        return np.resize(np.roll(numbers, next(places)), claimed.shape) / np.sqrt(inputs)

    return [
        {**layer, "weights": [values(claimed) for claimed in layer["weights"]]}
        if isinstance(layer, dict) and isinstance(layer.get("weights"), list)
        else layer
        for layer in layers
    ]


def network_of(layers: list) -> Network | NetworkError:
    """The claimed layers as a network, or why they are none."""
    if not all(isinstance(layer, dict) for layer in layers):
        raise ClaimError("a layer in it is not an object")
    try:
        return read_network(layers)
    except NetworkError as error:
        return error


FIXTURES = {
    "call": ("answers", Answers),
    "model": ("model", Model),
    "train": ("training", Training),
    "weights": ("weights", Weights),
}
