"""What nbgrader does with a submission before our preprocessors see it."""

import logging
import os
from collections import Counter
from pathlib import Path

import pytest
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course.handed_in import DEPTH, FILES, look_at
from autograder.course.intake import (
    copy_files,
    files_of_course,
    keep_printable,
    limits_of,
    take_over,
    unreadable_time,
)
from autograder.course.own_course import CourseError
from autograder.judging.words import printable
from autograder.sandbox import Limits


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("2026-11-21 10:00:00 UTC", True),
        ("2026-11-21T10:00:00+01:00", True),
        ("", True),  # nbgrader takes it for no time at all
        ("the day before the deadline", False),
        ("9" * 999, False),
        ("\udcff", False),
    ],
    ids=["nbgrader's", "with an offset", "empty", "words", "digits", "no text"],
)
def test_a_time_is_one_that_nbgrader_reads(tmp_path, text, readable):
    path = tmp_path / "timestamp.txt"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert (unreadable_time(path) == "") is readable


def test_no_timestamp_is_no_complaint(tmp_path):
    assert unreadable_time(tmp_path / "timestamp.txt") == ""


@pytest.mark.parametrize("target", ["/etc/hostname", "nowhere", "timestamp.txt"])
def test_a_time_that_is_a_link_is_none(tmp_path, target):
    (tmp_path / "timestamp.txt").symlink_to(target)
    assert "no file of its own" in unreadable_time(tmp_path / "timestamp.txt")


def test_only_files_of_the_submission_are_copied(tmp_path):
    origin, target = tmp_path / "origin", tmp_path / "target"
    (origin / "data").mkdir(parents=True)
    (origin / "data" / "a.csv").write_text("1")
    (origin / "data" / "a.pyc").write_text("1")
    (origin / "answers.ipynb").write_text("{}")
    (origin / "link").symlink_to("/etc/hostname")
    (origin / "itself").symlink_to("itself")
    (origin / "all").symlink_to(".")
    os.mkfifo(origin / "pipe")
    found = look_at(origin, ["*.pyc"], Limits())
    copy_files(origin, target, found.files)
    assert [str(p.relative_to(target)) for p in target.rglob("*") if p.is_file()] == ["data/a.csv"]
    assert found.links == ("all", "itself", "link") and len(found.notes) == 3
    assert files_of_course(origin, ["data"]) == []


def test_folders_too_deep_to_be_removed_are_not_copied(tmp_path):
    for depth in (DEPTH - 1, DEPTH):
        path = tmp_path.joinpath(*("d" * depth), f"at {depth}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = look_at(tmp_path, [], Limits())
    assert [path.name for path in found.files] == [f"at {DEPTH - 1}"]
    assert found.notes == ("What lies 20 or more folders deep was left out.",)


def empty_files(folder):
    for n in range(6_000):
        (folder / f"{n}.txt").touch()


def empty_folders(folder):
    for n in range(6_000):
        (folder / f"{n}").mkdir()


def files_in_folders(folder):
    for n in range(60):
        (folder / f"{n}").mkdir()
        for m in range(200):
            (folder / f"{n}" / f"{m}").touch()


def links(folder):
    for n in range(6_000):
        (folder / f"{n}").symlink_to("/etc/passwd")


def large(folder):
    with open(folder / "sparse.bin", "wb") as file:
        file.truncate(2 * 2**30)


def large_together(folder):
    for n in range(40):
        with open(folder / f"{n}.bin", "wb") as file:
            file.truncate(20 * 2**20)


def odd_names(folder):
    for n in range(100):
        (folder / f"\x1b[2J{n}").touch()


FULL = {  # what is in the folder: how many files are taken, and what is said of the rest
    empty_files: (FILES, "more than 1,000 files, so 5,001 were left out"),
    empty_folders: (1, ""),
    files_in_folders: (FILES, "Only 10,000 files and folders were looked at"),
    links: (1, "(5,990 more of this kind.)"),
    large: (1, "sparse.bin was left out: it, or all"),
    large_together: (13, "(18 more of this kind.)"),
    odd_names: (1, "“\\x1b[2J0” was left out: its name does not print."),
}


@pytest.mark.parametrize("fill", FULL)
def test_a_full_folder_is_counted_and_bounded_and_what_is_asked_for_comes_first(tmp_path, fill):
    fill(tmp_path)
    (tmp_path / "lenet.weights.h5").write_bytes(b"mine")
    found = look_at(tmp_path, CourseDirectory().ignore, Limits(), {"lenet.weights.h5"})
    assert (len(found.files), found.files[0]) == (FULL[fill][0], Path("lenet.weights.h5"))
    assert FULL[fill][1] in " ".join(found.notes) and len(found.notes) <= 11


@pytest.mark.parametrize("fill", [empty_files, empty_folders, files_in_folders])
def test_each_folder_is_listed_a_fixed_number_of_times(tmp_path, monkeypatch, fill):
    fill(tmp_path)
    listed = Counter()
    scandir = os.scandir

    def counting(path="."):
        listed[os.fspath(path) if not isinstance(path, int) else path] += 1
        return scandir(path)

    monkeypatch.setattr(os, "scandir", counting)
    look_at(tmp_path, CourseDirectory().ignore, Limits())
    assert max(listed.values()) <= 2 + len(CourseDirectory().ignore)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain name.csv", "plain name.csv"),
        ("Übung 3 – ✓.csv", "Übung 3 – ✓.csv"),
        ("\x1b]0;PWNED\x07", "\\x1b]0;PWNED\\x07"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("\udcff", "\\udcff"),
    ],
    ids=["plain", "letters", "escape", "right to left", "no text"],
)
def test_a_name_does_not_steer_a_terminal(name, shown):
    assert printable(name) == shown


def test_a_log_stays_printable_however_often_it_is_asked_to(capsys):
    log = logging.Logger("of its own")  # noqa: LOG001  (shared with no other test)
    log.addHandler(logging.StreamHandler())
    for _ in range(2):
        keep_printable(log)
    log.warning("Copying %s", "\x1b[2J")
    assert capsys.readouterr().err == "Copying \\x1b[2J\n"
    assert len(log.handlers[0].filters) == 1


def test_beside_feedback_pages_lie_the_instructors_files_and_none_of_a_students(tmp_path):
    """A page of the student's would run in a browser, also under the name of a notebook that is not there."""
    page = b"<script>alert(1)</script>"
    given = {"data/table.csv": b"1", "img/x.png": b"2", "page.html": b"ours", "open.csv": b"3"}
    graded = given | {
        "3_train.html": page, "index.html": page, "x.svg": page, "data/y.xhtml": page, "notes.txt": b"mine",
        "page.html": page, "open.csv": b"what was written into it",
    }  # fmt: skip
    for folder, files in (("source/one", given), ("autograded/ada/one", graded)):
        for name, content in files.items():
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).write_bytes(content)
    converter = GenerateFeedback(coursedir=CourseDirectory(root=str(tmp_path), assignment_id="one"))
    take_over(converter)
    converter.init_assignment("one", "ada")
    feedback = tmp_path / "feedback/ada/one"
    found = {str(p.relative_to(feedback)): p.read_bytes() for p in feedback.rglob("*") if p.is_file()}
    assert found == {"data/table.csv": b"1", "img/x.png": b"2"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Việt Nam", "Việt Nam"), ("e\u0301", "é"), ("हिन्दी", "हिन्दी"), ("ﬁne", "ﬁne"),
        ("a" + "\u0301" * 9, "á\u0301\u0301" + "\\u0301" * 6), ("x\u0336y", "x\\u0336y"),
        ("x\u0489y", "x\u0489y"), ("\u034f\u3164\u2800", "\\u034f\\u3164\\u2800"),
    ],
)  # fmt: skip
def test_marks_that_reach_over_other_lines_and_letters_that_are_blank_are_told(text, shown):
    assert printable(text) == shown


@pytest.mark.parametrize("limits", [{"memory_mib": -5}, {"memory_mb": 9}, {"memory_mib": "8GB"}])
def test_limits_that_can_be_none_are_named_wherever_a_submission_is_looked_at(limits):
    with pytest.raises(
        CourseError, match=r"c\.ExecuteAndAsk\.limits: .*memory_m.*: mend nbgrader_config\.py"
    ):
        limits_of(Config({"ExecuteAndAsk": {"limits": limits}}))


def test_limits_said_as_a_dictionary_are_limits():
    assert limits_of(Config({"ExecuteAndAsk": {"limits": {"memory_mib": 8192}}})) == Limits(memory_mib=8192)
