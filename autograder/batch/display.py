"""TRUSTED; rich, and our own words. How far `autograder grade` has come, live on a terminal, else in plain lines."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from autograder.report import few_names

_LIVE_S, _LINES_S = 0.25, 10.0  # between two looks at the tally


@dataclass
class Tally:
    """How far a batch has come. Notebooks are those with exercises."""

    notebooks: int
    submissions: int
    executed: int = 0
    stored: int = 0  # notebooks that the store had, or that cannot be run
    unneeded: int = 0  # notebooks of submissions whose grades were up to date
    tried_again: int = 0
    recorded: int = 0
    current: int = 0  # submissions whose grades were up to date
    unfinished: list[str] = field(default_factory=list)  # notebooks whose every try ended badly
    failed: list[str] = field(default_factory=list)  # students whom nbgrader could not grade

    def rows(self) -> list[tuple[str, int, int, list[str]]]:
        """For notebooks and for submissions: the name, how many are done, of how many, details."""
        executed = [f"{self.stored} from the store"]
        executed += [f"{self.unneeded} up to date"] if self.unneeded else []
        executed += [f"{self.tried_again} tried again"] if self.tried_again else []
        executed += [f"{len(self.unfinished)} not judged"] if self.unfinished else []
        recorded = [f"{self.current} up to date"]
        recorded += [f"{len(self.failed)} failed"] if self.failed else []
        done = self.executed + self.stored + self.unneeded
        graded = self.recorded + self.current + len(self.failed)
        return [
            ("Notebooks executed", done, self.notebooks, executed),
            ("Submissions recorded", graded, self.submissions, recorded),
        ]


class _PerMinute(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed * 60:.0f} a minute" if speed else "")


@contextmanager
def show(console: Console, tally: Tally) -> Iterator[None]:
    """Show the tally while the block runs, and what it came to at the end."""
    done = threading.Event()
    started = time.monotonic()
    follow = _live if console.is_terminal else _lines
    thread = threading.Thread(target=follow, args=(console, tally, started, done))
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        _tell(console, tally, time.monotonic() - started)


def _live(console: Console, tally: Tally, started: float, done: threading.Event) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        _PerMinute(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[details]}"),
    )
    with Progress(*columns, console=console) as progress:
        tasks = [progress.add_task(name, total=total, details="") for name, _, total, _ in tally.rows()]
        while True:
            last = done.wait(_LIVE_S)
            for task, (_, count, total, details) in zip(tasks, tally.rows(), strict=True):
                progress.update(task, completed=count, total=total, details=", ".join(details))
            if last:
                return


def _lines(console: Console, tally: Tally, started: float, done: threading.Event) -> None:
    while not done.wait(_LINES_S):
        _print_rows(console, tally, time.monotonic() - started)


def _print_rows(console: Console, tally: Tally, passed_s: float) -> None:
    for name, count, total, details in tally.rows():
        line = f"{name}: {count}/{total} ({', '.join(details)})"
        if 0 < count < total:
            rate = count / passed_s
            line += f", {rate * 60:.0f} a minute, {(total - count) / rate:.0f} s left"
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _tell(console: Console, tally: Tally, passed_s: float) -> None:
    if not console.is_terminal:
        _print_rows(console, tally, passed_s)
    for names, sentence in (
        (tally.unfinished, "Not judged, because every try ended with a dead process"),
        (tally.failed, "Not graded, because nbgrader failed (see .autograder/grade.log)"),
    ):
        if names:
            console.print(f"{sentence}: {few_names(names)}", markup=False, soft_wrap=True)
    executed = f"{tally.executed} notebooks executed, {tally.recorded} submissions recorded"
    console.print(f"{executed} in {passed_s:.0f} seconds.", highlight=False)


def tell(console: Console, to_see: dict[str, list[str]], sentences: Sequence[str]) -> None:
    """Print what a person must know of what was graded.

    to_see: for each sentence, whom it is about. sentences: others, which are whole.
    """
    lines = [f"{what}: {len(names)} ({few_names(names)})" for what, names in to_see.items() if names]
    for line in (*lines, *sentences):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
