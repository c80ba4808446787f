"""Runs under pytest. The data are real where they are found, small forgeries where they must fail."""

import functools
import gzip
import hashlib
import http.server
import subprocess
import sys
import threading

import numpy as np
import pytest

from autograder import fashion_mnist
from autograder.fashion_mnist import FashionMnistError, load_fashion_mnist

NAMES = [file.name for file in fashion_mnist._ALL_FILES]


@pytest.fixture(scope="module")
def real_folder():
    folder = fashion_mnist.find_folder()
    if folder is None:
        load_fashion_mnist()  # downloads, or fails with the sentence that says what to do
        folder = fashion_mnist.find_folder()
    return folder


@pytest.fixture
def bare_machine(tmp_path, monkeypatch):
    """A machine with no data and no network; returns its (absent) Keras home."""
    monkeypatch.delenv("FASHION_MNIST_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", tmp_path / "no-debian")
    monkeypatch.setattr(fashion_mnist, "OWN_FOLDER", tmp_path / "no-setup")
    monkeypatch.setattr(fashion_mnist, "DOWNLOAD_FROM", (tmp_path / "no-server").as_uri() + "/")
    return tmp_path / "keras"


@pytest.fixture
def small_data(monkeypatch, tmp_path):
    """A folder with four tiny files that pass for genuine; returns (folder, arrays by name)."""
    folder = tmp_path / "published"
    folder.mkdir()
    rng = np.random.default_rng(0)
    files, arrays = [], {}
    for file in fashion_mnist._ALL_FILES:
        shape = (3 + len(files), *file.shape[1:])
        array = rng.integers(0, 10, shape, dtype=np.uint8)
        small = fashion_mnist._File(file.name, "", 0, shape)
        packed = gzip.compress(small.idx_header + array.tobytes())
        (folder / file.name).write_bytes(packed)
        digest = hashlib.sha256(packed).hexdigest()
        files.append(fashion_mnist._File(file.name, digest, len(packed), shape))
        arrays[file.name] = array
    monkeypatch.setattr(fashion_mnist, "_ALL_FILES", tuple(files))
    return folder, arrays


@pytest.fixture
def server(small_data, monkeypatch):
    """Serves the small files on this machine; returns the names that were asked of it."""
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            asked.append(self.path.lstrip("/"))

    handler = functools.partial(Handler, directory=small_data[0])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{httpd.server_port}/"
        monkeypatch.setattr(fashion_mnist, "DOWNLOAD_FROM", address)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield asked
        httpd.shutdown()
        thread.join()


def test_the_real_data_have_the_published_shapes_and_ten_even_classes(real_folder):
    (train_images, train_labels), (test_images, test_labels) = load_fashion_mnist()
    assert train_images.shape == (60000, 28, 28)
    assert test_images.shape == (10000, 28, 28)
    assert {a.dtype for a in (train_images, train_labels, test_images, test_labels)} == {np.dtype(np.uint8)}
    assert np.bincount(train_labels).tolist() == [6000] * 10
    assert np.bincount(test_labels).tolist() == [1000] * 10
    # The mean and deviation that notebook 3 gives to the student.
    assert round(float((train_images / 255).mean()), 4) == 0.2860
    assert round(float((train_images / 255).std()), 4) == 0.3530


def test_the_first_boots_and_pullovers_are_where_the_published_labels_put_them(real_folder):
    (_, train_labels), (_, test_labels) = load_fashion_mnist()
    names = [fashion_mnist.CLASS_NAMES[label] for label in train_labels[:2]]
    assert names == ["Ankle boot", "T-shirt/top"]
    assert fashion_mnist.CLASS_NAMES[test_labels[1]] == "Pullover"


def test_a_named_folder_wins_over_the_cache_then_debian_then_what_setup_fetched(
    bare_machine, small_data, monkeypatch
):
    assert fashion_mnist.find_folder() is None
    published, _ = small_data
    own = bare_machine.with_name("no-setup")
    own.symlink_to(published)
    assert fashion_mnist.find_folder() == own
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", published)
    assert fashion_mnist.find_folder() == published
    cache = bare_machine / "datasets" / "fashion-mnist"
    cache.parent.mkdir(parents=True)
    cache.symlink_to(published)
    assert fashion_mnist.find_folder() == cache
    monkeypatch.setenv("FASHION_MNIST_DIR", str(published))
    assert fashion_mnist.find_folder() == published


def test_without_keras_home_the_cache_is_in_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert fashion_mnist.keras_cache_folder() == tmp_path / ".keras/datasets/fashion-mnist"


def test_a_machine_with_nothing_downloads_once_into_keras_cache(bare_machine, small_data, server):
    (train_images, train_labels), (test_images, test_labels) = load_fashion_mnist()
    _, arrays = small_data
    for name, array in zip(NAMES, (train_images, train_labels, test_images, test_labels), strict=True):
        assert np.array_equal(array, arrays[name])
        assert array.flags.writeable
    cache = bare_machine / "datasets" / "fashion-mnist"
    assert sorted(path.name for path in cache.iterdir()) == sorted(NAMES)
    load_fashion_mnist()
    assert server == NAMES  # each was asked for once


def test_only_files_that_the_cache_lacks_are_downloaded(bare_machine, small_data, server, capsys):
    cache = bare_machine / "datasets" / "fashion-mnist"
    cache.mkdir(parents=True)
    for name in NAMES[:3]:
        (cache / name).write_bytes((small_data[0] / name).read_bytes())
    load_fashion_mnist()
    assert server == NAMES[3:]
    assert f"Downloading {NAMES[3]}" in capsys.readouterr().out


def test_a_download_with_a_wrong_checksum_leaves_nothing_behind(bare_machine, small_data, server):
    (small_data[0] / NAMES[0]).write_bytes(b"a login page")
    with pytest.raises(FashionMnistError, match="what the server sent has a wrong checksum"):
        load_fashion_mnist()
    assert list((bare_machine / "datasets" / "fashion-mnist").iterdir()) == []


def test_a_machine_with_nothing_and_no_network_is_told_three_ways_out(bare_machine):
    with pytest.raises(FashionMnistError) as caught:
        load_fashion_mnist()
    sentence = str(caught.value)
    assert "connect to the internet" in sentence and str(bare_machine) in sentence
    assert "apt-get install dataset-fashion-mnist" in sentence
    assert "FASHION_MNIST_DIR" in sentence and all(name in sentence for name in NAMES)


def test_a_cache_that_cannot_be_written_is_told_the_same_three_ways(bare_machine, small_data):
    bare_machine.write_text("a file where the folder should be")
    with pytest.raises(FashionMnistError, match="FASHION_MNIST_DIR"):
        load_fashion_mnist()


def test_a_named_folder_without_the_files_is_an_error_not_a_silent_download(
    bare_machine, monkeypatch, tmp_path
):
    monkeypatch.setenv("FASHION_MNIST_DIR", str(tmp_path))
    with pytest.raises(FashionMnistError, match=r"put the four .gz files.*or unset"):
        fashion_mnist.find_folder()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda packed: packed[:-1], id="cut short"),
        pytest.param(lambda packed: packed + b"x", id="something behind it"),
        pytest.param(lambda packed: packed[:-1] + bytes([packed[-1] ^ 1]), id="one bit flipped"),
        pytest.param(lambda packed: gzip.compress(bytes(10**7)), id="inflates to ten megabytes"),
        pytest.param(lambda packed: b"", id="empty"),
    ],
)
def test_a_damaged_file_is_named_with_what_to_do(bare_machine, small_data, monkeypatch, damage):
    folder, _ = small_data
    path = folder / NAMES[2]
    path.write_bytes(damage(path.read_bytes()))
    monkeypatch.setenv("FASHION_MNIST_DIR", str(folder))
    with pytest.raises(FashionMnistError) as caught:
        load_fashion_mnist()
    assert str(path) in str(caught.value)
    assert "checksum" in str(caught.value) and "delete it" in str(caught.value)


def test_a_file_that_inflates_beyond_its_declared_size_is_cut_there(bare_machine, small_data):
    folder, arrays = small_data
    name = NAMES[3]
    header = fashion_mnist._File(name, "", 0, arrays[name].shape).idx_header
    packed = gzip.compress(header + arrays[name].tobytes() + bytes(10**7))
    (folder / name).write_bytes(packed)
    digest = hashlib.sha256(packed).hexdigest()
    bomb = fashion_mnist._File(name, digest, len(packed), arrays[name].shape)
    assert np.array_equal(fashion_mnist._read(folder, bomb), arrays[name])


def test_loading_the_data_imports_no_keras_and_no_tensorflow(real_folder):
    code = (
        "import sys; from autograder import fashion_mnist; fashion_mnist.load_fashion_mnist(); "
        "print(sorted({'keras', 'tensorflow', 'h5py', 'pickle'} & "
        "{m for m in sys.modules if m not in before}))"
    )
    # NumPy itself loads pickle; what matters is what this module adds.
    run = subprocess.run(
        [sys.executable, "-c", "import sys, numpy; before = set(sys.modules)\n" + code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[]"
