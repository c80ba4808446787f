"""What `make setup` installs and fetches, and the files that say so."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from autograder import fashion_mnist
from autograder.fashion_mnist import FashionMnistError
from autograder.tools import debian, fetch
from autograder.tools.debian import DebianError

CHECKOUT = Path(__file__).parents[1]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
PIN = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+")


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def required(extra=None):
    lines = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    return {plain(re.match(r"[\w.-]+", line)[0]) for line in lines}


def pins():
    lines = (CHECKOUT / "constraints.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_the_constraints_are_names_and_versions_only():
    assert [line for line in pins() if not PIN.fullmatch(line)] == []
    names = [plain(line.split("==")[0]) for line in pins()]
    assert len(names) == len(set(names))


def test_everything_that_the_project_asks_for_is_pinned():
    pinned = {plain(line.split("==")[0]) for line in pins()}
    extras = ("cpu", "gpu", "cluster", "postgres", "dev")
    asked = required().union(*(required(extra) for extra in extras)) - {"lenet-autograder"}
    assert asked - pinned == set()


def test_every_package_that_the_code_imports_is_asked_for():
    ours = {"autograder", "lenet_solution"}
    imported = set()
    for folder in ours:
        for path in (CHECKOUT / folder).rglob("*.py"):
            for name in re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(), re.MULTILINE):
                imported.add(name)
    third_party = {plain(name) for name in imported - set(sys.stdlib_module_names) - ours}
    assert third_party <= required() | required("cluster") | {
        "start",  # beside warm.py, in the sandbox
        "corpus",  # of tests/, whose submissions the demo takes
        "tensorflow",  # an extra
        "sqlalchemy",  # nbgrader's own, asked whether nbgrader's database answers
        "zmq",  # of pyzmq
        "ipython",  # of ipykernel, whose long tracebacks the sandbox shortens
        "stack-data",  # of IPython
    }
    assert "zmq" not in third_party or "pyzmq" in required()


# make


def make(*arguments, cwd):
    return subprocess.run(["make", *arguments], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path):
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(CHECKOUT / name, tmp_path)
    return tmp_path


def installed(checkout, tensorflow):
    stamp = checkout / ".venv" / f".installed-{tensorflow}"
    stamp.parent.mkdir(exist_ok=True)
    stamp.touch()


@pytest.mark.parametrize("target", ["setup", "demo", "test", "quick", "check"])
def test_the_first_run_of_every_target_installs_and_a_second_one_does_not(checkout, target):
    assert "pip install" in make("-n", target, cwd=checkout).stdout
    installed(checkout, "cpu")
    second = make("-n", target, cwd=checkout).stdout
    assert "pip install" not in second and "autograder.tools.fetch" in second


def test_another_build_of_tensorflow_starts_afresh(checkout):
    installed(checkout, "cpu")
    planned = make("-n", "setup", "TENSORFLOW=gpu", cwd=checkout).stdout
    assert planned.index("rm -rf .venv") < planned.index("'.[gpu,dev]'")
    (checkout / ".venv/.installed-cpu").rename(checkout / ".venv/.installed-gpu")
    planned = make("-n", "setup", "TENSORFLOW=gpu", "-W", "pyproject.toml", cwd=checkout).stdout
    assert "rm -rf" not in planned and "'.[gpu,dev]'" in planned


def test_a_python_that_tensorflow_does_not_support_is_named_before_anything_is_made(checkout):
    old = checkout / "old-python"
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.version_info=(3, 10); $2"\n')
    old.chmod(0o755)
    done = make("setup", f"PYTHON={old}", cwd=checkout)
    assert done.returncode != 0 and "Python 3.11, 3.12 or 3.13" in done.stderr
    assert not (checkout / ".venv").exists()


# Debian's archive


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """A fake apt-get in front of PATH, whose `download` runs the shell text one gives it."""
    commands = tmp_path / "bin"
    commands.mkdir()

    def downloads(shell):
        apt = commands / "apt-get"
        apt.write_text(f'#!/bin/sh\ncase "$*" in *" update") exit 100;; esac\n{shell}\n')
        apt.chmod(0o755)

    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    return downloads


@pytest.fixture
def package(tmp_path):
    """A real Debian package with a small bwrap and four empty data files."""
    if not shutil.which("dpkg-deb"):
        pytest.skip("this system has no dpkg-deb")
    tree = tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text(
        "Package: small\nVersion: 1\nArchitecture: all\nMaintainer: us\nDescription: test\n"
    )
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/bwrap").write_text("#!/bin/sh\n")
    (tree / "usr/bin/bwrap").chmod(0o755)
    (tree / "usr/share/datasets/fashion-mnist").mkdir(parents=True)
    for file in fashion_mnist._ALL_FILES:
        (tree / "usr/share/datasets/fashion-mnist" / file.name).touch()
    built = tmp_path / "small_1_all.deb"
    subprocess.run(["dpkg-deb", "--build", tree, built], check=True, capture_output=True)
    return built


def test_a_package_is_unpacked_although_one_archive_of_the_update_failed(archive, package, tmp_path):
    archive(f"cp {package} .")
    debian.unpack("small", tmp_path / "here")
    assert (tmp_path / "here/usr/bin/bwrap").is_file()


@pytest.mark.parametrize(
    ("shell", "sentence"),
    [
        ("echo 'E: Unable to locate package small' >&2; exit 100", "Unable to locate package"),
        ("exit 7", "exit code 7"),
        ("sleep 60", "longer than 1 seconds"),
        ("echo this is no package > small.deb", "fetched but not unpacked"),
    ],
)
def test_why_a_package_did_not_come_is_said(archive, tmp_path, monkeypatch, shell, sentence):
    monkeypatch.setattr(debian, "_DOWNLOAD_TIMEOUT_S", 1)
    archive(shell)
    with pytest.raises(DebianError, match=sentence):
        debian.unpack("small", tmp_path / "here")


def test_a_system_without_apt_is_told_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert debian.main(["small", str(tmp_path / "here")]) == 1
    assert "no apt-get" in capsys.readouterr().err


def test_the_command_unpacks_under_a_relative_folder_and_says_what_it_does(
    archive, package, tmp_path, capsys, monkeypatch
):
    archive(f"cp {package} .")
    monkeypatch.chdir(tmp_path)
    assert debian.main(["small", "here"]) == 0
    assert "Fetching small" in capsys.readouterr().out
    assert (tmp_path / "here/usr/bin/bwrap").is_file()


@pytest.mark.slow
def test_the_real_archive_gives_bubblewrap_without_root(tmp_path):
    try:
        debian.unpack("bubblewrap", tmp_path)
    except DebianError as error:
        pytest.skip(str(error))
    assert os.access(tmp_path / "usr/bin/bwrap", os.X_OK)


# What setup fetches


@pytest.fixture
def bare_machine(tmp_path, monkeypatch):
    """No data, no bwrap, no server to download from; the environment's folder is tmp_path/venv."""
    monkeypatch.delenv("FASHION_MNIST_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", tmp_path / "no-debian")
    monkeypatch.setattr(fashion_mnist, "DOWNLOAD_FROM", (tmp_path / "no-server").as_uri() + "/")
    for module in (fashion_mnist, fetch):
        monkeypatch.setattr(module, "OWN_FOLDER", tmp_path / ".data" / "fashion-mnist")
    (tmp_path / "venv/bin").mkdir(parents=True)
    monkeypatch.setattr(fetch, "_COMMANDS", tmp_path / "venv/bin")
    monkeypatch.setattr(fetch, "_TOOLS", tmp_path / "venv/debian")
    monkeypatch.setattr(fetch.shutil, "which", lambda name, path=None: None)
    return tmp_path


@pytest.fixture
def debian_has(bare_machine, monkeypatch):
    """Debian's archive, reduced to what the packages hold; returns the names that were asked for."""
    asked = []

    def unpack(package, folder):
        asked.append(package)
        inside = "usr/bin/bwrap" if package == "bubblewrap" else "usr/share/datasets/fashion-mnist/x"
        (folder / inside).parent.mkdir(parents=True)
        (folder / inside).touch()

    monkeypatch.setattr(debian, "unpack", unpack)
    return asked


@pytest.fixture
def debian_has_nothing(bare_machine, monkeypatch):
    def unpack(package, folder):
        raise DebianError(f"{package} was not fetched.")

    monkeypatch.setattr(debian, "unpack", unpack)


def test_data_that_are_here_are_not_fetched_again(debian_has, monkeypatch, tmp_path):
    monkeypatch.setattr(fetch, "find_folder", lambda: tmp_path)
    assert fetch.fetch_data() == tmp_path
    assert debian_has == []


def test_data_come_from_debian_into_the_checkout(debian_has, monkeypatch):
    monkeypatch.setattr(fetch, "load_fashion_mnist", lambda: None)
    fetch.fetch_data()
    assert debian_has == ["dataset-fashion-mnist"]
    assert [path.name for path in fetch.OWN_FOLDER.iterdir()] == ["x"]
    assert [path.name for path in fetch.OWN_FOLDER.parent.iterdir()] == ["fashion-mnist"]


def test_data_are_downloaded_where_debian_does_not_help(debian_has_nothing, monkeypatch, capsys):
    downloads = []
    monkeypatch.setattr(fetch, "load_fashion_mnist", lambda: downloads.append(1))
    fetch.fetch_data()
    assert downloads == [1]
    assert "was not fetched" in capsys.readouterr().out


def test_a_machine_that_reaches_neither_fails_with_the_ways_out(debian_has_nothing, capsys):
    with pytest.raises(FashionMnistError):
        fetch.fetch_data()
    assert fetch.main() == 1
    assert "Do one of three things" in capsys.readouterr().err


def test_bubblewrap_comes_from_debian_and_lies_on_the_environments_path(debian_has, tmp_path):
    found = fetch.fetch_bubblewrap()
    assert found == str(tmp_path / "venv/bin/bwrap")
    assert Path(found).resolve() == tmp_path / "venv/debian/usr/bin/bwrap"


def test_a_bubblewrap_that_is_here_is_taken(debian_has, monkeypatch):
    monkeypatch.setattr(fetch.shutil, "which", lambda name, path=None: "/usr/bin/bwrap")
    assert fetch.fetch_bubblewrap() == "/usr/bin/bwrap"
    assert debian_has == []


def test_a_machine_without_a_sandbox_is_set_up_all_the_same(
    debian_has_nothing, monkeypatch, capsys, tmp_path
):
    monkeypatch.setattr(fetch, "find_folder", lambda: tmp_path)
    assert fetch.main() == 0
    assert "autograder doctor" in capsys.readouterr().out


def test_another_system_than_linux_asks_debian_for_no_bubblewrap(debian_has, monkeypatch):
    monkeypatch.setattr(fetch.sys, "platform", "darwin")
    assert fetch.fetch_bubblewrap() is None
    assert debian_has == []


@pytest.mark.xdist_group("together")
def test_tests_that_share_minutes_of_grading_stay_on_one_worker(request):
    """Or each worker grades everything again: pytest-xdist 3.8 does that with pytest 9.2."""
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("there is one process")
    assert request.node.nodeid.endswith("@together")
