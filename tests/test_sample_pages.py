"""The feedback pages of all samples: each reads as it did, can be read by everybody and asks nobody for anything.

Those of lenet's hostile samples are in test_hostile.py, where they are graded. golden_samples.py has the command
that writes the golden files anew.
"""

import io
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from accessibility import faults_of_pages
from corpus import CASES, EVERY
from golden_samples import base_first, golden_names
from rich.console import Console

from autograder.assignments import ASSIGNMENTS
from autograder.course.own_course import CHECKOUT, new_course, run_nbgrader
from autograder.tools import samples

batch_of_all = pytest.mark.xdist_group("batch")


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_sample_of_every_assignment_has_a_golden_file_and_nothing_else_has(assignment):
    found = EVERY if assignment == "lenet" else samples.read_samples(assignment)
    assert golden_names(assignment) == set(base_first(assignment, found))


@pytest.mark.slow
@batch_of_all
@pytest.mark.parametrize("name", base_first("lenet", CASES))
def test_the_feedback_page_of_a_sample_reads_as_it_did(batch, golden_pages, name):
    golden_pages(batch.folder, "lenet").compare(name)


@pytest.mark.slow
@batch_of_all
def test_the_feedback_pages_of_all_samples_can_be_read_by_everybody_and_ask_nobody_for_anything(
    batch, tmp_path
):
    pages = sorted((batch.folder / "feedback").rglob("*.html"))
    assert len(pages) >= len(CASES)
    assert faults_of_pages(pages, tmp_path / "profile") == {}


WITH_SAMPLES = [name for name in ASSIGNMENTS if name != "lenet"]  # in their own folders
EACH = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in WITH_SAMPLES]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """By an assignment's name a course where its samples are graded by the real grader, with feedback pages."""

    @cache
    def course(name):
        made = samples.grade(tmp_path_factory.mktemp(name) / "course", name, CHECKOUT)
        run_nbgrader(made, "generate_feedback", name)
        return made

    return course


@pytest.mark.slow
@pytest.mark.parametrize("name", EACH)
def test_the_samples_of_an_assignment_get_their_points_from_the_real_grader(graded, name):
    with io.StringIO() as file:
        code = samples.compare(Console(file=file, width=200), graded(name), name)
        assert code == 0, file.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("name", EACH)
def test_the_samples_of_an_assignment_get_their_points_from_autograder_grade(tmp_path, name):
    course = new_course(tmp_path / "course", name, CHECKOUT)
    run_nbgrader(course, "generate_assignment", name)
    for student, sample in samples.read_samples(name).items():
        samples.hand_in(course, name, student, sample)
    command = [Path(sys.executable).with_name("autograder"), "grade", name]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)
    with io.StringIO() as file:
        code = samples.compare(Console(file=file, width=200), course, name)
        assert (done.returncode, code) == (0, 0), done.stderr + file.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "sample"),
    [
        pytest.param(name, sample, marks=pytest.mark.xdist_group(name))
        for name in WITH_SAMPLES
        for sample in base_first(name, samples.read_samples(name))
    ],
)
def test_the_feedback_page_of_an_assignments_sample_reads_as_it_did(graded, golden_pages, name, sample):
    golden_pages(graded(name), name).compare(sample)


@pytest.mark.slow
@pytest.mark.parametrize("name", EACH)
def test_the_feedback_pages_of_an_assignments_samples_can_be_read_by_everybody(graded, tmp_path, name):
    assert faults_of_pages(sorted((graded(name) / "feedback").rglob("*.html")), tmp_path / "profile") == {}


SCRIPTS = {
    "a word on the console": "console.log(1)",
    "a mistake": "nothing.at.all",
    "a dialog": "alert(1)",
    "a request": "fetch('https://example.org/').catch(() => 0)",
    "a file": "document.body.append(Object.assign(new Image(), {src: 'x.png'}))",
    "another title": "document.title = 'PWNED'",
    "a name twice": "document.body.innerHTML += '<p id=a></p><p id=a></p>'",
    "too wide": "document.body.style.width = '900px'",
}


@pytest.mark.slow
def test_the_browser_would_have_told_of_a_fault(tmp_path):
    """Each of these scripts, in a page that lets it run, is a fault; without one the page has none."""
    page = "<!doctype html><html lang=en><title>page</title><main><h1>Page</h1></main>"
    paths = [tmp_path / f"{number}.html" for number in range(len(SCRIPTS))]
    for path, script in zip(paths, SCRIPTS.values(), strict=True):
        path.write_text(f"{page}<script>{script}</script>", "utf-8")
    whole = tmp_path / "whole.html"
    whole.write_text(page, "utf-8")
    found = faults_of_pages([whole, *paths], tmp_path / "profile")
    assert {name.rsplit("/", 1)[1] for name in found} == {path.name for path in paths}


@pytest.mark.slow
def test_axe_sees_a_kind_of_element_that_only_a_later_page_has(tmp_path):
    page = "<!doctype html><html lang=en><title>page</title><main><h1>Page</h1>{}</main>"
    first, second = tmp_path / "1.html", tmp_path / "2.html"
    first.write_text(page.format("<p>Words</p>"), "utf-8")
    second.write_text(page.format("<p class=pale style='color: #ddd'>Words</p>"), "utf-8")
    [(name, found)] = faults_of_pages([first, second], tmp_path / "profile").items()
    assert name.endswith("2.html") and [rule for rule, *_ in found].count("color-contrast") >= 2
