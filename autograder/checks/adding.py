"""TRUSTED; standard library only. Right sums of wrong parts: nobody loses twice for one mistake.

What adds up layers builds on functions of earlier exercises, which the kernel was asked too. Where
all but one of these are right, the sum of what they give is as good as the right one.
"""

from __future__ import annotations

from typing import Any

from autograder.checks.api import Passed
from autograder.exercises import LAYER_FUNCTIONS
from autograder.facts import Answers
from autograder.questions import dense_layers


class Parts:
    """What the student's functions give for the layers of the networks that are asked.

    wrong: the name of the one function that is wrong; "" where none is, or more than one, or one
    that hardly is a function: what gives the same for everything excuses nothing. excused: whether
    it explained an answer that is not right.
    """

    def __init__(self, answers: Answers):
        self._given = {(name, repr(arguments)): value for name, arguments, value in answers.also}
        wrong, values = set(), {}
        for name, arguments, value in answers.also:
            right = _is_number(value) and answers.question.is_right(name, arguments, value)
            if not right and not self._is_sum(name, arguments, value):
                wrong.add(name)
            values.setdefault(name, []).append(value)
        self.wrong = wrong.pop() if len(wrong) == 1 else ""
        given = values.get(self.wrong, [])
        constant = len(set(map(repr, given))) < max(2, len(given) / 2)
        nothing = all(  # a layer without parameters: there the right answer is a constant too
            answers.question.is_right(name, arguments, 0)
            for name, arguments, _ in answers.also
            if name == self.wrong
        )
        if not all(map(_is_number, given)) or (constant and not nothing):
            self.wrong = ""
        self.excused = False

    def explain_count(self, arguments: list, value: float) -> bool:
        """Whether value is the sum of what the functions of single layers give."""
        return self._excuse(value == self._sum(arguments[0]))

    def explain_share(self, arguments: list, value: float) -> bool:
        """Whether value is the share of the dense layers in what the student's functions give."""
        [layers] = arguments
        dense = dense_layers(layers)
        counted = [self._given.get(("count_params", repr([part]))) for part in (dense, layers)]
        shares = [
            part / whole
            for part, whole in (counted, (self._sum(dense), self._sum(layers)))
            if _is_number(part) and _is_number(whole) and whole
        ]
        return self._excuse(any(abs(value - share) < 1e-9 for share in shares))

    def passed(self) -> None:
        """Ends a check that passed, with a word on the other function where that is the wrong one."""
        if self.excused:
            raise Passed(
                f"This adds up right, but {self.wrong}, on which it builds, is still wrong: so the "
                "numbers are wrong too. Mend that one; this one has its points."
            )

    def _excuse(self, explained: bool) -> bool:
        self.excused = self.excused or (explained and bool(self.wrong))
        return explained and bool(self.wrong)

    def _sum(self, layers: list[tuple]) -> float | None:
        """What the functions of single layers give together; None where one gave no number."""
        counted = [
            self._given.get((LAYER_FUNCTIONS[kind], repr(sizes)))
            for kind, *sizes in layers
            if kind in LAYER_FUNCTIONS
        ]
        return sum(counted) if all(map(_is_number, counted)) else None

    def _is_sum(self, name: str, arguments: list, value: Any) -> bool:
        """Whether a function of a list of layers gave the sum of what those of the layers give."""
        return name not in LAYER_FUNCTIONS.values() and _is_number(value) and value == self._sum(*arguments)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
