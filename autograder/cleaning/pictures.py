"""TRUSTED; standard library only. Which pictures may stand in a page, and how.

A picture is bounded in bytes and in pixels: a tiny file can unpack into gigabytes in a browser. Its
first bytes say what it is, not its name. SVG is a program for a browser, small ones of which take
hours to draw: only a file of the instructor may be one, and it stands in an <img>, where a browser
runs no script of it and loads nothing for it.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from urllib.parse import unquote

IMAGE_BYTES = 2 * 2**20  # of one picture, decoded
PIXELS = 40_000_000  # of one picture
_BEFORE_SIZE = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # JPEG's frame headers
_NO_LENGTH = frozenset([0x01, *range(0xD0, 0xD9)])  # JPEG's markers that stand alone


def is_picture(kind: str, value: object) -> bool:
    """Whether this is base64 of a PNG or JPEG of a bearable size. kind: a MIME type."""
    if not isinstance(value, str) or len(value) > IMAGE_BYTES * 4 // 3 + 4096:
        return False
    try:
        raw = base64.b64decode(value.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return _kind(raw) == kind


def picture_file(folder: Path, address: str) -> bytes | None:
    """What the picture at `address`, relative to `folder`, holds; None where it may not be shown.

    It must be a file in the folder itself: no link leads out of it, and no dots do.
    """
    path, top = folder / unquote(address), folder.resolve()
    try:
        found = path.resolve()
        if not found.is_relative_to(top) or not found.is_file():
            return None
        with open(found, "rb") as file:
            raw = file.read(IMAGE_BYTES + 1)
    except (OSError, ValueError):  # a name too long, or with a zero in it
        return None
    return raw if len(raw) <= IMAGE_BYTES and _kind(raw) else None


def data_url(raw: bytes) -> str:
    """The picture as an address that holds all of it."""
    return f"data:{_kind(raw)};base64,{base64.b64encode(raw).decode()}"


def _kind(raw: bytes) -> str:
    """The MIME type of a picture of a bearable size, "" for anything else."""
    if raw[:16] == b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR":
        kind, pixels = "image/png", _number(raw[16:20]) * _number(raw[20:24])
    elif raw[:3] == b"\xff\xd8\xff":
        kind, pixels = "image/jpeg", _jpeg_pixels(raw)
    elif raw[:6] in (b"GIF87a", b"GIF89a"):
        kind, pixels = "image/gif", int.from_bytes(raw[6:8], "little") * int.from_bytes(raw[8:10], "little")
    elif b"<svg" in raw[:4096] and raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        kind, pixels = "image/svg+xml", 1
    else:
        return ""
    return kind if 0 < pixels <= PIXELS else ""


def _jpeg_pixels(raw: bytes) -> int:
    """Width times height as its frame header has it; 0 where none is found, or there are two sizes."""
    at, sizes = 2, set()
    while at + 9 <= len(raw) and raw[at] == 0xFF:
        marker = raw[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker in _NO_LENGTH:
            at += 2
        elif marker == 0xDA:  # the scan: what comes after it is compressed
            break
        else:
            if marker in _BEFORE_SIZE:
                sizes.add(_number(raw[at + 5 : at + 7]) * _number(raw[at + 7 : at + 9]))
            at += 2 + _number(raw[at + 2 : at + 4])
    return sizes.pop() if len(sizes) == 1 else 0


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "big")
