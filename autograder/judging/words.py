"""TRUSTED; standard library only. A student's words, to stand in sentences of the grader's.

Whatever a student can name (a file, a layer, a class, a loss, oneself) may be a sentence, which a reader
would take for the grader's own. All of it passes `named`, or `quoted` where it never is a plain name.
"""

from __future__ import annotations

import re
import unicodedata

# What looks like the end of a quotation. Not Python's own ', which stands in many an honest error.
_MARKS = re.compile('["“”„‟〝〞〟＂«»‹›‘’‚‛❛❜❝❞❮❯′″‴‵‶‷ʹʺʼˮ״]')
# A name in Latin letters, perhaps a path, perhaps with the number that browsers give to a second copy. Other
# scripts have letters that are drawn as blanks.
_USUAL = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ0-9_./-]{1,40}( \([0-9]{1,2}\)(\.[A-Za-z0-9]{1,8})?)?")
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # they print, and nothing is seen
_MOST_MARKS = 2  # over one letter, as in Vietnamese; what is behind an escape is over that one
_ACROSS = 1  # Unicode's combining class of marks that are drawn through a letter
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
    """The text with an escape for every character that does not print, but line ends and tabs.

    So for those that are drawn as nothing, and for marks that are drawn over other letters: across them, or
    more than two on one, which reach into the lines around.
    """
    if text.isascii() and text.isprintable():
        return text
    shown, marks = [], 0
    for c in unicodedata.normalize("NFC", text):
        marks = marks + 1 if unicodedata.category(c) in ("Mn", "Me") else 0
        prints = (c.isprintable() and c not in _BLANKS) or c in "\n\t"
        over = marks > _MOST_MARKS or (marks and unicodedata.combining(c) == _ACROSS)
        shown.append(c if prints and not over else c.encode("unicode_escape").decode())
    return "".join(shown)


def with_article(name: str) -> str:
    """a Dense, an AveragePooling2D."""
    return f"a{'n' * (name[:1] in 'AEIOaeio')} {name}"
