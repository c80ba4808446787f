"""UNTRUSTED side: a process that has imported what notebooks import, and forks a kernel on demand.

No student's code ever runs in this process itself. Each kernel is forked into namespaces of its
own, with its own /proc, /tmp, HOME, /dev/shm and terminals; then it gives up every right, puts the
system call filter on and becomes a kernel as start.py does. The grader talks to this process
through one socket, which a forked kernel closes before anything of a student's is there.

    said:    "begun" when it runs in its sandbox with what a kernel needs, then "imported"
    request: JSON, with open files: a lifeline, errors, call filter, connection file, the
             submission's files, then a listening socket for each address
    answer:  "ready" through the lifeline, from the new sandbox's first process, whose number the
             socket itself reports; when the grader's end of it closes, the sandbox ends
"""

import contextlib
import ctypes
import fcntl
import gc
import importlib
import io
import json
import os
import random
import signal
import socket
import stat
import struct
import sys
import threading
from select import select

sys.path.insert(0, os.path.dirname(__file__))
import start

del sys.path[0]

NEEDED = "numpy", "ipykernel.kernelapp", "autograder"  # without them there is no kernel at all
# Not matplotlib_inline: it binds itself to the shell while it is imported, and only a kernel has one.
# What it imports is here, so that the first figure of a kernel waits for two small files alone.
MODULES = (
    "numpy.random", "IPython", "ipykernel.ipkernel", "zmq", "matplotlib.pyplot",
    "matplotlib.backends.backend_agg", "IPython.core.pylabtools", "IPython.display",
    "tensorflow", "keras", "keras.layers", "h5py",
    "ipykernel.debugger", "IPython.core.completerlib", "IPython.extensions.storemagic",
    "IPython.core.debugger", "IPython.core.oinspect", "sqlite3", "tornado.platform.asyncio",
)  # fmt: skip
# From linux/sched.h: mount, cgroup, UTS, IPC, user, process and network namespaces.
NAMESPACES = 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
# From linux/mount.h, linux/prctl.h, linux/seccomp.h, linux/capability.h and linux/sockios.h.
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = (
    1, 2, 4, 8, 32, 4096, 16384, 1 << 18
)  # fmt: skip
PR_SET_SECCOMP, SECCOMP_MODE_FILTER, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 22, 2, 24, 38
LAST_CAPABILITY, CAPABILITY_VERSION_3 = 40, 0x20080522
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
MADV_COLLAPSE, HUGE = 25, 2 << 20  # from linux/mman.h; the size of a huge page, in bytes
CAPSET = {"x86_64": 126, "aarch64": 91}

libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    settings = json.loads(sys.argv[1])
    gc.disable()  # what is imported stays: looking through it for garbage takes a second
    grader = socket.socket(fileno=settings["grader_fd"])
    start.close_others({grader.fileno()})
    start.leave_root(settings["uid"])
    # What a kernel sets before notebooks import matplotlib, which reads it once.
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    for name in NEEDED:
        importlib.import_module(name)
    grader.send(b"begun")
    reading = threading.Thread(target=_read_images)
    reading.start()  # unpacking leaves Python free for the imports
    for name in MODULES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if "matplotlib.pyplot" in sys.modules:
        _draw_a_first_figure()
    reading.join()  # a fork has one thread
    gc.freeze()  # nor need a fork look through it, which would copy all its memory
    gc.enable()
    _use_huge_pages()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes in between
    grader.send(b"imported")
    while True:
        text, fds, _, _ = socket.recv_fds(grader, 1 << 16, 16)
        if not text:
            return  # the grader has gone
        try:
            forked = os.fork() == 0
        except OSError as error:  # no room for one more process now: only this kernel is lost
            os.write(fds[1], f"No process could be forked: {error.strerror}\n".encode())
            forked = False
        if forked:
            grader.close()
            _run(lambda: _enter_sandbox(json.loads(text), fds))  # noqa: B023 (it is called at once)
        for fd in fds:
            os.close(fd)


def _read_images() -> None:
    """Every kernel then has them: a student's function loads them from there."""
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        sys.modules["autograder"].load_fashion_mnist()


def _draw_a_first_figure() -> None:
    """It loads fonts, and every kernel then has them."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.plot([1, 2], label="first")
    axes.set(title="figure", xscale="log")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")


def _use_huge_pages() -> None:
    """Lay together what is in memory: a fork copies one entry for each page, large or small.

    Where the system has no huge pages to give, or its kernel is older than 6.1, nothing happens.
    """
    libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    with open("/proc/self/maps") as file:
        maps = [line.split(maxsplit=5) for line in file]
    for addresses, rights, _, _, inode, *_ in maps:
        if rights == "rw-p" and inode == "0":
            begin, end = (int(address, 16) for address in addresses.split("-"))
            for place in range(-(-begin // HUGE) * HUGE, end - HUGE + 1, HUGE):
                libc.madvise(place, HUGE, MADV_COLLAPSE)


def _run(step) -> None:
    """Do the rest of a forked process's life."""
    try:
        step()
    except BaseException as error:  # noqa: BLE001 (the process must not go on as its parent does)
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(1)
    os._exit(0)


def _enter_sandbox(request: dict, fds: list[int]) -> None:
    """In a fork of the warm process: new namespaces, and in them their first process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(fds[1], 2)  # what goes wrong from here on goes to who asked for this sandbox
    os.setsid()
    uid, gid = os.getuid(), os.getgid()
    _check(libc.unshare(NAMESPACES), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"),
                       ("gid_map", f"{gid} {gid} 1")):  # fmt: skip
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    if os.fork() == 0:
        _run(lambda: _first_process(request, fds))


def _first_process(request: dict, fds: list[int]) -> None:
    """Process 1 of the sandbox: builds the view, starts the kernel and waits for its end."""
    lifeline = socket.socket(fileno=fds.pop(0))
    os.close(fds.pop(0))
    _build_view(request)
    lifeline.send(b"ready")
    call_filter = fds.pop(0)
    _give_up_rights(os.read(call_filter, 1 << 16))
    os.close(call_filter)
    libc.prctl(start.PR_SET_DUMPABLE, 0, 0, 0, 0)  # its memory and open files are not the kernel's
    # A thread that waits for the lifeline would be one that the kernel sees.
    child_ended, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    kernel = os.fork()
    if kernel == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for fd in (child_ended, wakes, lifeline.detach()):
            os.close(fd)
        _run(lambda: _kernel(request, fds))
    for fd in (2, *fds):
        os.close(fd)
    while lifeline not in select([lifeline, child_ended], [], [])[0]:
        os.read(child_ended, 64)
        child = -1
        while child != 0:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == kernel:
                os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    os._exit(1)  # the grader's end is closed: nobody waits for this kernel any more


def _build_view(request: dict) -> None:
    """Mount this sandbox's own /proc, /dev/shm, terminals and /tmp."""
    # What a new /tmp is about to hide: the data in HOME, perhaps Python itself.
    shown = {path: os.open(path, os.O_PATH) for path in request["shown"]}
    size = f"size={request['files_bytes']},mode=1777"
    safe = MS_NOSUID | MS_NODEV
    _mount("none", "/", None, MS_REC | MS_PRIVATE)
    _mount("proc", "/proc", "proc", safe | MS_NOEXEC)
    for name, sizes in request["network"].items():
        with open(f"/proc/sys/net/{name}", "w") as file:
            file.write(sizes)
    _mount("none", "/proc", None, MS_REMOUNT | MS_BIND | MS_RDONLY | safe | MS_NOEXEC)
    _mount("tmpfs", "/dev/shm", "tmpfs", safe, size)
    _mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620")
    _mount("tmpfs", "/tmp", "tmpfs", safe, size)
    for folder in request["folders"]:
        os.mkdir(folder, 0o777)
    for path, place in shown.items():
        if stat.S_ISDIR(os.fstat(place).st_mode):
            os.makedirs(path, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
        _mount(f"/proc/self/fd/{place}", path, None, MS_BIND | MS_REC)
        os.close(place)
    os.chdir(request["folders"][0])
    with socket.socket() as any_socket:  # localhost, which a new network namespace has switched off
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def _give_up_rights(system_call_filter: bytes) -> None:
    for capability in range(LAST_CAPABILITY + 1):
        _check(libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "dropping a capability")
    header = struct.pack("Ii", CAPABILITY_VERSION_3, 0)
    _check(libc.syscall(CAPSET[os.uname().machine], header, bytes(24)), "dropping capabilities")
    _check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    code = ctypes.create_string_buffer(system_call_filter, len(system_call_filter))
    program = struct.pack("HxxxxxxP", len(system_call_filter) // 8, ctypes.addressof(code))
    _check(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0), "the call filter")


def _kernel(request: dict, fds: list[int]) -> None:
    connection, files, *sockets = fds
    libc.prctl(start.PR_SET_DUMPABLE, 1, 0, 0, 0)  # its own it needs
    start.prepare({"rlimits": request["rlimits"], "files_fd": files})
    # The fork inherited one state of every generator: students' networks would start alike.
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed(None)
    settings = {"sockets": dict(zip(request["addresses"], sockets, strict=True))}
    arguments = ["-f", f"/proc/self/fd/{connection}", *request["arguments"]]
    start.become_kernel(settings, arguments, connection)


def _mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    words = (source.encode(), target.encode(), kind.encode() if kind else None)
    _check(libc.mount(*words, ctypes.c_ulong(flags), options.encode() or None), f"mounting {target}")


def _check(result: int, what: str) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


if __name__ == "__main__":
    main()
