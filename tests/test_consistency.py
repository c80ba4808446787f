"""Every way in which an assignment's cells, rows, checks and points can be out of step is refused."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.assignments import ASSIGNMENTS
from autograder.course import consistency
from autograder.course.configuration import course_config
from autograder.course.consistency import misfits, refuse_misfits
from autograder.course.own_course import CourseError, new_course, run_nbgrader
from autograder.tools import doctor

STEM = "2_count_parameters"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]  # nbgrader's own


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    folder = new_course(tmp_path_factory.mktemp("fit") / "course", "lenet")
    run_nbgrader(folder, "generate_assignment", "lenet")
    return folder


@pytest.fixture
def course(generated, tmp_path):
    """A course that fits, to be edited."""
    shutil.copytree(generated, tmp_path / "course")
    return tmp_path / "course"


def coursedir(folder):
    return CourseDirectory(config=Config(CourseDirectory={"root": str(folder), "course_id": "lenet"}))


def found(folder, released=True, name="lenet"):
    return list(misfits(coursedir(folder), name, released))


def edit(path, change):
    notebook = json.loads(path.read_text())
    cells = {
        c["metadata"]["nbgrader"]["grade_id"]: c for c in notebook["cells"] if "nbgrader" in c["metadata"]
    }
    change(notebook["cells"], cells)
    path.write_text(json.dumps(notebook))


def settings(cells, name):
    return cells[name]["metadata"]["nbgrader"]


def test_the_course_as_it_stands_fits(course):
    assert found(course) == []


# Each edits the cells of one notebook; the sentence names what it edited.
EDITS = {
    "misspelt": lambda all, c: c["pool_params"].update(source='check("pool_parms")'),
    "of another exercise": lambda all, c: c["pool_params"].update(source='check("dense_bytes")'),
    "two checks": lambda all, c: c["pool_params"].update(source='check("pool_params")\ncheck("pool_params")'),
    "assert": lambda all, c: c["pool_params"].update(source="assert pool_params(2, 2) == 0"),
    "a hidden test": lambda all, c: c["pool_params"].update(
        source='check("pool_params")\n### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS'
    ),
    "wrapped": lambda all, c: c["pool_params"].update(source='print(check("pool_params"))'),
    "a variable": lambda all, c: c["pool_params"].update(source="check(pool_params)"),
    "empty": lambda all, c: c["pool_params"].update(source=""),
    "broken": lambda all, c: c["pool_params"].update(source='check("pool_params"'),
    "points": lambda all, c: settings(c, "pool_params").update(points=20),
    "grade_id": lambda all, c: settings(c, "pool_params").update(grade_id="pool_parms"),
    "unlocked": lambda all, c: settings(c, "pool_params").update(locked=False),
    "solution": lambda all, c: settings(c, "pool_params").update(solution=True),
    "not graded": lambda all, c: settings(c, "pool_params").update(grade=False),
    "markdown": lambda all, c: c["pool_params"].update(cell_type="markdown"),
    "no metadata": lambda all, c: c["pool_params"].update(metadata={}),
    "removed": lambda all, c: all.remove(c["pool_params"]),
    "twice": lambda all, c: all.append(c["pool_params"]),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_cell_that_does_not_fit_its_row(course, name):
    edit(course / f"source/lenet/{STEM}.ipynb", EDITS[name])
    assert any("pool_params" in sentence or "pool_parms" in sentence for sentence in found(course, False))
    with pytest.raises(CourseError, match="pool_par"):
        refuse_misfits(coursedir(course), "lenet", released=False)


def test_a_cell_that_only_serves_the_student_and_is_gone(course):
    edit(course / f"source/lenet/{STEM}.ipynb", lambda all, c: all.remove(c["dense_picture"]))
    assert any("'dense_picture', which is no locked cell" in one for one in found(course, False))


@pytest.mark.parametrize(
    "change",
    [
        lambda all, c: settings(c, "why_dense").update(points=5),
        lambda all, c: all.remove(c["why_dense"]),
        lambda all, c: settings(c, "why_dense").update(grade=False),
    ],
)
def test_a_written_answer_that_is_not_as_its_row_says(course, change):
    edit(course / f"source/lenet/{STEM}.ipynb", change)
    assert any("`written`" in one and "'why_dense' with 6 points" in one for one in found(course, False))


def test_answers_graded_by_hand_are_fine(course):
    def add(all, cells):
        answer = new_code_cell("x = 1", id="a")
        answer.metadata.nbgrader = {
            "grade": True,
            "solution": True,
            "locked": False,
            "points": 3,
            "grade_id": "a",
        }
        all.append(answer)

    edit(course / f"source/lenet/{STEM}.ipynb", add)
    assert found(course, False) == []


def test_a_notebook_that_is_gone_or_is_none(course):
    path = course / f"source/lenet/{STEM}.ipynb"
    path.write_text("{")
    with pytest.raises(CourseError, match="is not a notebook that can be read"):
        found(course, False)
    path.unlink()
    assert any(f"{STEM}.ipynb, which is not in source/lenet" in one for one in found(course, False))
    shutil.rmtree(course / "source/lenet")
    assert "has no notebooks" in found(course, False)[0]


@pytest.mark.parametrize("place", ["source", "release"])
@pytest.mark.parametrize(
    "change",
    [
        lambda all, c: c["setup_2"].update(source="import numpy"),
        lambda all, c: settings(c, "pool_params").update(points=3),
        lambda all, c: all.remove(c["dense_share"]),
        lambda all, c: settings(c, "pool_params_solution").update(grade_id="other"),
    ],
)
def test_a_release_unlike_its_source(course, place, change):
    edit(course / place / f"lenet/{STEM}.ipynb", change)
    assert any("is not the same in source/lenet and in release/lenet" in one for one in found(course))


def test_a_gradebook_that_is_behind(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db", "lenet") as book:
        book.find_graded_cell("pool_params", STEM, "lenet").max_score = 20
        book.find_source_cell("setup_2", STEM, "lenet").source = "import numpy"
        book.db.commit()
    sentences = found(course)
    assert len(sentences) == 2 and all("in the gradebook: run nbgrader generate" in one for one in sentences)
    (course / "gradebook.db").unlink()
    assert "does not know 'lenet' yet" in found(course)[0]


# Trained weights beside the instructor's notebooks.


@pytest.mark.parametrize("name", ["lenet.weights.h5", "old/lenet.WEIGHTS.H5", "model.keras", "best.hdf5"])
def test_trained_weights_left_in_source_would_be_everybodys(course, name):
    path = course / "source/lenet" / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    (sentence,) = found(course, False)
    assert f"source/lenet/{name} holds a trained network" in sentence and "move it out" in sentence


@pytest.mark.parametrize("name", ["layers.csv", "weights.md", ".ipynb_checkpoints/lenet.weights.h5"])
def test_what_is_no_network_or_what_nbgrader_ignores_may_lie_in_source(course, name):
    path = course / "source/lenet" / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    assert found(course, False) == []


def test_an_assignment_whose_students_hand_in_no_weights_may_give_some_out(course):
    (course / "source/plain").mkdir()
    (course / "source/plain/pretrained.weights.h5").touch()
    assert found(course, False, "plain") == []


def test_no_command_goes_on_while_weights_lie_in_source(course):
    shutil.copytree(course / "release/lenet", course / "submitted/ann/lenet")
    (course / "source/lenet/lenet.weights.h5").touch()
    says = "source/lenet/lenet.weights.h5 holds a trained network"
    for command in (("generate_assignment", "lenet", "--force"), ("autograde", "lenet")):
        with pytest.raises(CourseError, match=says):
            run_nbgrader(course, *command)
    assert not list(course.glob("release/**/*.h5")) and not (course / "autograded").exists()
    grade = [Path(sys.executable).with_name("autograder"), "grade", "lenet", "--jobs", "1"]
    done = subprocess.run(grade, cwd=course, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and says in done.stderr, done.stdout + done.stderr
    (finding,) = doctor.assignments(course, course_config(course))
    assert not finding.ok and says in finding.mend


# Rows and checks.


def row(monkeypatch, **changes):
    exercises = tuple(
        replace(exercise, **changes) if exercise.id == "pool_params" else exercise
        for exercise in ASSIGNMENTS["lenet"].exercises
    )
    monkeypatch.setitem(ASSIGNMENTS, "lenet", replace(ASSIGNMENTS["lenet"], exercises=exercises))


@pytest.mark.parametrize(
    "changes", [{"points": 3}, {"id": "pool"}, {"notebook": "1_build_lenet"}, {"notebook": "4"}]
)
def test_a_row_that_changed_alone(course, monkeypatch, changes):
    row(monkeypatch, **changes)
    assert any("pool" in sentence for sentence in found(course, False))


def test_a_row_too_many_and_a_row_too_few(course, monkeypatch):
    lenet = ASSIGNMENTS["lenet"]
    monkeypatch.setitem(ASSIGNMENTS, "lenet", replace(lenet, exercises=lenet.exercises + lenet.exercises[:1]))
    assert any("has 2 rows for 'output_size'" in one for one in found(course, False))
    monkeypatch.setitem(ASSIGNMENTS, "lenet", replace(lenet, exercises=lenet.exercises[1:]))
    sentences = found(course, False)
    assert any("asks for 'output_size', for which" in one for one in sentences)
    assert any("is for 'output_size', for which" in one for one in sentences)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"points": 7.0}, "are worth 7 points together"),
        ({"points": -1.0}, "are worth -1 points together"),
        ({"exercise": "pool_parms"}, "has no row"),
        ({"after": "test_nothing"}, "waits for 'test_nothing'"),
        ({"after": "test_pooling"}, "waits for 'test_pooling'"),
        ({"stem": "1_build_lenet"}, "where nobody looks"),
    ],
)
def test_a_check_that_does_not_fit(course, monkeypatch, changes, says):
    checks = [
        replace(check, **changes) if check.name == "test_pooling" else check
        for check in consistency.all_checks("lenet")
    ]
    monkeypatch.setattr(consistency, "all_checks", lambda assignment: checks)
    assert any(says in sentence for sentence in found(course, False)), found(course, False)


def test_an_exercise_without_a_check(course, monkeypatch):
    checks = [check for check in consistency.all_checks("lenet") if check.exercise != "pool_params"]
    monkeypatch.setattr(consistency, "all_checks", lambda assignment: checks)
    assert any("'pool_params' has a row" in one and "but no check" in one for one in found(course, False))


@pytest.mark.parametrize("content", ["import no_such_module", "def test_a():\n    pass"])
def test_a_file_of_checks_that_is_broken(tmp_path, monkeypatch, content):
    monkeypatch.syspath_prepend(tmp_path)
    import autograder.assignments.lenet.checks

    (tmp_path / "test_broken.py").write_text(content)
    monkeypatch.setattr(
        autograder.assignments.lenet.checks,
        "__path__",
        [*autograder.assignments.lenet.checks.__path__, str(tmp_path)],
    )
    monkeypatch.setattr(consistency, "checks_of", lambda assignment: tmp_path)
    consistency.all_checks.cache_clear()
    try:
        with pytest.raises(CourseError, match=r"test_broken.py"):
            consistency.all_checks("lenet")
    finally:
        consistency.all_checks.cache_clear()
        import sys

        sys.modules.pop("autograder.assignments.lenet.checks.test_broken", None)


# Assignments without rows.

PLAIN = {
    "asserts": (["assert f(1)"], False),
    "a check of their own": (["def check(x):\n    assert x", 'check("f")'], False),
    "ours": (["from autograder import check", 'check("f")'], True),
    "ours by another name": (["import autograder as a", 'a.check("f")'], True),
    "ours without an import": ([None, 'check("f")'], True),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_assignment_must_not_leave_the_decision_to_our_check(tmp_path, name):
    sources, refused = PLAIN[name]
    cells = [new_code_cell(source or "", id=f"c{n}") for n, source in enumerate(sources)]
    cells[-1].metadata.nbgrader = {
        "grade": True,
        "solution": False,
        "locked": True,
        "points": 1,
        "grade_id": "f",
    }
    (tmp_path / "source/plain").mkdir(parents=True)
    (tmp_path / "source/plain/one.ipynb").write_text(writes(new_notebook(cells=cells)))
    assert bool(found(tmp_path, True, "plain")) == refused
