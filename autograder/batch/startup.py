"""Runs anywhere; standard library only. How our own processes import what they need, quickly."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quick_imports() -> Iterator[None]:
    """For the imports of a process that only grades, before nbformat is imported.

    jsonschema can check addresses in other scripts, and compiles their grammar when it is imported:
    a second, and the format of notebooks has no such addresses. What is imported stays, so nobody
    need look through it for garbage, neither now nor later.
    """
    # None stands for a module that cannot be imported, which the type of sys.modules leaves out.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
