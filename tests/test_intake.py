"""What nbgrader does with a submission before our preprocessors see it."""

import logging
import os

import pytest

from autograder.intake import (
    DEPTH,
    copy_files,
    keep_printable,
    printable,
    too_deep,
    unreadable_time,
)


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
    (origin / "notes.txt").write_text("mine")
    (origin / "answers.ipynb").write_text("{}")
    (origin / "link").symlink_to("/etc/hostname")
    (origin / "itself").symlink_to("itself")
    os.mkfifo(origin / "pipe")
    copy_files(origin, target, ["*.pyc"], frozenset([origin / "notes.txt"]))
    assert [str(p.relative_to(target)) for p in target.rglob("*") if p.is_file()] == ["data/a.csv"]


def test_folders_too_deep_to_be_removed_are_not_copied(tmp_path):
    origin, target = tmp_path / "origin", tmp_path / "target"
    for depth in (DEPTH - 1, DEPTH):
        path = origin.joinpath(*("d" * depth), f"at {depth}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    copy_files(origin, target, [])
    assert [path.name for path in target.rglob("*") if path.is_file()] == [f"at {DEPTH - 1}"]
    assert too_deep(origin) and not too_deep(target)


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
