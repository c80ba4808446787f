"""How limits are counted, without a sandbox; test_sandbox.py tries them on real kernels."""

import asyncio
import os
import threading
from dataclasses import fields
from types import SimpleNamespace

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from test_sandbox import Run

from autograder.judging.verdicts import NOT_JUDGED, CheckResult, Verdict
from autograder.runs.execution import Job, execute
from autograder.runs.judged import shortfall
from autograder.sandbox import LimitHit, Limits, Unwatched, available
from autograder.sandbox.bubblewrap import OWN_FOLDER
from autograder.sandbox.limits import MIB, too_small
from autograder.sandbox.provisioner import SandboxedKernelClient, SandboxedKernelManager
from autograder.sandbox.watchdog import Watchdog, _resident_bytes

STATUS = b"Name:\t%s\nState:\tR (running)\nVmRSS:\t    2048 kB\nVmPTE:\t     100 kB\nVmSwap:\t      10 kB\n"


@pytest.mark.parametrize("name", [b"python", b"\xff", b"\x0cVmRSS:", b"VmRSS: 1 kB", b"\xe2\x80\xa8VmRSS: x"])
def test_memory_is_counted_whatever_a_process_calls_itself(tmp_path, name):
    (tmp_path / "status").write_bytes(STATUS % name)
    assert _resident_bytes(tmp_path) == (2048 + 100 + 10) * 1024


def test_a_process_that_has_ended_has_no_memory(tmp_path):
    assert _resident_bytes(tmp_path / "gone") == 0


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """A watchdog over made-up processes; give it their sizes in MiB, all pages and their own share, to let it look."""
    (tmp_path / OWN_FOLDER[1:]).mkdir(parents=True)
    resident, own, read = {}, {}, []
    monkeypatch.setattr("autograder.sandbox.watchdog._used_bytes", lambda mount: 0)
    monkeypatch.setattr("autograder.sandbox.watchdog._own_share", lambda path: read.append(path) or own[path])
    monkeypatch.setattr("autograder.sandbox.watchdog._resident_bytes", lambda path: resident.get(path, 0))
    watchdog = Watchdog(os.getpid(), Limits(memory_mib=1000), lambda hit: None, 0)
    watchdog._root = tmp_path
    watchdog._locks = watchdog._held_by_sockets = lambda: 0
    watchdog._processes = lambda: list(resident)

    def look(*sizes):
        for place, (all_pages, share) in enumerate(sizes):
            resident[str(place)], own[str(place)] = all_pages * MIB, share * MIB
        found = watchdog._limit_passed()
        return found, watchdog.largest_bytes / MIB, len(read)

    return look


def test_the_most_memory_that_was_seen_is_kept(watched):
    assert [watched((size, size)) for size in (100, 400, 50)] == [
        (None, 100, 0),
        (None, 400, 0),
        (None, 400, 0),
    ]


def test_what_processes_share_is_counted_out_from_half_the_limit_on_and_not_at_every_look(watched):
    assert watched((400, 300), (300, 200)) == (None, 500, 2)
    assert watched((410, 0), (300, 0)) == (None, 510, 2)  # a little more is not counted again
    assert watched((800, 700), (300, 200)) == (None, 900, 4)


def test_the_memory_that_goes_over_the_limit_is_kept_as_well(watched):
    assert watched((1500, 1200)) == ("memory_mib", 1200, 1)


def test_a_sandbox_of_which_nothing_can_be_seen_is_ended(monkeypatch):
    monkeypatch.setattr("autograder.sandbox.watchdog._BLIND_S", 0.3)
    monkeypatch.setattr(Watchdog, "_limit_passed", lambda self: open("/nowhere"))  # noqa: SIM115 (it raises)
    told = []
    ended = threading.Event()
    watchdog = Watchdog(os.getpid(), Limits(), lambda hit: (told.append(str(hit)), ended.set()), 0)
    watchdog.start()
    assert ended.wait(30)
    assert "its limits could not be watched (FileNotFoundError" in told[0]


@pytest.fixture
def manager(monkeypatch):
    one = SandboxedKernelManager(limits=Limits(output_mib=1, claim_mib=1))
    monkeypatch.setattr(one, "stop", lambda limit: None)
    return one


def test_a_kernel_that_nobody_can_watch_is_ended(monkeypatch):
    seen = []

    def no_thread(watchdog):
        seen.append(watchdog._init_pid)
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Watchdog, "start", no_thread)
    with pytest.raises(RuntimeError, match="new thread"):
        asyncio.run(SandboxedKernelManager(forks=False).start_kernel())
    [first_process] = seen
    assert not psutil.pid_exists(first_process)


def test_what_goes_over_the_limit_of_output_is_told(manager):
    assert manager.count_received(MIB)
    assert not manager.count_received(1)


def test_a_claim_that_was_asked_for_is_no_output(manager):
    manager.expect_claim()
    assert manager.count_received(MIB)
    manager.took_claim()
    assert manager.count_received(MIB)
    assert not manager.count_received(1)


def test_what_claims_did_not_need_is_no_room_for_output(manager):
    for _ in range(7):
        manager.expect_claim()
        assert manager.count_received(10)
        manager.took_claim()
    assert not manager.count_received(MIB + 1)


@pytest.mark.parametrize("value", ["8GB", "8192", -5, 0, 0.5, 60.0, float("nan"), None, True, [4096]])
@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_what_is_no_limit_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"the limit {name} must be a positive whole number") as caught:
        Limits(**{name: value})
    assert repr(value) in str(caught.value)


def test_the_unit_of_a_refused_limit_is_told():
    units = {"memory_mib": "number of MiB", "cell_timeout_s": "of seconds", "processes": "number,"}
    for name, unit in units.items():
        with pytest.raises(ValueError, match=unit):
            Limits(**{name: "8GB"})


def hits_of(watchdog_raises, monkeypatch):
    """What a watchdog tells that meets these errors, one at each look, then a limit that was passed."""
    looks = iter([*watchdog_raises, "memory_mib"])

    def look(self):
        found = next(looks)
        if isinstance(found, Exception):
            raise found
        return found

    hits = []
    monkeypatch.setattr("autograder.sandbox.watchdog._PERIOD_S", 0.001)
    monkeypatch.setattr(Watchdog, "_limit_passed", look)
    Watchdog(1, Limits(), hits.append, tcp_bytes=0).run()
    return hits


@pytest.mark.parametrize(
    "error", [TypeError("'>' not supported"), ValueError("x"), MemoryError(), RecursionError()]
)
def test_a_watchdog_that_cannot_go_on_ends_the_kernel_and_says_why(error, monkeypatch):
    [hit] = hits_of([error], monkeypatch)
    assert not hit.repeatable and f"could not be watched ({type(error).__name__}" in str(hit)


def test_a_process_that_ends_while_it_is_looked_at_ends_no_kernel(monkeypatch):
    hits = hits_of([ProcessLookupError(), FileNotFoundError()], monkeypatch)
    assert hits == [LimitHit("memory_mib", 4096)]


@pytest.mark.slow
@pytest.mark.skipif(not available()[0], reason=available()[1])
def test_a_kernel_that_nobody_watches_any_more_is_ended(monkeypatch):
    processes = Watchdog._processes

    def broken(self):
        if (self._root / "tmp/now").exists():
            raise TypeError("'>' not supported between instances of 'int' and 'str'")
        return processes(self)

    monkeypatch.setattr(Watchdog, "_processes", broken)
    run = Run("import time\nopen('/tmp/now', 'w').close()\ntime.sleep(60)", "print('after')")
    assert run.died and run.texts[1] == ""
    assert "could not be watched (TypeError: '>' not supported" in str(run.hit)


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_what_to_do_is_told_of_every_limit_that_honest_work_hits(name):
    told = f"{Limits().hit(name)} It was in the cell 'setup_1'."
    assert too_small(told) == f"Give {name} a larger number in c.ExecuteAndAsk.limits in nbgrader_config.py."


@pytest.mark.parametrize(
    "told",
    [str(Unwatched("OSError: x")), "The kernel ended in the cell 'a'.", "I was told (memory_mib).", ""],
)
def test_where_no_limit_was_hit_none_is_to_be_changed(told):
    assert too_small(told) == ""


def test_the_reference_solution_that_hits_a_limit_says_which_and_what_to_do():
    check = CheckResult("c", "It works.", 6.0, NOT_JUDGED, 0.0, str(Limits(memory_mib=50).hit("memory_mib")))
    lacking = shortfall({"a": Verdict("a", "A", 6.0, (check,))}, "")
    assert "memory: 50 MiB (memory_mib). Give memory_mib a larger number" in lacking


def test_a_kernel_that_does_not_answer_in_time_has_hit_its_limit():
    told = []
    client = SimpleNamespace(parent=SimpleNamespace(stop=told.append))
    with pytest.raises(RuntimeError, match="did not answer"):
        asyncio.run(SandboxedKernelClient._async_wait_for_ready(client, 0.0))
    assert told == ["import_allowance_s"]


@pytest.mark.skipif(not available()[0], reason=available()[1])
@pytest.mark.parametrize("limits", [{"memory_mib": 10}, {"processes": 1}], ids=str)
def test_a_limit_too_small_for_a_kernel_to_start_is_named(tmp_path, limits):
    imports_anew = new_code_cell(
        "import os\nos.environ['KERAS_BACKEND'] = 'tensorflow'"
    )  # so it starts slowly
    job = Job(new_notebook(cells=[imports_anew]), {}, frozenset(), str(tmp_path), bytes(64), Limits(**limits))
    [name] = limits
    assert str(Limits(**limits).hit(name)) in execute(job).stopped
