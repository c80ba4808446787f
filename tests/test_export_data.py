"""A graded submission as JSON: what its schema says of it holds, whatever is in it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files
from typing import get_type_hints

import pytest
from exported_records import (
    ASSERTS,
    CRASHES,
    DOUBTED,
    EMPTY,
    EVERYTHING,
    EXTRA,
    FINAL,
    HOSTILE,
    NOTHING,
    OVERRULED,
    PASSES,
    READ,
    UNREAD,
    check,
    class_of,
    graded,
    named_so,
    notebook,
    submission,
)  # fmt: skip
from jsonschema import Draft202012Validator

from autograder.exports import data as form
from autograder.exports.data import SCHEMA, as_data, as_json

SCHEMA_FILE = files("autograder.exports") / "submission-v1.schema.json"


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


ADDED = ("printed", "took")  # to notebooks, since the first data of this version were written


def read(made):
    return json.loads(as_json(as_data(made)))


@pytest.mark.parametrize("made", [EVERYTHING, FINAL, NOTHING, *map(named_so, HOSTILE), *class_of(11)])
def test_every_submission_is_as_the_schema_says(validator, made):
    assert not list(validator.iter_errors(read(made)))
    assert read(made) == as_data(made)


@pytest.mark.parametrize(
    "damage",
    [
        {"schema": "autograder/submission/v2"}, {"score": "ten"}, {"score": -1}, {"submitted": "yesterday"},
        {"waits": None}, {"more": 1}, {"notebooks": [{}]},
    ],
)  # fmt: skip
def test_the_schema_refuses_what_is_not_of_its_form(validator, damage):
    assert list(validator.iter_errors({**read(FINAL), **damage}))


def test_the_schema_and_the_types_name_the_same_fields():
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))["$defs"]
    check = schema["check"]["properties"]["rows"]["items"]
    comment = schema["notebook"]["properties"]["comments"]["items"]
    printed, took = (schema["notebook"]["properties"][name] for name in ADDED)
    for kind, definition in (
        (form.PrintedData, printed), (form.TookData, took),
        (form.SubmissionData, schema["submission"]), (form.StudentData, schema["student"]),
        (form.NotebookData, schema["notebook"]), (form.ExerciseData, schema["exercise"]),
        (form.CheckData, schema["check"]), (form.RowData, check), (form.CommentData, comment),
    ):  # fmt: skip
        assert set(get_type_hints(kind)) == set(definition["properties"])
        added = set(ADDED) if kind is form.NotebookData else set()
        assert set(definition["required"]) == set(definition["properties"]) - added


def test_data_from_before_a_field_was_added_are_still_of_the_form(validator):
    before = read(EVERYTHING)
    for one in before["notebooks"]:
        for name in ADDED:
            del one[name]
    assert not list(validator.iter_errors(before))


def test_the_version_is_named_in_the_data_and_in_the_schema(validator):
    assert as_data(FINAL)["schema"] == SCHEMA == validator.schema["title"]


def test_all_that_is_known_is_in_it():
    made = read(EVERYTHING)
    assert made["student"]["name"] == "Ada Lovelace" and made["student"]["lms_id"] == "4711"
    assert (made["score"], made["points"], made["late"], made["waits"]) == (
        EVERYTHING.score,
        EVERYTHING.points,
        3.0,
        True,
    )
    first, second, third, _ = made["notebooks"]
    assert first["notes"] == ["A cell was put back."] and third["epochs"] == [{"loss": 0.5, "accuracy": 0.8}]
    assert (
        third["printed"] == {"accuracy": 0.875, "of": "validation"}
        and first["printed"] is first["took"] is None
    )
    assert third["took"] == {
        "seconds": 12.5,
        "most_seconds": 600,
        "memory_mib": None,
        "most_memory_mib": 4096,
    }
    assert {"cell": "overruled", "text": "Nearly!"} in second["comments"]
    by_id = {e["id"]: e for n in made["notebooks"] for e in n["exercises"]}
    assert by_id["fails"]["checks"][0]["rows"][0]["yours"] == "Conv2D, 28 × 28 × 6"
    assert (
        by_id["kept_back"]["checks"][0]["hidden"]
        and by_id["kept_back"]["checks"][0]["help"] == "On 7 it gives 8."
    )
    assert [by_id[id]["by"] for id in ("passes", "overruled", "essay")] == ["checks", "person", "nobody"]
    assert by_id["doubted"]["figures"] == {"accuracy": 0.9} and by_id["doubted"]["review"]
    assert by_id["essay"]["written"] == "Because =1+1." and by_id["asserts"]["outcome"] is None


@pytest.mark.parametrize(
    ("answer", "by", "waits", "judged"),
    [
        (PASSES, "checks", False, True), (CRASHES, "checks", True, False), (DOUBTED, "checks", True, True),
        (UNREAD, "nobody", True, False), (READ, "person", False, True), (EMPTY, "checks", False, True),
        (OVERRULED, "person", False, True), (EXTRA, "checks", False, True), (ASSERTS, "checks", False, True),
    ],
)  # fmt: skip
def test_who_gave_the_points_and_whether_they_are_final(answer, by, waits, judged):
    [exercise] = as_data(submission("x", notebook("n", answer)))["notebooks"][0]["exercises"]
    assert (exercise["by"], exercise["waits"], exercise["judged"]) == (by, waits, judged)


def test_a_fingerprint_of_a_network_is_in_no_export():
    answer = replace(PASSES, verdict=replace(PASSES.verdict, fingerprint="U0VDUkVU"))
    assert "U0VDUkVU" not in as_json(as_data(submission("x", notebook("n", answer))))


@pytest.mark.parametrize(
    "time",
    [
        datetime(2026, 5, 2, 10, 0, 0, 5),  # noqa: DTZ001 (as the gradebook has it)
        datetime(2026, 5, 2, 10, tzinfo=UTC),
        datetime(2026, 5, 2, 12, tzinfo=timezone(timedelta(hours=2))),
    ],
)  # fmt: skip
def test_the_time_of_handing_in_is_in_utc(time):
    assert as_data(submission("x", submitted=time))["submitted"] == "2026-05-02T10:00:00Z"


def test_a_figure_that_is_no_number_is_null():
    answer = graded("x", check("x"), figures={"loss": [1.0, float("nan")], "more": {"x": float("inf")}})
    [exercise] = read(submission("x", notebook("n", answer)))["notebooks"][0]["exercises"]
    assert exercise["figures"] == {"loss": [1.0, None], "more": {"x": None}}


@pytest.mark.parametrize("text", HOSTILE)
def test_the_text_of_the_file_may_stand_in_a_script(text):
    made = as_json(as_data(named_so(text)))
    assert made.isascii() and "<" not in made and not set(made) - set("\n") & set(map(chr, range(32)))
