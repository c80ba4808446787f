"""TRUSTED; standard library only. Wrong formulas that students write, known by their numbers.

Two of them may give the same number for one call. So one is named where it gives all the numbers that a
function gave for the public calls; and where several do, each of them.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.judging.api import Wrong
from autograder.judging.facts import Answers, Cause, plain_number


@dataclass(frozen=True)
class Slip:
    """One wrong formula.

    told: what is wrong with it; {names} of the formula's parameters become a call's arguments.
    formula: the number for a call, None where it is not known. Where it is not whole, a student may have
    rounded it down.
    """

    told: str
    formula: Callable[..., float | None]

    def gives(self, arguments: Sequence[Any], value: Any) -> bool:
        """Whether value is what the formula makes of a call's arguments."""
        number = self.formula(*arguments)
        if number is None or not isinstance(value, (int, float)):
            return False
        return value in (number, math.floor(number))

    def words(self, arguments: Sequence[Any]) -> str:
        """The sentence, for these arguments."""
        call = inspect.signature(self.formula).bind(*arguments)
        call.apply_defaults()
        return self.told.format(**call.arguments)


def numbers(known: dict[tuple[int, ...], float]) -> Callable[..., float | None]:
    """A formula by its numbers for public calls. Students can read this file: what is right but for the
    order of its parameters is not written down in it."""
    return lambda *arguments: known.get(arguments)


class Slips:
    """Expects the right numbers of a function, and says which slips may be behind a wrong one."""

    def __init__(self, slips: Sequence[Slip], answers: Answers):
        self._slips = slips
        self._answers = answers
        try:
            self._public = [(arguments, plain_number(value)) for arguments, value in answers.public()]
        except Wrong:  # one of them raised: each number speaks for itself
            self._public = []

    def expect(self, *arguments: Any) -> None:
        """As `Answers.expect`. Where no slip explains all public numbers, one that gives this is named."""
        value = plain_number(self._answers.value(*arguments))
        found = [slip for slip in self._slips if slip.gives(arguments, value)]
        causes = {value: _named(self._everywhere(found) or found, arguments)} if found else {}
        self._answers.expect(arguments, causes)

    def expect_drawn(self, concerns: Callable[..., bool], otherwise: Cause | None = None) -> None:
        """As `Answers.expect_drawn`. otherwise: the cause of a number that no slip explains."""

        def cause(arguments: list[Any], value: float) -> str:
            found = [slip for slip in self._slips if slip.gives(arguments, value)]
            known = _named(self._everywhere(found), arguments)
            return known or (otherwise(arguments, value) if otherwise else "")

        self._answers.expect_drawn(concerns, cause)

    def _everywhere(self, slips: list[Slip]) -> list[Slip]:
        """Those that give every number of the public calls."""
        return [slip for slip in slips if all(slip.gives(*call) for call in self._public)]


def _named(slips: Sequence[Slip], arguments: Sequence[Any]) -> str:
    return " Or: ".join(dict.fromkeys(slip.words(arguments) for slip in slips))
