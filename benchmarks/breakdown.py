"""Where the time of `nbgrader autograde` goes, in the course of the working folder.

    cd COURSE; python …/benchmarks/breakdown.py STUDENTS [ASSIGNMENT]

Prints a table, for benchmarks/throughput.py and benchmarks/assignments.py. What the student's code computes, in cells and when
it is asked, is the floor: no grader that runs it can be faster on one core.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections import Counter
from pathlib import Path

STARTED = time.monotonic()
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

from nbgrader.apps import AutogradeApp

from autograder.course import converters
from autograder.runs import execution, store
from autograder.sandbox import provisioner

CELLS, ASKED = "the student's cells", "the student's functions, asked by probes"
KERNEL, END = "starting kernels", "ending kernels"
JUDGED, STORE = "judging claims", "keys and the store"
REST = "nbgrader: reading, converting, the gradebook"
WARM, START = "the warm process, once", "starting Python and nbgrader, once"
SPENT: Counter[str] = Counter()


def count(part: str, function):
    """The function, with the time it takes counted for this part."""

    @functools.wraps(function)
    def counted(*arguments, **options):
        started = time.monotonic()
        try:
            return function(*arguments, **options)
        finally:
            SPENT[part] += time.monotonic() - started

    return counted


def count_async(part: str, function):
    """As `count`, for a coroutine."""

    @functools.wraps(function)
    async def counted(*arguments, **options):
        started = time.monotonic()
        try:
            return await function(*arguments, **options)
        finally:
            SPENT[part] += time.monotonic() - started

    return counted


def main() -> None:
    runner = execution._Runner
    runner.async_execute_cell = count_async(CELLS, runner.async_execute_cell)
    runner._ask = count_async(ASKED, runner._ask)
    runner.async_start_new_kernel = count_async(KERNEL, runner.async_start_new_kernel)
    runner.async_start_new_kernel_client = count_async(KERNEL, runner.async_start_new_kernel_client)
    runner._async_cleanup_kernel = count_async(END, runner._async_cleanup_kernel)
    provisioner.warm_process = count(WARM, provisioner.warm_process)
    converters.verdicts_of = count(JUDGED, converters.verdicts_of)
    converters.execution_key = count(STORE, converters.execution_key)
    store.Store.get, store.Store.put = count(STORE, store.Store.get), count(STORE, store.Store.put)
    SPENT[START] = time.monotonic() - STARTED
    app = AutogradeApp()
    students, assignment = int(sys.argv[1]), (sys.argv[2:] or ["lenet"])[0]
    app.initialize([assignment, "--log-level=ERROR"])
    app.start()
    whole = time.monotonic() - STARTED
    SPENT[CELLS] -= SPENT[ASKED]
    SPENT[KERNEL] -= SPENT[WARM]  # the first kernel waits for it
    SPENT[REST] = whole - SPENT.total()
    print("| part of `nbgrader autograde` here | s a submission | share |")
    print("| --- | ---: | ---: |")
    for part in CELLS, ASKED, KERNEL, END, JUDGED, STORE, REST, WARM, START:
        print(f"| {part} | {SPENT[part] / students:.2f} | {SPENT[part] / whole:.0%} |")
    print(f"| **all** | **{whole / students:.2f}** | 100% |")


if __name__ == "__main__":
    main()
