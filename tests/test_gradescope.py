"""`autograder gradescope`: the zip, and what it does in a folder laid out as in Gradescope's containers."""

import dataclasses
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from corpus import EVERY, THEIR_OWN, filled_release, make_submission
from gradescope_rules import RULES
from small_course import STEM

from autograder import cli
from autograder.course.own_course import CHECKOUT, new_course
from autograder.exports.data import as_json
from autograder.sandbox import available
from autograder.tools import in_gradescope
from autograder.tools.in_gradescope import Refused, who

ONE_NOTEBOOK = dataclasses.replace(EVERY["correct"], stems=(STEM,))
ADA = {"id": 123456, "users": [{"email": "ada@example.org", "id": 1234, "name": "Ada </pre> Lovelace"}]}
NO_NAMESPACES = "#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n"


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The zip of a course, made by the command."""
    folder = new_course(tmp_path_factory.mktemp("course") / "course", "lenet")
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(THEIR_OWN)
    (folder / "source/lenet/lenet.weights.h5").write_bytes(b"left by running the notebook")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert cli.main(["gradescope", "lenet"]) == 0
    return folder / "dist/lenet-gradescope.zip"


# The zip.


def test_the_scripts_stand_at_the_top_and_may_be_run(packed):
    with zipfile.ZipFile(packed) as archive:
        top = {
            info.filename: info.external_attr >> 16 for info in archive.infolist() if "/" not in info.filename
        }
        assert set(top) == {"setup.sh", "run_autograder"} and all(mode & 0o111 for mode in top.values())
        for name in top:
            assert archive.read(name).startswith(b"#!/usr/bin/env bash\n")
            subprocess.run(["bash", "-n"], input=archive.read(name), check=True)


def test_it_holds_the_package_the_answers_and_the_key_and_nothing_that_running_left(packed):
    with zipfile.ZipFile(packed) as archive:
        names = set(archive.namelist())
        assert archive.read("course/.autograder/key") == (packed.parents[1] / ".autograder/key").read_bytes()
    assert {
        "package/pyproject.toml", "package/constraints.txt", "course/source/lenet/3_train_lenet.ipynb",
        "package/autograder/assignments/lenet/checks/hidden/inputs.py", "package/lenet_solution/lenet.weights.h5",
    } <= names  # fmt: skip
    assert not [
        name for name in names if "__pycache__" in name or name == "course/source/lenet/lenet.weights.h5"
    ]


def test_nobody_else_may_read_it(packed):
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600


def test_its_configuration_has_a_gradebook_of_its_own_wherever_the_course_has_its(packed, tmp_path):
    with zipfile.ZipFile(packed) as archive:
        text = archive.read("course/nbgrader_config.py").decode()
    elsewhere = "c.CourseDirectory.db_url = 'postgresql+psycopg://user@host/gradebook'\nc.ExecuteAndAsk.store = 's3://x'\n"
    first, added, last = text.partition("\n# Added by")
    (tmp_path / "nbgrader_config.py").write_text(f"{first}\n{elsewhere}{added}{last}")
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(tmp_path)).load_config()
    assert (
        config.CourseDirectory.db_url == f"sqlite:///{tmp_path}/gradebook.db"
        and config.ExecuteAndAsk.store == ""
    )


def test_an_assignment_without_checks_of_ours_is_refused(packed, monkeypatch, capsys):
    monkeypatch.chdir(packed.parents[1])
    assert cli.main(["gradescope", "lent"]) == 1
    assert "There is no assignment 'lent' with checks here" in capsys.readouterr().err


# In the container.


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (json.dumps(ADA), ("Ada </pre> Lovelace", "ada@example.org")),
        (json.dumps({"users": [{"name": "A"}, {"name": "B", "email": "b@x"}]}), ("A and B", "b@x")),
        (json.dumps({"users": []}), ("", "")),
        (json.dumps({"users": [None]}), ("", "")),
        (json.dumps([1]), ("", "")),
        ("{", ("", "")),
        (None, ("", "")),
    ],
)
def test_who_handed_in_is_who_gradescope_says(tmp_path, text, found):
    path = tmp_path / "submission_metadata.json"
    if text is not None:
        path.write_text(text)
    assert who(path) == found


@pytest.mark.parametrize(
    ("error", "shown"),
    [(Refused("No notebook."), "No notebook."), (ValueError("secret"), "Tell your instructor")],
)
def test_whatever_stops_grading_leaves_no_points_and_a_sentence(tmp_path, monkeypatch, capsys, error, shown):
    def fails(root, assignment):
        assert "did not come to its end" in (root / "results/results.json").read_text()
        raise error

    monkeypatch.setenv(in_gradescope.ROOT, str(tmp_path))
    monkeypatch.setattr(in_gradescope, "graded", fails)
    assert in_gradescope.main(["lenet"]) == 0
    made = json.loads((tmp_path / "results/results.json").read_text())
    assert not list(RULES.iter_errors(made)) and made["score"] == 0 and made["tests"] == []
    assert shown in made["output"] and "secret" not in made["output"]
    assert str(error) in "".join(capsys.readouterr())


class Container:
    """A folder laid out as /autograder, with the zip unpacked; what setup.sh installs is what runs the tests."""

    def __init__(self, root: Path, packed: Path):
        self.root, self.source = root, root / "source"
        self.source.mkdir()
        subprocess.run([sys.executable, "-m", "zipfile", "-e", packed, self.source], check=True)
        shutil.copy(self.source / "run_autograder", root)
        (root / "run_autograder").chmod(0o755)
        commands = self.source / "venv/bin"
        commands.mkdir(parents=True)
        for name in ("python", "nbgrader"):
            self.command(commands / name, f'#!/bin/sh\nexec {Path(sys.executable).with_name(name)} "$@"\n')
        self.environment = os.environ | {
            in_gradescope.ROOT: str(root), "PYTHONPATH": str(self.source / "package")
        }  # fmt: skip
        subprocess.run(
            [commands / "nbgrader", "generate_assignment", "lenet"],
            cwd=self.source / "course",
            env=self.environment | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            check=True,
            capture_output=True,
        )

    @staticmethod
    def command(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def run(self, submission: Path, bwrap: str = "") -> dict:
        """What results.json says of the submission; bwrap: a script in the place of bubblewrap's command."""
        shutil.rmtree(self.root / "submission", ignore_errors=True)
        shutil.copytree(submission, self.root / "submission", symlinks=True)
        (self.root / "submission_metadata.json").write_text(json.dumps(ADA))
        in_place = self.source / "venv/bin/bwrap"  # the script puts this folder in front of all
        if bwrap:
            self.command(in_place, bwrap)
        done = subprocess.run(
            [self.root / "run_autograder"], cwd=self.root, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        in_place.unlink(missing_ok=True)
        made = json.loads((self.root / "results/results.json").read_text())
        assert done.returncode == 0 and not list(RULES.iter_errors(made)), done.stdout + done.stderr
        return made


@pytest.fixture(scope="module")
def container(packed, tmp_path_factory):
    return Container(tmp_path_factory.mktemp("autograder"), packed)


def handed_in(folder, case=ONE_NOTEBOOK):
    make_submission(filled_release(CHECKOUT), case).write(folder)
    return folder


@pytest.mark.slow
@pytest.mark.xdist_group("gradescope")
@pytest.mark.skipif(not available()[0], reason=available()[1])
class TestInAContainer:
    def test_a_submission_in_a_folder_of_its_own_gets_its_points_under_its_students_name(
        self, container, tmp_path
    ):
        case = EVERY["wrong_without_biases"]
        handed_in(tmp_path / "handed in" / "my work", case)
        (tmp_path / "handed in" / "3_train_lenet.ipynb").symlink_to("/etc/passwd")
        made = container.run(tmp_path / "handed in")
        score = sum(case.expected.values())
        assert made["score"] == score == sum(test["score"] for test in made["tests"])
        assert made["output"].startswith(f"Ada </pre> Lovelace: {score:g} of 100 points.\nNot final")
        assert "3_train_lenet was not handed in." in made["output"] and "biases are missing" in as_json(made)
        assert made["extra_data"]["student"] == "ada@example.org" and made["extra_data"]["final"] is False

    def test_who_hands_in_no_notebook_is_told_which_there_are(self, container, tmp_path):
        (tmp_path / "work").mkdir()
        (tmp_path / "work" / "essay.pdf").write_bytes(b"%PDF")
        made = container.run(tmp_path / "work")
        assert made["score"] == 0 and "there is no notebook of lenet: 1_build_lenet.ipynb" in made["output"]

    def test_without_a_sandbox_nothing_is_graded_and_nobody_has_points(self, container, tmp_path):
        made = container.run(handed_in(tmp_path / "work"), bwrap=NO_NAMESPACES)
        assert made["score"] == 0 and made["tests"] == [] and "has no sandbox for your code" in made["output"]
        assert "unsandboxed_grading_is_accepted = True" in made["output"]

    def test_an_instructor_who_accepts_it_in_so_many_words_has_it_graded_and_said(self, container, tmp_path):
        config = container.source / "course/nbgrader_config.py"
        before = config.read_text()
        config.write_text(f"{before}\nget_config().ExecuteAndAsk.unsandboxed_grading_is_accepted = True\n")
        made = container.run(handed_in(tmp_path / "work"), bwrap=NO_NAMESPACES)
        config.write_text(before)
        assert made["score"] == 29 and "sandbox" in made["output"]
