"""`nbgrader zip_collect` over a class of 50: 38 honest archives of every usual shape, and 12 evil ones."""

import json
import zipfile

import pytest
from corpus import EVERY, WEIGHTS, filled_release, make_submission
from grading import Course
from making_archives import (
    MIB,
    as_zip64,
    gzip_of_zeros,
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
from small_course import STEM, copy_course, grade

from autograder.course.own_course import CHECKOUT, new_course

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("collect")]

NOTEBOOK = f"{STEM}.ipynb"
IN = "downloaded/lenet/archive"


def twice(files):
    """An older version of everything lies in a folder below; so do copies that Jupyter makes."""
    old = under("ada/old/", dict.fromkeys(files, b"{}"))
    hidden = under("ada/.ipynb_checkpoints/", {NOTEBOOK.replace(".", "-checkpoint."): b"{}"} | files)
    return zipped(old | under("ada/", files) | hidden)


def side_by_side(files):
    """Two of a name are as near the top: the newer ones are taken."""
    newer = zipped(under("b/", files))
    old = dict.fromkeys(files, b"{}")
    return zipped(under("a/", old), 2025, zipped(under("c/", old), 2024, newer))


def with_rubbish(files):
    mac = {"__MACOSX/lenet/._" + NOTEBOOK: b"\x00", ".DS_Store": b"\x00", "lenet/._x.ipynb": b"\x00"}
    return zipped(mac | under("lenet/", files))


def with_packages(files):
    return zipped(
        under("work/.venv/lib/", {f"{n}.py": b"pass" for n in range(3_000)}) | under("work/", files)
    )


# Name of the archive, and how it is packed.
HONEST = {
    "flat": (".zip", zipped),
    "stored": (".zip", lambda files: zipped(files, compression=zipfile.ZIP_STORED)),
    "lenet": (".zip", lambda files: zipped(under("lenet/", files))),
    "own_name": (".zip", lambda files: zipped(under("own_name/lenet/", files))),
    "single_folder": (".zip", lambda files: zipped({"My work/": b"", **under("My work/", files)})),
    "macos": (".zip", with_rubbish),
    "letters": (".zip", lambda files: without_flag(zipped(under("Übung 3 – 李/", files)))),
    "flagged": (".zip", lambda files: zipped(under("Übung 3 – 李/", files))),
    "windows": (".zip", lambda files: zipped(under("C:\\work\\lenet\\", files))),
    "capitals": (".ZIP", lambda files: zipped({name.upper(): content for name, content in files.items()})),
    "müller": (".zip", zipped),
    "tar": (".tar.gz", lambda files: tarred(under("./lenet/", files))),
    "zipped_again": (".zip", lambda files: nested(files, 1)),
    "old_and_new": (".zip", twice),
    "side_by_side": (".zip", side_by_side),
    "packages": (".zip", with_packages),
    "apart": (".zip", lambda files: zipped({f"{n}/{name}": files[name] for n, name in enumerate(files)})),
    "other_files": (".zip", lambda files: zipped(files | {"notes.txt": b"", "x/x.png": b"", "d.gz": b"x"})),
    "zip64": (".zip", lambda files: as_zip64(zipped(files), NOTEBOOK, len(files[NOTEBOOK]))),
}
CLASS = [*HONEST, *(f"{name}_2" for name in HONEST)]  # two of each, with the same in them

FORMULA = '=HYPERLINK("http:||x.example","grades")'
ELSEWHERE = (
    "downloaded/lenet/extracted/flat/", "x/extracted/flat/", f"x/extracted/{FORMULA}/", "../flat/",
    "../../submitted/flat/lenet/",
)  # fmt: skip


def for_others(files):
    """The attacker's own notebook is there as well; the others would be somebody else's."""
    stolen = {place + NOTEBOOK: b'{"cells": "of the attacker"}' for place in ELSEWHERE}
    return zipped(stolen | files)


EVIL = {  # archive: how it is packed, and what is said of it
    "bomb.zip": (lambda files: zipped(files | {WEIGHTS: bytes(100 * MIB)}), "larger than 64 MiB"),
    "bombs.zip": (
        lambda files: zipped(files | {f"{n}.h5": bytes(40 * MIB) for n in range(6)}),
        "100 times its size",
    ),
    "nests.zip": (
        lambda files: zipped({f"{n}.zip": zipped({"a": bytes(9 * MIB)}, compression=0) for n in range(6)}),
        "times its size",
    ),
    "zeros.tar.gz": (lambda files: gzip_of_zeros(300), "times its size"),
    "shared.zip": (lambda files: overlapping(under("0000/", files), 30), "share the same bytes"),
    "locked.zip": (locked, "locked with a password"),
    "cut.zip": (lambda files: zipped(files)[:-200], "is damaged"),
    "many.zip": (lambda files: zipped({f"{n}.h5": b"" for n in range(10_001)}), "more than 10,000 files"),
    "claims.zip": (lambda files: as_zip64(zipped(files), NOTEBOOK, 2**62), "larger than 64 MiB"),
    "points.zip": (lambda files: links({}, {NOTEBOOK: "/etc/hostname"}), "is a link"),
    "device.tar.gz": (
        lambda files: tarred({}, member(NOTEBOOK, b"3"), member("x", b"2", "/")),
        "no file at all",
    ),
    "thief.zip": (for_others, "leads out of the archive"),
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A course whose assignment is released."""
    course = Course(new_course(tmp_path_factory.mktemp("class") / "course", "lenet"))
    course.run("generate_assignment", "lenet")
    (course.folder / IN).mkdir(parents=True)
    return course


@pytest.fixture(scope="module")
def files():
    """What a student hands in, with a comment of their own."""
    made = make_submission(filled_release(CHECKOUT), EVERY["correct"])
    notebook = made.notebooks[STEM]

    def of(student):
        text = json.dumps({**notebook, "cells": [*notebook.cells, {
            "cell_type": "markdown", "id": "own", "metadata": {}, "source": f"I am {student}."
        }]})  # fmt: skip
        return {NOTEBOOK: text.encode(), WEIGHTS: made.files[WEIGHTS]}

    return of


def hand_in(course, files, evil=()):
    folder = course.folder / IN
    for student in CLASS:
        suffix, pack = HONEST[student.removesuffix("_2")]
        (folder / f"{student}{suffix}").write_bytes(pack(files(student.removesuffix("_2"))))
    for name in evil:
        (folder / name).write_bytes(EVIL[name][0](files(name)))


def handed_in(course):
    """{student: {name: content}} of all that lies in submitted/."""
    return {
        folder.parent.name: {
            str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()
        }
        for folder in course.folder.glob("submitted/*/lenet")
    }


@pytest.fixture(scope="module")
def alone(empty, files, tmp_path_factory):
    """The 38 without the 12."""
    course = copy_course(empty, tmp_path_factory.mktemp("alone") / "course")
    hand_in(course, files)
    course.run("zip_collect", "lenet")
    return course


@pytest.fixture(scope="module")
def beside(empty, files, tmp_path_factory):
    """All 50, with exit code 1."""
    course = copy_course(empty, tmp_path_factory.mktemp("beside") / "course")
    hand_in(course, files, EVIL)
    course.run_on("zip_collect", "lenet")
    return course


def test_honest_archives_of_every_shape_are_collected(alone, files):
    assert len(CLASS) == 38
    assert handed_in(alone) == {student: files(student.removesuffix("_2")) for student in CLASS}


def test_evil_archives_cost_nobody_else_anything(alone, beside, files):
    found = handed_in(beside)
    assert found.pop("thief") == files("thief.zip"), "what is the attacker's own"
    assert found == handed_in(alone)


@pytest.mark.parametrize("name", EVIL)
def test_each_is_told_at_the_end(beside, name):
    end = "\n".join(beside.log[-2 * len(EVIL) - 2 * len(CLASS) :])
    said = [line for line in end.splitlines() if f"archive/{name}" in line and EVIL[name][1] in line]
    assert len(said) == 1, end
    assert ("Not collected" in said[0]) == (name != "thief.zip")
    assert beside.errors and "exit code 1" in beside.errors[0]


def test_little_is_written_for_it(beside):
    extracted = beside.folder.glob("downloaded/lenet/extracted/**/*")
    written = sum(path.stat().st_size for path in extracted if path.is_file())
    assert written < 1.1 * sum(len(c) for files in handed_in(beside).values() for c in files.values())


def test_all_38_are_graded_as_without_the_12(beside):
    output = grade(beside, "--jobs", "2")
    assert "39 submissions recorded" in output
    grades = beside.grades("lenet")
    expected = {name: points for name, points in EVERY["correct"].expected.items() if name in grades["flat"]}
    assert set(grades) == {*CLASS, "thief"} and len(expected) > 4
    for student in CLASS:
        assert {name: grades[student][name].points for name in expected} == expected
    beside.run("export")
    table = (beside.folder / "grades.csv").read_text()
    assert len(table.splitlines()) == 40 and "HYPERLINK" not in table
