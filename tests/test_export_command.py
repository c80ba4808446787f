"""`autograder export`, in a course folder whose gradebook is made here."""

import csv
import json
import shutil
import stat
from xml.etree import ElementTree

import nbformat
import pytest
from exported_records import FAILS, HOSTILE, PASSES
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook

from autograder import cli
from autograder.course.own_course import CHECKOUT
from autograder.runs.showing import VERDICT_MIME
from autograder.tools.export import FORMATS, quoted

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own

CONFIG = (CHECKOUT / "nbgrader_config.py").read_text("utf-8")
TEST = {"grade": True, "solution": False, "locked": True, "task": False, "schema_version": 3}
WRITTEN = {**TEST, "solution": True, "locked": False}


def graded_notebook(checked, essay):
    """What autograded/ has: exercises with their verdicts, and an answer in words."""
    cells = []
    for answer in checked:
        cell = new_code_cell("check()", metadata={"nbgrader": {**TEST, "grade_id": answer.id}})
        data = {"text/plain": str(answer.score), VERDICT_MIME: answer.verdict.as_data()}
        cell.outputs = [new_output("execute_result", data)]
        cells.append(cell)
    cells.append(new_markdown_cell(essay, metadata={"nbgrader": {**WRITTEN, "grade_id": "essay"}}))
    return new_notebook(cells=cells)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """ada's essay waits for a person, bob's has its points, zoe handed in nothing; one plain assignment."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "nbgrader_config.py").write_text(CONFIG)
    with Gradebook(f"sqlite:///{folder}/gradebook.db", "lenet") as book:
        book.add_assignment("words")
        book.add_notebook("one", "words")
        for answer in (PASSES, FAILS):
            book.add_grade_cell(answer.id, "one", "words", max_score=answer.points, cell_type="code")
        book.add_grade_cell("essay", "one", "words", max_score=6, cell_type="markdown")
        book.add_assignment("plain")
        book.add_notebook("two", "plain")
        book.add_grade_cell("asserts", "two", "plain", max_score=4, cell_type="code")
        for student in ("ada", "bob", "zoe"):
            book.add_student(student, lms_user_id="4711" if student == "ada" else None)
        for student in ("ada", "bob"):
            hand_in(book, folder, student)
        book.add_submission("plain", "ada")
        book.find_grade("asserts", "two", "plain", "ada").auto_score = 3
        book.db.commit()
    return folder


@pytest.fixture
def course(untouched, tmp_path, monkeypatch):
    """A copy of it, in which the command is started."""
    shutil.copytree(untouched, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course"


def hand_in(book, folder, student):
    book.add_submission("words", student)
    for answer in (PASSES, FAILS):
        grade = book.find_grade(answer.id, "one", "words", student)
        grade.auto_score, grade.needs_manual_grade = answer.score, False
    essay = book.find_grade("essay", "one", "words", student)
    essay.manual_score, essay.needs_manual_grade = (None, True) if student == "ada" else (5, False)
    there = folder / "autograded" / student / "words"
    there.mkdir(parents=True)
    nbformat.write(graded_notebook((PASSES, FAILS), "Because."), there / "one.ipynb")


def export(*arguments):
    return cli.main(["export", *map(str, arguments)])


def test_each_submission_has_a_file_of_what_the_gradebook_and_the_checks_say(course, capsys):
    assert export("words", "--format", "json") == 0
    made = {path.stem: json.loads(path.read_text()) for path in (course / "exports/words/json").iterdir()}
    assert {student: (data["score"], data["points"], data["waits"]) for student, data in made.items()} == {
        "ada": (4.5, 14.0, True), "bob": (9.5, 14.0, False),
    }  # fmt: skip
    assert made["ada"]["student"]["lms_id"] == "4711" and made["bob"]["student"]["lms_id"] == ""
    exercises = made["ada"]["notebooks"][0]["exercises"]
    assert (
        exercises[1]["checks"][0]["help"] == "The first layer was padded."
        and exercises[2]["written"] == "Because."
    )
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"Wrote {course}/exports/words/json/STUDENT.json of 2 submissions."
    assert said[1] == "Not in it, for nothing of theirs is graded: zoe."
    assert said[2:] == ["1 of 2 submissions is not final, for a person still has to look: ada."]


def test_what_lies_there_of_a_student_who_is_not_graded_now_is_named(course, capsys):
    assert export("words", "--format", "json") == 0
    (course / "exports/words/json/gone.json").write_text("{}")
    capsys.readouterr()
    assert export("words", "--format", "json") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1] == (
        "Still there, of students who are not graded now: gone.json. Remove them, if nobody needs them."
    )
    assert export("words", "--format", "json", "--student", "bob") == 0
    assert "Still there" not in capsys.readouterr().out


@pytest.mark.parametrize(("format", "name"), [("gradescope", "gone/results.json"), ("junit", "gone.xml")])
def test_what_lies_there_of_such_a_student_in_another_format_is_named_too(course, capsys, format, name):
    left = course / "exports/words" / format / name
    left.parent.mkdir(parents=True)
    left.write_text("")
    assert export("words", "--format", format) == 0
    assert f"who are not graded now: {name.split('/')[0]}. Remove them" in capsys.readouterr().out


def test_the_last_line_says_so_where_all_is_final(course, capsys):
    assert export("words", "--format", "junit", "--student", "bob") == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["All of them are final."]
    [path] = (course / "exports/words/junit").iterdir()
    assert path.name == "bob.xml" and ElementTree.parse(path).getroot().get("tests") == "5"


def test_a_table_has_a_line_for_each_who_handed_in(course):
    for format in ("canvas", "moodle"):
        assert export("words", "--format", format) == 0
        text = (course / f"exports/words/{format}.csv").read_text("utf-8")
        rows = list(csv.reader(text.splitlines()))
        assert [row[3 if format == "canvas" else 0] for row in rows][-2:] == ["ada", "bob"]
    assert rows[-1][-2] == "9.5" and rows[-2][-2] == "-"


def test_an_assignment_of_plain_asserts_has_its_points(course):
    assert export("plain", "--format", "gradescope") == 0
    made = json.loads((course / "exports/plain/gradescope/ada/results.json").read_text())
    assert made["score"] == 3 and made["tests"][0]["max_score"] == 4


@pytest.mark.parametrize("format", [name for name in FORMATS if name != "classroom50"])
def test_only_the_owner_may_read_what_was_written(course, format):
    assert export("words", "--format", format) == 0
    for path in (course / "exports").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    assert stat.S_IMODE((course / "exports").stat().st_mode) == 0o700


def test_it_goes_where_it_is_told_and_over_what_was_there(course):
    to = course / "for" / "canvas.csv"
    for student in ("ada", "bob"):
        assert export("words", "--format", "canvas", "--to", to, "--student", student) == 0
    assert "bob" in to.read_text() and "ada" not in to.read_text()
    assert [path.name for path in to.parent.iterdir()] == ["canvas.csv"]
    assert export("words", "--format", "json", "--to", course / "for") == 0
    assert (course / "for" / "ada.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["wrods", "--format", "json"], "knows no assignment 'wrods'"),
        (["words", "--format", "json", "--student", "zoe"], "Not graded: zoe."),
        (["words", "--format", "json", "--to", "nbgrader_config.py"], "name a folder"),
        (["words", "--format", "moodle", "--to", "autograded"], "name a file"),
        (["words", "--format", "classroom50"], "CLASSROOM, ASSIGNMENT, OWNER"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(course, capsys, arguments, says):
    assert export(*arguments) == 1
    said = capsys.readouterr().err
    assert said.startswith("autograder export: ") and says in said and said.count("\n") == 1
    assert not (course / "exports").exists()


def test_classroom_50_gets_one_submission_from_its_runner(course, monkeypatch, capsys):
    for name in ("CLASSROOM", "ASSIGNMENT", "OWNER", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL"):
        monkeypatch.setenv(name, f"submit/{name}")
    assert export("words", "--format", "classroom50") == 1
    assert "one submission at a time" in capsys.readouterr().err
    assert export("words", "--format", "classroom50", "--student", "bob", "--to", "result.json") == 0
    assert json.loads((course / "result.json").read_text())["score"] == 950


@pytest.mark.parametrize("command", ["export words --format json", "report words", "answers essay"])
def test_a_course_without_a_gradebook_is_told_to_grade_and_gets_none(course, capsys, command):
    (course / "gradebook.db").unlink()
    assert cli.main(command.split()) == 1
    assert "There is no gradebook" in capsys.readouterr().err and not (course / "gradebook.db").exists()


def test_a_folder_that_is_no_course_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert export("words", "--format", "json") == 1
    assert "is no course" in capsys.readouterr().err


def test_moodle_is_told_of_grades_that_it_refuses(course, capsys):
    with Gradebook(f"sqlite:///{course}/gradebook.db", "lenet") as book:
        book.find_grade("essay", "one", "words", "bob").manual_score = 100
        book.db.commit()
    assert export("words", "--format", "moodle") == 0
    assert "More than 100 points have bob" in capsys.readouterr().out


@pytest.mark.parametrize("student", [name for name in HOSTILE if name])
def test_a_hostile_id_is_the_name_of_a_file_in_its_folder(student):
    name = quoted(student)
    assert "/" not in name and not name.startswith(".") and name.isascii() and name.isprintable()
    assert quoted(f"{student} ") != name


def test_ids_that_are_different_have_different_files():
    assert len({quoted(name) for name in HOSTILE}) == len(HOSTILE)


def test_an_id_that_is_too_long_for_a_file_is_cut_and_still_another_one_for_each():
    one, other = quoted("é" * 60), quoted("é" * 61)
    assert one != other and max(map(len, (one, other))) <= 200


def test_a_format_has_to_be_named(capsys):
    with pytest.raises(SystemExit) as caught:
        export("words")
    assert caught.value.code == 2 and "--format" in capsys.readouterr().err


def test_the_help_names_every_format_and_who_is_left_out(capsys):
    with pytest.raises(SystemExit):
        export("--help")
    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in FORMATS) and "Who handed in nothing" in said


def test_kernels_may_not_share_the_folder_of_exports(course):
    from autograder.course.configuration import this_course
    from autograder.course.folders import private_places

    assert course / "exports" in private_places(this_course())
