"""Students whose networks are alike, in a course of the real nbgrader: who is flagged, and who reads why.

Everything is executed once. What is graded again then, in another order or by another command, comes from
the store.
"""

import dataclasses
import re
import shutil
from html import unescape

import numpy as np
import pytest
from corpus import EVERY, FIXTURE, STEMS, THEIR_OWN, WEIGHTS, filled_release, make_submission
from grading import Course, Grade, formgrader_page
from small_course import copy_course, grade
from weights_files import edited, file_of, network_of, rearranged

from autograder.course.own_course import CHECKOUT, CourseError, new_course

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("alike"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's own
]

STEM, EXERCISE = STEMS[2], "test_accuracy"
ADAS = file_of(network_of(0))


def with_noise(content: bytes) -> bytes:
    random = np.random.default_rng(0)
    return edited(content, lambda array: array * random.normal(1, 0.1, array.shape))


# Who hands in what: ada trained, and two others hand in her network, one graded first, one last.
CLASS = {
    "aaron": rearranged(ADAS, "aaron"),
    "ada": ADAS,
    "dan": file_of(network_of(1)),
    "pat": rearranged(FIXTURE.read_bytes(), "pat"),
    "zoe": with_noise(rearranged(ADAS, "zoe")),
}
ALIKE = {"aaron", "ada", "zoe"}


def hand_in(course: Course, student: str, weights: bytes) -> None:
    submission = make_submission(
        filled_release(CHECKOUT), dataclasses.replace(EVERY["correct"], stems=(STEM,))
    )
    submission.files[WEIGHTS] = weights
    submission.own_cell(f"# {student}", after="network_solution")
    if student == "zoe":
        submission.files["timestamp.txt"] = b"2001-01-01 10:00:00 UTC\n"
    folder = course.folder / "submitted" / student / "lenet"
    shutil.rmtree(folder, ignore_errors=True)
    submission.write(folder)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory) -> Course:
    """Handed in, nothing graded."""
    course = Course(new_course(tmp_path_factory.mktemp("alike") / "course", "lenet"))
    with (course.folder / "nbgrader_config.py").open("a") as file:
        file.write(THEIR_OWN)
    course.run("generate_assignment", "lenet")
    for student, weights in CLASS.items():
        hand_in(course, student, weights)
    return course


@pytest.fixture(scope="module")
def graded(untouched, tmp_path_factory) -> Course:
    """The same, graded by one nbgrader autograde."""
    course = copy_course(untouched, tmp_path_factory.mktemp("graded") / "course")
    course.run("autograde", "lenet")
    course.run("generate_feedback", "lenet")
    return course


@pytest.fixture
def course(graded, tmp_path) -> Course:
    """A copy of the graded course."""
    return copy_course(graded, tmp_path / "course")


@pytest.fixture
def executed(untouched, graded, tmp_path) -> Course:
    """The course before it was graded, with everything in the store."""
    course = copy_course(untouched, tmp_path / "course")
    state = course.folder / ".autograder"
    shutil.rmtree(state, ignore_errors=True)
    shutil.copytree(graded.folder / ".autograder", state)
    for register in state.glob("weights-*"):
        register.unlink()
    return course


def flagged(course: Course) -> set[str]:
    return {student for student, grades in course.grades("lenet").items() if grades[EXERCISE].waits}


def lines(course: Course) -> list[str]:
    return [line for line in course.log if "networks that are alike" in line]


def give_points(course: Course, student: str, points: float) -> None:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.folder}/gradebook.db", "lenet") as book:
        grade = book.find_grade(EXERCISE, STEM, "lenet", student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


def test_all_sides_are_flagged_alike_and_nobody_loses_a_point(graded):
    grades = graded.grades("lenet")
    for student in ALIKE:
        assert grades[student][EXERCISE] == Grade(18, 18, waits=True)
    assert grades["dan"][EXERCISE] == Grade(18, 18, waits=False)


def test_weights_that_anybody_can_have_are_not_judged(graded):
    assert graded.grades("lenet")["pat"][EXERCISE] == Grade(0, 18, waits=True)
    assert "which anybody can have" in graded.page("pat", STEM)


def test_the_log_of_the_batch_ends_with_one_line_for_the_group(graded):
    assert len(lines(graded)) == 1
    assert "3 students handed in networks that are alike (aaron, ada, zoe)" in lines(graded)[0]


@pytest.mark.parametrize("student", sorted(ALIKE))
def test_formgraders_page_has_the_evidence_about_both_others(graded, student):
    page = unescape(formgrader_page(graded, student, STEM))
    note = page.split("For the grader")[1].split("Checked automatically")[0]
    for other in ALIKE - {student}:
        assert re.search(rf"{other}: .*cosines of", note)


def test_formgraders_note_is_not_in_a_students_box(graded):
    page = formgrader_page(graded, "ada", STEM)
    assert "Written by the student" not in page.split("For the grader")[0].split("<body")[1]


@pytest.mark.parametrize("student", ["dan", "pat"])
def test_formgraders_page_of_others_has_no_note(graded, student):
    assert "For the grader" not in formgrader_page(graded, student, STEM)


@pytest.mark.parametrize("student", sorted(CLASS))
def test_no_feedback_page_and_no_notebook_names_another_or_accuses(graded, student):
    notebook = graded.autograded(student, STEM).read_text("utf-8")
    for text in (graded.page(student, STEM), notebook):
        assert "For the grader" not in text and "cosines" not in text
        assert not [other for other in CLASS if other != student and re.search(rf"\b{other}\b", text)]


def test_no_notebook_holds_the_fingerprint_of_a_network(graded):
    assert '"fingerprint": ""' in graded.autograded("ada", STEM).read_text("utf-8")


def test_one_by_one_in_reverse_gives_the_same(executed, graded):
    for student in reversed(CLASS):
        executed.run("autograde", "lenet", f"--student={student}")
    assert executed.grades("lenet") == graded.grades("lenet")
    assert lines(executed)[-1].split("networks")[1] == lines(graded)[-1].split("networks")[1]


def test_autograder_grade_gives_the_same_and_says_so(executed, graded):
    output = grade(executed, "--jobs", "1", "--student", "zoe", "pat")
    assert "alike" not in output
    output = grade(executed, "--jobs", "1")
    assert executed.grades("lenet") == graded.grades("lenet")
    assert "3 students handed in networks that are alike (aaron, ada, zoe)" in output
    executed.run("autograde", "lenet", "--force")
    assert executed.grades("lenet") == graded.grades("lenet")


def test_what_was_killed_before_it_was_resolved_the_next_run_resolves(executed, graded):
    config = executed.folder / "nbgrader_config.py"
    before = config.read_text()
    config.write_text(
        f"{before}\nimport os\nfrom autograder.course import converters\n"
        "converters.resolve = lambda *arguments: os.kill(os.getpid(), 9)\n"
    )
    with pytest.raises(CourseError, match="exit code -9"):
        executed.run("autograde", "lenet")
    assert flagged(executed) == {"pat"}
    config.write_text(before)
    assert "5 up to date" in grade(executed, "--jobs", "1")
    assert executed.grades("lenet") == graded.grades("lenet")


def test_a_register_that_was_removed_is_made_again(course, graded):
    [register] = (course.folder / ".autograder").glob("weights-*.sqlite")
    register.unlink()
    assert "5 submissions recorded" in grade(course, "--jobs", "1")
    assert "5 up to date" in grade(course, "--jobs", "1")
    assert course.grades("lenet") == graded.grades("lenet")


def test_who_hands_in_a_network_of_their_own_since_is_flagged_no_more_and_the_others_stay(course):
    hand_in(course, "zoe", file_of(network_of(2)))
    course.run("autograde", "lenet", "--force", "--student=zoe")
    assert flagged(course) == {"aaron", "ada", "pat"}
    hand_in(course, "aaron", file_of(network_of(3)))
    grade(course, "--jobs", "1")
    assert flagged(course) == {"ada", "pat"}
    page = unescape(formgrader_page(course, "ada", STEM))
    assert re.search(r"aaron: .*That network is no longer there", page)
    assert "For the grader" not in formgrader_page(course, "aaron", STEM)


def test_who_was_found_alike_stays_flagged_when_the_others_submissions_are_removed(course):
    shutil.rmtree(course.folder / "submitted/ada")
    shutil.rmtree(course.folder / "submitted/aaron")
    grade(course, "--jobs", "1")
    assert "zoe" in flagged(course)
    page = unescape(formgrader_page(course, "zoe", STEM))
    assert re.search(r"ada: .*That network is no longer there", page)


def test_one_submission_of_two_students_is_excused_by_no_start(course):
    shutil.copytree(course.folder / "submitted/dan", course.folder / "submitted/eve")
    output = grade(course, "--jobs", "1")
    assert "(dan, eve). Two handed in the same file, with the same notebook" in " ".join(output.split())


def test_a_copy_behind_a_preparation_that_cannot_be_known_is_seen(course):
    hand_in(course, "eve", file_of(network_of(1)))
    [path] = (course.folder / "submitted/eve").rglob(f"{STEM}.ipynb")
    path.write_text(path.read_text("utf-8").replace(
        "(pixels - MEAN) / STD", "(pixels + 0.02 * np.roll(pixels, 1, axis=1) - MEAN) / STD"
    ), "utf-8")  # fmt: skip
    grade(course, "--jobs", "1")
    assert course.grades("lenet")["eve"][EXERCISE] == Grade(0, 18, waits=True)
    assert {"dan", "eve"} <= flagged(course)


def test_points_that_a_person_gave_stay(course):
    give_points(course, "ada", 11)
    hand_in(course, "zoe", with_noise(CLASS["zoe"]))
    course.run("autograde", "lenet", "--force", "--student=zoe")
    assert course.grades("lenet")["ada"][EXERCISE].points == 11
    shutil.rmtree(course.folder / "submitted/zoe")
    shutil.rmtree(course.folder / "submitted/aaron")
    course.run("autograde", "lenet")
    assert course.grades("lenet")["ada"][EXERCISE].points == 11


def test_a_damaged_register_ends_every_command_with_one_sentence(course):
    [register] = (course.folder / ".autograder").glob("weights-*.sqlite")
    register.write_bytes(b"{}")
    with pytest.raises(CourseError, match=r"Nothing was done: .*is damaged"):
        course.run("autograde", "lenet")
    assert "is damaged" in grade(course, code=1)
    assert "is damaged" in formgrader_page(course, "ada", STEM)
