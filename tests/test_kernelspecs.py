"""Which notebooks are for the Python that grades."""

import json
import sys
from pathlib import Path

import pytest
from nbformat import from_dict, read
from nbformat.v4 import new_code_cell, new_notebook

from autograder.runs.kernelspecs import reads_settings_at_import, unlike_ours

RELEASE = Path(__file__).parents[1] / "release" / "lenet"


@pytest.fixture(autouse=True)
def installed(tmp_path, monkeypatch):
    """A machine on which some kernels are installed."""
    launch = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernels = {
        "lenet-course": ([sys.executable, *launch], "python"),
        "bare": (["python3", *launch], "python"),
        "other-env": (["/opt/conda/envs/r4/bin/python", *launch], "python"),
        "ir": (["R", "--slave", "-e", "IRkernel::main()"], "R"),
        "bash": ([sys.executable, "-m", "bash_kernel", "-f", "{connection_file}"], "bash"),
        "xpython": ([sys.prefix + "/bin/xpython", "-f", "{connection_file}"], "python"),
    }
    for name, (argv, language) in kernels.items():
        folder = tmp_path / "kernels" / name
        folder.mkdir(parents=True)
        spec = {"argv": argv, "display_name": name, "language": language}
        (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))


OURS = [
    {}, {"name": "python3"}, {"name": "python3", "language": "python"}, {"display_name": "Python 3"},
    {"name": "python", "language": "python"}, {"name": "Python3", "language": "Python"},
    {"name": "lenet-course", "language": "python"}, {"name": "bare"},
    {"language": "ipython"},
]  # fmt: skip
OTHERS = [
    ({"name": "ir", "language": "R"}, "Python alone"), ({"name": "ir"}, "Python alone"),
    ({"name": "ir", "language": "python"}, "Python alone"), ({"language": "R"}, "Python alone"),
    ({"name": "python3", "language": "R"}, "Python alone"), ({"name": "bash"}, "Python alone"),
    ({"name": "julia-1.10", "language": "julia"}, "Python alone"),
    ({"name": "python3", "language": "javascript"}, "Python alone"), ({"name": "xpython"}, "Python alone"),
    ({"name": "other-env", "language": "python"}, "another Python"),
    ({"name": "conda-env-dl-py", "language": "python"}, "no such kernel"),
    ({"name": "../../etc", "language": "python"}, "no such kernel"), ({"name": 3}, "no such kernel"),
]  # fmt: skip


@pytest.mark.parametrize("kernelspec", OURS)
def test_this_python_by_whatever_name(kernelspec):
    assert unlike_ours(from_dict(kernelspec)) == ""


@pytest.mark.parametrize(("kernelspec", "why"), OTHERS)
def test_another_kernel_is_refused_in_one_sentence(kernelspec, why):
    sentence = unlike_ours(from_dict(kernelspec))
    assert why in sentence and "\n" not in sentence


@pytest.mark.parametrize("value", [None, "R", ["ir"], 3])
def test_what_is_no_kernelspec_says_nothing(value):
    assert unlike_ours(value) == ""


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("import os\nos.environ['KERAS_BACKEND'] = 'jax'", True),
        ("%env KERAS_BACKEND=jax", True),
        ("from os import environ as e\ne.update(TF_USE_LEGACY_KERAS='1')", True),
        ("os.putenv('TF_DETERMINISTIC_OPS', '1')", True),
        ("os.environ['CUDA_VISIBLE_DEVICES'] = ''", True),
        ("os.environ['OMP_NUM_THREADS'] = '1'", True),
        ("os.environ.setdefault('MPLBACKEND', 'agg')", True),
        ("open(os.path.expanduser('~/.keras/keras.json'), 'w')", True),
        ("import keras, tensorflow as tf", False),
        ("BATCH_SIZE = 32\nTFLOPS = 3", False),
        ("os.environ['HOME']", False),
        ("os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')", False),
    ],
)
def test_settings_that_imports_read_once_are_seen(source, reads):
    assert reads_settings_at_import(new_notebook(cells=[new_code_cell(source)])) == reads


@pytest.mark.parametrize("path", sorted(RELEASE.glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_notebooks_of_lenet_are_forked_from_what_has_imported_already(path):
    notebook = read(path, as_version=4)
    assert not reads_settings_at_import(notebook) and unlike_ours(notebook.metadata.kernelspec) == ""
