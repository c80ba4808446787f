"""TRUSTED; standard library only. A student's words, to stand in sentences of the grader's.

Whatever a student can name (a file, a layer, a class, a loss, oneself) may be a sentence, which a reader
would take for the grader's own. All of it passes `named`, or `quoted` where it never is a plain name.
"""

from __future__ import annotations

import re

# What looks like the end of a quotation. Not Python's own ', which stands in many an honest error.
_MARKS = re.compile('["“”„‟〝〞〟＂«»‹›‘’‚‛❛❜❝❞❮❯′″‴‵‶‷ʹʺʼˮ״]')
# A name in Latin letters, perhaps a path, perhaps with the number that browsers give to a second copy. Other
# scripts have letters that are drawn as blanks.
_USUAL = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ0-9_./-]{1,40}( \([0-9]{1,2}\)(\.[A-Za-z0-9]{1,8})?)?")
_LONGEST = 80  # characters of a name that is quoted


def named(text: str, mark: str = "") -> str:
    """A name that a student gave: as it is where it is a usual one, else quoted and cut.

    mark: what stands on both sides of a usual one.
    """
    return f"{mark}{text}{mark}" if _USUAL.fullmatch(text) else quoted(text, _LONGEST)


def quoted(text: str, most: int | None = None) -> str:
    """The text on one line in marks that nothing in it can close; cut where it is longer than `most`."""
    shown = printable(re.sub(r"\s", " ", unmarked(text[:most] if most else text)))
    if most and max(len(text), len(shown)) > most:
        shown = f"{shown[: most - 1]}…"
    return f"“{shown}”"


def unmarked(text: str) -> str:
    """The text with ' for everything that looks like a mark of quotation."""
    return _MARKS.sub("'", text)


def printable(text: str) -> str:
    """The text with every character that does not print, but line ends and tabs, as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)
