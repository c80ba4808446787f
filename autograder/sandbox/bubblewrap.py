"""THE WALL; imports the standard library only. The command line of bwrap: what a sandbox sees.

A sandbox has user, process, network, IPC, host name and control group namespaces of its own and a
file system made of nothing but the lists in this file. It shares no writable folder with the host.
"""

import os
import shutil
import site
import sys
from collections.abc import Iterator
from pathlib import Path

from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.surroundings import Surroundings

UID = 1000  # of the student's code, inside
OWN_FOLDER = "/opt/autograder-sandbox"  # start.py and the stub package, inside
CONNECTION = "/run/kernel.json"  # inside
HOME = "/tmp/home"
WORK = "/tmp/work"
DATA = f"{HOME}/.keras/datasets/fashion-mnist"  # where Keras looks too

_INSIDE = Path(__file__).parent / "inside"
_PACKAGE = Path(__file__).parents[1]
# What an installation of this project, editable or not, leaves in a folder of site-packages.
_OURS = ("autograder*", "lenet_solution*", "*lenet_autograder*")
# When memory runs out before the watchdog looks, the kernel is to die and not the grader. Set before
# there is a sandbox, because nothing in /proc can be written inside.
_DIES_FIRST = 'echo 1000 > /proc/self/oom_score_adj; exec "$@"'
_ETC = ("alternatives", "fonts", "ld.so.cache", "localtime")
_GPU = ("nvidia*", "dri", "kfd")
_KEPT = (  # of our environment
    "CUDA_VISIBLE_DEVICES", "KERAS_BACKEND", "LD_LIBRARY_PATH", "TZ",
    "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
)  # fmt: skip


class SandboxError(RuntimeError):
    """A sandbox cannot be had here, or not safely. The sentence says what to do."""


def command(
    limits: Limits,
    submission: Path | None,
    data: Path | None,
    fds: dict[str, int],
    python_arguments: list[str],
    surroundings: Surroundings,
) -> list[str]:
    """The command that runs Python in a new sandbox.

    submission: the folder that is judged, only to prove that nothing shows it; data: the folder of
    Fashion-MNIST; fds: inherited files, "info" written by bwrap, and read by it "connection",
    "passwd", "group" and, only where we are root, "go". "seccomp" is there for a sandbox that a
    student's code will enter; without it, it can make further sandboxes inside (see inside/warm.py)
    and shows the host's /proc, without which Linux lets nobody mount another. Raises
    `SandboxError`.
    """
    if "go" in fds:  # see process.py on users
        user = ["--userns-block-fd", str(fds["go"]), "--cap-drop", "ALL"]
        user += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        user = ["--uid", str(UID), "--gid", str(UID), "--cap-drop", "ALL"]
    namespaces = ("user", "pid", "net", "ipc", "uts", "cgroup-try")
    return [
        *("/bin/sh", "-c", _DIES_FIRST, "sh", find_bwrap()),
        *(f"--unshare-{name}" for name in namespaces),
        *user,
        *("--hostname", "sandbox", "--die-with-parent", "--new-session"),
        *("--info-fd", str(fds["info"])),
        *(("--seccomp", str(fds["seccomp"])) if "seccomp" in fds else ("--bind", "/proc", "/proc")),
        *(("--proc", "/proc", "--remount-ro", "/proc") if "seccomp" in fds else ()),
        *_devices(),
        *_writable(limits),  # before what may lie under /tmp, an environment for instance
        *(word for folder in surroundings.folders for word in _show(Path(folder), folder)),
        *_libraries(submission),  # behind what was added, so that nothing lies on top of it
        *_own_files(data, fds),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        "--clearenv",
        *(word for item in _environment(data, surroundings).items() for word in ("--setenv", *item)),
        *("--chdir", WORK, "--", sys.executable, "-P", *python_arguments),
    ]


def find_bwrap() -> str:
    """The path of bwrap, on PATH or beside this Python. Raises `SandboxError`."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which("bwrap") or shutil.which("bwrap", path=beside)
    if not found:
        raise SandboxError(
            "There is no bubblewrap on this machine: run `make setup`, or install it with "
            "`sudo apt-get install bubblewrap` (Fedora: `sudo dnf install bubblewrap`)."
        )
    return found


def _libraries(submission: Path | None) -> Iterator[str]:
    """The system's libraries and the Python environment, read-only and without our own packages."""
    yield from ("--ro-bind", "/usr", "/usr")
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        path = Path("/", name)
        if path.is_symlink():
            yield from ("--symlink", os.readlink(path), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
    for path in (Path("/etc", name) for name in _ETC):
        if path.exists():
            yield from _show(path, str(path))

    packages, python = _package_folders(), python_paths()
    for path in python:
        yield from _show(path, str(path))
    places = [place for folder in packages for place in (folder, folder / "__pycache__")]
    hidden = [path for place in places for pattern in _OURS for path in place.glob(pattern)]
    for path in hidden:
        if path.is_dir():
            yield from ("--tmpfs", str(path), "--remount-ro", str(path))
        else:
            yield from ("--ro-bind", "/dev/null", str(path))  # and devices cannot be opened there
    refuse_shown(submission)


def refuse_shown(submission: Path | None) -> None:
    """`SandboxError` where the submission, or the checkout, lies in a folder that sandboxes show."""
    shown = [Path("/usr"), *python_paths()]
    installed = any(_PACKAGE.is_relative_to(folder) for folder in _package_folders())
    for path in filter(None, (submission, None if installed else _PACKAGE.parent)):
        for seen in shown:
            if path.resolve().is_relative_to(seen.resolve()):
                raise SandboxError(
                    f"{path} lies inside {seen}, which every kernel must be able to read: move the "
                    "course to another folder, a home directory for example."
                )


def python_paths() -> list[Path]:
    """The files and folders outside /usr that this Python and its packages are made of."""
    prefixes = [Path(sys.base_prefix), Path(sys.prefix)]
    wanted = [prefix / part for prefix in prefixes for part in ("bin", "lib", "lib64", "pyvenv.cfg")]
    found: list[Path] = []
    for path in (*wanted, *_package_folders()):
        if path.exists() and not any(path.is_relative_to(seen) for seen in (Path("/usr"), *found)):
            found.append(path)
    return found


def _package_folders() -> list[Path]:
    user = [Path(site.getusersitepackages())] if site.ENABLE_USER_SITE else []
    return [Path(folder) for folder in site.getsitepackages()] + user


def _show(source: Path, inside: str) -> Iterator[str]:
    """Show a file or folder read-only. Folders above it that bwrap makes unasked, only root enters."""
    for parent in reversed(Path(inside).parents):
        yield from ("--perms", "0755", "--dir", str(parent))
    yield from ("--ro-bind", str(source), inside)


def _own_files(data: Path | None, fds: dict[str, int]) -> Iterator[str]:
    """What we put into it: the stub package, the connection file, two lists of users, the data."""
    sources = {
        "start.py": _INSIDE / "start.py",
        "warm.py": _INSIDE / "warm.py",
        "packages/autograder/__init__.py": _INSIDE / "autograder" / "__init__.py",
        "packages/autograder/fashion_mnist.py": _PACKAGE / "fashion_mnist.py",
    }
    for name, source in sources.items():
        yield from _show(source, f"{OWN_FOLDER}/{name}")
    texts = {"connection": CONNECTION, "passwd": "/etc/passwd", "group": "/etc/group"}
    for name, path in texts.items():
        yield from ("--perms", "0444", "--ro-bind-data", str(fds[name]), path)
    if data:
        yield from _show(data, DATA)


def _devices() -> Iterator[str]:
    """The harmless devices, and GPUs."""
    yield from ("--dev", "/dev")
    for pattern in _GPU:
        for path in Path("/dev").glob(pattern):
            yield from ("--dev-bind", str(path), str(path))


def _writable(limits: Limits) -> Iterator[str]:
    """All that can be written, each in memory and with a size: /tmp, with HOME, and /dev/shm."""
    for path in ("/tmp", "/dev/shm"):
        yield from ("--perms", "1777", "--size", str(limits.files_mib * MIB), "--tmpfs", path)
    folders = [WORK, HOME, f"{HOME}/.keras", f"{HOME}/.keras/datasets"]
    for path in folders:
        yield from ("--perms", "0777", "--dir", path)


def _environment(data: Path | None, surroundings: Surroundings = Surroundings()) -> dict[str, str]:
    """Every environment variable inside; what the course adds gives way to what we need."""
    variables = {name: os.environ[name] for name in _KEPT if name in os.environ}
    variables |= dict(surroundings.environment)
    if "OMP_NUM_THREADS" in variables:  # TensorFlow has names of its own for it
        for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
            variables.setdefault(name, variables["OMP_NUM_THREADS"])
    if data:
        variables["FASHION_MNIST_DIR"] = DATA
    if site.ENABLE_USER_SITE:
        variables["PYTHONUSERBASE"] = site.getuserbase()
    return variables | {
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": HOME,
        "USER": "student",
        "LANG": "C.UTF-8",
        "PYTHONPATH": f"{OWN_FOLDER}/packages",
        "PYTHONSAFEPATH": "1",  # the working folder goes to the end of sys.path, see start.py
        "PYTHONDONTWRITEBYTECODE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "NBGRADER_EXECUTION": "autograde",  # as nbgrader has it
    }
