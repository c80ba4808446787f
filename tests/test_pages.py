"""Pages of graded notebooks: points that a person gave, and the instructor's pictures.

One course of the real nbgrader: graded, points given by hand, feedback made, formgrader's page made.
"""

import re
import warnings
from html import unescape

import nbformat
import pytest
from grading import Course
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.server_extensions.formgrader import handlers
from small_course import STEM, small_course
from traitlets.config import PyFileConfigLoader

from autograder.exercises import ASSIGNMENTS

pytestmark = [
    pytest.mark.slow, pytest.mark.xdist_group("pages"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's own
]

EXERCISES = [e for e in ASSIGNMENTS["lenet"].exercises if e.notebook == STEM]
MANUAL, EXTRA, LEFT = (e.id for e in EXERCISES[:3])
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080000000"
    "03a7e9b550000000a4944415478da63680000008200813dc5b16e0000000049454e44ae426082"
)
SECRET = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1 of somebody else"
PICTURES = """\
Three pictures of the instructor:

![drawn](img/x.svg) ![dots](img/x.png) <img src="img/x.png" width="40">

<details><summary>More</summary>and more</details>
"""
STUDENTS_TEXT = """\
![one](img/x.png) ![two](../../../release/lenet/img/x.png) ![three](../../../source/lenet/key.png)
![four](https://example.org/x.png) <img src="file:///etc/hostname">
"""


def prepare(folder):
    """The instructor's pictures, named in a cell of the instructor's text."""
    (folder / "img").mkdir()
    (folder / "img/x.png").write_bytes(PNG)
    (folder / "img/x.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
    path = folder / f"{STEM}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(1, new_markdown_cell(PICTURES, id="pictures"))
    nbformat.write(notebook, path)


def edit(student, submission):
    if student == "copycat":
        notebook = submission.notebooks[STEM]
        notebook.cells.append(new_markdown_cell(STUDENTS_TEXT, id="copied"))
        notebook.cells.append(new_markdown_cell(f"{PICTURES}\n{STUDENTS_TEXT}", id="more"))
    notebook = submission.notebooks[STEM]
    notebook.cells.insert(1, new_markdown_cell(PICTURES, id="pictures"))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages") / "course"
    students = {"given": "blank", "left": "correct", "copycat": "correct", "late": "blank"}
    course = small_course(folder, students, edit, prepare)
    (folder / "source/lenet/key.png").write_bytes(SECRET)
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write("\nc.LateSubmissionPlugin.penalty_method = 'none'\n")
    course.run("autograde", "lenet")
    with Gradebook(f"sqlite:///{folder}/gradebook.db", "lenet") as book:
        for student in ("given", "late"):
            grade = book.find_grade(MANUAL, STEM, "lenet", student)
            grade.manual_score, grade.needs_manual_grade = 2.5, False
        book.find_grade(EXTRA, STEM, "lenet", "given").extra_credit = 1.0
        essay = book.find_grade("why_dense", STEM, "lenet", "given")
        essay.manual_score, essay.needs_manual_grade = 4.0, False
        book.find_submission_notebook(STEM, "lenet", "late").late_submission_penalty = 1.0
        book.db.commit()
    course.run("generate_feedback", "lenet")
    return course


def feedback(course: Course, student: str) -> str:
    return course.page(student, STEM)


def formgrader(course: Course, student: str) -> str:
    """The page of one submission as formgrader's own exporter makes it."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.folder)).load_config()
    config.CourseDirectory.root = str(course.folder)
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    resources = {
        "assignment_id": "lenet", "notebook_id": STEM, "submission_id": "1", "index": 0, "total": 1,
        "base_url": "", "student": student, "last_name": "", "first_name": "", "notebook_path": "",
    }
    with warnings.catch_warnings(action="ignore"):
        html, _ = HTMLExporter(config=config).from_filename(
            str(course.autograded(student, STEM)), resources=resources
        )
    return unescape(html)


def head(page: str) -> tuple[float, float]:
    """nbgrader's own head of a feedback page: points, and of how many."""
    score = re.search(r"\(Score: ([\d.]+) / ([\d.]+)\)</h4>", page)
    return float(score[1]), float(score[2])


def summary_head(page: str) -> str:
    return re.search(r"<h3[^>]*>(.*?)<", page)[1]


@pytest.mark.parametrize("page", [feedback, formgrader])
def test_points_that_a_person_gave_are_named_in_the_summary_and_in_the_cell(course, page):
    shown = page(course, "given")
    most = next(e.points for e in EXERCISES if e.id == MANUAL)
    assert shown.count(f"A person gave 2.5 of {most:g} points") == 2
    assert "A person gave 1 extra: 1 of" in shown
    assert shown.count("Before that, the checks said:") == 2


@pytest.mark.parametrize("student", ["given", "late"])
def test_the_totals_of_a_page_agree(course, student):
    page = feedback(course, student)
    score, most = head(page)
    assert summary_head(page).startswith(f"{score:g} of {most:g} points: ")
    parts = [float(part) for part in re.findall(r"(?:: |, )([\d.]+) (?:by|taken)", summary_head(page))]
    assert sum(parts[:2]) - sum(parts[2:]) == pytest.approx(score)


def test_where_nobody_gave_points_a_page_is_as_it_was_graded(course):
    for page in (feedback(course, "left"), formgrader(course, "left")):
        assert "A person gave" not in page and "Before that" not in page
        assert summary_head(page).startswith("Checked automatically: ")


@pytest.mark.parametrize("page", [feedback, formgrader])
def test_pictures_of_the_instructor_are_in_the_page_itself(course, page):
    shown = page(course, "left")
    assert shown.count('src="data:image/png;base64,') >= 2
    assert 'src="data:image/svg+xml;base64,' in shown
    assert "<summary>More</summary>" in shown and "[not shown: picture" not in shown


@pytest.mark.parametrize("page", [feedback, formgrader])
def test_a_students_text_opens_no_file(course, page):
    shown = page(course, "copycat")
    released = page(course, "left")
    assert shown.count("data:image/png") == released.count("data:image/png")
    for name in ("one", "two", "three", "four"):
        assert shown.count(f"[not shown: picture {name}]") == 2
    assert shown.count("[not shown: picture dots]") == 1
