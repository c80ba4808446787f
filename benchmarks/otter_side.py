"""The same assignment under Otter-Grader's local grading, `otter run`, for comparison.

The students' notebooks are those that nbgrader gets, with Otter's `grader.check` in the place of
`check`. The tests are the plain asserts of the stock course, one question for each exercise.

`otter run` has no container and no time limit: a submission runs with all the rights of whoever
starts this.
"""

from __future__ import annotations

import ast
import builtins
import copy
import json
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path
from textwrap import indent

import nbformat
from courses import ASSERTS, LONG
from nbformat import NotebookNode

from autograder.assignments import ASSIGNMENTS

OTTER = "7.0.0"
WEIGHTS = "lenet.weights.h5"
POINTS = {exercise.id: exercise.points for exercise in ASSIGNMENTS["lenet"].exercises}
START = "import otter\n\ngrader = otter.Notebook()"

# Otter's newer format. In its older one, OK's, a test is a doctest and fails when the student's
# function prints, as every Keras training does.
TEST_FILE = """\
from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points!r}


@test_case()
def test_{name}({parameters}):
{body}
"""


def install(folder: Path) -> Path:
    """Make a virtual environment with Otter-Grader, unless it is there, and return its `otter`.

    It sees the packages of this environment, so that TensorFlow need not be installed twice. What
    Otter needs in another version (wrapt) it has for itself.
    """
    done = folder / f".installed-{OTTER}"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        # A path alone would leave out the .pth files there, and with them an editable install.
        ours = sysconfig.get_path("purelib")
        inside = sysconfig.get_path("purelib", "venv", {"base": folder, "platbase": folder})
        Path(inside, "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
        # It came here with JupyterLab and takes seconds to import, in `otter run` and again in the
        # kernel. jsonschema does without, and Otter by itself would not install it.
        Path(inside, "rfc3987_syntax.py").write_text("raise ImportError\n")
        subprocess.run(
            [
                folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check",
                f"otter-grader=={OTTER}",
            ],
            check=True,
        )  # fmt: skip
        done.touch()
    return (folder / "bin" / "otter").absolute()


def make_autograder_zips(
    folder: Path, asserts: dict[str, dict[str, str]], otter: Path | None = None
) -> dict[str, Path]:
    """Make Otter's autograder.zip for every notebook, and return them by stem.

    asserts: source of the tests, by stem and exercise. otter: the command; without it, one is
    installed in the folder.
    """
    otter = otter or install(folder / "environment")
    zips = {}
    for stem, sources in asserts.items():
        tests = folder / stem / "tests"
        tests.mkdir(parents=True)
        for exercise, source in sources.items():
            (tests / f"{exercise}.py").write_text(_test_file(exercise, source), "utf-8")
        zips[stem] = (folder / stem / "autograder.zip").absolute()
        # Its requirements and environment serve only a container.
        _call(
            [
                otter, "generate", "-t", tests.absolute(), "-o", zips[stem],
                "--no-config", "--no-requirements", "--no-environment",
            ],
            folder / stem,
        )  # fmt: skip
    return zips


def for_otter(notebook: NotebookNode) -> NotebookNode:
    """Make the notebook that Otter's students would hand in of one that nbgrader's did.

    The checks are put back, as nbgrader does, and the long cells that only serve students pass.
    """
    changed = copy.deepcopy(notebook)
    for cell in changed.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in ASSERTS:
            cell.source = f'grader.check("{name}")'
        elif name in LONG:
            cell.source = "pass"
    start = nbformat.v4.new_code_cell(START)
    if changed.nbformat_minor < 5:  # cells have no id there
        del start["id"]
    changed.cells.insert(0, start)
    return changed


def run(otter: Path, zip: Path, notebook: Path, folder: Path) -> dict[str, float]:
    """Grade a notebook with `otter run` in a folder, and return the points by question.

    Otter runs a notebook in a folder of its own. The weights go there with it when they lie beside
    it or in `folder`: then both are handed in as one zip file, as Otter's students do.

    Raises `RuntimeError` with the end of the output when there are no points.
    """
    results = folder / "results.json"
    results.unlink(missing_ok=True)
    weights = [path for path in (notebook.parent / WEIGHTS, folder / WEIGHTS) if path.exists()]
    with tempfile.TemporaryDirectory() as top:
        submission = notebook
        if weights:
            submission = Path(top, f"{notebook.stem}.zip")
            with zipfile.ZipFile(submission, "w") as file:
                file.write(notebook, notebook.name)
                file.write(weights[0], WEIGHTS)
        output = _call([otter, "run", "-a", zip.absolute(), submission.absolute()], folder)
    points = {
        test["name"]: float(test["score"])
        for test in json.loads(results.read_text("utf-8"))["tests"]
        if "score" in test
    }
    if not points:  # the notebook ended its kernel, or Otter lost the results
        raise RuntimeError(f"otter run gave no points:\n{results.read_text()[-2000:]}\n{output}")
    return points


def _test_file(exercise: str, source: str) -> str:
    """One question with one case that is all of the source, so it gives all points or none."""
    names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)} | set(dir(builtins))
    # Otter hands over what the notebook calls by these names.
    parameters = ", ".join(sorted({node.id for node in names} - own))
    return TEST_FILE.format(
        name=exercise, points=POINTS[exercise], parameters=parameters,
        body=indent(source, "    "),
    )  # fmt: skip


def _call(command: list[Path | str], folder: Path) -> str:
    """Run a command of Otter's in a folder, and return the end of its output."""
    result = subprocess.run(
        command, cwd=folder, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace",
    )  # fmt: skip
    if result.returncode:
        raise RuntimeError(f"otter {command[1]} failed:\n{result.stdout[-2000:]}")
    return result.stdout[-2000:]
