"""Runs everywhere (student's Jupyter, judge, answer book): imports NumPy and the standard library.

Finds Fashion-MNIST (Zalando SE, MIT licence), proves that it is the real one, and loads it.

Folders are searched in this order: ``$FASHION_MNIST_DIR``; Keras' cache (``$KERAS_HOME`` or
``~/.keras``, then ``datasets/fashion-mnist``); the folder of Debian's package
``dataset-fashion-mnist``; the folder ``.data`` beside this package, which `make setup` fills. Only
when none of them has the files is Keras' cache filled by download, from the address that
``keras.datasets.fashion_mnist`` itself uses. Keras is never imported, because the judge loads its
test labels here and must not depend on TensorFlow.
"""

import hashlib
import os
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

DOWNLOAD_FROM = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")
OWN_FOLDER = Path(__file__).resolve().parents[1] / ".data" / "fashion-mnist"

_CONNECT_TIMEOUT_S = 30  # seconds without a byte from the server


class FashionMnistError(RuntimeError):
    """The data cannot be had, or is not the real data. The sentence says what to do."""

    def _render_traceback_(self) -> list[str]:
        """Called by IPython: in a notebook the sentence stands alone, without how we came to it."""
        return [str(self)]


@dataclass(frozen=True)
class _File:
    """One published file: gzip around the IDX format of the MNIST family."""

    name: str
    sha256: str
    gzip_bytes: int
    shape: tuple[int, ...]  # of uint8 values

    @property
    def idx_header(self) -> bytes:
        """Two zeros, 8 for uint8, the rank, then each axis as a big-endian 32-bit integer."""
        axes = b"".join(size.to_bytes(4, "big") for size in self.shape)
        return bytes([0, 0, 8, len(self.shape)]) + axes


# Digests of the files as Zalando published them; Keras' server and Debian's package carry the same.
_TRAIN_IMAGES = _File(
    "train-images-idx3-ubyte.gz",
    "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
    26_421_856,
    (60_000, 28, 28),
)
_TRAIN_LABELS = _File(
    "train-labels-idx1-ubyte.gz",
    "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",
    29_491,
    (60_000,),
)
_TEST_IMAGES = _File(
    "t10k-images-idx3-ubyte.gz",
    "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
    4_422_079,
    (10_000, 28, 28),
)
_TEST_LABELS = _File(
    "t10k-labels-idx1-ubyte.gz",
    "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05",
    5_125,
    (10_000,),
)
_ALL_FILES = (_TRAIN_IMAGES, _TRAIN_LABELS, _TEST_IMAGES, _TEST_LABELS)


def load_fashion_mnist() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Load all 70,000 pictures, in the form of ``keras.datasets.fashion_mnist.load_data()``.

    Returns ``(train_images, train_labels), (test_images, test_labels)``, all uint8 and writable:
    images (60000, 28, 28) and (10000, 28, 28) with grey values 0..255, labels (60000,) and
    (10000,) with the index of a name in `CLASS_NAMES`.

    Raises `FashionMnistError` when the files are nowhere and cannot be downloaded, or are damaged.
    """
    folder = find_folder() or _downloaded()
    train_images, train_labels, test_images, test_labels = (_read(folder, file).copy() for file in _ALL_FILES)
    return (train_images, train_labels), (test_images, test_labels)


def find_folder() -> Path | None:
    """The folder on this machine that has all four files, or None; downloads nothing.

    Raises `FashionMnistError` when ``$FASHION_MNIST_DIR`` names a folder without them.
    """
    named = os.environ.get("FASHION_MNIST_DIR")
    if named:
        # Whoever names a folder means it: data from elsewhere would hide the mistake.
        for file in _ALL_FILES:
            if not _has(Path(named), file):
                raise FashionMnistError(
                    f"FASHION_MNIST_DIR is {named}, but {file.name} is not there: "
                    "put the four .gz files of Fashion-MNIST into that folder, or unset the "
                    "variable."
                )
        return Path(named)
    for folder in (keras_cache_folder(), DEBIAN_FOLDER, OWN_FOLDER):
        if all(_has(folder, file) for file in _ALL_FILES):
            return folder
    return None


def keras_cache_folder() -> Path:
    """Where Keras keeps this data set: the folder that a download fills."""
    home = os.environ.get("KERAS_HOME")
    return Path(home or os.path.expanduser("~/.keras"), "datasets", "fashion-mnist")


def _downloaded() -> Path:
    folder = keras_cache_folder()
    for file in _ALL_FILES:
        if not _has(folder, file):
            _download(file, folder)
    return folder


def _has(folder: Path, file: _File) -> bool:
    # os.path, because Path.is_file raises where a folder above may not be entered (a sandbox).
    return os.path.isfile(folder / file.name)


def _read(folder: Path, file: _File) -> np.ndarray:
    """The array in one file, read-only, after its checksum has been compared."""
    path = folder / file.name
    try:
        with open(path, "rb") as stream:
            packed = stream.read(file.gzip_bytes + 1)
    except OSError as error:
        raise FashionMnistError(
            f"{path} cannot be read ({error.strerror}): mend its permissions, or delete it and "
            "load again to download a fresh copy."
        ) from None
    if not _is_genuine(packed, file):
        raise FashionMnistError(
            f"{path} is damaged or is another file (its SHA-256 checksum is wrong): delete it and "
            "load again to get a fresh copy, or install Debian's package dataset-fashion-mnist "
            "again if it came from there."
        )
    # The checksum already rules a gzip bomb out; the bound keeps that true if a digest is wrong.
    header = file.idx_header
    values = int(np.prod(file.shape))
    unpacked = zlib.decompressobj(wbits=31).decompress(packed, len(header) + values)
    return np.frombuffer(unpacked, np.uint8, offset=len(header)).reshape(file.shape)


def _is_genuine(packed: bytes, file: _File) -> bool:
    return len(packed) == file.gzip_bytes and hashlib.sha256(packed).hexdigest() == file.sha256


def _download(file: _File, folder: Path) -> None:
    """Fetch one file into Keras' cache; a half-written or false file never gets its name."""
    import http.client  # here, because the data is nearly always there already
    import urllib.request

    print(f"Downloading {file.name} ({file.gzip_bytes / 1e6:.1f} MB) to {folder}", flush=True)
    partial = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(DOWNLOAD_FROM + file.name, timeout=_CONNECT_TIMEOUT_S) as reply:
            packed = reply.read(file.gzip_bytes + 1)
        if not _is_genuine(packed, file):
            raise FashionMnistError(_nowhere("what the server sent has a wrong checksum"))
        handle, partial = tempfile.mkstemp(prefix=file.name, suffix=".part", dir=folder)
        with os.fdopen(handle, "wb") as stream:
            stream.write(packed)
        os.chmod(partial, 0o644)  # mkstemp's 0600 would shut other users out of a shared cache
        os.replace(partial, folder / file.name)
        partial = None
    except (OSError, http.client.HTTPException) as error:  # URLError is an OSError too
        raise FashionMnistError(_nowhere(str(getattr(error, "reason", error)))) from None
    finally:
        if partial is not None:
            os.unlink(partial)


def _nowhere(reason: str) -> str:
    names = ", ".join(file.name for file in _ALL_FILES)
    return (
        f"Fashion-MNIST is not on this machine and could not be downloaded ({reason}). "
        "Do one of three things: "
        f"(1) connect to the internet and load again, which fills {keras_cache_folder()}; "
        "(2) on Debian or Ubuntu run `sudo apt-get install dataset-fashion-mnist`; "
        f"(3) copy the four files {names} from another machine into a folder and set "
        "FASHION_MNIST_DIR to it."
    )
