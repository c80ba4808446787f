"""Who may import whom: the wall and the direction of the data, as tests that read the source."""

from __future__ import annotations

import ast
import functools
import graphlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.runs.store import JUDGING_ROOMS
from autograder.tools.bundle import FOLDERS, FOLDERS_OF_AN_ASSIGNMENT, MODULES, REQUIRED

REPOSITORY = Path(__file__).parent.parent
PACKAGES = ("autograder", "lenet_solution")

# A student's bytes must never reach one of these, and what judges has no need of them.
FORBIDDEN = {"tensorflow", "keras", "h5py", "torch", "jax", "pickle", "marshal", "shelve", "dill", "joblib"}
# What runs as a notebook's own code, never where anything is judged or graded.
UNTRUSTED = ("autograder.probes.", "autograder.sandbox.inside")
# From below: a line imports from the lines above it, or from its own package, and from nowhere
# else. What is not here stands above all of it: commands, tools, the grading of many submissions.
LAYERS = (
    "judging.words judging.exercises",
    (
        "judging.bank judging.parts judging.verdicts judging.network judging.claims fashion_mnist assignments "
        "runs.packages course.own_course probes copies.responses"
    ),
    "judging.api judging.errors judging.questions judging.tracing sandbox copies.alignment",
    "judging.facts judging.beside",
    "judging.arrays",
    "assignments.*.checks",  # of each of them
    "copies.known_weights",
    "copies.likeness",
    "judging.judge report runs.notebooks runs.streams runs.kernelspecs runs.retraining",
    "runs.undefined runs.showing",
    "practice runs.execution",
    "runs.store runs.judged",
)

# The first words of a module say where it runs.
PLACES = (
    "TRUSTED", "UNTRUSTED", "THE WALL", "Runs TRUSTED", "Runs anywhere", "Runs everywhere",
    "The student's Jupyter", "The instructor's machine", "The answer book", "Answer book",
)  # fmt: skip


@functools.cache
def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((REPOSITORY / package).rglob("*.py")):
            parts = path.relative_to(REPOSITORY).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@functools.cache
def tree(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text("utf-8"))


@functools.cache
def imports(module: str) -> frozenset[str]:
    """What it imports, wherever in the file; of a package of ours the very module."""
    names = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relative to itself"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                names.add(inner if inner in modules() else node.module)
    return frozenset(names)


def ours(module: str) -> set[str]:
    return {name for name in imports(module) if name.split(".")[0] in PACKAGES}


def others(module: str) -> set[str]:
    """The libraries that it imports, by their top name."""
    tops = {name.split(".")[0] for name in imports(module)}
    return tops - set(PACKAGES) - sys.stdlib_module_names


def calls(module: str) -> list[ast.Call]:
    return [node for node in ast.walk(tree(module)) if isinstance(node, ast.Call)]


def needed(module: str) -> set[str]:
    """What it imports of ours, directly or by way of others."""
    found, open_ = {module}, [module]
    while open_:
        new = ours(open_.pop()) - found
        found |= new
        open_ += new
    return found


# The instructor's own training, and what of the answer book needs keras: may not be imported.
KERAS = (
    "autograder.tools.calibration",
    *(
        name for name in modules()
        if name.startswith("lenet_solution.") and any("keras" in others(one) for one in needed(name))
    ),
)  # fmt: skip

TRUSTED = [name for name in modules() if not name.startswith(UNTRUSTED) and name not in KERAS]


def test_the_walls_of_this_file_stand_around_something():
    assert {
        "autograder.judging.judge",
        "autograder.assignments.lenet.checks.hidden.inputs",
        "lenet_solution.parameters",
    } <= set(TRUSTED)
    assert "autograder.probes.wire" in modules() and "autograder.probes.wire" not in TRUSTED
    assert "autograder.judging.claims" in imports("autograder.judging.judge")
    assert "autograder.assignments.lenet.checks.networks" in imports(
        "autograder.assignments.lenet.checks.test_1_build_lenet"
    )


@pytest.mark.parametrize("module", TRUSTED)
def test_the_trusted_side_imports_nothing_that_runs_what_it_reads(module):
    assert not {name.split(".")[0] for name in imports(module)} & FORBIDDEN
    dynamic = {
        argument.value.split(".")[0]
        for call in calls(module)
        if ast.unparse(call.func) in ("import_module", "importlib.import_module", "__import__")
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }
    assert not dynamic & FORBIDDEN


@pytest.mark.parametrize("module", [name for name in TRUSTED if name != "autograder.practice"])
def test_the_trusted_side_evaluates_nothing(module):
    """practice.py does: it is the student's own process."""
    for call in calls(module):
        assert ast.unparse(call.func) not in ("eval", "exec", "compile", "__import__")
        assert not any(keyword.arg == "allow_pickle" for keyword in call.keywords)


def test_importing_the_trusted_side_brings_none_of_it_along():
    names = [name for name in TRUSTED if not re.search(r"\.(test_\w+|__main__)$", name)]
    heavy = sorted(FORBIDDEN - {"pickle", "marshal"})  # NumPy and pytest import these two themselves
    code = (
        "import importlib, sys\n"
        f"for name in {names}:\n"
        "    importlib.import_module(name)\n"
        f"    found = [heavy for heavy in {heavy} if heavy in sys.modules]\n"
        "    assert not found, f'{name} brings {found}'\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True, timeout=120)


def test_the_judge_needs_numpy_and_pytest_alone():
    libraries = {"nbgrader", "nbclient", "nbformat", "jupyter_client", "zmq", "IPython", "rich", "nh3"}
    code = f"import sys, autograder.judging.judge; assert not {libraries} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True, timeout=60)


@pytest.mark.parametrize("module", [name for name in modules() if name.startswith(UNTRUSTED)])
def test_what_runs_in_the_kernel_imports_nothing_of_ours(module):
    """Of the stand-in for our package, which finds our data reader beside itself, that one."""
    assert ours(module) <= {"autograder.fashion_mnist"}
    if module.startswith("autograder.probes."):
        assert not ours(module) and others(module) <= {"numpy", "keras"}


@pytest.mark.parametrize("module", modules())
def test_nothing_imports_what_runs_in_the_kernel_or_trains(module):
    for name in ours(module):
        assert not name.startswith(UNTRUSTED)
        assert name not in KERAS or module in (*KERAS, "autograder.cli")


def test_the_answer_book_stands_alone():
    """But for its programs, which read the data as everybody does."""
    assert not imports("lenet_solution.parameters")
    for name in modules():
        if name.startswith("lenet_solution"):
            data = {"autograder.fashion_mnist"} if name == "lenet_solution.__main__" else set()
            assert all(other.startswith("lenet_solution") for other in ours(name) - data)


def test_no_import_goes_round_in_a_circle():
    graphlib.TopologicalSorter({name: ours(name) - {name} for name in modules()}).prepare()


def layer(module: str) -> tuple[str, int] | None:
    """The entry of LAYERS that holds the module, the narrowest one, and its line."""
    lines = {f"autograder.{entry}": n for n, line in enumerate(LAYERS) for entry in line.split()}
    found = [
        (held[0].removesuffix("."), line)
        for entry, line in lines.items()
        if (held := re.match(rf"{re.escape(entry)}\.".replace(r"\*", r"\w+"), f"{module}."))
    ]
    return max(found, key=lambda one: len(one[0]), default=None)


@pytest.mark.parametrize("module", [name for name in modules() if layer(name)])
def test_data_flows_one_way(module):
    """claims, then facts, then checks and the judge, then the runs and what is kept of them."""
    entry, line = layer(module)
    for name in ours(module):
        if name.startswith("lenet_solution"):  # what imports keras, test_nothing_imports_… refuses
            assert re.match(r"autograder\.assignments\.\w+\.checks\.hidden\.", module)
            continue
        below = layer(name)
        assert below, f"{module} imports {name}, which has no place in LAYERS"
        assert below[0] == entry or below[1] < line, f"{module} imports {name}"


def test_reports_know_verdicts_alone():
    for name in modules():
        if name.startswith("autograder.report"):
            assert all(
                other == "autograder.judging.verdicts" or other.startswith("autograder.report")
                for other in ours(name)
            )
            assert not others(name)


def bundled() -> set[str]:
    """The modules that a student has."""
    package = REPOSITORY / "autograder"
    assignments = [path.parent for path in package.glob("assignments/*/exercises.py")]
    folders = [package / name for name in FOLDERS]
    folders += [Path(f"{path}{name}") for path in assignments for name in FOLDERS_OF_AN_ASSIGNMENT]
    return {
        name for name, path in modules().items()
        if path.parent in folders or path.parent == package and path.name in MODULES
    }  # fmt: skip


@pytest.mark.parametrize("module", ["autograder.runs.judged", "autograder.course.converters"])
def test_everything_that_a_verdict_comes_from_is_in_its_key(module):
    """Of the sandbox and the probes the key of the execution tells."""
    rooms = {name.split(".")[1] for name in needed(module) if name.startswith("autograder.")}
    assert rooms <= {*JUDGING_ROOMS, "fashion_mnist", "probes", "sandbox"}
    assert {"judging", "copies", "assignments"} <= rooms


@pytest.mark.parametrize("room", ["batch", "tools", "cli"])
def test_a_change_of_a_command_judges_nobody_again(room):
    assert room not in JUDGING_ROOMS


@pytest.mark.parametrize("module", sorted(bundled()))
def test_what_a_student_has_needs_nothing_that_a_student_has_not(module):
    assert ours(module) <= bundled()
    assert others(module) <= set(REQUIRED)


@pytest.mark.parametrize("module", modules())
def test_the_first_line_says_where_it_runs(module):
    docstring = ast.get_docstring(tree(module))
    assert docstring and docstring.startswith(PLACES)
    assert docstring.startswith("UNTRUSTED") == module.startswith(UNTRUSTED)


@pytest.mark.parametrize(
    "module", [name for name in modules() if ".checks.test_" in name or ".hidden.test_" in name]
)
def test_the_checks_of_a_notebook_need_no_other_notebooks_checks(module):
    """store.judging_key relies on it: a changed check is judged anew in its own notebook alone."""
    assert not any(re.search(r"\.test_\w+$", name) for name in ours(module))


@pytest.mark.parametrize("module", [name for name in modules() if name.startswith("autograder.judging")])
def test_the_judge_knows_no_assignment_and_nothing_behind_it(module):
    """It is told whose checks to run, and finds them by that name."""
    assert {name.split(".")[1] for name in ours(module)} <= {"judging", "probes"}


@pytest.mark.parametrize("module", [name for name in modules() if name.startswith("autograder.assignments.")])
def test_an_assignment_knows_what_judges_and_its_answer_book(module):
    rooms = {name.split(".")[1] for name in ours(module) if name.startswith("autograder.")}
    assert rooms <= {"assignments", "judging", "fashion_mnist"}
