"""What a course may add to its sandboxes, and what not."""

import os
import socket
from dataclasses import asdict
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograder.sandbox import Limits, available, bubblewrap, sharing
from autograder.sandbox.provisioner import SandboxedKernelManager
from autograder.sandbox.surroundings import Surroundings


@pytest.fixture
def data(tmp_path):
    """A folder with data that everybody may read."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "table.csv").write_text("1,2")
    for path in (folder, folder / "table.csv"):
        path.chmod(0o755)
    return folder


@pytest.fixture(autouse=True)
def forget_what_was_read():
    sharing.fingerprint.cache_clear()


def refused(folder, private=()):
    return sharing.refusal(Surroundings.of({}, [str(folder)]), private)


def test_a_folder_of_data_and_ordinary_variables_may_be_added(data, tmp_path):
    added = Surroundings.of({"COURSE_DATA": str(data), "TF_DETERMINISTIC_OPS": "1"}, [str(data)])
    assert sharing.refusal(added, [tmp_path / "course" / "source"]) == ""


@pytest.mark.parametrize(
    "name",
    ["PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "ld_audit", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME",
     "HOME", "USER", "BASH_ENV", "ENV", "IFS", "TMPDIR", "IPYTHONDIR", "JUPYTER_PATH", "LC_ALL",
     "NBGRADER_EXECUTION", "FASHION_MNIST_DIR", "GLIBC_TUNABLES", "GCONV_PATH", "MALLOC_CHECK_"],
)  # fmt: skip
def test_a_variable_that_steers_the_start_is_refused(name):
    assert f"{name} is the sandbox's own" in sharing.refusal(Surroundings.of({name: "x"}, []))


@pytest.mark.parametrize(
    "pair", [("", "x"), ("A=B", "x"), ("A B", "x"), ("A\n", "x"), ("A", "x\0y"), ("1A", "x"), ("A", 1)]
)
def test_a_variable_that_is_none_is_refused(pair):
    assert "needs a name" in sharing.refusal(Surroundings((pair,)))


def test_whatever_is_added_our_own_variables_hold():
    ours = bubblewrap._environment(None)
    assert bubblewrap._environment(None, Surroundings((("PATH", "/x"), ("A", "b")))) == ours | {"A": "b"}


@pytest.mark.parametrize(
    "folder",
    ["/", "/etc", "/etc/ssl", "/proc", "/proc/self", "/dev/shm", "/sys/kernel", "/usr", "/tmp",
     str(Path.home()), str(Path.home().parent), str(Path(__file__).parents[1]),
     str(Path(__file__).parents[1] / "autograder"), str(Path(__file__).parents[1] / "autograder/assignments/lenet/checks"),
     str(Path(__file__).parents[1] / "lenet_solution")],
)  # fmt: skip
def test_more_of_the_machine_than_data_is_refused(folder):
    assert refused(folder)


def test_a_folder_that_holds_the_course_or_lies_in_its_private_part_is_refused(tmp_path):
    source = tmp_path / "course" / "source"
    (source / "plain").mkdir(parents=True)
    book = tmp_path / "course" / "gradebook.db"
    book.touch()
    for folder in (tmp_path, tmp_path / "course", source, source / "plain"):
        assert "would show" in refused(folder, [source, book])


def test_a_link_to_the_course_is_refused(tmp_path):
    (tmp_path / "source").mkdir()
    (tmp_path / "data").symlink_to("source")
    assert "without links" in refused(tmp_path / "data", [tmp_path / "source"])


@pytest.mark.parametrize("folder", ["data", "", "~/data", "/no/such/folder", "../data"])
def test_a_folder_that_is_not_there_is_refused(folder):
    assert "is no folder here" in refused(folder)


def test_a_file_is_no_folder(data):
    assert "is no folder here" in refused(data / "table.csv")


def test_a_way_out_of_the_sandbox_is_refused(data):
    os.mkfifo(data / "pipe")
    assert "neither a file nor a folder" in refused(data)
    os.unlink(data / "pipe")
    sharing.fingerprint.cache_clear()
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.getcwd()
        os.chdir(data)  # a socket's path may not be long
        listening.bind("way")
        os.chdir(here)
        assert "neither a file nor a folder" in refused(data)


@pytest.mark.skipif(os.geteuid() != 0, reason="anybody else reads with their own rights")
def test_what_the_students_user_cannot_read_is_said(data):
    (data / "table.csv").chmod(0o600)
    assert "cannot be read by everybody" in refused(data)


def test_what_is_in_the_folders_is_part_of_the_name_of_what_comes_out(data):
    folders = (str(data),)
    seen = {sharing.fingerprint(())}
    for change in (
        lambda: None,
        lambda: (data / "table.csv").write_text("1,3"),  # as long as before
        lambda: (data / "table.csv").rename(data / "other.csv"),
        lambda: (data / "empty").mkdir(),
        lambda: (data / "link").symlink_to("other.csv"),
    ):
        change()
        sharing.fingerprint.cache_clear()
        for path in data.iterdir():
            path.chmod(0o755)
        assert sharing.fingerprint(folders) not in seen
        seen.add(sharing.fingerprint(folders))


def test_they_travel_as_plain_data():
    added = Surroundings.of({"B": "2", "A": "1"}, ["/b", "/a", "/b"])
    assert added == Surroundings((("A", "1"), ("B", "2")), ("/a", "/b"))
    assert Surroundings.of(**asdict(added)) == added


@pytest.mark.skipif(not available()[0], reason=available()[1])
@pytest.mark.parametrize("forks", [True, False])
def test_a_kernel_reads_them_writes_nothing_and_sees_nothing_beside_them(data, tmp_path, forks):
    (tmp_path / "secret").write_text("key")
    (data / "table.csv").chmod(0o777)  # what holds is the sandbox
    code = f"""
import os
print(open({str(data)!r} + "/table.csv").read(), os.environ["ADDED"], os.environ["USER"])
print(os.listdir({str(tmp_path)!r}))
for mode in ("w", "a"):
    try:
        open({str(data)!r} + "/table.csv", mode)
    except OSError as error:
        print(error.strerror)
"""
    notebook = new_notebook(cells=[new_code_cell(code)])
    added = Surroundings.of({"ADDED": "here"}, [str(data)])
    manager = SandboxedKernelManager(limits=Limits(), surroundings=added, forks=forks)
    client = NotebookClient(notebook, km=manager, timeout=60)
    client.owns_km = True
    client.execute()
    assert notebook.cells[0].outputs[0].text.splitlines() == [
        "1,2 here student", "['data']", "Read-only file system", "Read-only file system",
    ]  # fmt: skip
