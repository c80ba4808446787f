"""Pages of graded notebooks: points that a person gave, and the instructor's pictures.

One course of the real nbgrader: graded, points given by hand, feedback made, formgrader's page made.
"""

import base64
import io
import re
import shutil
from html import unescape

import nbformat
import numpy as np
import pytest
from accessibility import LOOKS, complaints, findings, listen, look
from browser import browser
from grading import Course, formgrader_page
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from PIL import Image
from small_course import STEM, copy_course, small_course

from autograder.assignments import ASSIGNMENTS
from autograder.course.pages import BoxOutputs
from autograder.report import PRINTED_BY, WRITTEN_BY
from autograder.runs.execution import NOT_EXECUTED

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("pages"),
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


# What reaches for a place that is not its own: as markdown, and as HTML that code displays.
PICTURE = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
COVER = "width:1200px;height:3000px;background-color:white;color:green"
PAINTS = [
    f'<img src="{PICTURE}" width="1200" height="300" style="margin-top:-300px">',
    f'<div style="position:fixed;top:0;left:0;z-index:9999;{COVER}">29 of 29 points</div>',
    f'<div style="position:absolute;top:-3000px;{COVER}">Checked automatically: 29 of 29 points</div>',
    f'<p style="position:relative;top:-2000px;{COVER}">29 of 29</p>',
    f'<div style="transform:translateY(-2000px) scale(9);{COVER}">29 of 29</div>',
    '<span style="box-shadow:0 0 0 3000px white;outline:3000px solid white">29 of 29</span>',
    '<div style="margin:-3000px 0 0 -300px;font-size:900px;line-height:0.01">\u2588\u2588</div>',
    '<p style="text-indent:-900px;letter-spacing:-40px;vertical-align:2000px;float:left">29 of 29</p>',
    '<div style="margin-to\\p:-3000px;background:white">29</div><style>* {display: none}</style>',
    '<table style="margin-top:-3000px" align="right"><tr><td style="padding:3000px">29</td></tr></table>',
    "29 of 29" + "\u0300\u0301\u0334\u0488\u20e0" * 400,
    "$\\raise{900px}{29}$ $$\\hspace{-90em}\\rule{90em}{90em}$$ $$x\\\\[-900px]29$$",
    *(f"# {name}\n\n<h1 id='{name}'>29 of 29</h1>" for name in (MANUAL, "toc", "notebook-container")),
]
SHOWS = """
from IPython.display import HTML, Markdown

for text in {}:
    display(HTML(text), Markdown(text))
"""
NUMBER = len(PAINTS)


def paint(submission, texts):
    cells = submission.notebooks[STEM].cells
    place = next(n for n, cell in enumerate(cells) if cell.id == "setup_2")
    cells[place:place] = [new_markdown_cell(text, id=f"above-{n}") for n, text in enumerate(texts)]
    cells += [new_markdown_cell(text, id=f"below-{n}") for n, text in enumerate(texts)]
    dots = texts[NUMBER - 5]  # also as printed text, and in a comment
    submission.own_cell(f"print({dots!r})  # {dots}\n{SHOWS.format(texts)}", after=MANUAL)


def edit(student, submission):
    if student in ("painter", "quiet"):
        paint(submission, PAINTS if student == "painter" else ["29 of 29"] * NUMBER)
    if student == "copycat":
        notebook = submission.notebooks[STEM]
        notebook.cells.append(new_markdown_cell(STUDENTS_TEXT, id="copied"))
        notebook.cells.append(new_markdown_cell(f"{PICTURES}\n{STUDENTS_TEXT}", id="more"))
    notebook = submission.notebooks[STEM]
    notebook.cells.insert(1, new_markdown_cell(PICTURES, id="pictures"))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages") / "course"
    students = {
        "given": "blank",
        "left": "correct",
        "copycat": "correct",
        "late": "blank",
        "painter": "correct",
        "quiet": "correct",
    }
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
        book.find_comment("why_dense", STEM, "lenet", "given").manual_comment = "**Well** said."
        book.find_submission_notebook(STEM, "lenet", "late").late_submission_penalty = 1.0
        book.db.commit()
    course.run("generate_feedback", "lenet")
    return course


def feedback(course: Course, student: str) -> str:
    return course.page(student, STEM)


def formgrader(course: Course, student: str) -> str:
    """The page of one submission as `formgraders_page`, with its HTML entities read."""
    return unescape(formgraders_page(course, student))


def formgraders_page(course: Course, student: str) -> str:
    """The page of one submission as formgrader's own exporter makes it."""
    return formgrader_page(course, student, STEM)


def words(page: str) -> str:
    """The text of a page, without its elements."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def summary_head(page: str) -> str:
    return re.search(r"<h3[^>]*>(.*?)<", page)[1]


MOST = {exercise.id: exercise.points for exercise in EXERCISES}


def test_formgrader_names_points_that_a_person_gave_in_the_summary_and_in_the_cell(course):
    shown = formgrader(course, "given")
    assert shown.count(f"A person gave 2.5 of {MOST[MANUAL]:g} points") == 2
    assert "A person gave 1 extra: 1 of" in shown
    assert shown.count("Before that, the checks said:") == 2


def test_feedback_names_points_that_a_person_gave_in_the_list_and_in_the_cell(course):
    shown = words(feedback(course, "given"))
    assert shown.count(f"2.5 of {MOST[MANUAL]:g} points, given by a person") == 2
    assert shown.count(f"1 of {MOST[EXTRA]:g} points, 1 of them extra, which a person gave") == 2
    assert shown.count("Before that, the checks said:") == 1


@pytest.mark.parametrize(("student", "score"), [("given", 2.5 + 1 + 4), ("late", 2.5 - 1)])
def test_the_totals_of_a_page_agree_with_the_gradebook(course, student, score):
    shown = words(feedback(course, student))
    most = sum(MOST.values()) + 6  # with the answer that a person grades
    assert f"of {most:g} points in this notebook {score:g}" in shown
    assert ("1 points were taken off for being late" in shown) == (student == "late")
    assert summary_head(formgrader(course, student)).startswith(f"{score:g} of {most:g} points: ")


def test_where_nobody_gave_points_a_page_is_as_it_was_graded(course):
    for page in (feedback(course, "left"), formgrader(course, "left")):
        assert "A person gave" not in page and "Before that" not in page and "given by a person" not in page
    assert summary_head(formgrader(course, "left")).startswith("Checked automatically: ")


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


# Whose words are whose


# The grader's words on a page: its head, its list and headings, the summary, the reports.
PLACES = {
    "feedback": ["header .facts", "nav", "main h2", "main ol", ".exercise h3", ".checks", "footer"],
    "formgrader": [".panel-heading", ".tex2jax_ignore"],
}


def pictures(page, places) -> dict[str, list[np.ndarray]]:
    """Screenshots of all that stands in these places, by selector."""
    found = {}
    for place in places:
        count = page.run(f"document.querySelectorAll({place!r}).length")
        shots = [page.picture(f"document.querySelectorAll({place!r})[{n}]") for n in range(count)]
        found[place] = [np.asarray(Image.open(io.BytesIO(shot))) for shot in shots]
    return found


@pytest.fixture(scope="module")
def seen(course, tmp_path_factory):
    """{(student, kind): pictures}, and those of a page whose attack nobody cleaned, as student "raw"."""
    folder, found = tmp_path_factory.mktemp("seen"), {}
    pages = {}
    for student in ("painter", "quiet"):
        path = course.folder / "feedback" / student / "lenet" / f"{STEM}.html"
        pages[student, "feedback"] = path.read_text("utf-8")
        pages[student, "formgrader"] = formgraders_page(course, student)
    for kind in PLACES:
        pages["raw", kind] = pages["quiet", kind].replace("</body>", f"{PAINTS[1]}</body>")
    with browser("about:blank", folder / "profile") as page:
        for (student, kind), html in pages.items():
            file = folder / f"{student}-{kind}.html"
            file.write_text(html, "utf-8")
            page.open(f"file://{file}")
            found[student, kind] = pictures(page, PLACES[kind])
    return found


def differing(seen, kind: str, one: str, other: str) -> list[str]:
    pairs = ((place, seen[one, kind][place], seen[other, kind][place]) for place in PLACES[kind])
    return [
        place
        for place, a, b in pairs
        if len(a) != len(b) or not all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
    ]


@pytest.mark.parametrize("kind", PLACES)
def test_the_graders_words_look_the_same_to_the_pixel_whatever_a_student_paints(seen, kind):
    assert all(seen["quiet", kind][place] for place in PLACES[kind])
    assert differing(seen, kind, "painter", "quiet") == []


@pytest.mark.parametrize("kind", PLACES)
def test_the_screenshots_would_have_shown_a_cover(seen, kind):
    assert differing(seen, kind, "raw", "quiet")


@pytest.mark.parametrize("page", [feedback, formgrader])
def test_what_a_student_wrote_printed_and_showed_is_called_that(course, page):
    shown = page(course, "painter")
    assert shown.count(WRITTEN_BY) >= 2 * NUMBER + 1  # with the answer that a person grades
    assert shown.count(PRINTED_BY) >= 2
    before = re.split("Checked automatically|Your notebook", shown)[0]
    assert WRITTEN_BY not in before and PRINTED_BY not in before


@pytest.mark.parametrize(("text", "labels"), [(NOT_EXECUTED, 0), (f"{NOT_EXECUTED}29 of 29", 1)])
def test_that_a_cell_is_not_run_is_not_called_the_students_word(text, labels):
    assignment = ASSIGNMENTS["lenet"]
    name = min(assignment.not_executed)
    cell = new_code_cell(outputs=[new_output("stream", text=text)], metadata={"nbgrader": {"grade_id": name}})
    names = {"assignment": assignment.name, "notebook": STEM, "student": "ada"}
    shown, _ = BoxOutputs().preprocess(new_notebook(cells=[cell]), {"nbgrader": names})
    assert len(shown.cells[0].outputs) == 1 + labels


def test_what_a_person_said_is_not_called_the_students(course):
    [comment] = re.findall(
        r'<div class="note"><b>A person says:</b>.*?</div>', feedback(course, "given"), re.DOTALL
    )
    assert "<strong>Well</strong> said." in comment and WRITTEN_BY not in comment


@pytest.mark.parametrize("page", [feedback, formgrader])
def test_no_name_in_a_students_text_is_one_that_the_page_goes_by(course, page):
    names = re.findall(r'\bid="([^"]*)"', page(course, "painter"))
    own = re.findall(r'\bid="([^"]*)"', page(course, "quiet"))
    assert [name for name in names if not name.startswith(("text-", "cell-id="))] == [
        name for name in own if not name.startswith(("text-", "cell-id="))
    ]


@pytest.mark.parametrize(("width", "mode"), LOOKS[::3])  # the others in test_feedback.py
def test_every_feedback_page_can_be_read_by_everybody_and_asks_nobody_for_anything(
    course, tmp_path, width, mode
):
    with browser("about:blank", tmp_path / "profile") as page:
        listen(page)
        for path in sorted((course.folder / "feedback").glob("*/lenet/*.html")):
            page.open(path.as_uri())
            look(page, width, mode)
            assert page.run("document.documentElement.scrollWidth") <= width, path
            assert complaints(page) == [], path
            assert findings(page) == [], path
            page.events.clear()


def test_who_is_not_in_the_gradebook_any_more_costs_nobody_else_a_page(course, tmp_path):
    other = copy_course(course, tmp_path / "course")
    shutil.rmtree(other.folder / "feedback")
    with Gradebook(f"sqlite:///{other.folder}/gradebook.db", "lenet") as book:
        book.remove_student("given")
    other.run_on("generate_feedback", "lenet")
    assert other.errors
    assert any("Not graded: given. Grade them first, or remove" in line for line in other.log)
    made = {path.parts[-3] for path in other.folder.glob("feedback/*/lenet/*.html")}
    assert made == {"left", "copycat", "late", "painter", "quiet"}
