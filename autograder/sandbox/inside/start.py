"""UNTRUSTED side: the first program in the sandbox, ours until the first cell runs. Imports ipykernel.

It narrows itself down, unpacks the submission's files into the working folder and becomes the
kernel. What it gets are open files, not paths: the sandbox shares no writable folder with the host.
"""

import ctypes
import json
import os
import resource
import sys
import zipfile

PR_SET_DUMPABLE = 4


def main() -> None:
    settings = json.loads(sys.argv[1])
    # When memory runs out before the watchdog looks, the kernel is to die and not the grader.
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    if os.getuid() == 0:  # the grader runs as root, see bubblewrap.py
        os.setgroups([])
        os.setresgid(settings["uid"], settings["uid"], settings["uid"])
        os.setresuid(settings["uid"], settings["uid"], settings["uid"])
        # Changing user hides a process's own /proc/self from it, which the standard library reads.
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    for name, limit in settings["rlimits"].items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    os.umask(0o022)
    with os.fdopen(settings["files_fd"], "rb") as file, zipfile.ZipFile(file) as archive:
        archive.extractall()

    import zmq
    from ipykernel.kernelapp import IPKernelApp

    bind = zmq.Socket.bind

    def bind_inherited(self: zmq.Socket, address: str):
        """Serve the socket that the grader opened outside instead of making one in here."""
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
        app.initialize(sys.argv[2:])
    except Exception as error:
        os.write(to_grader, f"{type(error).__name__}: {error}".encode())
        raise
    os.close(to_grader)
    app.start()


if __name__ == "__main__":
    main()
