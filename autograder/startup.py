"""Runs anywhere; standard library only. What our own processes need not import."""

from __future__ import annotations

import sys


def leave_out_grammars() -> None:
    """To be called before nbformat is imported, in a process that only grades.

    jsonschema can check addresses in other scripts, and compiles their grammar when it is imported:
    a second, in each process. The format of notebooks has no such addresses.
    """
    sys.modules.setdefault("rfc3987_syntax", None)
