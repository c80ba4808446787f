"""TRUSTED; standard library only. What may stand in a cell of a table that a spreadsheet opens.

A spreadsheet computes a cell that begins with `=`, and names of students are not ours to choose.
"""

from __future__ import annotations

import re
from typing import Any

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
# At the start of a cell; and behind what a spreadsheet of another language takes for the end of one.
_FORMULA = re.compile(r"(^|[,;|])(?=\s*[=+\-@＝＋－＠])")
# Characters that some programs take for the end of a cell or of the file, and line ends.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Those that turn the order of what stands behind them around, in other cells of the row as well.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def as_text(value: Any) -> Any:
    """The value of a cell: a text that would be a formula gets an apostrophe, a number stays one.

    Control characters become spaces. Marks that turn the direction of the text that follows are left out, and
    half of a character that has no other half becomes a question mark.
    """
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    text = _TURNING.sub("", _CONTROL.sub(" ", value)).encode("utf-8", "replace").decode()
    return _FORMULA.sub(r"\1'", text)
