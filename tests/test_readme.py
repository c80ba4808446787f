"""What the README tells an instructor to type works, in a checkout as it is cloned."""

import importlib
import re
import shutil
import zipfile
from collections import Counter

import pytest
from corpus import EVERY, HOSTILE, THEIR_OWN, filled_release, make_submission
from grading import Course

from autograder.assignments import ASSIGNMENTS
from autograder.course.own_course import CHECKOUT


@pytest.fixture
def checkout(tmp_path):
    """The folders and files that nbgrader reads, with the release that is committed.

    But for one thing: the networks of the tests' students count as their own.
    """
    for name in "source", "release":
        shutil.copytree(CHECKOUT / name, tmp_path / name)
    config = (CHECKOUT / "nbgrader_config.py").read_text("utf-8")
    (tmp_path / "nbgrader_config.py").write_text(f"{config}\n{THEIR_OWN}", "utf-8")
    return Course(tmp_path)


@pytest.mark.slow
def test_the_instructors_commands_grade_an_archive_from_a_learning_platform(checkout, tmp_path):
    make_submission(filled_release(CHECKOUT), EVERY["correct"]).write(tmp_path / "work" / "lenet")
    archive = tmp_path / "downloaded" / "lenet" / "archive" / "ada.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as packed:
        for path in (tmp_path / "work").rglob("*.*"):
            packed.write(path, path.relative_to(tmp_path / "work"))

    checkout.run("zip_collect", "lenet")
    part = (CHECKOUT / "README.md").read_text().split("## For instructors")[1]
    commands = re.findall(r"^nbgrader ([^#\n]+)", part.split("```")[1], re.MULTILINE)
    assert [command.split()[0] for command in commands] == [
        "generate_assignment", "autograde", "generate_feedback",
    ]  # fmt: skip
    for command in commands:
        checkout.run(*command.split())
    assert sum(grade.points for grade in checkout.lenet["ada"].values()) == 94
    assert "<dd>94</dd>" in checkout.page("ada", "3_train_lenet")


@pytest.mark.parametrize("page", ["README.md", "benchmarks/hostile_vs_stock.md"])
def test_the_table_of_attacks_has_every_attack_in_its_family(page):
    families = Counter(importlib.import_module(f"submissions.{name}").FAMILY for name in HOSTILE)
    text = (CHECKOUT / page).read_text("utf-8")
    table = dict(re.findall(r"^\| ([a-z][a-z ]+) \| (\d+) \| \d+ \|", text, re.MULTILINE))
    assert {family: int(count) for family, count in table.items()} == families
    assert f"| **all** | **{len(HOSTILE)}** |" in text


def test_what_it_says_of_weights_is_in_the_records():
    """A record that was made again may say something else."""
    said = " ".join((CHECKOUT / "README.md").read_text("utf-8").split())

    def record(name: str, pattern: str) -> tuple[str, ...]:
        return re.search(pattern, (CHECKOUT / "benchmarks" / f"{name}.md").read_text("utf-8")).groups()

    of, most, nearest = record("gap", r"Of (\d+) honest .* at most ([\d.]+)% .* is at -([\d.]+)%")
    assert f"every one of {of} trainings" in said and f"at most {most} % of such" in said
    assert f"the nearest by {nearest} points" in said
    runs, recipes, lost = record(
        "retraining", r"(\d+) honest trainings of (\d+) recipes.*: 0 lost .* lost is ([\d.]+)\."
    )
    assert (
        lost == "0.5"
        and f"{runs} honest trainings of {recipes} recipes were all confirmed and lost half a point" in said
    )
    assert record("retraining", r"Of (\d+) that do not learn .*, (\d+) were confirmed") == ("11", "0")
    assert "eleven ways to have weights without learning were not" in said
    parts, most, points = record("changes", r"of a part, of (\d+) \| [\d.]+% \| ([\d.]+%) \| (\d+) \|")
    security = " ".join((CHECKOUT / "SECURITY.md").read_text("utf-8").split())
    assert (
        f"one of {parts}, each for a part of all tasks, recognises {most} at most and is worth {points} points"
        in security
    )
    missed, copies, pairs, wrongly = record(
        "likeness", r"missed: (\d+) of (\d+)\. Of ([\d,]+) honest pairs .* start (\d+) reach"
    )
    assert wrongly == "0"
    seen = f"{int(copies) - int(missed)} of {copies}"
    assert f"{seen} planted copies, and none of {pairs} honest pairs" in said
    assert (
        f"{copies} copies among 300 honest networks, of which {seen.split()[0]} came to a person" in security
    )
    [resolving] = record("register", r"\| 10,000 \| [\d.]+ \| ([\d.]+) \|")
    assert f"{resolving} s with 10,000" in said


def test_the_table_of_the_course_names_every_exercise_and_no_other():
    text = (CHECKOUT / "docs/course.md").read_text("utf-8")
    parts = dict(re.findall(r"^## `(\w+)`(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert parts.keys() == ASSIGNMENTS.keys()
    for name, assignment in ASSIGNMENTS.items():
        rows = re.findall(r"^\|[^|]*\|[^|]*\|[^|]*\|([^|]*)\|", parts[name], re.MULTILINE)
        named = set(re.findall(r"`(\w+)`", " ".join(rows)))
        assert {one for one in named if not one.startswith("why_")} == {
            exercise.id for exercise in assignment.exercises
        }
