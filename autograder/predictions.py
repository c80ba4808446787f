"""The student's Jupyter: a guess is compared with what came. Nothing is kept, and no point comes of it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

_NUMBER = re.compile(r"(-?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?)\s*(%?)")
_OPEN, _SAID, _CLOSE, _OTHER, _WORDS = range(5)
_ENDLESS = re.compile(r"[-+]?(inf|infinity|∞)", re.IGNORECASE)
_FILLING = {"the", "a", "an", "it", "is", "are", "layer", "layers", "of", "digits"}
_LEAST = 0.005  # a guess of 0 is right below it
IN_FIGURES = "Write your guess in figures, such as 0.5 for a half, and run the cell again."
NO_GUESS = (
    "No guess yet: write one in the first line and run the cell again. A wrong guess teaches more than none."
)


def compare(prediction: Any, came: Any, what: str = "answer", names: Sequence[str] = ()) -> bool:
    """Print how a prediction fits what came. True if there was one, so that a cell can show the rest then.

    prediction: a number, a word or a list of them; "?" stands for no guess.
    came: the same. A whole number is right or not; another may be close, and is right where it is once
    rounded as the guess is. what: one of several, for the sentence; names: theirs, if not 1, 2, 3 …
    """
    guesses, right = _items(prediction), _items(came)
    guesses = [*guesses, *["?"] * len(right)][: len(right)]
    fits = [_fit(guess, value) for guess, value in zip(guesses, right, strict=True)]
    print(_sentence(guesses, fits, what, names))
    return any(fit not in (_OPEN, _WORDS) for fit in fits)


def _items(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _fit(guess: Any, came: Any) -> int:
    text = str(guess).strip()
    if text in ("", "?", "None"):
        return _OPEN
    if isinstance(came, (str, bool)):
        return _SAID if _words(text) == _words(str(came)) else _OTHER
    if _ENDLESS.fullmatch(text):
        return _SAID if math.isinf(came) else _OTHER
    found = _NUMBER.search(text)
    if not found:
        return _WORDS
    number = Decimal(found[1].replace(",", "")) / (100 if found[2] else 1)
    if isinstance(came, (int, np.integer)):
        return _SAID if number == int(came) else _OTHER
    exponent = Decimal(found[1].replace(",", "")).as_tuple().exponent
    places = max(0, -exponent) + (2 if found[2] else 0) if isinstance(exponent, int) else 0
    apart, size = abs(float(number) - float(came)), abs(float(came))
    # 1 is no way to round 0.8, and 0 none to round 0.4: a whole number must be nearer to what is small.
    rounded = apart <= 0.5 * 10.0**-places and (places or size >= 2 or apart <= max(_LEAST, size / 20))
    if rounded and math.isfinite(apart):
        return _SAID
    return _CLOSE if apart <= size / 4 else _OTHER


def _words(text: str) -> list[str]:
    """The words that count, in any order: "Neither." is neither, "8 and 0" is "0 and 8"."""
    found = re.findall(r"\w+", text.casefold())
    return sorted(word for word in found if word not in _FILLING) or found


def _sentence(guesses: Sequence[Any], fits: Sequence[int], what: str, names: Sequence[str]) -> str:
    if all(fit in (_OPEN, _WORDS) for fit in fits):
        return IN_FIGURES if _WORDS in fits else NO_GUESS
    if len(fits) == 1:
        guess = str(guesses[0])[:60]
        return {
            _SAID: "Just as you said.",
            _CLOSE: f"Close: you said {guess}.",
            _OTHER: f"You said {guess}. Where does the difference come from?",
        }[fits[0]]

    def places(wanted: int) -> str:
        found = [names[place] if names else str(place + 1) for place, fit in enumerate(fits) if fit == wanted]
        return f"{what}{'s' * (len(found) > 1)} {_listed(found)}" if found else ""

    said, close = fits.count(_SAID), fits.count(_CLOSE)
    parts = [f"all {said} as you said" if said == len(fits) else f"{said} of {len(fits)} as you said"]
    parts += [f"{close} close"] if close else []
    sentence = ", ".join(parts)
    if _OTHER in fits:
        sentence += f"; look again at {places(_OTHER)}"
    if _WORDS in fits:
        sentence += f"; write {places(_WORDS)} in figures"
    if _OPEN in fits:
        sentence += f"; no guess yet for {places(_OPEN)}"
    return f"{sentence[0].upper()}{sentence[1:]}."


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
