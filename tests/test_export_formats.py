"""Each format of `autograder export`, read back by something that is not ours."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from exported_records import (
    ASSERTS,
    CRASHES,
    DOUBTED,
    EMPTY,
    EVERYTHING,
    EXTRA,
    FAILS,
    FINAL,
    HOSTILE,
    KEPT_BACK,
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
from gradescope_rules import RULES
from jsonschema import Draft202012Validator

from autograder.exports.cases import cases
from autograder.exports.cells import as_text
from autograder.exports.classroom50 import PARTS, lacking, result
from autograder.exports.data import as_data, as_json
from autograder.exports.gradebooks import canvas, moodle, too_much_for_moodle
from autograder.exports.gradescope import refused, results
from autograder.exports.junit import junit

ALL = [EVERYTHING, FINAL, NOTHING, *map(named_so, HOSTILE), *class_of(11)]
ONE_EACH = [ASSERTS, CRASHES, DOUBTED, EMPTY, EXTRA, FAILS, KEPT_BACK, OVERRULED, PASSES, READ, UNREAD]


def alone(answer, **more):
    """The data of a submission of this answer alone."""
    return as_data(submission("x", notebook("n", answer, **more)))


def only(answer, **more):
    data = alone(answer, **more)
    [one] = data["notebooks"]
    return list(cases(one, one["exercises"][0]))


# What students read of an exercise.


@pytest.mark.parametrize("answer", ONE_EACH, ids=lambda answer: answer.id)
def test_the_cases_of_an_exercise_add_up_to_its_points(answer):
    found = only(answer)
    assert sum(case.score for case in found) == answer.score
    assert sum(case.points for case in found) == answer.points


@pytest.mark.parametrize(
    ("answer", "outcomes", "says"),
    [
        (PASSES, ["passed", "passed"], ""),
        (FAILS, ["failed", "failed"], "The first layer was padded."),
        (CRASHES, ["not judged"], "Not final: a person still has to look at this.\nThe kernel ended."),
        (replace(CRASHES, waits=False), ["not judged"], "Not judged.\nThe kernel ended."),
        (DOUBTED, ["passed", "waits"], "Not final: a person still has to look at this. Like the public network."),
        (UNREAD, ["waits"], "Not final: a person still has to look at this."),
        (READ, ["failed"], "A person gave 4.5 of 6 points."),
        (replace(READ, score=7.0, extra=1.0), ["passed"], "A person gave 7 of 6 points, 1 of them extra."),
        (replace(READ, waits=True), ["waits"], "Not final: a person still has to look at this. A person gave 4.5"),
        (EMPTY, ["failed"], "Nothing was written."),
        (OVERRULED, ["passed"], "A person gave 4 of 4 points."),
        (EXTRA, ["passed", "passed"], "A person gave 1.5 extra."),
        (ASSERTS, ["failed"], ""),
    ],
)  # fmt: skip
def test_an_exercise_says_how_it_stands(answer, outcomes, says):
    found = only(answer)
    assert [case.outcome for case in found] == outcomes
    assert says in "\n".join(case.text for case in found)


def test_points_that_the_gradebook_has_and_the_checks_did_not_give_are_those_of_the_whole_exercise():
    [case] = only(replace(PASSES, score=1.0))
    assert (case.score, case.points, case.id) == (1.0, 4.0, "passes")


def test_an_exercise_of_a_notebook_that_is_missing_says_so():
    [case] = only(replace(PASSES, score=0.0, verdict=None), handed_in=False)
    assert case.outcome == "failed" and case.text == "This notebook was not handed in."


@pytest.mark.parametrize(
    ("made", "names_it"),
    [
        (lambda data: as_json(results(data)), True),
        (junit, True),
        (lambda data: "\n".join(str(line) for line in moodle([data])), False),
        (lambda data: as_json(result(data, RUNNER, NOW)), True),
    ],
    ids=["gradescope", "junit", "moodle", "classroom50"],
)
def test_of_a_hidden_check_students_see_its_sentence_alone(made, names_it):
    shown = made(alone(KEPT_BACK))
    assert "On 7 it gives 8" not in shown and "28" not in shown
    assert ("The other input is right." in shown) is names_it
    assert "On 7 it gives 8" in made(alone(replace_hidden(KEPT_BACK)))


def replace_hidden(answer):
    """The same with checks that students have too."""
    checks = tuple(replace(one, hidden=False) for one in answer.verdict.checks)
    return replace(answer, verdict=replace(answer.verdict, checks=checks))


# Gradescope.


@pytest.mark.parametrize("made", ALL)
def test_results_are_as_gradescope_documents_them(made):
    data = as_data(made)
    found = json.loads(as_json(results(data)))
    assert not list(RULES.iter_errors(found))
    assert found["score"] == made.score and found["extra_data"]["final"] is not made.waits


def test_gradescope_adds_the_tests_up_to_what_can_be_earned():
    tests = results(as_data(EVERYTHING))["tests"]
    assert sum(test["max_score"] for test in tests) == EVERYTHING.points
    assert sum(test["score"] for test in tests) - 3.0 == EVERYTHING.score


def test_gradescope_is_told_what_is_not_final_and_what_lateness_took():
    output = results(as_data(EVERYTHING))["output"]
    assert "Not final" in output and "3 points were taken off for being late." in output
    assert "Comment on fails_solution: See me." in output and "No response." not in output
    assert "Not final" not in results(as_data(FINAL))["output"]


def test_what_is_neither_passed_nor_failed_has_no_status_in_gradescope():
    for answer in (CRASHES, UNREAD):
        assert "status" not in results(alone(answer))["tests"][0]
    assert [results(alone(answer))["tests"][0]["status"] for answer in (PASSES, FAILS)] == [
        "passed",
        "failed",
    ]


def test_a_refusal_has_no_points():
    assert not list(RULES.iter_errors(refused("No sandbox."))) and refused("No sandbox.")["score"] == 0


# JUnit. What readers know: elements, their attributes (those that must be there first) and their parents.

KNOWN = {
    "testsuites": (None, {"name", "tests", "failures", "errors", "skipped"}, set()),
    "testsuite": ("testsuites", {"name", "tests", "failures", "errors", "skipped"}, {"timestamp"}),
    "properties": ("testsuite", set(), set()),
    "property": ("properties", {"name", "value"}, set()),
    "testcase": ("testsuite", {"name", "classname", "time"}, set()),
    "failure": ("testcase", {"message", "type"}, set()),
    "error": ("testcase", {"message", "type"}, set()),
    "skipped": ("testcase", {"message"}, set()),
    "system-out": ("testcase", set(), set()),
}
COUNTS = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}


def parsed(text):
    """The tree of a JUnit file. Bytes, as a reader gets them: a character that XML lacks is an error."""
    root = ElementTree.fromstring(text.encode("utf-8"))
    for parent in root.iter():
        for child in parent:
            assert KNOWN[child.tag][0] == parent.tag
        _, must, may = KNOWN[parent.tag]
        assert must <= set(parent.attrib) <= must | may
        for attribute, tag in COUNTS.items():
            if attribute in parent.attrib:
                assert int(parent.get(attribute)) == len(parent.findall(f".//{tag}"))
    return root


@pytest.mark.parametrize("made", ALL)
def test_junit_is_xml_of_the_elements_that_readers_know(made):
    data = as_data(made)
    root = parsed(junit(data))
    assert len(root.findall("testsuite")) == sum(len(n["exercises"]) for n in data["notebooks"])


def test_junit_tells_failed_from_waiting_from_not_judged():
    root = parsed(junit(as_data(EVERYTHING)))
    found = {suite.get("name").rsplit(".", 1)[1]: suite for suite in root}
    assert found["fails"].get("failures") == "2" and found["crashes"].get("errors") == "1"
    assert found["essay"].get("skipped") == found["doubted"].get("skipped") == "1"
    assert found["passes"].get("failures") == "0" and found["passes"].get("tests") == "2"
    final = {
        name: suite.find("properties/property[@name='final']").get("value") for name, suite in found.items()
    }
    assert final["essay"] == "no" and final["passes"] == "yes"
    failure = found["fails"].find("testcase/failure")
    assert failure.get("message") == "The first layer was padded." and "28 × 28 × 6" in failure.text


def test_a_text_of_characters_that_xml_has_comes_back_as_it_was():
    text = "<b>&amp; “é” 李 👩🏽‍🚀 ]]> \u200f"
    answer = graded("x", check("x", "failed", help=text))
    assert parsed(junit(alone(answer))).find(".//failure").get("message") == text


# Canvas and Moodle.


def table(lines):
    """The rows of a CSV file, from its bytes."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    return list(
        csv.reader(io.StringIO(text.getvalue().encode("utf-8").decode("utf-8"), newline=""), strict=True)
    )


def data_of(*made):
    return [as_data(one) for one in made]


SAME_CELLS = [replace(EVERYTHING, student=str(n)) for n in range(3)]


@pytest.mark.parametrize("lines", [canvas, moodle])
@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_and_each_student_has_one_line(lines, text):
    rows = table(lines(data_of(named_so(text), named_so(text))))
    assert len({len(row) for row in rows}) == 1 and len(rows) == (4 if lines is canvas else 3)
    for cell in (cell for row in rows for cell in row if cell != "-"):
        assert not re.search(r"(^|[,;|])\s*[=+@＝＋＠]", cell) and not re.match(r"\s*-\D", cell)
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", cell)


def test_marks_that_turn_text_around_are_left_out_and_emoji_and_letters_stay():
    assert as_text("\u202egnp.exe") == "gnp.exe" and as_text("👩🏽‍🚀 李 אבג") == "👩🏽‍🚀 李 אבג"


def test_canvas_finds_its_columns_where_it_looks_for_them():
    header, possible, *students = table(canvas(data_of(*SAME_CELLS)))
    assert header[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert header[5] == "lenet passes" and header[-1] == "lenet" and len(set(header)) == len(header)
    assert "Points Possible" in possible[0] and possible[1:5] == [""] * 4
    assert sum(map(float, possible[5:-1])) == float(possible[-1]) == EVERYTHING.points
    assert [row[0] for row in students] == ["Lovelace, Ada"] * 3 and [row[3] for row in students] == [
        "0",
        "1",
        "2",
    ]


@pytest.mark.parametrize(
    ("lms_id", "cells"),
    [("4711", ["4711", ""]), ("", ["", ""]), ("47abc", ["", "47abc"]), ("٤٧", ["", "٤٧"])],
)  # fmt: skip
def test_only_a_number_is_taken_for_the_number_that_canvas_has_of_a_student(lms_id, cells):
    """Of 47abc Canvas would take 47: another student."""
    _, _, row = table(canvas(data_of(replace(FINAL, lms_id=lms_id))))
    assert row[1:3] == cells


def test_a_student_of_the_name_points_possible_changes_no_assignment():
    _, _, row = table(canvas(data_of(replace(FINAL, first_name="Points Possible"))))
    assert "Points Possible" not in row[0]


def test_in_canvas_what_is_not_final_has_no_number():
    header, _, row = table(canvas(data_of(EVERYTHING)))
    cells = dict(zip(header, row, strict=True))
    assert [cells[f"lenet {id}"] for id in ("essay", "crashes", "doubted")] == ["", "", ""]
    assert cells["lenet"] == "" and cells["lenet overruled"] == "4.0" and cells["lenet extra"] == "3.5"


def test_a_final_total_has_lateness_taken_off_and_extra_credit_in_it():
    late = replace(FINAL, notebooks=(FINAL.notebooks[0], replace(FINAL.notebooks[1], late=2.0)))
    for lines, place in ((canvas, -1), (moodle, -2)):
        header, *_, row = table(lines(data_of(late)))
        assert header[place] == "lenet" and float(row[place]) == 4.0 + 4.5 + 3.5 - 2.0
    assert "2 points were taken off for being late." in row[-1]


@pytest.mark.parametrize("lines", [canvas, moodle])
def test_who_handed_in_nothing_has_no_line(lines):
    alone, both = table(lines(data_of(NOTHING))), table(lines(data_of(NOTHING, FINAL)))
    assert len(both) == len(alone) + 1 and not any("eve" in row for row in both)


@pytest.mark.parametrize("lines", [canvas, moodle])
def test_who_handed_in_nothing_and_was_given_points_or_waits_has_a_line(lines):
    missing = replace(NOTHING.notebooks[1], answers=(replace(READ), replace(EXTRA, score=0.0, verdict=None)))
    for changed in (missing, replace(missing, answers=(UNREAD, missing.answers[1]))):
        rows = table(lines(data_of(replace(NOTHING, notebooks=(NOTHING.notebooks[0], changed)))))
        assert any("eve" in row for row in rows)


@pytest.mark.parametrize("lines", [canvas, moodle])
def test_exercises_of_one_id_in_two_notebooks_have_two_columns(lines):
    made = submission("x", notebook("one", PASSES), notebook("two", FAILS, replace(FAILS, id="passes")))
    header, *_, row = table(lines(data_of(made)))
    cells = dict(zip(header, row, strict=True))
    assert (cells["lenet one passes"], cells["lenet two passes"]) == ("4.0", "0.5") and "lenet fails" in cells


@pytest.mark.parametrize("lines", [canvas, moodle])
def test_cells_that_stand_in_another_order_in_a_notebook_keep_their_columns(lines):
    turned = submission("y", notebook("n", FAILS, PASSES))
    *_, first, second = table(lines(data_of(submission("x", notebook("n", PASSES, FAILS)), turned)))
    assert first[5:7] == second[5:7] == ["4.0", "0.5"]


def test_in_moodle_what_is_not_final_has_its_sign_for_no_grade_and_the_feedback_says_so():
    header, row = table(moodle(data_of(EVERYTHING)))
    cells = dict(zip(header, row, strict=True))
    assert [cells[name] for name in ("lenet essay", "lenet crashes", "lenet")] == ["-", "-", "-"]
    assert (
        cells["Username"] == "ada"
        and cells["ID number"] == "4711"
        and cells["Email address"] == "ada@example.org"
    )
    said = cells["lenet (feedback)"]
    assert said.startswith(
        "Not final: a person still has to look at Title of crashes, essay, Title of doubted."
    )
    for sentence in (
        "The first layer was padded.",
        "A person gave 4 of 4 points. Comment: Nearly!",
        "See me.",
    ):
        assert sentence in said


def test_feedback_in_moodle_tells_what_a_person_gave_and_said_of_a_notebook_that_was_not_handed_in():
    given = notebook("n", READ, FAILS, handed_in=False, comments={"answer": "I saw it on paper."})
    said = table(moodle(data_of(submission("x", given))))[-1][-1]
    assert "n was not handed in." in said and "Comment on answer: I saw it on paper." in said
    assert "A person gave" in said and "layer" not in said


def test_a_comment_of_several_lines_is_whole_in_moodle():
    given = notebook("n", READ, comments={READ.id: "Good, but:\n- no number\n- nothing on sharing"})
    said = table(moodle(data_of(submission("x", given))))[-1][-1]
    assert "Comment: Good, but: - no number - nothing on sharing" in said


def test_feedback_in_moodle_is_no_html():
    *_, row = table(moodle(data_of(named_so("<script>alert(1)</script>"))))
    assert "<" not in row[-1] and "&lt;script&gt;" in row[-1]


@pytest.mark.parametrize(("score", "more"), [(100.0, False), (100.5, True)])
def test_a_grade_above_100_is_more_than_moodle_takes(score, more):
    assert too_much_for_moodle(alone(replace(READ, score=score))) is more


# Classroom 50. Its published schema of result.json, in our words: schemas/result-v1.schema.json there.

NOW = datetime(2026, 6, 1, 14, 33, 11, tzinfo=UTC)
RUNNER = {
    "CLASSROOM": "deep-learning", "ASSIGNMENT": "lenet", "OWNER": "ada", "SUBMISSION_TAG": "submit/2026-06-01-a1b2",
    "COMMIT_URL": "https://example.org/commit/1", "RELEASE_URL": "https://example.org/releases/1",
}  # fmt: skip
_WORD, _WHOLE = {"type": "string", "minLength": 1}, {"type": "integer", "minimum": 0}
_FIELDS = {
    "schema": {"const": "classroom50/result/v1"}, "classroom": _WORD, "assignment": _WORD,
    "assignment_type": {"enum": ["individual", "group", "team"]}, "owner": _WORD,
    "submission": {"type": "string", "pattern": "^submit/"}, "commit": _WORD, "release": _WORD, "review": _WORD,
    "datetime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
    "score": _WHOLE, "max-score": _WHOLE,
    "tests": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["test-name", "passed", "score", "max-score"],
            "properties": {"test-name": _WORD, "passed": {"type": "boolean"}, "score": _WHOLE, "max-score": _WHOLE},
        },
    },
}  # fmt: skip
CLASSROOM50 = Draft202012Validator(
    {"type": "object", "additionalProperties": False, "required": [*_FIELDS], "properties": _FIELDS}
)


@pytest.mark.parametrize("made", ALL)
def test_a_result_is_as_classroom_50_asks(made):
    found = json.loads(as_json(result(as_data(made), RUNNER, NOW)))
    assert not list(CLASSROOM50.iter_errors(found))
    for one in (found, *found["tests"]):
        assert one["score"] <= one["max-score"]


def test_half_points_are_whole_numbers_in_classroom_50_and_extra_ones_end_at_the_maximum():
    found = result(as_data(FINAL), RUNNER, NOW)
    assert (found["score"], found["max-score"]) == (12 * PARTS, 12 * PARTS)
    assert result(alone(READ), RUNNER, NOW)["score"] == 450
    assert result(alone(replace(READ, score=8.0)), RUNNER, NOW)["score"] == 600


def test_what_waits_has_not_passed_in_classroom_50_and_says_so():
    [test] = result(alone(UNREAD), RUNNER, NOW)["tests"]
    assert test["passed"] is False and test["output"].startswith("Not final")


def test_classroom_50_says_whose_submission_it_is():
    assert lacking({**RUNNER, "OWNER": ""}) == ["OWNER"] and not lacking(RUNNER)
    found = result(as_data(EVERYTHING), {**RUNNER, "ASSIGNMENT_TYPE": "team", "REVIEW_URL": "https://r"}, NOW)
    assert (found["owner"], found["assignment_type"], found["review"]) == ("ada", "team", "https://r")
    assert found["datetime"] == "2026-05-02T10:00:00Z"
    assert result(as_data(FINAL), RUNNER, NOW)["datetime"] == "2026-06-01T14:33:11Z"
    assert result(as_data(FINAL), RUNNER, NOW)["review"] == RUNNER["COMMIT_URL"]
