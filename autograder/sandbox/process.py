"""THE WALL; imports the standard library only. One sandbox from its start to the end of its last
process.

Where the grader runs as root, the student's code must not: a process that is root outside, even
without any capability, can write /proc/sys and so take the host over. The namespace then has two
users: root, only for building the view, and user 1000, who outside is nobody at all. start.py
changes from one to the other before anything of the student's is there.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from select import select
from typing import IO, BinaryIO, NoReturn, Protocol

from autograder.sandbox import bubblewrap, seccomp
from autograder.sandbox.bubblewrap import UID, SandboxError
from autograder.sandbox.files import pack
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.surroundings import Surroundings

_UID_OUTSIDE = 65533  # of user 1000 where we are root; systemd's list of numbers keeps it unused
_OPEN_FILES = 256  # per process: with `processes` it bounds what pipes and sockets can buffer
_THREADS_PER_PROCESS = 32  # on average; TensorFlow starts several for each core
_PATIENCE_S = 10  # for the end of a killed process


def available() -> tuple[bool, str]:
    """Whether a sandbox can be had on this machine, and one sentence: with what, or how to mend it.

    Tries it out: runs the kernel's own Python in a sandbox, with the modules that a kernel needs.
    """
    try:
        trial = Sandbox(Limits(), None, None, python_code="import ipykernel.kernelapp, numpy")
        try:
            status = trial.process.wait(60)
            if status != 0:
                raise SandboxError(_how_to_mend(trial.complaint()))
        finally:
            trial.close()
    except SandboxError as error:
        return False, str(error)
    except subprocess.TimeoutExpired:
        return (
            False,
            "A sandbox started but did nothing for 60 s: try again on a less busy machine.",
        )
    return True, f"Kernels run in a sandbox that {bubblewrap.find_bwrap()} builds."


class Process(Protocol):
    """The part of `subprocess.Popen` that a sandbox needs."""

    @property
    def stderr(self) -> IO[bytes] | None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int | None: ...
    def kill(self) -> None: ...


class Sandbox:
    """A running sandbox. tcp_bytes: what one TCP socket in it can hold at most."""

    @property
    def tcp_bytes(self) -> int:
        names = ("tcp_rmem", "tcp_wmem")
        return sum(int(Path("/proc/sys/net/ipv4", name).read_text().split()[2]) for name in names)

    def __init__(
        self,
        limits: Limits,
        submission: Path | None,
        data: Path | None,
        *,
        connection: bytes = b"",
        sockets: tuple[socket.socket, ...] = (),
        kernel_arguments: tuple[str, ...] = (),
        python_code: str | None = None,
        grader: socket.socket | None = None,
        surroundings: Surroundings = Surroundings(),
    ) -> None:
        """Start a kernel, or `python_code` instead of one, or the warm process.

        submission: the folder whose regular files are copied into the working folder; data: the
        folder of Fashion-MNIST; connection: the text of the kernel's connection file; sockets: one
        listening Unix socket for each address in it; grader: the warm process's end of its
        connection to us; surroundings: what the course adds. Raises `SandboxError`.
        """
        if not sys.platform.startswith("linux") or not seccomp.supported():
            raise SandboxError(
                "The sandbox needs Linux on x86_64 or aarch64: grade on such a machine, or in a "
                "virtual machine that runs it."
            )
        self._ending = threading.Lock()
        self._init: int | None = None
        info_out, info_in = os.pipe()
        go_out, go_in = os.pipe()
        files = os.memfd_create("files")
        texts = {
            "connection": connection,
            "passwd": f"student:x:{UID}:{UID}::/tmp/home:/bin/sh\n".encode(),
            "group": f"student:x:{UID}:\n".encode(),
        }
        if grader is None:
            texts["seccomp"] = seccomp.program()
        fds = {name: os.memfd_create(name) for name in texts} | {"info": info_in}
        if os.geteuid() == 0:
            fds["go"] = go_out
        try:
            for name, text in texts.items():
                os.write(fds[name], text)
                os.lseek(fds[name], 0, os.SEEK_SET)
            pack(submission, limits, files)
            settings = {
                "uid": UID,
                "files_fd": files,
                "sockets": {address(one): one.fileno() for one in sockets},
                "rlimits": rlimits(limits),
            }
            passed = [files, *(one.fileno() for one in sockets)]
            if grader is not None:
                settings = {"uid": UID, "grader_fd": grader.fileno()}
                passed = [grader.fileno()]
            program = "start.py" if grader is None else "warm.py"
            start = [f"{bubblewrap.OWN_FOLDER}/{program}", json.dumps(settings)]
            start += ["-f", bubblewrap.CONNECTION, *kernel_arguments]
            arguments = start if python_code is None else ["-c", python_code]
            self.process: Process = subprocess.Popen(
                bubblewrap.command(limits, submission, data, fds, arguments, surroundings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[*fds.values(), *passed],
                start_new_session=True,  # Ctrl-C in the terminal is for the grader only
            )
        except BaseException:
            os.close(info_out)
            os.close(go_in)
            raise
        finally:
            for fd in (info_in, go_out, files, *(fds[name] for name in texts)):
                os.close(fd)
        try:
            with open(info_out, "rb") as info, open(go_in, "wb") as go:
                self._begin(info.read(), go)
        except OSError as error:
            self._abandon(str(error))
        except ValueError:  # nothing in the report, bwrap gave up
            self._abandon("")

    def _begin(self, report: bytes, go: BinaryIO) -> None:
        """Take hold of the first process, and give the namespace its two users where we are root."""
        self.init_pid: int = json.loads(report)["child-pid"]
        self._init = os.pidfd_open(self.init_pid)
        if os.geteuid() == 0:
            for kind in ("uid_map", "gid_map"):
                users = f"0 0 1\n{UID} {_UID_OUTSIDE} 1\n"
                Path(f"/proc/{self.init_pid}/{kind}").write_text(users)
            go.write(b"1")

    def _abandon(self, reason: str) -> NoReturn:
        self.process.kill()
        self.process.wait(_PATIENCE_S)
        reason = self.complaint() or reason
        self.close()
        raise SandboxError(_how_to_mend(reason))

    def interrupt(self) -> None:
        """Send SIGINT to the kernel, the eldest child of the sandbox's first process."""
        children = Path(f"/proc/{self.init_pid}/task/{self.init_pid}/children")
        with suppress(OSError, IndexError):  # it has just ended by itself
            os.kill(int(children.read_text().split()[0]), signal.SIGINT)

    def kill(self) -> None:
        """End every process in it and wait until all are gone."""
        with self._ending:
            if self._init is None:
                return
            with suppress(ProcessLookupError):
                # The first process of a namespace takes all others along, and is the last to go.
                signal.pidfd_send_signal(self._init, signal.SIGKILL)
            select([self._init], [], [], _PATIENCE_S)
            self.process.wait(_PATIENCE_S)

    def close(self) -> None:
        """End it and give back what is ours."""
        self.kill()
        with self._ending:
            if self._init is not None:
                os.close(self._init)
                self._init = None
            self._errors().close()

    def _errors(self) -> IO[bytes]:
        assert self.process.stderr is not None, "a pipe was asked for"
        return self.process.stderr

    def complaint(self) -> str:
        """The last line that bwrap, or Python before the kernel ran, wrote to standard error."""
        errors = self._errors()
        os.set_blocking(errors.fileno(), False)
        lines = (errors.read(65_536) or b"").decode(errors="replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        return "".join(c if c.isprintable() else "?" for c in last)[:300]


def address(listening: socket.socket) -> str:
    """What a connection file calls a listening Unix socket."""
    return f"ipc://{listening.getsockname()}"


def rlimits(limits: Limits) -> dict[str, int]:
    """The limits that every process of a kernel inherits, by their names in `resource`."""
    return {
        "RLIMIT_NPROC": limits.processes * _THREADS_PER_PROCESS,
        "RLIMIT_NOFILE": _OPEN_FILES,
        "RLIMIT_FSIZE": limits.files_mib * MIB,
        "RLIMIT_CORE": 0,
    }


def _how_to_mend(complaint: str) -> str:
    return (
        f"bubblewrap cannot build a sandbox here ({complaint or 'and does not say why'}). On Ubuntu "
        "24.04 or newer, install apparmor-profiles and enable its profile bwrap-userns-restrict; "
        "where `sysctl kernel.unprivileged_userns_clone` says 0, set it to 1; in Docker, start the "
        "container with --security-opt seccomp=unconfined --security-opt systempaths=unconfined; "
        "where root grades, let everybody read the Python environment."
    )
