"""TRUSTED; imports NumPy and the standard library. What `make setup` needs beside Python packages.

The data set and bubblewrap, each only where the machine has none, without root, and from Debian's
archive first: that is reachable on machines where only package registries are.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from autograder.fashion_mnist import (
    OWN_FOLDER,
    FashionMnistError,
    find_folder,
    load_fashion_mnist,
)
from autograder.tools import debian

# Activating the environment, or putting its bin on PATH as nbgrader needs it, finds bwrap too.
_COMMANDS = Path(sys.prefix, "bin")
_TOOLS = Path(sys.prefix, "debian")


def fetch_data() -> Path | None:
    """The folder with Fashion-MNIST, filled now if need be.

    Raises `FashionMnistError`, which says what to do, when neither Debian's archive nor the data
    set's own server gives it.
    """
    folder = find_folder()
    if folder is None:
        try:
            _data_from_debian()
        except debian.DebianError as error:
            print(error)
        load_fashion_mnist()  # compares checksums; downloads when Debian did not help
        folder = find_folder()
    return folder


def _data_from_debian() -> None:
    print("Fetching Fashion-MNIST (31 MB) from Debian's archive ...", flush=True)
    OWN_FOLDER.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OWN_FOLDER.parent) as unpacked:
        debian.unpack("dataset-fashion-mnist", Path(unpacked))
        Path(unpacked, "usr/share/datasets/fashion-mnist").rename(OWN_FOLDER)


def fetch_bubblewrap() -> str | None:
    """The path of bwrap, fetched now if need be; None where it cannot be had this way."""
    found = shutil.which("bwrap") or shutil.which("bwrap", path=str(_COMMANDS))
    if found is None and sys.platform == "linux":
        print("Fetching bubblewrap from Debian's archive ...", flush=True)
        try:
            debian.unpack("bubblewrap", _TOOLS)
        except debian.DebianError as error:
            print(error)
        else:
            (_COMMANDS / "bwrap").symlink_to(_TOOLS / "usr/bin/bwrap")
            found = str(_COMMANDS / "bwrap")
    return found


def main() -> int:
    """Exit code 1, with a sentence on stderr, when the data cannot be had.

    A machine without a sandbox is no failure here: `autograder doctor` explains what it means.
    """
    try:
        fetch_data()
    except FashionMnistError as error:
        print(error, file=sys.stderr)
        return 1
    if fetch_bubblewrap() is None:
        print("There is no bubblewrap, so no sandbox: `autograder doctor` says what to do.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
