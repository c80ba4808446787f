"""THE WALL; imports the standard library only. Sandboxes that are forked from a warm process.

Importing TensorFlow takes many times as long as most notebooks run. One process per grader imports
it once, inside the wall (inside/warm.py); every kernel is forked from it, into a sandbox of its
own. Workers on one machine share the one that their coordinator has started.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path
from select import select
from typing import IO

from autograder.sandbox import bubblewrap, seccomp
from autograder.sandbox.bubblewrap import DATA, HOME, WORK, SandboxError
from autograder.sandbox.files import pack
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.process import Sandbox, address, rlimits
from autograder.sandbox.surroundings import Surroundings

_CREDENTIALS_BYTES = socket.CMSG_SPACE(12)  # struct ucred: process, user and group
_TCP = {"ipv4/tcp_rmem": 1 << 18, "ipv4/tcp_wmem": 1 << 18}  # bytes that one socket may hold
_FOLDERS = (WORK, HOME, f"{HOME}/.keras", f"{HOME}/.keras/datasets")


class ForkedSandbox(Sandbox):
    """A running sandbox that was forked; it is used as every other one."""

    tcp_bytes = sum(_TCP.values())

    def __init__(self, first_process: int, errors: IO[bytes], lifeline: socket.socket) -> None:
        """lifeline: when our end of it is closed, by our own death too, the sandbox ends."""
        self._ending = threading.Lock()
        self._lifeline = lifeline
        self.init_pid = first_process
        self._init = os.pidfd_open(first_process)
        self.process = _ForkedProcess(os.dup(self._init), errors)

    def close(self) -> None:
        """End it and give back what is ours."""
        super().close()
        self._lifeline.close()


class _ForkedProcess:
    """The part of `subprocess.Popen` that a sandbox needs, for a process that is no child of ours."""

    def __init__(self, handle: int, errors: IO[bytes]) -> None:
        self._handle = handle
        self.stderr = errors

    def poll(self) -> int | None:
        """None while it runs; then 1, because only its parent knows how it ended."""
        return 1 if select([self._handle], [], [], 0)[0] else None

    def wait(self, timeout: float | None = None) -> int | None:
        select([self._handle], [], [], timeout)
        return self.poll()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def __del__(self) -> None:
        os.close(self._handle)


class Forks:
    """The way to fork from a warm process: requests go through one socket, which may have copies."""

    def __init__(self, requests: socket.socket, data: Path | None, surroundings: Surroundings) -> None:
        """data: the folder of Fashion-MNIST that the warm process sees; surroundings: its own."""
        self.requests = requests
        self.surroundings = surroundings
        self._data = data

    def fork(
        self,
        limits: Limits,
        submission: Path | None,
        *,
        connection: bytes,
        sockets: tuple[socket.socket, ...],
        kernel_arguments: tuple[str, ...],
    ) -> ForkedSandbox:
        """A new sandbox with a kernel in it; the arguments are `Sandbox`'s. Raises `SandboxError`."""
        bubblewrap.refuse_shown(submission)
        shown = [DATA] if self._data else []
        others = [*bubblewrap.python_paths(), *map(Path, self.surroundings.folders)]
        shown += [str(path) for path in others if path.is_relative_to("/tmp")]
        request = {
            "files_bytes": limits.files_mib * MIB,
            "folders": _FOLDERS,
            "shown": shown,
            "rlimits": rlimits(limits),
            "network": {name: f"4096 65536 {most}" for name, most in _TCP.items()},
            "addresses": [address(one) for one in sockets],
            "arguments": kernel_arguments,
        }
        files = os.memfd_create("files")
        call_filter = _open_file(seccomp.program())
        connection_file = _open_file(connection)
        errors_out, errors_in = os.pipe()
        errors = open(errors_out, "rb")  # noqa: SIM115  (the sandbox closes it)
        lifeline, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        lifeline.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        try:
            pack(submission, limits, files)
            fds = [theirs.fileno(), errors_in, call_filter, connection_file, files]
            fds += [one.fileno() for one in sockets]
            socket.send_fds(self.requests, [json.dumps(request).encode()], fds)
            for fd in (theirs.detach(), errors_in):  # so that they end when the other side does
                os.close(fd)
            errors_in = -1
            first_process = _answer(lifeline, errors, limits.import_allowance_s)
        except OSError as error:
            errors.close()
            lifeline.close()
            raise SandboxError(f"The warm process forked no sandbox ({error}).") from None
        finally:
            theirs.close()
            for fd in (files, call_filter, connection_file, errors_in):
                if fd >= 0:
                    os.close(fd)
        return ForkedSandbox(first_process, errors, lifeline)

    def close(self) -> None:
        """Ask no more."""
        self.requests.close()


class WarmProcess(Forks):
    """A warm process of our own."""

    def __init__(
        self, data: Path | None, limits: Limits, surroundings: Surroundings = Surroundings()
    ) -> None:
        """Start it; what is asked before it has imported everything waits. Raises `SandboxError`."""
        requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        super().__init__(requests, data, surroundings)
        self._has_begun = False
        try:
            self._sandbox = Sandbox(limits, None, data, grader=theirs, surroundings=surroundings)
        except SandboxError:
            requests.close()
            raise
        finally:
            theirs.close()

    def begun(self, limits: Limits) -> None:
        """Wait until it runs in its sandbox with what a kernel needs. Raises `SandboxError`."""
        if not self._has_begun:
            self._hear(limits)
            self._has_begun = True

    def imported(self, limits: Limits) -> None:
        """Wait until it has imported the rest as well. Raises `SandboxError`."""
        self.begun(limits)
        self._hear(limits)

    def _hear(self, limits: Limits) -> None:
        if not select([self.requests], [], [], limits.import_allowance_s)[0]:
            self.close()
            raise SandboxError("The warm process did not finish its imports in time.")
        if not self.requests.recv(64):
            reason = self._sandbox.complaint()
            self.close()
            raise SandboxError(f"The warm process ended while it was importing ({reason}).")

    def close(self) -> None:
        """End the warm process and, with it, every sandbox that was forked from it."""
        super().close()
        self._sandbox.close()


def _answer(lifeline: socket.socket, errors: IO[bytes], patience_s: float) -> int:
    """The new sandbox's first process, by the number that the kernel of the system gives."""
    either: list[socket.socket | IO[bytes]] = [lifeline, errors]
    ready = select(either, [], [], patience_s)[0]
    if lifeline not in ready:
        raise OSError(errors.read(300).decode(errors="replace") if ready else "no answer")
    text, credentials, _, _ = lifeline.recvmsg(16, _CREDENTIALS_BYTES)
    if text != b"ready" or not credentials:
        raise OSError("it has ended")
    return int.from_bytes(credentials[0][2][:4], "little")


def _open_file(content: bytes) -> int:
    """A file in memory with this content, ready to be read."""
    fd = os.memfd_create("content")
    os.write(fd, content)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


# By our own process (a fork of ours starts anew) and by what a course adds: a worker of a cluster may
# serve several.
_warm: dict[tuple[int, Surroundings], Forks | SandboxError] = {}
_starting = threading.Lock()


def share(requests: int, data: Path | None, surroundings: Surroundings = Surroundings()) -> None:
    """Fork from another grader's warm process from now on; requests: its open socket."""
    forks = Forks(socket.socket(fileno=requests), data, surroundings)
    _warm[os.getpid(), surroundings] = forks


def start(data: Path | None, limits: Limits, surroundings: Surroundings = Surroundings()) -> WarmProcess:
    """Start this grader's warm process, and do not wait for it. Raises `SandboxError`."""
    before = _warm.pop((os.getpid(), surroundings), None)
    if isinstance(before, Forks):
        before.close()
    _warm[os.getpid(), surroundings] = warm = WarmProcess(data, limits, surroundings)
    atexit.register(forget)
    return warm


def restart(data: Path | None, limits: Limits, surroundings: Surroundings) -> None:
    """Start a warm process in the place of one that was started before the course was read."""
    forget()
    with suppress(SandboxError):  # kernels then start by themselves, and say what is wrong
        start(data, limits, surroundings)


def begun(limits: Limits, surroundings: Surroundings = Surroundings()) -> WarmProcess | None:
    """This grader's warm process, where it has started one that runs: there is a sandbox then."""
    warm = _warm.get((os.getpid(), surroundings))
    if not isinstance(warm, WarmProcess):
        return None
    try:
        warm.begun(limits)
    except SandboxError:
        forget()
        return None
    return warm


def warm_process(data: Path | None, limits: Limits, surroundings: Surroundings = Surroundings()) -> Forks:
    """This grader's warm process, started at the first call. Raises `SandboxError`, always if once."""
    key = os.getpid(), surroundings
    with _starting:
        if key not in _warm:
            try:
                start(data, limits, surroundings).imported(limits)
            except SandboxError as error:
                _warm[key] = error
        warm = _warm[key]
    if isinstance(warm, SandboxError):
        raise warm
    return warm


def forget() -> None:
    """End this grader's warm processes; the next call of `warm_process` starts another."""
    for key in [key for key in _warm if key[0] == os.getpid()]:
        warm = _warm.pop(key, None)
        if isinstance(warm, Forks):
            warm.close()
