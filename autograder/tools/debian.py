"""Runs TRUSTED, also before anything is installed: imports the standard library only.

Unpacks a Debian package into a folder without root, where a machine reaches Debian's archive but
not the place that the files come from first. apt keeps its lists and archives in a folder of ours
that is thrown away; which archives are asked, and with which keys, stays the system's own choice.

    python autograder/tools/debian.py PACKAGE FOLDER
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_UPDATE_TIMEOUT_S = 180
_DOWNLOAD_TIMEOUT_S = 300


class DebianError(RuntimeError):
    """The package cannot be had from Debian's archive. The sentence says why."""


def unpack(package: str, folder: Path) -> None:
    """Download the newest `package` for this machine and unpack its files under `folder`.

    Raises `DebianError` where there is no apt, or the archive or the package cannot be reached.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise DebianError(f"{package} was not fetched: this system has no apt-get and dpkg-deb.")
    with tempfile.TemporaryDirectory(prefix="apt-") as scratch:
        state, cache, archives = (Path(scratch, name) for name in ("state", "cache", "archives"))
        for made in (state / "lists/partial", cache / "archives/partial", archives):
            made.mkdir(parents=True)
        apt = [
            "apt-get",
            "-qq",
            *("-o", f"Dir::State={state}"),
            *("-o", "Dir::State::status=/var/lib/dpkg/status"),
            *("-o", f"Dir::Cache={cache}"),
            *("-o", "Acquire::Languages=none"),
            # Root's apt downloads as another user, who cannot enter the scratch folder.
            *("-o", "APT::Sandbox::User=root"),
        ]
        # One unreachable archive among several fails the update, and does not matter to us: the
        # download says whether what came is enough.
        _run([*apt, "update"], archives, _UPDATE_TIMEOUT_S)
        complaint = _run([*apt, "download", package], archives, _DOWNLOAD_TIMEOUT_S)
        found = list(archives.glob("*.deb"))
        if len(found) != 1:
            raise DebianError(f"{package} was not fetched from Debian's archive: {complaint}")
        folder.mkdir(parents=True, exist_ok=True)
        complaint = _run(["dpkg-deb", "-x", str(found[0]), str(folder.absolute())], archives, 60)
        if complaint:
            raise DebianError(f"{package} was fetched but not unpacked: {complaint}")


def _run(command: list[str], cwd: Path, timeout_s: int) -> str:
    """Run a command; "" when it succeeded, else its last line of complaint."""
    try:
        done = subprocess.run(
            command, cwd=cwd, timeout=timeout_s, capture_output=True, text=True, check=False
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} took longer than {timeout_s} seconds."
    if done.returncode == 0:
        return ""
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"{command[0]} stopped with exit code {done.returncode}."


def main(arguments: list[str]) -> int:
    """Exit code 0 when the package was unpacked; else one sentence on stderr and 1."""
    package, folder = arguments
    print(f"Fetching {package} from Debian's archive ...", flush=True)
    try:
        unpack(package, Path(folder))
    except DebianError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
