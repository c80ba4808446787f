"""What is taken out of an archive, and which archives are refused before they cost anything."""

import gzip
import os
import random
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from making_archives import (
    MIB,
    as_zip64,
    edited,
    gzip_of_zeros,
    large_header,
    links,
    locked,
    member,
    nested,
    overlapping,
    tarred,
    under,
    without_flag,
    zipped,
)

from autograder.course.archives import DEPTH, ENTRIES, Archive, Refused, archive_stem

FILES = {"a.ipynb": b"{}", "b.h5": b"\x00\x01"}
IMAGES = gzip.compress(bytes(range(256)) * 9)  # as Fashion-MNIST comes
SUFFIXES = (".zip", ".gz")


def taken(packed: bytes, folder: Path) -> dict[str, bytes]:
    """Every file in it, by its path, read from where it was written."""
    path = folder / "packed"
    path.write_bytes(packed)
    with Archive(path, SUFFIXES) as archive:
        archive.take({folder / "out" / str(n): entry for n, entry in enumerate(archive.entries)})
        names = [entry.name for entry in archive.entries]
    return {name: (folder / "out" / str(n)).read_bytes() for n, name in enumerate(names)}


HONEST = {
    "flat": (zipped(FILES), FILES),
    "stored": (zipped(FILES, compression=zipfile.ZIP_STORED), FILES),
    "in a folder": (zipped(under("ada/lenet/", FILES)), under("ada/lenet/", FILES)),
    "with folders of their own": (zipped({"ada/": b"", **under("ada/", FILES)}), under("ada/", FILES)),
    "Windows": (zipped(under("ada\\lenet\\", FILES)), under("ada/lenet/", FILES)),
    "a drive": (zipped(under("C:\\Users\\ada\\", FILES)), under("Users/ada/", FILES)),
    "absolute": (zipped(under("/home/ada/", FILES)), under("home/ada/", FILES)),
    "letters": (zipped(under("Übung 3 – 李/", FILES)), under("Übung 3 – 李/", FILES)),
    "letters of macOS": (without_flag(zipped(under("Übung 李/", FILES))), under("Übung 李/", FILES)),
    "tar.gz": (tarred(under("./ada/", FILES)), under("ada/", FILES)),
    "tar": (tarred(FILES, mode="w"), FILES),
    "an archive in an archive": (nested(FILES, 1), under("0/", FILES)),
    "a tar.gz in a zip": (zipped({"x/mine.tar.gz": tarred(FILES)}), under("x/mine/", FILES)),
    "data that is packed": (zipped(FILES | {"d.gz": IMAGES}), FILES | {"d.gz": IMAGES}),
    "data that looks packed": (zipped(FILES | {"d.gz": b"\x1f\x8bno"}), FILES | {"d.gz": b"\x1f\x8bno"}),
    "data of the name of an archive": (zipped(FILES | {"d.zip": b"no"}), FILES | {"d.zip": b"no"}),
    "zeros": (zipped({"zeros.h5": bytes(15 * MIB)}), {"zeros.h5": bytes(15 * MIB)}),
    "zip64": (as_zip64(zipped(FILES), "a.ipynb", 2), FILES),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_honest_archives_give_their_files(name, tmp_path):
    packed, files = HONEST[name]
    assert taken(packed, tmp_path) == files


# What is left out, while the rest is taken.
PARTLY = {
    "upwards": zipped(FILES | {"../../../evil": b"x"}),
    "upwards in Windows": zipped(FILES | {"x\\..\\..\\evil": b"x"}),
    "upwards at last": zipped(FILES | {"x/..": b"x"}),
    "links": links(FILES, {"c.ipynb": "/etc/passwd", "d": "a.ipynb"}),
    "links in tar": tarred(
        FILES, member("c", tarfile.SYMTYPE, "/etc/passwd"), member("d", tarfile.LNKTYPE, "a.ipynb")
    ),
    "devices": tarred(FILES, member("c", tarfile.CHRTYPE), member("d", tarfile.FIFOTYPE)),
    "too deep": zipped(FILES | {"d/" * DEPTH + "x": b""}),
    "archives without end": zipped(FILES | {"n.zip": nested({"x": b""}, 4)}),
    "a locked archive inside": edited(zipped(FILES | {"n.zip": b"PK"}), "n.zip", 8, "<H", 0x1),
}  # fmt: skip


@pytest.mark.parametrize("name", PARTLY)
def test_what_is_no_file_of_the_archive_is_left_out_and_told(name, tmp_path):
    path = tmp_path / "packed"
    path.write_bytes(PARTLY[name])
    with Archive(path, SUFFIXES) as archive:
        assert [entry.name for entry in archive.entries] == list(FILES)
        assert archive.left_out


def many(count: int) -> bytes:
    return zipped({f"{n}.txt": b"" for n in range(count)}, compression=zipfile.ZIP_STORED)


LARGE = bytes(65 * MIB)
EVIL = {
    "a large file": (lambda: zipped({"a.h5": LARGE}), "larger than 64 MiB"),
    "many large files": (
        lambda: zipped({f"{n}.h5": bytes(20 * MIB) for n in range(13)}), "more than 256 MiB",
    ),
    "small, and large unpacked": (
        lambda: zipped({f"{n}.h5": bytes(MIB) for n in range(20)}), "100 times its size",
    ),
    "bombs in a bomb": (
        lambda: zipped({f"{n}.zip": zipped({"a": bytes(20 * MIB)}) for n in range(9)}), "100 times",
    ),
    "tar.gz of zeros": (lambda: gzip_of_zeros(300), "100 times its size"),
    "a large header": (lambda: large_header(4), "header in it is too large"),
    "many files": (lambda: many(ENTRIES + 1), "more than 10,000 files"),
    "many links": (
        lambda: tarred({}, *(member(f"{n}", tarfile.SYMTYPE, "x") for n in range(ENTRIES + 1))),
        "more than 10,000",
    ),
    "many wanted": (lambda: many(1_001), "more than 1,000 files in it would be taken"),
    "overlapping": (lambda: overlapping(under("0000/", FILES), 30), "share the same bytes"),
    "locked": (lambda: locked(FILES), "locked with a password"),
    "lzma": (lambda: zipped(FILES, compression=zipfile.ZIP_LZMA), "packed in a way"),
    "bzip2": (lambda: zipped(FILES, compression=zipfile.ZIP_BZIP2), "packed in a way"),
    "claims of zip64": (lambda: as_zip64(zipped(FILES), "a.ipynb", 2**62), "larger than 64 MiB"),
    "rar": (lambda: b"Rar!\x1a\x07" + bytes(99), "neither a zip file nor a tar.gz"),
    "a gz that is no tar": (lambda: IMAGES, "neither a zip file nor a tar.gz"),
    "empty": (lambda: b"", "neither a zip file nor a tar.gz"),
}  # fmt: skip


@pytest.mark.parametrize("name", EVIL)
def test_evil_archives_are_refused_with_a_reason_and_cost_little_memory(name, tmp_path):
    make, why = EVIL[name]
    packed = make()
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match=why):
            taken(packed, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < len(packed) + 32 * MIB
    finally:
        tracemalloc.stop()


DAMAGED = {
    "cut": zipped(FILES)[:-30],
    "cut in the middle": zipped({"a": random.Random(1).randbytes(9_999)})[:5_000],
    "tar cut": tarred({"a": random.Random(1).randbytes(9_999)})[:5_000],
    "a directory that claims less": edited(zipped({"a": b"12345"}), "a", 24, "<I", 2),
    "a directory that claims another place": edited(zipped(FILES), "b.h5", 42, "<I", 999_999),
    "another name in front": zipped(FILES).replace(b"a.ipynb", b"x.ipynb", 1),
    "other bytes": zipped({"a": b"12345"}, compression=zipfile.ZIP_STORED).replace(b"12345", b"12354"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_archive_gives_an_error_and_ends(name, tmp_path):
    with pytest.raises(Exception):  # noqa: B017, PT011 (whatever the libraries raise)
        taken(DAMAGED[name], tmp_path)


def test_nothing_stays_behind_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    taken(nested(FILES, 2), tmp_path)
    with pytest.raises(Refused):
        taken(EVIL["bombs in a bomb"][0](), tmp_path / "scratch" / "..")
    assert not os.listdir(tmp_path / "scratch")


@pytest.mark.parametrize(
    ("name", "stem"), [("ada.zip", "ada"), ("a.b.zip", "a.b"), ("ada.tar.gz", "ada"), ("x.gz", "x")]
)
def test_the_stem_of_an_archive(name, stem):
    assert archive_stem(name) == stem
