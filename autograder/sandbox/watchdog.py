"""TRUSTED; imports the standard library only. A thread that ends a sandbox at its limits.

The kernel of the operating system bounds each file system and the number of threads; what it cannot
bound without control groups (which an ordinary user rarely has) is counted here, ten times a second.
"""

import itertools
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from autograder.sandbox.bubblewrap import OWN_FOLDER
from autograder.sandbox.limits import MIB, LimitHit, Limits, Unwatched
from autograder.sandbox.shares import share_fairly

_PERIOD_S = 0.1
_SHARES_PERIOD_S = 1.0
_BLIND_S = 10.0  # how long nothing may be seen of a sandbox that runs
_INODE_BYTES = 1024  # what an empty file costs in kernel memory, about
# How much more a socket can hold than its buffer: a byte that sendfile has sent counts as one and the
# note about it, and keeps the file's whole page.
_PAGES_KEPT = 6
_COUNTED_AGAIN = 1.1  # by how much more is used until what is shared is counted out again
_WRITABLE = ("tmp", "dev/shm")
_IN_STATUS = (b"VmRSS:", b"VmSwap:", b"VmPTE:")

# A kernel can send faster than messages are read, and in shapes that no message size bounds. Our
# own growth is the last guard: far more than a judge needs, far less than a machine has.
_OWN_GROWTH_MIB = 1024


class Watchdog(threading.Thread):
    """Looks into one sandbox through `/proc/PID/root`, where its own /proc lists its processes.

    largest_bytes: the most memory that was seen in use, in the words of the limit; 0 before anything was seen.
    Below half the limit, what processes share may be in it more than once: to count it out takes a twentieth
    of a second and more, which a small notebook is spared.
    """

    def __init__(
        self, init_pid: int, limits: Limits, on_hit: Callable[[LimitHit | Unwatched], None], tcp_bytes: int
    ) -> None:
        """`init_pid` is the sandbox's first process; `on_hit` is called once at most, from this
        thread; `tcp_bytes` is what one TCP socket in it can hold."""
        super().__init__(name=f"sandbox-{init_pid}", daemon=True)
        self._init_pid = init_pid
        self._root = Path(f"/proc/{init_pid}/root")
        self._network = Path(f"/proc/{init_pid}/net")
        self._tcp_bytes = tcp_bytes
        with socket.socket(socket.AF_UNIX) as one:  # seccomp.py sees to it that none is larger
            self._socket_bytes = _PAGES_KEPT * one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        self._limits = limits
        self._on_hit = on_hit
        self._done = threading.Event()
        allowed_s = limits.notebook_timeout_s + limits.import_allowance_s
        self._deadline_s = time.monotonic() + allowed_s
        self._next_shares_s = time.monotonic()
        self._own_bytes = _resident_bytes(Path("/proc/self"))
        self.largest_bytes = 0
        self._counted_bytes = 0  # when what is shared was counted out, and how much that was
        self._shared_bytes = 0

    def allow_more_time(self, seconds: float) -> None:
        """Put the end of the notebook off."""
        self._deadline_s += seconds

    def end(self) -> None:
        """Look no more."""
        self._done.set()

    def run(self) -> None:
        seen_s = time.monotonic()
        while not self._done.wait(_PERIOD_S):
            try:
                name = self._limit_passed()
                seen_s = time.monotonic()
            except OSError as error:
                # A process, or the whole sandbox, ended while it was being read. Not for long, though.
                if time.monotonic() > seen_s + _BLIND_S and _runs(self._init_pid):
                    self._on_hit(Unwatched(f"{type(error).__name__}: {error}"))
                    return
                continue
            except Exception as error:  # noqa: BLE001 (nothing may run that nobody watches)
                self._on_hit(Unwatched(f"{type(error).__name__}: {error}"))
                return
            if name:
                self._on_hit(self._limits.hit(name))
                return

    def _limit_passed(self) -> str | None:
        limits = self._limits
        if time.monotonic() > self._deadline_s:
            return "notebook_timeout_s"
        if _resident_bytes(Path("/proc/self")) > self._own_bytes + _OWN_GROWTH_MIB * MIB:
            return "output_mib"
        # Until the sandbox is built, this path leads to the host's root, which is not ours to count.
        if not (self._root / OWN_FOLDER[1:]).is_dir():
            return None
        if sum(_used_bytes(self._root / name) for name in _WRITABLE) >= limits.files_mib * MIB:
            return "files_mib"
        processes = self._processes()
        if len(processes) > limits.processes:
            return "processes"
        if self._locks() > limits.file_locks:
            return "file_locks"
        # Cheap and too high first (shared pages count often); exact only where that looks bad.
        held, most = self._held_by_sockets(), limits.memory_mib * MIB
        used, name = held + sum(map(_resident_bytes, processes)), None
        if used > most or used > max(most / 2, self._counted_bytes * _COUNTED_AGAIN):
            name, exact = self._exactly(processes, held)
            self._counted_bytes, self._shared_bytes = used, max(used - exact, 0)
        self.largest_bytes = max(self.largest_bytes, used - self._shared_bytes)
        return name

    def _held_by_sockets(self) -> int:
        """What the sandbox's sockets can hold, in bytes: it is no process's memory. How many there are
        Linux tells, those on their way between processes included, but not how full they are."""
        text = (self._network / "sockstat").read_text()
        with suppress(FileNotFoundError):  # a system without IPv6
            text += (self._network / "sockstat6").read_text()
        words = [line.split() for line in text.splitlines()]  # such as TCP: inuse 3 orphan 0
        number = {kind: int(count) for kind, _, count, *_ in words}
        tcp = number["TCP:"] + number.get("TCP6:", 0)
        return number["sockets:"] * self._socket_bytes + tcp * self._tcp_bytes

    def _locks(self) -> int:
        """How many locks on files the sandbox holds, counted up to the limit; its /proc shows no others."""
        with open(self._root / "proc" / "locks", "rb") as lines:
            return sum(1 for _ in itertools.islice(lines, self._limits.file_locks + 1))

    def _exactly(self, processes: list[Path], held: int) -> tuple[str | None, int]:
        """The limit that is passed, and the memory, every shared page counted once. Takes seconds where there
        is much of it, and a fork bomb goes off in one: so the processes are counted again at every step."""
        total = held
        for process in processes:
            total += _own_share(process)
            if total > self._limits.memory_mib * MIB:
                return "memory_mib", total
            if len(self._processes()) > self._limits.processes:
                return "processes", total
        return None, total

    def _processes(self) -> list[Path]:
        """To be called often: sees to it as well that they have no more than one share."""
        if time.monotonic() > self._next_shares_s:
            share_fairly(self._init_pid)
            self._next_shares_s = time.monotonic() + _SHARES_PERIOD_S
        return [path for path in (self._root / "proc").iterdir() if path.name.isdecimal()]


def _runs(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    with suppress(OSError):
        return b"\nState:\tZ" not in Path(f"/proc/{pid}/status").read_bytes()
    return False


def _resident_bytes(process: Path) -> int:
    """Memory in use and swapped out, shared pages in full, and the tables that say where it is."""
    return _kilobytes(process / "status", _IN_STATUS)


def _own_share(process: Path) -> int:
    """The same with every shared page divided by the number of its users; slow."""
    tables = _kilobytes(process / "status", (b"VmPTE:",))
    return tables + _kilobytes(process / "smaps_rollup", (b"Pss:", b"SwapPss:"))


def _kilobytes(path: Path, names: tuple[bytes, ...]) -> int:
    """The sum of the named lines of a /proc file, in bytes; 0 when the process has ended.

    A process chooses its name, which is in there too: any bytes but a line's end.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(names))


def _used_bytes(mount: Path) -> int:
    """What lies in a tmpfs, empty files included."""
    use = os.statvfs(mount)
    return (use.f_blocks - use.f_bfree) * use.f_frsize + (use.f_files - use.f_ffree) * _INODE_BYTES
