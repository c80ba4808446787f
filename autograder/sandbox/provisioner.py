"""TRUSTED; imports jupyter_client and zmq. Gives Jupyter's kernel machinery a sandboxed kernel.

`SandboxProvisioner` starts and ends the sandbox. `SandboxedKernelManager` always uses it, and
its clients read what a kernel sends within limits.

A kernel without a network is reached through Unix sockets in a folder of ours that the sandbox does
not show: the kernel inherits them already listening, and can neither move nor replace them.
"""

import asyncio
import shutil
import signal
import socket
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Bool, Instance, default

from autograder.fashion_mnist import find_folder
from autograder.sandbox.bubblewrap import SandboxError
from autograder.sandbox.limits import MIB, LimitHit, Limits, Unwatched, too_small
from autograder.sandbox.prefork import forget, warm_process
from autograder.sandbox.process import Sandbox
from autograder.sandbox.surroundings import Surroundings
from autograder.sandbox.watchdog import Watchdog

_PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "hb_port": 4, "control_port": 5}
_FRAME_BYTES = 256  # what a piece of a message costs us even when it is empty, about
_DYING_S = 1.0  # from the end of a kernel's sockets to the end of its process, at most


class SandboxProvisioner(KernelProvisionerBase):
    """One sandboxed kernel. `limit_hit` says which limit ended it, if one did."""

    parent: Any  # a SandboxedKernelManager
    limits = Instance(Limits, ())
    surroundings = Instance(Surroundings, ())
    forks = Bool(True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limit_hit: LimitHit | Unwatched | None = None
        self._sandbox: Sandbox | None = None
        self._watchdog: Watchdog | None = None
        self._folder: Path | None = None

    @property
    def has_process(self) -> bool:
        return self._sandbox is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Called by the manager before a start: choose the addresses, write the connection file."""
        if self._folder is None:
            # A socket's path may have 107 bytes, and TMPDIR may be long.
            self._folder = Path(tempfile.mkdtemp(prefix="kernel-", dir="/tmp"))
            manager = self.parent
            manager.transport = "ipc"
            manager.ip = str(self._folder / "socket")
            manager.connection_file = str(self._folder / "connection.json")
            for name, port in _PORTS.items():
                setattr(manager, name, port)
            manager.write_connection_file()
            self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Called by the manager; `cwd` is the submission's folder. Raises `SandboxError`."""
        self.limit_hit = None
        sockets = [_listen(f"{self.parent.ip}-{port}") for port in _PORTS.values()]
        submission = Path(kwargs["cwd"]) if kwargs.get("cwd") else None
        kernel: dict[str, Any] = {
            "connection": Path(self.parent.connection_file).read_bytes(),
            "sockets": tuple(sockets),
            "kernel_arguments": (
                "--InteractiveShellApp.ignore_cwd=True",
                *kwargs.get("extra_arguments", []),
            ),
        }
        try:
            self._sandbox = self._forked(submission, kernel) if self.forks else None
            if self._sandbox is None:
                kernel["surroundings"] = self.surroundings
                self._sandbox = Sandbox(self.limits, submission, find_folder(), **kernel)
        finally:
            for one in sockets:
                one.close()
        try:
            self._watchdog = Watchdog(self._sandbox.init_pid, self.limits, self.stop, self._sandbox.tcp_bytes)
            self._watchdog.start()
        except BaseException:  # such as no room for one more thread: nothing runs that nobody watches
            self._sandbox.close()
            self._sandbox = None
            raise
        return self.connection_info

    def _forked(self, submission: Path | None, kernel: dict[str, Any]) -> Sandbox | None:
        """A sandbox forked from the warm process; None, and a word in the log, where it cannot."""
        try:
            warm = warm_process(find_folder(), self.limits, self.surroundings)
        except SandboxError as error:
            self.log.warning("Kernels start one by one, which is slower: %s", error)
            return None
        try:
            return warm.fork(self.limits, submission, **kernel)
        except SandboxError as error:
            self.log.warning("This kernel starts by itself: %s", error)
            forget()
            return None

    def stop(self, hit: LimitHit | Unwatched) -> None:
        """End the kernel because of a limit; the first one counts. May be called from any thread."""
        sandbox = self._sandbox
        if sandbox is not None and self.limit_hit is None:
            self.limit_hit = hit
            self.log.error("%s", hit)
            sandbox.kill()

    def allow_more_time(self, seconds: float) -> None:
        assert self._watchdog is not None, "the kernel runs"
        self._watchdog.allow_more_time(seconds)

    async def poll(self) -> int | None:
        return self._sandbox.process.poll() if self._sandbox else 0

    async def wait(self) -> int | None:
        """Called by the manager when it ends a kernel."""
        while (status := await self.poll()) is None:
            await asyncio.sleep(0.02)
        self._close()
        return status

    async def send_signal(self, signum: int) -> None:
        """SIGINT interrupts the kernel; nothing else would be for the kernel to refuse."""
        if self._sandbox is None:
            return
        if signum == signal.SIGINT:
            self._sandbox.interrupt()
        else:
            self._sandbox.kill()

    async def kill(self, restart: bool = False) -> None:
        if self._sandbox:
            self._sandbox.kill()

    async def terminate(self, restart: bool = False) -> None:
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Called by the manager at the very end."""
        self._close()
        if self._folder and not restart:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    @property
    def largest_bytes(self) -> int:
        """The most memory that the sandbox was seen to use, also when it has ended; 0 before."""
        return self._watchdog.largest_bytes if self._watchdog else 0

    def why_not_started(self) -> str:
        """What is known about a kernel that ended before it answered."""
        if self.limit_hit is None:
            assert self._sandbox is not None, "it is closed later"
            return self._sandbox.complaint()
        return f"{self.limit_hit} {too_small(str(self.limit_hit))}".rstrip()

    def _close(self) -> None:
        if self._sandbox:
            assert self._watchdog is not None, "every sandbox has one"
            self._watchdog.end()
            self._sandbox.close()
            self._sandbox = None


def _listen(path: str) -> socket.socket:
    """A Unix socket that takes connections at `path`."""
    Path(path).unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(path)
    listening.listen()
    listening.setblocking(False)
    return listening


class _BoundedChannel(AsyncZMQSocketChannel):
    """A channel that counts what it receives and drops what is no Jupyter message."""

    session: Any  # whose parent is a SandboxedKernelManager

    # jupyter_client declares what its asynchronous classes do as their synchronous parents do it.
    async def _recv(self, **kwargs: Any) -> dict[str, Any]:  # type: ignore[override]
        manager = self.session.parent
        while True:
            frames = await self.socket.recv_multipart(**kwargs)
            if not manager.count_received(sum(len(frame) + _FRAME_BYTES for frame in frames)):
                continue  # what went over the limit is not unpacked: it may take fifty times the room
            try:
                message: dict[str, Any] = self.session.deserialize(self.session.feed_identities(frames)[1])
                for part in ("header", "parent_header", "metadata", "content"):
                    if not isinstance(message[part], dict):
                        raise TypeError(part)
                return message
            except Exception as error:  # noqa: BLE001 (hostile bytes raise anything)
                manager.log.debug("Dropped what was no message (%s).", type(error).__name__)


class SandboxedKernelClient(AsyncKernelClient):
    """Reads a kernel's messages within limits; `SandboxedKernelManager.client` makes it."""

    parent: Any  # a SandboxedKernelManager
    shell_channel_class = _BoundedChannel
    iopub_channel_class = _BoundedChannel
    stdin_channel_class = _BoundedChannel
    control_channel_class = _BoundedChannel

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._monitors: list[zmq.Socket[bytes]] = []

    @default("context")
    def _bounded_context(self) -> zmq.asyncio.Context:
        self._created_context = True
        return _context(self.parent.limits)

    def start_channels(self, **_which: bool) -> None:  # type: ignore[override]  # none is chosen
        """Start what grading needs: no input, and no heartbeat, because the process is ours."""
        super().start_channels(stdin=False, hb=False)
        for channel in (self.shell_channel, self.iopub_channel):
            address = f"inproc://monitor-{len(self._monitors)}"
            channel.socket.monitor(address, zmq.EVENT_DISCONNECTED)
            monitor = zmq.Socket(self.context, zmq.PAIR)
            monitor.connect(address)
            self._monitors.append(monitor)

    async def _async_wait_for_ready(  # type: ignore[override]  # nbclient gives it a time
        self, timeout: float = 60.0
    ) -> None:
        """Wait until the kernel answers on both channels. Raises RuntimeError when it does not.

        The library then empties the channel of outputs, which takes a fifth of a second; there is
        nothing in it but answers to us.
        """
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            self.kernel_info()
            with suppress(Empty):
                reply = await self.shell_channel.get_msg(timeout=1)
                if reply["msg_type"] == "kernel_info_reply":
                    await self.iopub_channel.get_msg(timeout=0.2)
                    return
            if not await self._async_is_alive():
                raise RuntimeError("The kernel died before it answered.")
        self.parent.stop("import_allowance_s")
        raise RuntimeError(f"The kernel did not answer within {timeout:g} seconds.")

    wait_for_ready = _async_wait_for_ready  # type: ignore[assignment]  # for the same reason

    async def _async_is_alive(self) -> bool:
        """Called every second while a cell runs. zmq would connect again after an oversized
        message, without what it lost; here a connection that breaks ends the kernel."""
        manager = self.parent
        alive = await super()._async_is_alive()
        if not alive and manager.has_kernel and not manager.has_answered:
            raise SandboxError(f"The sandboxed kernel did not start: {manager.provisioner.why_not_started()}")
        if alive and any(monitor.poll(0) for monitor in self._monitors):
            await asyncio.sleep(_DYING_S)  # a kernel that exits by itself closes its sockets first
            if await super()._async_is_alive():
                manager.stop("output_mib")
            return False
        return alive

    is_alive = _async_is_alive

    def stop_channels(self) -> None:
        for monitor in self._monitors:  # first, because the context waits for all its sockets
            monitor.close(linger=0)
        self._monitors.clear()
        super().stop_channels()


class SandboxedKernelManager(AsyncKernelManager):
    """Manages one sandboxed kernel of this Python; kernelspecs.py says for which notebooks."""

    provisioner: SandboxProvisioner | None
    limits = Instance(Limits, (), help="What one notebook may use.")
    surroundings = Instance(Surroundings, (), help="What the course adds to the sandbox.")
    forks = Bool(True, help="Whether the kernel comes from the warm process, which has imported.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(client_factory=SandboxedKernelClient, **kwargs)
        self._received_bytes = 0
        self._before_claim_bytes = 0
        self._receivable_bytes = self.limits.output_mib * MIB

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(
            argv=[],
            display_name="Python 3 (sandboxed)",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": "autograder-sandbox"}},
        )

    @property
    def limit_hit(self) -> LimitHit | Unwatched | None:
        """The limit that ended the kernel, or None."""
        return self.provisioner.limit_hit if self.provisioner else None

    @property
    def largest_bytes(self) -> int:
        """The most memory that the kernel was seen to use; see `Watchdog`."""
        return self.provisioner.largest_bytes if self.provisioner else 0

    def expect_claim(self) -> None:
        """To be called before each probe, so that its claim is not counted as output."""
        self._before_claim_bytes = self._received_bytes
        self._receivable_bytes += self.limits.claim_mib * MIB

    def took_claim(self) -> None:
        """To be called after each probe: what it did not need of its allowance is taken back."""
        used = self._received_bytes - self._before_claim_bytes
        self._receivable_bytes -= max(self.limits.claim_mib * MIB - used, 0)

    def allow_more_time(self, seconds: float) -> None:
        """Put off the end that `notebook_timeout_s` sets, for a training that was asked for."""
        assert self.provisioner is not None, "the kernel runs"
        self.provisioner.allow_more_time(seconds)

    @property
    def has_answered(self) -> bool:
        """Whether anything came from the kernel yet."""
        return self._received_bytes > 0

    def count_received(self, size: int) -> bool:
        """Called by the channels with the bytes of each message; whether they are within limits."""
        self._received_bytes += size
        if self._received_bytes > self._receivable_bytes:
            self.stop("output_mib")
            return False
        return True

    def stop(self, limit_name: str) -> None:
        """End the kernel because it hit the limit called `limit_name`."""
        assert self.provisioner is not None, "the kernel runs"
        self.provisioner.stop(self.limits.hit(limit_name))

    async def interrupt_kernel(self) -> None:  # type: ignore[override]  # see _BoundedChannel
        """Interrupt the running cell; a kernel that goes on regardless is killed."""
        await self._async_interrupt_kernel()
        shell: Any = self.connect_shell()  # of zmq.asyncio, as its context is
        try:
            # Answered between cells only, so an answer means that the cell has ended.
            self.session.send(shell, "kernel_info_request", {})
            if not await shell.poll(self.limits.interrupt_grace_s * 1000):
                self.stop("interrupt_grace_s")
        finally:
            shell.close(linger=0)

    async def shutdown_kernel(  # type: ignore[override]  # see _BoundedChannel
        self, now: bool = False, restart: bool = False
    ) -> None:
        """End the kernel at once: there is nothing in a sandbox that could be worth saving."""
        await super().shutdown_kernel(now=True, restart=restart)

    @default("context")
    def _bounded_context(self) -> zmq.asyncio.Context:
        self._created_context = True
        return _context(self.limits)

    async def _async_pre_start_kernel(self, **kw: Any) -> tuple[list[str], dict[str, Any]]:
        if self.provisioner is None:
            # Made here and not through the entry point, so that no environment can change it.
            self.kernel_id = self.kernel_id or str(uuid.uuid4())
            self.provisioner = SandboxProvisioner(
                kernel_id=self.kernel_id,
                kernel_spec=self.kernel_spec,
                limits=self.limits,
                surroundings=self.surroundings,
                forks=self.forks,
                parent=self,
            )
        return await super()._async_pre_start_kernel(**kw)


def _context(limits: Limits) -> zmq.asyncio.Context:
    """Sockets that refuse an oversized message before they make room for it."""
    context = zmq.asyncio.Context()
    context.setsockopt(zmq.MAXMSGSIZE, (limits.output_mib + limits.claim_mib) * MIB)
    return context
