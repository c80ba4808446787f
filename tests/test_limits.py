"""How limits are counted, without a sandbox; test_sandbox.py tries them on real kernels."""

import pytest

from autograder.sandbox import Limits
from autograder.sandbox.limits import MIB
from autograder.sandbox.provisioner import SandboxedKernelManager
from autograder.sandbox.watchdog import _resident_bytes

STATUS = b"Name:\t%s\nState:\tR (running)\nVmRSS:\t    2048 kB\nVmPTE:\t     100 kB\nVmSwap:\t      10 kB\n"


@pytest.mark.parametrize("name", [b"python", b"\xff", b"\x0cVmRSS:", b"VmRSS: 1 kB", b"\xe2\x80\xa8VmRSS: x"])
def test_memory_is_counted_whatever_a_process_calls_itself(tmp_path, name):
    (tmp_path / "status").write_bytes(STATUS % name)
    assert _resident_bytes(tmp_path) == (2048 + 100 + 10) * 1024


def test_a_process_that_has_ended_has_no_memory(tmp_path):
    assert _resident_bytes(tmp_path / "gone") == 0


@pytest.fixture
def manager(monkeypatch):
    one = SandboxedKernelManager(limits=Limits(output_mib=1, claim_mib=1))
    monkeypatch.setattr(one, "stop", lambda limit: None)
    return one


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
