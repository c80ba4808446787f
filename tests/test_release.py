"""The committed release is what nbgrader makes of the source today, and gives nothing away."""

import filecmp
import re

import nbformat
import pytest

from autograder.course.own_course import CHECKOUT, CourseError, new_course, run_nbgrader
from autograder.tools.release import build_release

SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build_release("lenet", tmp_path_factory.mktemp("release"))


def files(folder):
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


@pytest.mark.slow
def test_the_committed_release_is_not_stale(built):
    committed = CHECKOUT / "release" / "lenet"
    assert files(built) == files(committed), "run `autograder release`"
    for name in files(built):
        same = filecmp.cmp(built / name, committed / name, shallow=False)
        assert same, f"release/lenet/{name} is stale: run `autograder release` and commit"


@pytest.mark.slow
def test_building_again_gives_the_same_bytes(built, tmp_path):
    again = build_release("lenet", tmp_path)
    assert files(again) == files(built)
    assert all((again / name).read_bytes() == (built / name).read_bytes() for name in files(again))


def test_the_release_has_no_solution_and_no_marks_of_one():
    seen = 0
    for source in sorted((CHECKOUT / "source" / "lenet").glob("*.ipynb")):
        released = CHECKOUT / "release" / "lenet" / source.name
        text = "\n".join(cell.source for cell in nbformat.read(released, as_version=4).cells)
        assert "SOLUTION" not in text and "HIDDEN TESTS" not in text and "MARK SCHEME" not in text
        for cell in nbformat.read(source, as_version=4).cells:
            for solution in SOLUTION.findall(cell.source):
                seen += 1
                assert solution.strip() not in text
    assert seen > 0


def test_the_release_holds_notebooks_and_pictures_only():
    suffixes = {path.suffix for path in files(CHECKOUT / "release" / "lenet")}
    assert suffixes <= {".ipynb", ".png", ".svg"}


def test_weights_left_beside_the_source_by_running_it_stay_out_of_a_course(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.course.own_course.CHECKOUT", tmp_path)
    source = tmp_path / "source" / "lenet"
    source.mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").touch()
    (source / "1.ipynb").touch()
    (source / "lenet.weights.h5").touch()
    course = new_course(tmp_path / "course", "lenet")
    assert [path.name for path in (course / "source/lenet").iterdir()] == ["1.ipynb"]


def test_an_unknown_assignment_is_told_which_there_are(tmp_path):
    with pytest.raises(CourseError, match=r"no assignment 'lenot' in source/. There is: .*lenet"):
        new_course(tmp_path / "course", "lenot")


def test_only_a_folder_that_was_made_here_is_wiped(tmp_path):
    course = new_course(tmp_path / "course", "lenet")
    (course / "gradebook.db").touch()
    assert not (new_course(course, "lenet") / "gradebook.db").exists()
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "thesis.txt").write_text("years of work")
    with pytest.raises(CourseError, match="left alone"):
        new_course(tmp_path / "theirs", "lenet")
    assert (tmp_path / "theirs" / "thesis.txt").exists()


def test_what_nbgrader_said_last_is_in_the_error_and_every_line_is_passed_on(tmp_path):
    course = new_course(tmp_path / "course", "lenet")
    lines = []
    with pytest.raises(CourseError, match="exit code") as caught:
        run_nbgrader(course, "generate_assignment", "no_such", on_line=lines.append)
    assert lines and lines[-1] in str(caught.value)
