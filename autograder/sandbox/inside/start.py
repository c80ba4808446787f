"""UNTRUSTED side: the first program in the sandbox, ours until the first cell runs. Imports ipykernel.

It narrows itself down, unpacks the submission's files into the working folder and becomes the
kernel. What it gets are open files, not paths: the sandbox shares no writable folder with the host.
"""

import contextlib
import ctypes
import json
import os
import resource
import sys
import types
import zipfile

PR_SET_DUMPABLE = 4
HANDED_IN = "/tmp/.handed-in"
MOST_KEPT = 16 * 2**20  # bytes of weights files; LeNet's has half a million
LONG, ENDS = 50, 6  # calls of a traceback that is shortened, and those that are shown of each of its ends


def main() -> None:
    settings = json.loads(sys.argv[1])
    close_others({settings["files_fd"], *settings["sockets"].values()})
    leave_root(settings["uid"])
    prepare(settings)
    become_kernel(settings, sys.argv[2:])


def close_others(kept: set[int]) -> None:
    """Close what was open here beside these and the standard streams: bwrap leaves its own behind."""
    for fd in map(int, os.listdir("/proc/self/fd")):
        if fd > 2 and fd not in kept:
            with contextlib.suppress(OSError):  # the folder itself, which has been closed
                os.close(fd)


def leave_root(uid: int) -> None:
    """Become the student's user where the grader runs as root, see process.py."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        # Changing user hides a process's own /proc/self from it, which the standard library reads.
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


def prepare(settings: dict) -> None:
    """Set the limits that a process sets itself, and unpack the files into the working folder."""
    for name, limit in settings["rlimits"].items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    os.umask(0o022)
    with os.fdopen(settings["files_fd"], "rb") as file, zipfile.ZipFile(file) as archive:
        archive.extractall()
        keep_networks(archive)


def keep_networks(archive: zipfile.ZipFile) -> None:
    """Lay a second copy of the weights files beside the notebook where no cell of it writes by mistake.

    What is measured is what was handed in (see probes/weights.py), and a notebook that trains while it is
    graded saves another network over it, or clears up first.
    """
    networks = [i for i in archive.infolist() if i.filename.endswith(".h5") and "/" not in i.filename]
    if sum(network.file_size for network in networks) <= MOST_KEPT:
        with contextlib.suppress(OSError):  # no room: what lies beside the notebook is measured
            for network in networks:
                archive.extract(network, HANDED_IN)


def become_kernel(settings: dict, arguments: list[str], connection_fd: int | None = None) -> None:
    """Serve the sockets that the grader opened outside, as an ordinary kernel, until it ends.

    connection_fd: the connection file, where it is an open file, to be closed once it was read.
    """
    import zmq
    from ipykernel.kernelapp import IPKernelApp

    bind = zmq.Socket.bind

    def bind_inherited(self: zmq.Socket, address: str):
        if address in settings["sockets"]:
            self.setsockopt(zmq.USE_FD, settings["sockets"][address])
        return bind(self, address)

    zmq.Socket.bind = bind_inherited
    sys.path.append(os.getcwd())  # last: a submitted random.py shadows nothing
    # Errors until here went to the grader; from here on nothing does but messages.
    to_grader = os.dup(2)
    os.dup2(1, 2)
    app = IPKernelApp.instance()
    try:
        app.initialize(arguments)
    except Exception as error:
        os.write(to_grader, f"{type(error).__name__}: {error}".encode())
        raise
    shorten_tracebacks(app.shell.InteractiveTB)
    os.close(to_grader)
    if connection_fd is not None:
        os.close(connection_fd)
    app.start()


def shorten_tracebacks(formatter) -> None:
    """Have IPython (its ultratb.VerboseTB) show the two ends alone of a traceback that is very long.

    For every call it asks each module that is imported where its file is: with TensorFlow's, ten seconds for
    the thousand calls of a function that calls itself without an end, each time that it is called.
    """
    records_of = formatter.get_records

    def get_records(traceback, *options):
        calls = calls_of(traceback)
        if len(calls) < LONG:
            return records_of(traceback, *options)
        from IPython.core.ultratb import FrameInfo
        from stack_data import RepeatedFrames

        begin = None
        for call in reversed(calls[:ENDS]):
            begin = types.TracebackType(begin, call.tb_frame, call.tb_lasti, call.tb_lineno)
        gap = FrameInfo(f"{len(calls) - 2 * ENDS} calls", "", 0, None, None, sd=RepeatedFrames([], []))
        return [*records_of(begin, *options), gap, *records_of(calls[-ENDS], *options)]

    formatter.get_records = get_records


def calls_of(traceback) -> list:
    """A traceback's calls, the outermost first."""
    calls = []
    while traceback is not None:
        calls.append(traceback)
        traceback = traceback.tb_next
    return calls


if __name__ == "__main__":
    main()
