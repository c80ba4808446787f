"""The instructor's machine; standard library only. Files that hold grades or answers: for nobody else's eyes."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def write_private(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file whole or not at all, mode 600; folders that are missing are made, mode 700."""
    for folder in reversed(path.parents):
        if not folder.is_dir():
            folder.mkdir(mode=0o700)  # mkdir(parents=True) would give those between the usual mode
    new = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(pieces)
        new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise
