"""A package that was changed in place is another package, on whichever machine, and whenever it was."""

import base64
import hashlib
import os
import shutil

import pytest

from autograder.batch.parcels import difference
from autograder.runs import packages, store

FILES = {
    "keras/__init__.py": "from .dense import dense\n",
    "keras/dense.py": "def dense(x): return x * 1.0\n",
    "keras/table.bin": "0123",
}


def install(place):
    """The package as pip would leave it, with a RECORD."""
    rows = []
    for name, text in FILES.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        rows.append(f"{name},sha256={digest},{len(text)}")
    about = place / "keras-3.15.1.dist-info"
    about.mkdir(exist_ok=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: keras\nVersion: 3.15.1\n")
    (about / "RECORD").write_text("\n".join([*rows, "keras-3.15.1.dist-info/RECORD,,", "keras/x.pyc,,"]))


@pytest.fixture
def place(tmp_path, monkeypatch):
    install(tmp_path / "site")
    monkeypatch.setattr("site.getsitepackages", lambda: [str(tmp_path / "site")])
    monkeypatch.setattr("site.ENABLE_USER_SITE", False)
    return tmp_path / "site"


def environment(monkeypatch):
    """What `execution_key` takes into an execution's name, looked up anew as another process would."""
    monkeypatch.setattr(store, "installed", packages.installed.__wrapped__)
    return store.environment.__wrapped__()


def of_the_same_size_and_time(place):
    path = place / "keras/dense.py"
    before = path.stat()
    path.write_text(FILES["keras/dense.py"].replace("1.0", "1.5"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def hidden_by_a_folder(place):
    (place / "keras/dense").mkdir()
    (place / "keras/dense/__init__.py").write_text("def dense(x): return x * 1.5\n")


DAMAGES = {
    "a number in a function": of_the_same_size_and_time,
    "a line more": lambda place: (place / "keras/dense.py").write_text("dense = None\n" * 9),
    "a module that is gone": lambda place: (place / "keras/dense.py").unlink(),
    "a table that was cut": lambda place: (place / "keras/table.bin").write_text("01"),
    "a folder that hides a module": hidden_by_a_folder,
    "a module for every start": lambda place: (place / "sitecustomize.py").write_text("import keras\n"),
    "a line for every start": lambda place: (place / "extra.pth").write_text("import keras\n"),
    "a library that nobody brought": lambda place: (place / "keras/dense.so").write_bytes(b"ELF"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_was_changed_in_place_is_another_environment_until_it_is_mended(place, monkeypatch, damage):
    before = environment(monkeypatch)
    DAMAGES[damage](place)
    assert environment(monkeypatch) != before
    shutil.rmtree(place)
    install(place)
    assert environment(monkeypatch) == before


@pytest.mark.parametrize("name", ["keras/dense.py", "keras/table.bin"])
def test_when_a_file_was_written_and_what_python_compiled_of_it_say_nothing(place, monkeypatch, name):
    before = environment(monkeypatch)
    os.utime(place / name, (1, 1))
    (place / "keras/__pycache__").mkdir()
    (place / "keras/__pycache__/dense.cpython-311.pyc").write_bytes(b"compiled")
    (place / "keras-3.15.1.dist-info/INSTALLER").write_text("pip")
    assert environment(monkeypatch) == before


def test_a_worker_with_a_changed_package_is_told_which(place):
    ours = packages.installed.__wrapped__().packages
    assert ours == {"keras": "3.15.1"}
    of_the_same_size_and_time(place)
    theirs = packages.installed.__wrapped__().packages
    assert "keras is 3.15.1 changed " in difference(ours, theirs)


@pytest.mark.parametrize("name", ["random", "numpy", "keras", "autograder"])
def test_what_a_kernel_can_import_has_a_name_that_is_taken(name):
    assert packages.is_installed_module(name)


@pytest.mark.parametrize("name", ["my_layers", "lenet.weights", "site-packages", "", "numpy.random"])
def test_any_other_name_is_free(name):
    assert not packages.is_installed_module(name)
