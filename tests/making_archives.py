"""Archives as students' programs make them, and as an attacker does."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
from collections.abc import Mapping

MIB = 2**20
Files = Mapping[str, bytes]


def zipped(files: Files, when: int = 2026, onto: bytes = b"", **options) -> bytes:
    """A zip file; the names are written as they are, UTF-8 flagged where they need it.

    when: the year that the files are from. onto: a zip file that they are added to.
    """
    packed = io.BytesIO(onto)
    with zipfile.ZipFile(packed, "a", **{"compression": zipfile.ZIP_DEFLATED, **options}) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo("x", (when, 3, 1, 12, 0, 0))
            info.filename = name  # with whatever separators
            info.compress_type = archive.compression
            archive.writestr(info, content)
    return packed.getvalue()


def tarred(files: Files, *more: tarfile.TarInfo, mode: str = "w:gz") -> bytes:
    """A tar file of these files, then the members in `more`, without content."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in more:
            archive.addfile(info)
    return packed.getvalue()


def member(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A member of a tar file that is no file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def under(folder: str, files: Files) -> dict[str, bytes]:
    return {f"{folder}{name}": content for name, content in files.items()}


def without_flag(packed: bytes) -> bytes:
    """As macOS writes it: names in UTF-8, but nothing says so."""
    changed = bytearray(packed)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(signature)
        while place >= 0:
            changed[place + offset + 1] &= ~0x08
            place = changed.find(signature, place + 1)
    return bytes(changed)


def links(files: Files, targets: Mapping[str, str]) -> bytes:
    """With symbolic links beside the files."""
    packed = io.BytesIO(zipped(files))
    with zipfile.ZipFile(packed, "a") as archive:
        for name, target in targets.items():
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, target)
    return packed.getvalue()


def edited(packed: bytes, name: str, offset: int, form: str, value: int) -> bytes:
    """With a number in the directory's record of one entry changed; form: as `struct` has it."""
    changed = bytearray(packed)
    place = changed.find(b"PK\x01\x02")
    while place >= 0:
        length = struct.unpack_from("<H", changed, place + 28)[0]
        if changed[place + 46 : place + 46 + length] == name.encode():
            struct.pack_into(form, changed, place + offset, value)
            return bytes(changed)
        place = changed.find(b"PK\x01\x02", place + 1)
    raise LookupError(name)


def locked(files: Files) -> bytes:
    """As if with a password."""
    packed = zipped(files)
    for name in files:
        packed = edited(packed, name, 8, "<H", 0x1)
    return packed


def overlapping(files: Files, times: int) -> bytes:
    """Its directory names the first file again and again, under other names (Fifield, 2019)."""
    packed = zipped(files)
    end = packed.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", packed, end + 12)
    length = struct.unpack_from("<H", packed, start + 28)[0]
    record = bytearray(packed[start : start + 46 + length])
    more = b""
    for number in range(times):
        record[46 : 46 + 4] = b"%04d" % number
        more += record
    ending = bytearray(packed[end:])
    entries = struct.unpack_from("<H", packed, end + 10)[0] + times
    struct.pack_into("<HHI", ending, 8, entries, entries, size + len(more))
    return packed[:end] + more + bytes(ending)


def as_zip64(packed: bytes, name: str, claimed: int) -> bytes:
    """The size of one entry stands in a 64 bit field of the directory, as `claimed`."""
    end = packed.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", packed, end + 12)
    place = packed.index(b"PK\x01\x02")
    while True:
        length, extra = struct.unpack_from("<HH", packed, place + 28)
        if packed[place + 46 : place + 46 + length] == name.encode():
            break
        place = packed.index(b"PK\x01\x02", place + 1)
    field = struct.pack("<HHQ", 1, 8, claimed)
    behind = place + 46 + length + extra
    changed = bytearray(packed[:behind] + field + packed[behind:])
    struct.pack_into("<I", changed, place + 24, 0xFFFFFFFF)
    struct.pack_into("<H", changed, place + 30, extra + len(field))
    struct.pack_into("<I", changed, end + len(field) + 12, size + len(field))
    assert start == packed.index(b"PK\x01\x02")
    return bytes(changed)


def gzip_of_zeros(mib: int) -> bytes:
    """A tar.gz whose one file is of zeros."""
    header = tarfile.TarInfo("lenet.weights.h5")
    header.size = mib * MIB
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as file:
        file.write(header.tobuf())
        for _ in range(mib):
            file.write(bytes(MIB))
    return packed.getvalue()


def large_header(mib: int) -> bytes:
    """A tar file whose first header is of so many MiB, and they are there."""
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, mib * MIB
    return header.tobuf() + b"9" * header.size


def nested(files: Files, levels: int) -> bytes:
    """A zip in a zip in a zip."""
    packed = zipped(files)
    for level in range(levels):
        packed = zipped({f"{level}.zip": packed}, compression=zipfile.ZIP_STORED)
    return packed
