"""TRUSTED: markup.py in a process of its own, with bounds on time, memory and output for every piece.

A helper process has imported what takes long, and forks for each piece of work: a piece that goes too
far dies alone, and nothing of one student's is there when another's is read.
"""

from __future__ import annotations

import atexit
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

CPU_S = 1.5  # of processor time, for one piece
MEMORY_MIB = 224  # of data of the process that works at one piece
OUTPUT_BYTES = 512 * 1024  # of HTML that becomes of one piece, beside the pictures attached to it
PAGE_S = 40.0  # of processor time, for all pieces of one notebook: after that they are shown as text
PAGE_BYTES = 16 * 2**20  # of HTML of one notebook


class Budget:
    """What the pieces of one notebook may still take."""

    def __init__(self) -> None:
        self.cpu_s, self.bytes = PAGE_S, PAGE_BYTES


@dataclass(frozen=True)
class Piece:
    """What is to be rendered: a function of markup.TASKS, what it is given, and the bytes it may become."""

    task: str
    arguments: tuple[Any, ...]
    most: int = OUTPUT_BYTES


class Helper:
    """The helper process, started when it is needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0  # the process that started it: one that was forked since starts its own
        self._lock = threading.Lock()

    def ask(self, budget: Budget, task: str, *arguments: Any, most: int = OUTPUT_BYTES) -> str | None:
        """What the function `task` of markup.TASKS gives; None where it takes more than it may."""
        if budget.cpu_s <= 0 or budget.bytes <= 0:
            return None
        request = json.dumps([most, task, *arguments]).encode() + b"\n"
        with self._lock:
            process = self._started()
            assert process.stdin and process.stdout, "pipes were asked for"
            try:
                process.stdin.write(request)
                process.stdin.flush()
                answer: tuple[str | None, float] = json.loads(process.stdout.readline())
                html, cpu_s = answer
            except (OSError, ValueError):  # the helper itself was ended, and the next piece gets another
                process.kill()
                self.close()
                return None
        budget.cpu_s -= cpu_s
        budget.bytes -= len(html or "")
        return html

    def ask_all(self, budget: Budget, pieces: Sequence[Piece]) -> list[str | None]:
        """The same of many pieces, which share one process where all of them together take no more than one may.

        Where they do, each is asked for alone, so that what goes too far goes alone.
        """
        most = sum(piece.most for piece in pieces)
        together = [[piece.task, *piece.arguments] for piece in pieces]
        if pieces and (all_of_it := self.ask(budget, "several", together, most=2 * most)) is not None:
            htmls: list[str] = json.loads(all_of_it)
            if all(len(html.encode()) <= piece.most for html, piece in zip(htmls, pieces, strict=True)):
                return [*htmls]
        return [self.ask(budget, piece.task, *piece.arguments, most=piece.most) for piece in pieces]

    def _started(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid() or self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "autograder.cleaning.renderer"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            self._owner = os.getpid()
            atexit.register(self.close)
        return self._process

    def close(self) -> None:
        """End the helper."""
        if self._process is not None and self._owner == os.getpid():
            assert self._process.stdin and self._process.stdout, "pipes were asked for"
            with suppress(OSError):  # it ended before, and has not read all
                self._process.stdin.close()
            self._process.wait()
            self._process.stdout.close()
        self._process = None


_helper = Helper()
ask, ask_all = _helper.ask, _helper.ask_all


def main() -> None:
    """The helper: a request a line, an answer a line, until there are no more."""
    from autograder.cleaning.markup import TASKS, warm_up  # seconds, for the process that needs it

    warm_up()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who asked
    for line in sys.stdin.buffer:
        most, task, *arguments = json.loads(line)
        answer = _alone(partial(TASKS[task], *arguments), most)
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


def _alone(work: Callable[[], str], most: int) -> tuple[str | None, float]:
    """What `work` gives in a child with bounds, None where it did not keep them; its CPU time in s."""
    ours, its = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            for limit, value in (
                (resource.RLIMIT_DATA, MEMORY_MIB * 2**20),
                (resource.RLIMIT_CORE, 0),
            ):
                resource.setrlimit(limit, (value, value))
            signal.setitimer(signal.ITIMER_PROF, CPU_S)  # then SIGPROF ends it
            text = work().encode("utf-8", "replace")
            if len(text) <= most:
                with open(its, "wb") as pipe:
                    pipe.write(text)
                code = 0
        finally:
            os._exit(code)
    os.close(its)
    with open(ours, "rb") as pipe:
        text = pipe.read()
    _, status, usage = os.wait4(child, 0)
    html = text.decode("utf-8") if status == 0 else None
    return html, usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
