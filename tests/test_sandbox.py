"""The wall, tried with real kernels from the inside: what shows, what can be written, what ends it."""

import asyncio
import ctypes
import json
import mmap
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook

from autograder.sandbox import LimitHit, Limits, SandboxError, available, bubblewrap, prefork, process
from autograder.sandbox.process import Sandbox
from autograder.sandbox.provisioner import SandboxedKernelManager
from autograder.sandbox.surroundings import Surroundings

CHECKOUT = Path(__file__).parents[1]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not available()[0], reason=available()[1])]


@pytest.fixture(scope="module", autouse=True, params=["forked", "alone"])
def way_to_start(request: pytest.FixtureRequest) -> Iterator[str]:
    """Every situation is tried with kernels forked from the warm process, and without it."""

    def refuse(*_: object) -> None:
        raise SandboxError("switched off for a test")

    prefork.forget()
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "alone":
            patch.setattr(prefork.WarmProcess, "__init__", refuse)
        yield request.param
    prefork.forget()


class Run:
    """A notebook that was run in the sandbox: the text of its cells, and how the kernel ended."""

    def __init__(self, *cells: str, folder: Path | None = None, timeout_s: int = 30, **limits: int) -> None:
        self.manager = SandboxedKernelManager(limits=Limits(**limits))
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        client = NotebookClient(
            notebook,
            km=self.manager,
            timeout=timeout_s,
            interrupt_on_timeout=True,
            allow_errors=True,
            resources={"metadata": {"path": str(folder) if folder else ""}},
        )
        client.owns_km = True  # so that nbclient cleans up as it does for nbgrader
        self.died = False
        try:
            client.execute()
        except DeadKernelError:
            self.died = True
        self.texts = [
            "".join(
                output.get("text") or f"{output.get('ename', '')}: {output.get('evalue', '')}"
                for output in cell.get("outputs", [])
            )
            for cell in notebook.cells
        ]
        self.tracebacks = [
            "\n".join(line for output in cell.get("outputs", []) for line in output.get("traceback", []))
            for cell in notebook.cells
        ]
        self.hit = self.manager.limit_hit


@pytest.fixture(scope="module")
def submission(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files as a student may hand them in, hostile kinds of file included."""
    folder = tmp_path_factory.mktemp("student") / "lenet"
    (folder / "deep").mkdir(parents=True)
    (folder / "random.py").write_text("raise SystemError('the standard library is shadowed')")
    (folder / "my_helper.py").write_text("VALUE = 7")
    (folder / "deep" / "notes.txt").write_text("hello")
    (folder / "passwords").symlink_to("/etc/passwd")
    (folder / "elsewhere").symlink_to(CHECKOUT)
    os.mkfifo(folder / "waits_for_ever")
    with (folder / "big.h5").open("wb") as file:
        file.truncate(33 * 2**20)
    return folder


LOOK = """
import ctypes, errno, fcntl, json, os, socket, sysconfig

def attempt(action):
    try:
        return repr(action())
    except OSError as error:
        return errno.errorcode[error.errno]

def names(folder):
    return attempt(lambda: sorted(os.listdir(folder)))

def write(folder):
    return attempt(lambda: open(folder + "/written", "w").close())

def call(number, *arguments):
    if ctypes.CDLL(None, use_errno=True).syscall(number, *arguments) < 0:
        return errno.errorcode[ctypes.get_errno()]

def speak(address, kind):
    with socket.socket(socket.AF_UNIX, kind) as one:
        one.connect(address)

def pipes():  # the directions that are open of each
    found = {}
    for fd in os.listdir("/proc/self/fd"):
        try:
            place = os.readlink("/proc/self/fd/" + fd)
            way = fcntl.fcntl(int(fd), fcntl.F_GETFL) & os.O_ACCMODE
        except OSError:
            continue
        if place.startswith("pipe:"):
            found.setdefault(place, set()).add(way)
    return sorted(map(len, found.values()))

def tells_the_checkout(course):
    packages = sysconfig.get_paths()["purelib"]
    for parent, _, names in os.walk(packages):
        for name in names:
            try:
                with open(os.path.join(parent, name), "rb") as file:
                    if "lenet" in name and course.encode() in file.read():
                        yield name
            except OSError:
                pass
"""

# By number, where this machine is one of those whose numbers stand here.
CALLS = {
    "x86_64": {
        "io_uring_setup": (425, 8, 0), "io_uring_enter": (426, 0, 1, 1, 0),
        "io_uring_register": (427, 0, 0, 0, 0), "io_setup": (206, 8, 0), "semget": (64, 0, 32_000, 0o1600),
        "mq_open": (240, 0, 0o102, 0o600, 0), "vmsplice": (278, 0, 0, 0, 0), "tee": (276, 0, 0, 0, 0),
        "splice": (275, 0, 0, 0, 0, 0, 0), "inotify_init": (253,), "seccomp": (317, 1, 0, 0),
        "timer_create": (222, 0, 0, 0), "landlock_create_ruleset": (444, 0, 0, 0),
        "landlock_add_rule": (445, 0, 0, 0, 0),
        "prctl": (157, 22, 2, 0), "pidfd_getfd": (438, 0, 0, 0), "kcmp": (312, 1, 1, 0),
    },
}.get(os.uname().machine, {})  # fmt: skip
FAMILIES = {"vsock": 40, "packet": 17, "crypto": 38, "xdp": 44, "tipc": 30, "bluetooth": 31}
PROTOCOLS = {"sctp": (2, 1, 132), "mptcp": (2, 1, 262), "udplite": (10, 2, 136), "diag": (16, 3, 4)}


@pytest.fixture(scope="module")
def neighbours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[str, int]]]:
    """Sockets of this machine that wait for anybody: addresses as Python writes them, and kinds."""
    folder = tmp_path_factory.mktemp("s")
    waiting = {
        "abstract": (f"\0autograder-neighbour-{os.getpid()}", int(socket.SOCK_STREAM)),
        "by path": (str(folder / "socket"), int(socket.SOCK_STREAM)),
        "datagrams": (f"\0autograder-datagrams-{os.getpid()}", int(socket.SOCK_DGRAM)),
    }
    with ExitStack() as stack:
        for address, kind in waiting.values():
            one = stack.enter_context(socket.socket(socket.AF_UNIX, kind))
            one.bind(address)
            if kind == socket.SOCK_STREAM:
                one.listen()
        yield waiting


@pytest.fixture(scope="module")
def inside(submission: Path, neighbours: dict[str, tuple[str, int]]) -> dict[str, str]:
    """What one kernel found when it looked around, by question."""
    import numpy

    questions = {
        "checkout": f"names({str(CHECKOUT)!r})",
        "read source": f"attempt(lambda: open({str(CHECKOUT / 'pyproject.toml')!r}))",
        "read checks": f"names({str(CHECKOUT / 'autograder')!r})",
        "host's submission": f"names({str(submission)!r})",
        "real home": f"attempt(lambda: open({os.path.expanduser('~/.bashrc')!r}))",
        "host's /tmp": "names('/tmp')",
        "home": "names(os.path.expanduser('~'))",
        "working folder": "sorted(os.path.join(d, f) for d, _, fs in os.walk('.') for f in fs)",
        "internet": "attempt(lambda: socket.create_connection(('1.1.1.1', 53), 3))",
        "the host's loopback": "attempt(lambda: socket.create_connection(('127.0.0.1', 22), 3))",
        "the machine's host": "attempt(lambda: socket.socket(40))",
        "processes": "[int(name) for name in os.listdir('/proc') if name.isdecimal()]",
        "user": "os.getuid()",
        "root's own process": "attempt(lambda: open('/proc/1/environ').read())",
        "environment": "sorted(os.environ)",
        "capabilities": "[l.split()[1] for l in open('/proc/self/status') if l[:3] == 'Cap']",
        "no new privileges": "[l.split()[1] for l in open('/proc/self/status') if l[:3] == 'NoN']",
        "memory of nobody": "attempt(lambda: os.memfd_create('x'))",
        "sysctl": "attempt(lambda: os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY))",
        "namespaces": "__import__('ctypes').CDLL(None).unshare(0x10000000)",
        "System V memory": "__import__('ctypes').CDLL(None).shmget(0, 4096, 0o1600)",
        "helper": "__import__('my_helper').VALUE",
        "random": "__import__('random').__file__",
        "site-packages": f"write({str(Path(numpy.__file__).parents[1])!r})",
        "our package": "__import__('autograder').__file__",
        "answer book": "__import__('importlib.util').util.find_spec('lenet_solution')",
        "our modules": "__import__('importlib.util').util.find_spec('autograder.judging')",
        "images": "__import__('autograder').load_fashion_mnist()[0][0].shape",
        "pseudo terminal": "attempt(lambda: len(os.openpty()))",
        "directions of pipes": "pipes()",
        "checkout in packages": f"[*tells_the_checkout({str(CHECKOUT / 'autograder')!r})]",
        "oom_score_adj": "open('/proc/self/oom_score_adj').read()",
        **{f"/proc/{path}": f"attempt(lambda: open('/proc/{path}', 'r+b').close())" for path in PROC},
        **{name: f"call{arguments}" for name, arguments in CALLS.items()},
        **{name: f"attempt(lambda: socket.socket({number}, 1))" for name, number in FAMILIES.items()},
        **{name: f"attempt(lambda: socket.socket{kind})" for name, kind in PROTOCOLS.items()},
        "pair of vsock": "attempt(lambda: socket.socketpair(40, 1))",
        **{name: f"attempt(lambda: speak{place!r})" for name, place in neighbours.items()},
        "sockets that wait": "[l.split()[-1] for l in open('/proc/net/unix') if 'autograder' in l]",
        **{f"write {folder}": f"write({folder!r})" for folder in (*READ_ONLY, *WRITABLE)},
    }
    cells = [f"print({question}, end='')" for question in questions.values()]
    run = Run(LOOK, *cells, folder=submission)
    return dict(zip(questions, run.texts[1:], strict=True))


# What steers whom the system ends, the memory of processes, and of whom it hears.
PROC = (
    "self/oom_score_adj",
    "1/oom_score_adj",
    "1/mem",
    "self/mem",
    "self/autogroup",
    "sys/net/ipv4/tcp_rmem",
)
READ_ONLY = (
    "/",
    "/dev",
    "/etc",
    "/opt",
    "/opt/autograder-sandbox/packages",
    "/proc",
    "/run",
    "/usr",
)
WRITABLE = ("/tmp", "/tmp/work", "/tmp/home", "/dev/shm")


def test_the_course_is_not_there(inside: dict[str, str]) -> None:
    assert inside["read source"] == inside["read checks"] == "ENOENT"
    assert inside["checkout"] in ("ENOENT", "['.venv']")
    assert inside["host's submission"] == "ENOENT"
    assert inside["real home"] == "ENOENT"
    assert inside["answer book"] == inside["our modules"] == "None"


def test_home_and_tmp_are_fresh(inside: dict[str, str]) -> None:
    assert inside["home"] in ("['.cache', '.ipython', '.keras']", "['.ipython', '.keras']")
    assert set(json.loads(inside["host's /tmp"].replace("'", '"'))) <= {"home", "work", ".handed-in"} | {
        Path(prefix).parts[2] for prefix in (sys.prefix, sys.base_prefix) if prefix[:5] == "/tmp/"
    }


def test_regular_files_of_the_submission_are_copied_and_nothing_else(
    inside: dict[str, str],
) -> None:
    assert inside["working folder"] == "['./deep/notes.txt', './my_helper.py', './random.py']"


def test_submitted_modules_serve_but_shadow_nothing(inside: dict[str, str]) -> None:
    assert inside["helper"] == "7"
    assert inside["random"] == f"{sys.base_prefix}/lib/python3.{sys.version_info[1]}/random.py"


def test_no_network(inside: dict[str, str]) -> None:
    assert inside["internet"] == "ENETUNREACH"
    assert inside["the host's loopback"] == "ECONNREFUSED"
    assert inside["the machine's host"] == "EAFNOSUPPORT"


def test_own_processes_only_and_no_power(inside: dict[str, str]) -> None:
    assert set(json.loads(inside["processes"])) == {1, 2}
    assert inside["user"] == "1000"
    assert "'0000000000000000'" in inside["capabilities"]
    assert inside["no new privileges"] == "['1']"
    assert inside["sysctl"] in ("EACCES", "EROFS")
    assert inside["memory of nobody"] == "EPERM"
    assert inside["namespaces"] == inside["System V memory"] == "-1"
    assert inside["pseudo terminal"] == "2"


@pytest.mark.parametrize("name", PROC)
def test_nothing_in_proc_can_be_written(inside: dict[str, str], name: str) -> None:
    assert inside[f"/proc/{name}"] in ("EROFS", "EACCES")
    assert inside["oom_score_adj"].strip() == "1000"


def test_no_pipe_is_inherited(inside: dict[str, str]) -> None:
    """The kernel's own have both ends in it; one that it got has one end only."""
    assert set(json.loads(inside["directions of pipes"])) <= {2}


def test_no_package_tells_where_the_checkout_is(inside: dict[str, str]) -> None:
    assert inside["checkout in packages"] == "[]"


@pytest.mark.parametrize("name", CALLS)
def test_a_system_call_that_no_notebook_needs_is_refused(inside: dict[str, str], name: str) -> None:
    assert inside[name] == "EPERM"


@pytest.mark.parametrize("name", [*FAMILIES, "pair of vsock"])
def test_sockets_of_kinds_that_no_namespace_separates_are_refused(inside: dict[str, str], name: str) -> None:
    assert inside[name] == "EAFNOSUPPORT"


@pytest.mark.parametrize("name", PROTOCOLS)
def test_protocols_that_no_notebook_needs_are_refused(inside: dict[str, str], name: str) -> None:
    assert inside[name] == "EPROTONOSUPPORT"


@pytest.mark.parametrize("name", ["abstract", "by path", "datagrams"])
def test_unix_sockets_of_the_machine_are_out_of_reach(
    inside: dict[str, str], neighbours: dict[str, tuple[str, int]], name: str
) -> None:
    with socket.socket(socket.AF_UNIX, neighbours[name][1]) as one:
        one.connect(neighbours[name][0])  # from outside it can be reached
    assert inside[name] in ("ECONNREFUSED", "ENOENT")
    assert inside["sockets that wait"] == "[]"


def test_environment_is_built_from_nothing(inside: dict[str, str]) -> None:
    ipykernel_adds = {"CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "GIT_PAGER", "JPY_PARENT_PID"}
    ipykernel_adds |= {"JPY_SESSION_NAME", "MPLBACKEND", "PAGER", "PYDEVD_USE_FRAME_EVAL", "TERM"}
    ipykernel_adds |= {"PWD", "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK"}
    tensorflow_adds = {"ENABLE_RUNTIME_UPTIME_TELEMETRY", "HDF5_PLUGIN_PATH", "TF2_BEHAVIOR"}
    tensorflow_adds |= {"TPU_ML_PLATFORM", "TPU_ML_PLATFORM_VERSION"}
    found = set(json.loads(inside["environment"].replace("'", '"')))
    assert found - ipykernel_adds - tensorflow_adds <= set(bubblewrap._environment(Path("/data")))


def test_tensorflow_computes_on_as_many_threads_as_the_grader_says(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    monkeypatch.setenv("TF_NUM_INTEROP_THREADS", "2")
    inside = bubblewrap._environment(None)
    names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    assert [inside[name] for name in names] == ["1", "1", "2"]


@pytest.mark.parametrize("folder", READ_ONLY)
def test_read_only(inside: dict[str, str], folder: str) -> None:
    assert inside[f"write {folder}"] in ("EROFS", "EACCES", "ENOENT")


@pytest.mark.parametrize("folder", WRITABLE)
def test_writable(inside: dict[str, str], folder: str) -> None:
    assert inside[f"write {folder}"] == "None"


def test_libraries_are_read_only(inside: dict[str, str]) -> None:
    assert inside["site-packages"] == "EROFS"


def test_stub_stands_in_for_our_package(inside: dict[str, str]) -> None:
    assert inside["our package"] == "/opt/autograder-sandbox/packages/autograder/__init__.py"
    assert inside["images"] == "(60000, 28, 28)"


def test_the_stand_in_for_check_raises_and_costs_no_other_cell() -> None:
    run = Run("from autograder import check", "check('lenet_shapes')", "print('on')")
    assert run.texts[1].startswith("RuntimeError: ") and "graded from outside" in run.texts[1]
    assert run.texts[2] == "on\n"


def test_installed_course_code_is_masked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "site-packages"
    for name in (
        "autograder/assignments/lenet/checks/hidden/inputs.py",
        "lenet_solution/model.py",
        "lenet_autograder-0.1.0.dist-info/direct_url.json",
        "__editable__.lenet_autograder-0.1.0.pth",
        "__editable___lenet_autograder_0_1_0_finder.py",
        "useful/library.py",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("secret = 1")
    monkeypatch.setattr(bubblewrap.site, "getsitepackages", lambda: [str(folder)])
    code = f"""
import os, sys
for parent, _, names in os.walk({str(folder)!r}):
    for name in names:
        try:
            open(os.path.join(parent, name))
        except OSError:
            continue
        print(name, end=" ", file=sys.stderr)
"""
    sandbox = Sandbox(Limits(), None, None, python_code=code)
    sandbox.process.wait(30)
    complaint = sandbox.complaint()
    sandbox.close()
    assert complaint == "library.py "


def bomb(limit: str, code: str, **limits: int) -> None:
    """`code` must end in the limit of this name, and the cell after it must not run."""
    run = Run(code, "print('after')", **limits)
    assert run.died
    assert run.hit == LimitHit(limit, limits[limit])
    assert run.texts[1] == ""


def test_memory_of_one_process() -> None:
    bomb("memory_mib", "x = []\nwhile True: x.append(b'x' * 10_000_000)", memory_mib=400)


def test_memory_of_the_whole_tree() -> None:
    code = """
        import os, time
        for _ in range(6):
            if os.fork() == 0:
                own = b'x' * 80_000_000
                time.sleep(60)
        time.sleep(60)
    """
    bomb("memory_mib", code, memory_mib=400)


def test_shared_memory_counts_once() -> None:
    code = """
        import os, time
        shared = b'x' * 150_000_000
        for _ in range(6):
            if os.fork() == 0:
                time.sleep(60)
        time.sleep(1)
        print('fine')
    """
    assert Run(code, memory_mib=500).texts == ["fine\n"]


PAIRS = """
import os, socket, time

def tcp():
    waiting = socket.create_server(('127.0.0.1', 0))
    return socket.create_connection(waiting.getsockname()), waiting.accept()[0]

def fill(pair):
    for one in pair:
        one.setblocking(False)
        try:
            while True: one.send(b'x' * 65_536)
        except OSError: pass

def large():
    pair = socket.socketpair()
    for one in pair:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
    return pair

carrier, kept = socket.socketpair(), []

def on_their_way():  # open in no process, because nobody takes them out
    pair = socket.socketpair()
    fill(pair)
    socket.send_fds(carrier[0], [b'x'], [one.fileno() for one in pair])
    for one in pair: one.close()
    return socket.socketpair()
"""


@pytest.mark.parametrize(
    "pair",
    [
        "socket.socketpair()",
        "large()",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
        "tcp()",
        "on_their_way()",
    ],
)
def test_memory_in_sockets(pair: str) -> None:
    code = f"""{PAIRS}
for _ in range(4):
    if os.fork() == 0:
        try:
            while True:
                kept.append({pair})
                fill(kept[-1])
        except OSError: pass
        time.sleep(60)
time.sleep(60)
"""
    bomb("memory_mib", code, memory_mib=700)


def test_a_few_sockets_cost_an_honest_notebook_nothing() -> None:
    code = f"""{PAIRS}
import asyncio, multiprocessing
for pair in (tcp(), large(), socket.socketpair()):
    fill(pair)
    kept.append(pair)
with multiprocessing.get_context('fork').Pool(3) as pool:
    print(pool.map(abs, [-1, 2]))

async def talk():
    async def answer(reader, writer):
        writer.write(await reader.read(3))
        writer.close()
    server = await asyncio.start_server(answer, '127.0.0.1', 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b'abc')
    return await reader.read()

print(await talk())
!test -t 1 && echo on
"""
    assert Run(code, memory_mib=700).texts == ["[1, 2]\nb'abc'\non\r\n"]


def test_fork_bomb() -> None:
    code = """
        import os
        while True:
            try:
                os.fork()
            except OSError:
                pass
    """
    bomb("processes", code, processes=8)


def test_threads_are_bounded() -> None:
    code = """
        import threading, time
        try:
            for count in range(10_000):
                threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        except RuntimeError:
            print(count < 300)
    """
    assert Run(code, processes=8).texts == ["True\n"]


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="no shares by session here")
def test_many_sessions_have_one_share_of_the_processors_together() -> None:
    code = """
        import os, signal, time
        def nice(): return int(open('/proc/self/autogroup').read().split()[-1])
        def wait(right):
            end = time.monotonic() + 25
            while not right(nice()) and time.monotonic() < end: time.sleep(0.1)
            return nice()
        print(nice())
        children = []
        for _ in range(6):
            children.append(os.fork())
            if children[-1] == 0:
                os.setsid()
                time.sleep(60)
        print(wait(lambda now: now >= 9))
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        print(wait(lambda now: now == 0))
    """
    # Seven groups: 1.25 ** 9 is the first power above that.
    assert Run(code, timeout_s=60).texts == ["0\n9\n0\n"]


@pytest.mark.parametrize("folder", ["/tmp", "/tmp/work", "/dev/shm"])
def test_file_bomb(folder: str) -> None:
    code = f"""
        import time
        for number in range(1000):
            with open('{folder}/' + str(number), 'wb') as file:
                try:
                    file.write(b'x' * 10**6)
                except OSError:
                    time.sleep(60)
    """
    bomb("files_mib", code, files_mib=20)


def test_empty_files_count_too() -> None:
    code = "for number in range(10**9): open('/tmp/' + str(number), 'w').close()"
    bomb("files_mib", code, files_mib=10)


@pytest.mark.parametrize("locks", [1, 4], ids=["one process", "several"])
def test_locks_on_files_are_counted(locks: int) -> None:
    code = f"""
        import fcntl, os, time
        for _ in range({locks} - 1):
            if os.fork() == 0:
                break
        with open('/tmp/' + str(os.getpid()), 'wb') as file:
            for place in range(10**6):
                fcntl.lockf(file, fcntl.LOCK_EX, 1, 2 * place)
                if place == 300:
                    time.sleep(60)
    """
    bomb("file_locks", code, file_locks=200 * locks)


def test_a_database_and_its_locks_cost_an_honest_notebook_nothing() -> None:
    code = """
        import fcntl, sqlite3
        with sqlite3.connect('/tmp/notes.db') as book:
            book.execute('CREATE TABLE t (n)')
            book.execute('INSERT INTO t VALUES (7)')
            file = open('/tmp/lock', 'w')
            fcntl.flock(file, fcntl.LOCK_EX)
        print(*book.execute('SELECT n FROM t').fetchone())
    """
    assert Run(code, file_locks=20).texts == ["7\n"]


def test_locks_that_belong_to_no_process_are_refused() -> None:
    code = """
        import fcntl, struct
        with open('/tmp/lock', 'wb') as file:
            try:
                fcntl.fcntl(file, 37, struct.pack('hhllhh', fcntl.F_WRLCK, 0, 0, 1, 0, 0))
            except PermissionError:
                print('refused')
    """
    assert Run(code).texts == ["refused\n"]


def test_endless_output() -> None:
    bomb("output_mib", "while True: print('x' * 1000)", output_mib=2)


def test_one_huge_message() -> None:
    code = """
        from IPython.display import display
        display({'text/plain': 'x' * 30_000_000}, raw=True)
    """
    bomb("output_mib", code, output_mib=2, claim_mib=2)


def test_notebook_timeout() -> None:
    code = "import time\nwhile True: time.sleep(0.1)"
    bomb("notebook_timeout_s", code, notebook_timeout_s=2, import_allowance_s=1)


def test_interrupt_reaches_the_kernel() -> None:
    run = Run("import time; time.sleep(60)", "print('after')", timeout_s=1)
    assert run.texts == ["KeyboardInterrupt: ", "after\n"]
    assert run.hit is None


DEEP = {
    "calls itself": "def f(n): return f(n)\nf(1)",
    "two call each other": "def f(n): return g(n)\ndef g(n): return f(n)\nf(1)",
    "another error of it": """
def f(n): return f(n)
try:
    f(1)
except RecursionError as error:
    raise RecursionError("mine") from error""",
}


@pytest.mark.parametrize("way", DEEP)
def test_an_error_behind_many_thousand_calls_costs_no_other_cell(way: str) -> None:
    # Some milliseconds for each call, as without shortening, are too many.
    run = Run(f"import sys\nsys.setrecursionlimit(20_000)\n{DEEP[way]}", "print('after')")
    assert "RecursionError: " in run.texts[0] and run.texts[1] == "after\n"


def test_a_long_traceback_says_how_many_calls_are_left_out() -> None:
    run = Run("%colors nocolor\ndef f(n): return f(n + 1) if n < 500 else 1 / 0\nf(1)")
    assert re.search(r"skipping similar frames: 4[89]\d calls\]", run.tracebacks[0])
    assert run.tracebacks[0].count("in f(n)") >= 2


def test_kernel_that_ignores_interrupts_is_killed() -> None:
    code = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(60)"
    run = Run(code, "print('after')", timeout_s=1, interrupt_grace_s=1)
    assert run.died and run.hit == LimitHit("interrupt_grace_s", 1) and run.texts[1] == ""


def test_kernel_that_ends_itself_hit_no_limit() -> None:
    run = Run("import os; os._exit(3)", "print('after')")
    assert run.died and run.hit is None and run.texts[1] == ""


@pytest.mark.slow
def test_endless_message_in_tiny_pieces() -> None:
    """Frames of no length, never a last one: neither zmq's limit on size nor its queue bounds it."""
    code = r"""
        import os, socket, threading, time
        def flood(connection):
            connection.setblocking(True)
            while True:
                connection.sendall(b'\x01\x00' * 500_000)
        for name in os.listdir('/proc/self/fd'):
            try:
                connection = socket.socket(fileno=os.dup(int(name)))
                connection.getpeername()
            except OSError:
                continue
            threading.Thread(target=flood, args=(connection,), daemon=True).start()
        time.sleep(60)
    """
    bomb("output_mib", code, output_mib=2)


def test_messages_that_are_none_are_dropped() -> None:
    code = """
        import zmq
        from ipykernel.kernelapp import IPKernelApp
        kernel = IPKernelApp.instance().kernel
        kernel.iopub_socket.send_multipart([b'topic', b'<IDS|MSG>', b'', b'{', b'', b'', b''])
        header = b'[' * 100_000
        signed = [header, b'{}', b'{}', b'{}']
        kernel.iopub_socket.send_multipart(
            [b'<IDS|MSG>', kernel.session.sign(signed), *signed])
        print('fine')
    """
    assert Run(code).texts == ["fine\n"]


def processes_with(word: str) -> list[str]:
    """Command lines on this machine that contain `word`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if word in line:
            found.append(line)
    return found


def test_nothing_outlives_the_run() -> None:
    seconds = f"7{os.getpid()}.25"
    code = f"""
        import os, signal, subprocess
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                os.execvp('sleep', ['sleep', '{seconds}'])
            os._exit(0)
        subprocess.Popen(['nohup', 'sleep', '{seconds}'], start_new_session=True)
        print('fine')
    """
    run = Run(code)
    assert run.texts == ["fine\n"]
    assert processes_with(seconds) == []
    assert not Path(run.manager.connection_file).parent.exists()


def test_sandbox_dies_with_the_grader() -> None:
    seconds = f"8{os.getpid()}.25"
    grader = f"""
import os, subprocess, time
from autograder.sandbox import Limits
from autograder.sandbox.process import Sandbox
Sandbox(Limits(), None, None, python_code="import os; os.execvp('sleep', ['sleep', '{seconds}'])")
while not os.path.exists('/proc/self/nothing'): time.sleep(0.1)
"""
    running = subprocess.Popen([sys.executable, "-c", grader])
    wait_until(lambda: len(processes_with(f"sleep\0{seconds}")) == 1)
    running.kill()
    running.wait()
    wait_until(lambda: processes_with(f"sleep\0{seconds}") == [])


def wait_until(condition) -> None:
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("It did not happen within ten seconds.")


def test_two_kernels_do_not_see_each_other() -> None:
    async def both() -> list[list[str]]:
        managers = [SandboxedKernelManager(), SandboxedKernelManager()]
        answers = []
        for manager in managers:
            await manager.start_kernel()
        for manager in managers:
            client = manager.client()
            client.start_channels()
            await client.wait_for_ready(timeout=30)
            code = "import os; open('/tmp/mine', 'w'); open('/dev/shm/mine', 'w')"
            names = "sorted(os.listdir('/tmp')) + sorted(os.listdir('/dev/shm'))"
            reply = await client.execute(
                "import os", user_expressions={"seen": names}, reply=True, timeout=30
            )
            await client.execute(code, reply=True, timeout=30)
            answers.append(reply["content"]["user_expressions"]["seen"]["data"]["text/plain"])
            client.stop_channels()
        for manager in managers:
            await manager.shutdown_kernel()
        return answers

    assert not any("mine" in answer for answer in asyncio.run(both()))


def test_any_kernel_that_a_notebook_names_is_ours() -> None:
    manager = SandboxedKernelManager(kernel_name="../../no-such-kernel")
    assert manager.kernel_spec.display_name == "Python 3 (sandboxed)"


def test_start_that_fails_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "inside"
    broken.mkdir()
    (broken / "start.py").write_text("raise SystemExit('no good')")
    (broken / "warm.py").touch()
    (broken / "autograder").mkdir()
    (broken / "autograder" / "__init__.py").touch()
    prefork.forget()
    monkeypatch.setattr(bubblewrap, "_INSIDE", broken)
    with pytest.raises(SandboxError, match="did not start: no good"):
        Run("print('never')")
    prefork.forget()


def test_no_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda *_, **__: None)
    fine, sentence = available()
    assert not fine and "apt-get install bubblewrap" in sentence


def test_another_operating_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process.sys, "platform", "darwin")
    fine, sentence = available()
    assert not fine and "Linux" in sentence


def test_locked_down_kernel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    refuses = tmp_path / "bwrap"
    refuses.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1")
    refuses.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "find_bwrap", lambda: str(refuses))
    fine, sentence = available()
    assert not fine and "No permissions to create new namespace" in sentence


def test_course_inside_a_visible_folder_is_refused() -> None:
    inside_the_environment = Path(sys.prefix) / "lib" / "course" / "ada" / "lenet"
    with pytest.raises(SandboxError, match="move the course"):
        Sandbox(Limits(), inside_the_environment, None, python_code="pass")


def test_open_files_are_not_inherited(tmp_path: Path) -> None:
    with (tmp_path / "gradebook.db").open("w") as gradebook, socket.socket() as other:
        os.set_inheritable(gradebook.fileno(), True)
        os.set_inheritable(other.fileno(), True)
        code = (
            "import os\n"
            "for name in os.listdir('/proc/self/fd'):\n"
            "    if os.path.exists('/proc/self/fd/' + name):\n"
            "        print(os.readlink('/proc/self/fd/' + name))"
        )
        run = Run(code)
    assert "gradebook" not in run.texts[0] and "memfd" not in run.texts[0]


def test_limits_say_themselves_in_a_sentence() -> None:
    for name, value in vars(Limits()).items():
        hit = Limits().hit(name)
        assert name in str(hit) and f"{value} {hit.unit}".strip() in str(hit)


@pytest.mark.slow
def test_tensorflow_trains_inside() -> None:
    code = """
        import keras, numpy
        from keras import layers
        model = keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10)])
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        (images, labels), _ = keras.datasets.fashion_mnist.load_data()
        model.fit(images[:256, :, :, None] / 255, labels[:256], epochs=1, verbose=0)
        model.save_weights("lenet.weights.h5")
        print("trained", images.shape)
    """
    run = Run(code, timeout_s=120)
    assert "trained (60000, 28, 28)" in run.texts[0]


def test_two_kernels_at_once_are_strangers() -> None:
    leave = (
        "import os, socket, time\n"
        "for place in ('/tmp/left', '/dev/shm/left', os.path.expanduser('~/left')):\n"
        "    open(place, 'w').write('x')\n"
        "abstract = socket.socket(socket.AF_UNIX); abstract.bind('\\0left'); abstract.listen()\n"
        "local = socket.socket(); local.bind(('127.0.0.1', 4567)); local.listen()\n"
        "time.sleep(6)\n"
        "print('undisturbed')"
    )
    look = (
        "import os, signal, socket, time\n"
        "time.sleep(3)\n"
        "found = [p for p in ('/tmp/left', '/dev/shm/left', os.path.expanduser('~/left'))\n"
        "         if os.path.exists(p)]\n"
        "for family, name in ((socket.AF_UNIX, '\\0left'), (socket.AF_INET, ('127.0.0.1', 4567))):\n"
        "    try:\n"
        "        socket.socket(family).connect(name); found.append(name)\n"
        "    except OSError: pass\n"
        "mine = {1, *map(int, os.listdir('/proc/self/task'))}\n"
        "for pid in range(1, 40_000):\n"
        "    if pid not in mine:\n"
        "        try:\n"
        "            os.kill(pid, signal.SIGKILL); found.append(pid)\n"
        "        except OSError: pass\n"
        "print(found)"
    )
    notebooks = [new_notebook(cells=[new_code_cell(code)]) for code in (leave, look)]

    async def run_both() -> None:
        clients = []
        for notebook in notebooks:
            clients.append(NotebookClient(notebook, km=SandboxedKernelManager(), timeout=60))
            clients[-1].owns_km = True
        await asyncio.gather(*(client.async_execute() for client in clients))

    asyncio.run(run_both())
    left, looked = (notebook.cells[0].outputs[0].text for notebook in notebooks)
    assert (left, looked) == ("undisturbed\n", "[]\n")


def test_kernels_do_not_start_from_one_seed() -> None:
    code = "import random, numpy; print(random.random(), numpy.random.rand())"
    assert Run(code).texts != Run(code).texts


def test_warm_process_that_died_is_replaced(way_to_start: str) -> None:
    if way_to_start == "alone":
        pytest.skip("there is no warm process")
    Run("pass")
    prefork._warm[os.getpid(), Surroundings()]._sandbox.kill()
    assert Run("print('alone')").texts == ["alone\n"]
    assert Run("print('forked')").texts == ["forked\n"]
    assert isinstance(prefork._warm[os.getpid(), Surroundings()], prefork.WarmProcess)


def test_workers_share_a_warm_process(way_to_start: str) -> None:
    if way_to_start == "alone":
        pytest.skip("there is no warm process")
    warm = prefork.WarmProcess(None, Limits())  # asked before it has imported anything
    try:
        prefork.forget()
        prefork.share(os.dup(warm.requests.fileno()), None)
        modules = "import sys; print('tensorflow' in sys.modules)"
        assert Run(modules).texts == ["True\n"]
        assert not hasattr(prefork.warm_process(None, Limits()), "_sandbox")
        warm.close()
        assert Run(modules).texts == ["False\n"]  # this one starts by itself
        assert Run(modules).texts == ["True\n"]  # from a warm process of our own
    finally:
        warm.close()
        prefork.forget()


def test_warm_process_that_has_begun_shows_that_there_is_a_sandbox(way_to_start: str) -> None:
    if way_to_start == "alone":
        pytest.skip("there is no warm process")
    prefork.forget()
    assert prefork.begun(Limits()) is None  # nobody has started one
    warm = prefork.start(None, Limits())
    assert prefork.begun(Limits()) is prefork.begun(Limits()) is warm
    assert prefork.warm_process(None, Limits()) is warm
    prefork.forget()
    warm = prefork.start(None, Limits())
    warm._sandbox.kill()
    assert prefork.begun(Limits()) is None


def huge_pages_are_given() -> bool:
    """Whether this system lays memory together when it is asked to: Linux 6.1 or newer does."""
    size, collapse = 2 << 20, 25  # a huge page; MADV_COLLAPSE
    memory = mmap.mmap(-1, 2 * size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.write(bytes(2 * size))
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    aligned = ctypes.c_void_p(-(-start // size) * size)
    return ctypes.CDLL(None).madvise(aligned, ctypes.c_size_t(size), collapse) == 0


def test_warm_process_lies_in_huge_pages_where_they_are_given(way_to_start: str) -> None:
    if way_to_start == "alone" or not huge_pages_are_given():
        pytest.skip("there is no warm process, or this system gives no huge pages")
    prefork.forget()
    warm = prefork.start(None, Limits())
    warm.imported(Limits())
    children = Path(f"/proc/{warm._sandbox.init_pid}/task/{warm._sandbox.init_pid}/children")
    memory = Path(f"/proc/{children.read_text().split()[0]}/smaps_rollup").read_text()
    kib = {name: int(n) for name, n in re.findall(r"(\w+): +(\d+) kB", memory)}
    assert kib["AnonHugePages"] > kib["Anonymous"] / 3  # 2/3 when asked for, 1/7 otherwise
    prefork.forget()


def test_warm_process_without_what_a_kernel_needs_says_what_it_lacks(
    way_to_start: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if way_to_start == "alone":
        pytest.skip("there is no warm process")
    broken = tmp_path / "inside"
    shutil.copytree(bubblewrap._INSIDE, broken)
    with (broken / "autograder" / "__init__.py").open("a") as package:
        package.write("\nimport no_such_module\n")
    monkeypatch.setattr(bubblewrap, "_INSIDE", broken)
    prefork.forget()
    with pytest.raises(SandboxError, match="no_such_module"):
        prefork.warm_process(None, Limits())
    prefork.forget()


def test_forked_sandbox_ends_with_the_worker_that_asked_for_it(way_to_start: str) -> None:
    if way_to_start == "alone":
        pytest.skip("there is no warm process")
    manager = SandboxedKernelManager()

    async def lose_the_lifeline() -> None:
        await manager.start_kernel()
        assert await manager.is_alive()
        manager.provisioner._sandbox._lifeline.close()
        deadline = time.monotonic() + 10
        while await manager.is_alive():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        await manager.shutdown_kernel()

    asyncio.run(lose_the_lifeline())
