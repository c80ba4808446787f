"""TRUSTED: worker processes on this machine. Each executes one parcel at a time, fed by a pipe.

A message is four bytes with its length, then that many bytes. A worker whose pipe ends has lost
the process that fed it, and ends too; its kernels go with it.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import IO, BinaryIO

from autograder.batch.startup import quick_imports
from autograder.course.own_course import CourseError
from autograder.fashion_mnist import find_folder
from autograder.sandbox.prefork import Forks, share
from autograder.sandbox.surroundings import Surroundings

STARTS = 3  # tries to start a worker
_PIPES = "pipes were asked for"


class WorkerDied(Exception):
    """Workers ended before they had answered; `times` says how many."""

    def __init__(self, times: int = 1):
        super().__init__(times)
        self.times = times


class LocalWorker:
    """A place where parcels are executed: one child process, started again when it died.

    folder: for its temporary files, and where `keep_canary` keeps the canary; log: a file that its standard error goes to; forks: where its
    kernels come from, or None, and it has a warm process of its own; patience_s: after so many
    seconds over one parcel it is taken for dead, because everything it does has shorter limits.
    """

    def __init__(self, folder: Path, log: BinaryIO, forks: Forks | None, patience_s: float):
        self._folder = folder
        self._patience_s = patience_s
        self._log = log
        self._shared = [forks.requests.fileno()] if forks else []
        self._arguments = [*map(str, self._shared)]
        if forks:
            self._arguments.append(json.dumps(asdict(forks.surroundings)))
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def run(self, parcel: bytes, retrains: bool) -> bytes:
        """The answer to a parcel. Raises `WorkerDied`, or `CourseError` when none can be started."""
        process = self._started()
        assert process.stdin and process.stdout, _PIPES
        end = threading.Timer(self._patience_s, process.kill)
        end.start()
        try:
            _send(process.stdin, parcel)
            return _receive(process.stdout)
        except (OSError, EOFError):
            self._end()
            raise WorkerDied from None
        finally:
            end.cancel()

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._closed = True
        self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        for _ in range(STARTS):
            if self._closed:
                raise WorkerDied
            if self._process is not None:
                return self._process
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "autograder.batch.workers", *self._arguments],
                pass_fds=self._shared,
                cwd=self._folder,
                env={**os.environ, "TMPDIR": str(self._folder)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                start_new_session=True,  # Ctrl-C in the terminal is for the coordinator only
            )
            assert self._process.stdout, _PIPES
            try:
                _receive(self._process.stdout)  # it is ready
            except (OSError, EOFError):
                self._end()
        if self._process is None:
            raise CourseError(
                "A worker process ends as soon as it starts: the end of .autograder/grade.log says why."
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            assert process.stdin and process.stdout, _PIPES
            process.stdin.close()
            process.stdout.close()


def keep_canary(folder: Path, stem: str, parcel: bytes) -> None:
    """Lay one packed notebook of the canary where the workers in this folder find it."""
    (folder / f"canary-{stem}").write_bytes(parcel)


def kept_canary(stem: str) -> bytes:
    """On a worker: the packed notebook of the canary with this stem."""
    return Path(f"canary-{stem}").read_bytes()


def _send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(4) + message)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    header = pipe.read(4)
    length = int.from_bytes(header)
    message = pipe.read(length)
    if len(header) < 4 or len(message) < length:
        raise EOFError
    return message


def main() -> None:
    """The worker's side: answer parcels from standard input until it ends."""
    if len(sys.argv) == 3:
        share(int(sys.argv[1]), find_folder(), Surroundings.of(**json.loads(sys.argv[2])))
    with quick_imports():
        from autograder.batch.parcels import WrongWorker, pack_refusal, run_parcel

    logging.basicConfig(level=logging.WARNING, format="worker %(process)d: %(message)s")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints, prints to the log
    parcels: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read() -> None:
        try:
            while True:
                parcels.put(_receive(sys.stdin.buffer))
        except (OSError, EOFError):
            # Not an orderly end: kernels may be running, and they end when this process does.
            shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
            os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=read, daemon=True).start()
    _send(answers, b"ready")
    while True:
        try:
            answer = run_parcel(parcels.get(), kept_canary, packed_here=True)
        except WrongWorker as refusal:
            answer = pack_refusal(refusal)
        _send(answers, answer)


if __name__ == "__main__":
    main()
