"""A real Dask cluster on this machine, for as long as a block runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pytest


@contextmanager
def dask(folder: Path, *arguments: str, **environment: str) -> Iterator[tuple[int, str]]:
    """`dask ARGUMENTS` while the block runs: its process id, and the address in its log."""
    log = folder / f"{arguments[0]}-{len(list(folder.glob('*.log')))}.log"
    command = [Path(sys.executable).with_name("dask"), *arguments]
    with open(log, "wb") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=file, cwd=folder, env={**os.environ, **environment}
        )
        try:
            deadline = time.monotonic() + 60
            pattern = r"Scheduler at: +(\S+)|Start worker at: +(\S+)"
            while not (found := re.search(pattern, log.read_text())):
                assert process.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            yield process.pid, found[1] or found[2]
        finally:
            below = psutil.Process(process.pid).children(recursive=True)
            process.terminate()
            process.wait(30)
            for one in below:
                with suppress(psutil.NoSuchProcess):
                    one.kill()


@contextmanager
def cluster(folder: Path, workers: int, **environment: str) -> Iterator[tuple[str, list[int]]]:
    """A scheduler and workers of one thread each: its address, and their process ids."""
    pytest.importorskip("distributed")
    folder.mkdir()
    with ExitStack() as stack:
        scheduler = dask(folder, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        _, address = stack.enter_context(scheduler)
        settings = (
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--preload",
            "autograder.batch.preload",
        )
        environment = {"OMP_NUM_THREADS": "1", **environment}  # as Dask's nanny sets it
        started = [
            stack.enter_context(dask(folder, "worker", address, *settings, **environment))
            for _ in range(workers)
        ]
        yield address, [pid for pid, _ in started]
