"""TRUSTED; standard library only. What a message is about, whoever got it: the same for all with one mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.judging.verdicts import FAILED, Verdict

_LONGEST = 1_000  # characters of a message that are read: what a student says in one was cut before
_DEEPEST = 6  # brackets in brackets
_WAITS = "Waits for the check "  # the judge's own, of a check that another one's cause would only repeat
_GAP = "…"
_NUMBER = r"(?<![\w.])[-−+]?\d+(?:[,.]\d+)*(?:e[-+]?\d+)?(?!\w)"
_VALUE = rf"(?:{_GAP}|None|True|False|inf|nan)"
# In this order: what is in marks may hold brackets, and what is in brackets numbers.
_ONCE = (
    (r"“[^”]*”", f"“{_GAP}”"),
    (r"(?<!\w)'[^'\n]*'(?!\w)", f"'{_GAP}'"),
    (r'(?<!\w)"[^"\n]*"(?!\w)', f'"{_GAP}"'),
    (_NUMBER, _GAP),
)
# From inside out.
_AGAIN = (
    (r"\[[^][]*\]|\{[^{}]*\}", _GAP),  # a list, a dictionary
    (rf"(?<!\w)\((?:[\s,]*(?:['\"]?{_VALUE}['\"]?))+,?\)", _GAP),  # a tuple of values
    (rf"(?<=\w)\((?!{_GAP}\))[^()]+\)", f"({_GAP})"),  # the arguments of a call
)
# One value, two or ten: "… × … × …", "…, … and …".
_SEVERAL = re.compile(rf"{_GAP}(?:(?:\s*[×·/:,]\s*|,? and |,? or ){_GAP})+")


def cause_of(message: str) -> str:
    """The message with a gap, "…", for every number, value of code and text in marks.

    What is left is its author's: two students with the same mistake and other numbers have the same cause.
    """
    text = " ".join(message[:_LONGEST].split())
    for pattern, gap in _ONCE:
        text = re.sub(pattern, gap, text)
    for _ in range(_DEEPEST):
        for pattern, gap in _AGAIN:
            text = re.sub(pattern, gap, text)
    return _SEVERAL.sub(_GAP, text)


def mistakes(verdict: Verdict) -> Iterator[str]:
    """What failed checks said to the student: each message once, without those that wait for another check."""
    if verdict.attempted:
        said = (check.help for check in verdict.checks if check.outcome == FAILED)
        yield from dict.fromkeys(help for help in said if help and not help.startswith(_WAITS))
