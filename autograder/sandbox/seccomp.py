"""THE WALL; imports the standard library only. The system calls that a sandboxed kernel cannot make.

Namespaces and mounts hide things; this filter closes what they leave open: memory that belongs to
no process and so escapes the watchdog (memfd, System V segments and semaphores, pages given to a
pipe, large socket buffers), nested namespaces, sockets that no network namespace separates (AF_VSOCK
reaches a virtual machine's host), and large parts of the kernel that no notebook needs.
"""

import platform
import socket
import struct

# name: (x86_64, aarch64), from the kernel's syscall_64.tbl and asm-generic/unistd.h; None: not there
_DENIED = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "vmsplice": (278, 75),  # a byte in a pipe keeps its whole page, of 2 MiB for instance
    "splice": (275, 76),
    "tee": (276, 77),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "seccomp": (317, 277),  # filters of its own take memory
    "unshare": (272, 97),
    "setns": (308, 268),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_setup": (206, 0),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "open_by_handle_at": (304, 265),
    "timer_create": (222, 107),  # its timers are memory of no process
    "landlock_create_ruleset": (444, 444),  # a set of rules takes megabytes, and is one open file
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}
_CLONE = (56, 220)
_CLONE3 = (435, 435)
_SOCKET, _SOCKETPAIR = (41, 198), (53, 199)
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
# Not SCTP, MPTCP and their like, nor what netlink reaches beside the list of interfaces.
_PROTOCOLS = (0, socket.IPPROTO_TCP, socket.IPPROTO_UDP)
_SETSOCKOPT = (54, 208)
# Of level SOL_SOCKET: SO_SNDBUF, SO_RCVBUF, the same with FORCE, SO_ZEROCOPY. They are requests, which
# Linux too grants in part and without a word: here not at all, so that watchdog.py can count on sizes.
_BUFFERS = (7, 8, 32, 33, 60)
# F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW: locks of no process, which a /proc shows to everybody.
_FCNTL, _OPEN_FILE_LOCKS = (72, 25), (36, 37, 38)
_PRCTL, _PR_SET_SECCOMP = (157, 167), 22
_NEW_NAMESPACES = 0x7E020000  # CLONE_NEWUSER, _NEWNS, _NEWPID, _NEWNET, _NEWIPC, _NEWUTS, _NEWCGROUP

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column, AUDIT_ARCH

# Classic BPF, as in linux/filter.h and linux/seccomp.h
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data, little-endian
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_DONE, _EPERM, _ENOSYS, _EPROTONOSUPPORT, _EAFNOSUPPORT = (
    0x00050000 | number for number in (0, 1, 38, 93, 97)
)


def supported() -> bool:
    """Whether the tables above know this machine."""
    return platform.machine() in _MACHINES


def program() -> bytes:
    """The filter in the form that `bwrap --seccomp` reads: an array of struct sock_filter."""
    column, arch = _MACHINES[platform.machine()]
    code: list[tuple[int, int, int, int]] = []  # opcode, constant, skip if true, skip if false

    def decide(number: int, *steps: tuple[int, int, int, int]) -> None:
        """These steps decide about the call of this number."""
        code.extend([(_EQUAL, number, 0, len(steps)), *steps])

    def argument(place: int) -> tuple[int, int, int, int]:
        return (_LOAD, _ARGUMENTS + 8 * place, 0, 0)

    def answer(verdict: int, *values: int) -> list[tuple[int, int, int, int]]:
        """For what was loaded last, where it is one of these."""
        return [step for value in values for step in ((_EQUAL, value, 0, 1), (_RETURN, verdict, 0, 0))]

    def otherwise(verdict: int) -> tuple[int, int, int, int]:
        return (_RETURN, verdict, 0, 0)

    code += [(_LOAD, _ARCH, 0, 0), (_EQUAL, arch, 1, 0), otherwise(_KILL), (_LOAD, _NUMBER, 0, 0)]
    # x86_64 has a second set of numbers (x32) from here on; nothing uses it.
    code += [(_AT_LEAST, 0x40000000, 0, 1), otherwise(_EPERM)]
    denied = [number for numbers in _DENIED.values() if (number := numbers[column]) is not None]
    code += answer(_EPERM, *denied)
    # The flags of clone3 lie in memory, out of a filter's sight; without it the C library uses clone.
    code += answer(_ENOSYS, _CLONE3[column])
    decide(
        _CLONE[column],
        *(argument(0), (_ANY_BIT, _NEW_NAMESPACES, 0, 1), otherwise(_EPERM), otherwise(_ALLOW)),
    )
    for numbers in (_SOCKET, _SOCKETPAIR):
        # Each of them skips the others and the refusal, and so comes to the protocols.
        families = [
            (_EQUAL, family, behind, 0)
            for behind, family in zip(range(len(_FAMILIES), 0, -1), _FAMILIES, strict=True)
        ]
        decide(
            numbers[column],
            *(argument(0), *families, otherwise(_EAFNOSUPPORT)),
            *(argument(2), *answer(_ALLOW, *_PROTOCOLS), otherwise(_EPROTONOSUPPORT)),
        )
    decide(
        _SETSOCKOPT[column],
        *(argument(1), (_EQUAL, socket.SOL_SOCKET, 1, 0), otherwise(_ALLOW)),
        *(argument(2), *answer(_DONE, *_BUFFERS), otherwise(_ALLOW)),
    )
    decide(_FCNTL[column], argument(1), *answer(_EPERM, *_OPEN_FILE_LOCKS), otherwise(_ALLOW))
    decide(_PRCTL[column], argument(0), *answer(_EPERM, _PR_SET_SECCOMP), otherwise(_ALLOW))
    code += [otherwise(_ALLOW)]
    return b"".join(
        struct.pack("<HBBI", opcode, true, false, constant) for opcode, constant, true, false in code
    )
