"""The command `autograder`: its arguments, its exit codes, its errors; and the demo's table."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from rich.console import Console

from autograder import cli
from autograder.course.own_course import CHECKOUT, CourseError
from autograder.tools import bundle, calibration, demo, doctor, release
from autograder.tools.demo import Score


def test_the_installed_command_lists_its_commands():
    command = Path(sys.executable).with_name("autograder")
    done = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)
    for name in ("demo", "doctor", "calibrate", "release", "bundle", "report", "answers"):
        assert re.search(rf"^    {name}\s", done.stdout, re.MULTILINE)


def test_the_command_says_its_version(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert caught.value.code == 0
    assert re.fullmatch(r"autograder \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize("arguments", [[], ["polish"], ["calibrate", "--runs", "0"]])
def test_arguments_that_make_no_sense_exit_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage: autograder" in capsys.readouterr().err


def test_doctor_and_demo_pass_their_exit_codes_on(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(doctor, "run", lambda console: 1)
    assert cli.main(["doctor"]) == 1
    seen = []
    monkeypatch.setattr(demo, "run", lambda console, folder: seen.append(folder) or 0)
    assert cli.main(["demo"]) == 0
    assert cli.main(["demo", "--course", "elsewhere"]) == 0
    assert seen == [tmp_path / "demo-course", tmp_path / "elsewhere"]


@pytest.mark.parametrize(
    ("arguments", "module", "name"),
    [(["release", "lenet"], release, "rebuild"), (["bundle"], bundle, "build_bundle")],
)
def test_release_and_bundle_say_what_they_built(monkeypatch, capsys, arguments, module, name):
    monkeypatch.setattr(module, name, lambda assignment, *folder: Path("built", assignment))
    assert cli.main(arguments) == 0
    assert capsys.readouterr().out == "Built built/lenet\n"


def test_a_course_error_is_one_sentence_and_exit_code_1(monkeypatch, capsys):
    def refuse(*arguments):
        raise CourseError("there is no source")

    monkeypatch.setattr(release, "rebuild", refuse)
    assert cli.main(["release"]) == 1
    assert capsys.readouterr().err == "autograder release: there is no source\n"


def test_an_interrupt_is_no_traceback(monkeypatch, capsys):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "run", interrupt)
    assert cli.main(["doctor"]) == 130
    assert capsys.readouterr().err == "autograder doctor: stopped.\n"


def test_calibrate_runs_as_many_seeds_as_asked_and_prints_the_finding(monkeypatch, capsys):
    class Summary:
        def sentence(self):
            return "3 runs of the reference recipe"

    seen = []

    def calibrate(seeds, record, picture, pass_mark, target):
        seen.append((list(seeds), record, picture))
        assert 0 < pass_mark < target < 1
        return Summary()

    monkeypatch.setattr(calibration, "calibrate", calibrate)
    assert cli.main(["calibrate", "--runs", "3"]) == 0
    folder = CHECKOUT / "lenet_solution"
    assert seen == [([0, 1, 2], folder / "calibration.json", folder / "calibration.png")]
    assert "3 runs" in capsys.readouterr().out


def test_a_record_of_another_recipe_is_one_sentence(monkeypatch, capsys):
    def refuse(*arguments):
        raise calibration.CalibrationError("move it away")

    monkeypatch.setattr(calibration, "calibrate", refuse)
    assert cli.main(["calibrate"]) == 1
    assert capsys.readouterr().err == "autograder calibrate: move it away\n"


CELLS = {"1_one": {"easy": 4.0, "hard": 6.0}, "2_two": {"essay": 5.0}}


def test_the_table_adds_up_and_marks_what_a_person_has_to_look_at():
    found = {
        "ann": {"easy": Score(4, False), "hard": Score(2.5, False), "essay": Score(0, True)},
        "bob": {"easy": Score(0, False)},
    }
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(demo.score_table(CELLS, found))
    rows = [re.split(r"\s{2,}", line.strip()) for line in console.export_text().splitlines()]
    table = {row[0]: row[1:] for row in rows if len(row) == 4 and row[0] != "exercise"}
    assert table == {
        "easy": ["4", "4", "0"],
        "hard": ["6", "2.5", "–"],
        "1_one": ["10", "6.5", "0"],
        "essay": ["5", "0 ?", "–"],
        "2_two": ["5", "0 ?", "–"],
        "total": ["15", "6.5 ?", "0"],
    }


def test_a_score_that_is_missing_or_not_the_expected_one_is_named():
    expected = {"ann": {"easy": 4.0, "hard": 6.0, "late": 1.0}, "bob": {"easy": 0.0}}
    found = {
        "ann": {"easy": Score(4, False), "hard": Score(5, False), "essay": Score(0, True)},
        "bob": {"easy": Score(0, False)},
    }
    assert demo.unexpected(expected, found) == ["ann/hard", "ann/late"]


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
def test_scores_are_read_from_the_gradebook(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))  # for alembic
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'course'\n")
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "course") as book:
        book.add_assignment("lenet")
        book.add_notebook("1_one", "lenet")
        for name, points, kind in (("easy", 4, "code"), ("essay", 5, "markdown")):
            book.add_grade_cell(name, "1_one", "lenet", max_score=points, cell_type=kind)
        book.add_notebook("2_two", "lenet")  # not handed in
        book.add_grade_cell("late", "2_two", "lenet", max_score=1, cell_type="code")
        book.add_student("ann")
        book.add_submission("lenet", "ann")
        grade = book.find_grade("easy", "1_one", "lenet", "ann")
        grade.auto_score = 3
        grade.needs_manual_grade = False  # the essay still waits
        book.db.commit()
    (tmp_path / "autograded/ann/lenet").mkdir(parents=True)
    (tmp_path / "autograded/ann/lenet/1_one.ipynb").touch()
    found = demo.scores(tmp_path, "lenet")
    assert found == {"ann": {"easy": Score(3, False), "essay": Score(0, True)}}


def test_the_graded_cells_are_those_of_the_release_in_their_order():
    cells = demo.graded_cells(CHECKOUT, "lenet")
    assert list(cells) == ["1_build_lenet", "2_count_parameters", "3_train_lenet"]
    assert list(cells["1_build_lenet"]) == ["output_size", "lenet_shapes", "build_lenet"]
    assert sum(points for notebook in cells.values() for points in notebook.values()) == 100


@pytest.mark.slow
def test_the_demo_grades_its_samples_and_leaves_the_checkout_clean(tmp_path):
    def tracked():
        status = ["git", "status", "--porcelain", "--ignored", "--", "release", "source", "*.db"]
        return subprocess.run(status, cwd=CHECKOUT, capture_output=True, check=True).stdout

    before = tracked()
    done = subprocess.run(
        [Path(sys.executable).with_name("autograder"), "demo", "--course", tmp_path / "course"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every score is as it should be" in done.stdout
    pages = [Path(line.strip()) for line in done.stdout.splitlines() if line.endswith(".html")]
    assert len(pages) >= 6 and all(page.is_file() for page in pages)
    assert tracked() == before
