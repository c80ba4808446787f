"""The zip for students: what is inside, what is not, and that it works in an empty environment."""

import json
import os
import re
import subprocess
import sys
import zipfile

import nbformat
import pytest

from autograder.course.own_course import CHECKOUT, CourseError
from autograder.tools import bundle
from autograder.tools.bundle import build_bundle

TOP = "lenet-student/"
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return build_bundle("lenet", tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def contents(archive):
    """{name inside the unpacked folder: text}, for every file of the zip."""
    with zipfile.ZipFile(archive) as opened:
        assert all(name.startswith(TOP) for name in opened.namelist())
        return {name.removeprefix(TOP): opened.read(name).decode() for name in opened.namelist()}


@pytest.fixture
def unpacked(archive, tmp_path):
    zipfile.ZipFile(archive).extractall(tmp_path)
    return tmp_path / TOP


def test_the_same_files_give_the_same_zip(archive, tmp_path):
    assert build_bundle("lenet", tmp_path).read_bytes() == archive.read_bytes()


def test_an_assignment_without_a_release_is_told_how_to_build_one(tmp_path):
    with pytest.raises(CourseError, match="autograder release lenot"):
        build_bundle("lenot", tmp_path)


def test_the_notebooks_lie_beside_the_package_and_are_the_released_ones(contents):
    released = CHECKOUT / "release" / "lenet"
    notebooks = [name for name in contents if name.endswith(".ipynb")]
    assert notebooks == [path.name for path in sorted(released.glob("*.ipynb"))]
    assert all(contents[name] == (released / name).read_text() for name in notebooks)
    assert "autograder/__init__.py" in contents


def test_nothing_of_the_instructors_is_inside(contents):
    top = {name.split("/")[0] for name in contents if not name.endswith(".ipynb")}
    assert top == {"autograder", "README.md", "requirements.txt", "nbgrader_config.py"}
    inside = {name.split("/")[1] for name in contents if name.startswith("autograder/")}
    assert inside == {*bundle.MODULES, *bundle.FOLDERS}
    assert not [name for name in contents if "hidden" in name]


def test_no_text_holds_a_solution(contents):
    solutions = [
        solution.strip()
        for path in sorted((CHECKOUT / "source" / "lenet").glob("*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
        for solution in SOLUTION.findall(cell.source)
    ]
    assert len(solutions) >= 10
    for name, text in contents.items():
        if name.endswith(".ipynb"):
            cells = nbformat.reads(text, as_version=4).cells
            text = "\n".join(cell.source for cell in cells)
        # One short line, such as "return 0", may well stand elsewhere; two lines do not.
        found = [s for s in solutions if s in text and "\n" in s]
        assert not found, f"{name} holds {found[0]!r}"
        assert "BEGIN SOLUTION" not in text


def test_nothing_that_draws_or_answers_is_inside(contents):
    """Neither how inputs are drawn nor a formula: practice has inputs and digests of right answers."""
    hidden = (CHECKOUT / "autograder/assignments/lenet/checks/hidden/inputs.py").read_text()
    book = (CHECKOUT / "lenet_solution/parameters.py").read_text()
    names = re.findall(r"^def (_\w+\(.*random.*\))", hidden, re.MULTILINE)
    formulas = re.findall(r"^    return (.{12,})$", book, re.MULTILINE)
    assert len(names) >= 8 and len(formulas) >= 5
    for name, text in contents.items():
        assert not [found for found in names if f"def {found}" in text], name
        assert not [found for found in formulas if found in text], name


def test_the_requirements_are_the_tested_versions(contents):
    pinned = set((CHECKOUT / "constraints.txt").read_text().splitlines())
    lines = contents["requirements.txt"].splitlines()
    asked = [line.split(";")[0] for line in lines if line and not line.startswith("#")]
    assert len(asked) == len(bundle.REQUIRED) + 2 and set(asked) <= pinned


def test_the_readme_names_the_notebooks(contents):
    for name in (name for name in contents if name.endswith(".ipynb")):
        assert f"- {name}" in contents["README.md"]


PRACTICE = """
import autograder, pathlib, sys
assert pathlib.Path(autograder.__file__).parent == pathlib.Path("autograder").resolve()
import importlib.util
assert importlib.util.find_spec("autograder.assignments.lenet.checks.hidden") is None
def conv_params(height, width, channels_in, filters):
    return (height * width * channels_in + 1) * filters
def pool_params(height, width):
    return 4
print(autograder.check("conv_params"))
print(autograder.check("pool_params"))
"""


def test_practice_in_the_unpacked_folder_uses_what_is_there_and_nothing_else(unpacked):
    """The editable install of this checkout is hidden: -S -E, and site-packages without it."""
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    code = f"import sys; sys.path[:0] = {[str(unpacked)]}; sys.path += {libraries}\n{PRACTICE}"
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", code],
        cwd=unpacked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    right, wrong = done.stdout.split("pool", 1)
    assert "✗" not in right and "✓" in right and "✗" in wrong


def solved(name):
    """The instructor's notebook, as a student who solved it would have it."""
    notebook = nbformat.read(CHECKOUT / "source" / "lenet" / name, as_version=4)
    for cell in notebook.cells:
        cell.source = re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.MULTILINE)
    return notebook


@pytest.mark.slow
def test_in_an_empty_environment_the_visible_checks_run(unpacked, tmp_path):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "VIRTUAL_ENV", "JUPYTER_PATH", "JUPYTER_CONFIG_DIR")
    }
    environment |= {"HOME": str(tmp_path), "TF_CPP_MIN_LOG_LEVEL": "3", "MPLBACKEND": "agg"}

    def run(*command):
        done = subprocess.run(
            command, cwd=unpacked, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    commands = tmp_path / "venv" / "bin"
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    run(commands / "pip", "install", "--quiet", "-r", "requirements.txt")
    passed = 0
    for name in ("1_build_lenet.ipynb", "2_count_parameters.ipynb"):
        nbformat.write(solved(name), unpacked / name)
        run(
            *(commands / "jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace"),
            *("--ExecutePreprocessor.timeout=300", name),
        )
        for cell in json.loads((unpacked / name).read_text())["cells"]:
            if re.fullmatch(r'check\("\w+"\)', "".join(cell["source"])):
                [output] = cell["outputs"]
                report = "".join(output["data"]["text/plain"])
                assert "✗" not in report and "✓" in report, report
                assert "text/html" in output["data"]
                passed += 1
    assert passed == 9
