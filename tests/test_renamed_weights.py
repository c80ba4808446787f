"""Weights under another name, or in another place, are named to everybody and measured by nobody."""

import copy
from pathlib import Path

import nbformat
import pytest
from corpus import THEIR_OWN, WEIGHTS, filled_release
from grading import Course, Grade
from nbgrader.coursedir import CourseDirectory
from small_course import grade
from weights_files import file_of, network_of

from autograder.course.handed_in import may_be
from autograder.course.intake import not_handed_in
from autograder.course.own_course import new_course
from autograder.runs.notebooks import grade_id
from autograder.runs.showing import VERDICT_MIME
from autograder.sandbox import Limits

STEM = "3_train_lenet"
NAMES = {  # what became of the name, by student
    "browser": "lenet.weights (1).h5",
    "dash": "lenet.weights-1.h5",
    "capitals": "Lenet.Weights.H5",
    "folder": "models/lenet.weights.h5",
    "copy": "Copy of lenet.weights.h5",
    "model": "lenet.keras",
    "text": "lenet.weights.h5.txt",
}


@pytest.mark.parametrize("name", NAMES.values())
def test_what_may_be_the_weights_is_named(name):
    assert may_be(WEIGHTS, [Path("notes.txt"), Path(name), Path("helper.py")]) == [name]


@pytest.mark.parametrize("name", ["notes.txt", "lenet.py", "my.weights.csv", "h5"])
def test_what_cannot_be_the_weights_is_not_named(name):
    assert may_be(WEIGHTS, [Path(name)]) == []


def handed_in(folder: Path, *names: str) -> dict[str, list[str]]:
    for name in names:
        path = folder / "submitted/ada/lenet" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return not_handed_in(CourseDirectory(root=str(folder)), "lenet", "ada", Limits())


def test_a_file_under_its_own_name_lacks_nothing_whatever_lies_beside_it(tmp_path):
    assert handed_in(tmp_path, f"{STEM}.ipynb", WEIGHTS, *NAMES.values()) == {}


def test_without_the_notebook_that_trains_no_weights_are_asked_for(tmp_path):
    assert handed_in(tmp_path, "1_build_lenet.ipynb", NAMES["browser"]) == {}


def test_a_link_in_the_place_of_the_weights_is_no_file(tmp_path):
    (tmp_path / "submitted/ada/lenet").mkdir(parents=True)
    (tmp_path / "submitted/ada/lenet" / WEIGHTS).symlink_to(__file__)
    assert handed_in(tmp_path, f"{STEM}.ipynb", NAMES["dash"]) == {WEIGHTS: [NAMES["dash"]]}


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> tuple[Course, str]:
    """A course whose students handed in notebook 3 with weights under these names, and what was printed."""
    course = Course(new_course(tmp_path_factory.mktemp("renamed") / "course", "lenet"))
    with (course.folder / "nbgrader_config.py").open("a") as file:
        file.write(THEIR_OWN)
    course.run("generate_assignment", "lenet")
    filled = filled_release(course.folder)
    filled.notebooks = {STEM: filled.notebooks[STEM]}
    given = {"browser": NAMES["browser"], "none": "", "right": WEIGHTS}
    for number, (student, name) in enumerate(given.items()):
        submission = copy.deepcopy(filled)
        submission.own_cell(f"# {student}", after="setup_3")
        if name:
            submission.files[name] = file_of(network_of(number))
        submission.write(course.folder / "submitted" / student / "lenet")
    return course, grade(course, "--jobs", "1")


def verdict(course: Course, student: str) -> dict:
    [cell] = [
        cell for cell in nbformat.read(course.autograded(student, STEM), as_version=4).cells
        if grade_id(cell) == "test_accuracy"
    ]  # fmt: skip
    return next(output.data[VERDICT_MIME] for output in cell.outputs if VERDICT_MIME in output.data)


@pytest.mark.slow
@pytest.mark.xdist_group("renamed")
def test_they_earn_nothing_and_wait_for_a_person_and_the_student_reads_what_to_do(graded):
    course, _ = graded
    assert course.lenet["browser"]["test_accuracy"] == Grade(0, 18, waits=True)
    told = verdict(course, "browser")
    assert told["outcome"] == "not judged"
    assert (
        NAMES["browser"] in told["reason"] and "give your weights the name lenet.weights.h5" in told["reason"]
    )
    assert {check["help"] for check in told["checks"]} == {told["reason"]}


@pytest.mark.slow
@pytest.mark.xdist_group("renamed")
def test_no_weights_at_all_wait_for_nobody(graded):
    course, _ = graded
    assert course.lenet["none"]["test_accuracy"] == Grade(0, 18, waits=False)
    assert (
        "There is no lenet.weights.h5 beside the notebook. Run"
        in verdict(course, "none")["checks"][0]["help"]
    )
    assert course.lenet["right"]["test_accuracy"] == Grade(18, 18, waits=False)


@pytest.mark.slow
@pytest.mark.xdist_group("renamed")
def test_the_log_and_the_end_of_the_batch_name_them(graded):
    course, output = graded
    assert "Handed in without weights: 1 (none)" in output
    assert f"Handed in without {WEIGHTS}, but with what may be it: 1 (browser: {NAMES['browser']})" in output
    assert "until a person looks: 1 (browser: test_accuracy)" in output
    log = (course.folder / ".autograder/grade.log").read_text()
    assert f"browser: {WEIGHTS} was not handed in, but what may be it: {NAMES['browser']}" in log
