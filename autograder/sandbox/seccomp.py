"""THE WALL; imports the standard library only. The system calls that a sandboxed kernel cannot make.

Namespaces and mounts hide things; this filter closes what they leave open: memory that belongs to
no process and so escapes the watchdog (memfd, System V segments), nested namespaces, sockets that
no network namespace separates (AF_VSOCK reaches a virtual machine's host), and large parts of the
kernel that no notebook needs.
"""

import platform
import socket
import struct

# name: (x86_64, aarch64), from the kernel's syscall_64.tbl and asm-generic/unistd.h
_DENIED = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "unshare": (272, 97),
    "setns": (308, 268),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
}
_CLONE = (56, 220)
_CLONE3 = (435, 435)
_SOCKET = (41, 198)
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
_NEW_NAMESPACES = (
    0x7E020000  # CLONE_NEWUSER, _NEWNS, _NEWPID, _NEWNET, _NEWIPC, _NEWUTS, _NEWCGROUP
)

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column, AUDIT_ARCH

# Classic BPF, as in linux/filter.h and linux/seccomp.h
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data, little-endian
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_EPERM, _ENOSYS, _EAFNOSUPPORT = (0x00050000 | number for number in (1, 38, 97))


def supported() -> bool:
    """Whether the tables above know this machine."""
    return platform.machine() in _MACHINES


def program() -> bytes:
    """The filter in the form that `bwrap --seccomp` reads: an array of struct sock_filter."""
    column, arch = _MACHINES[platform.machine()]
    code: list[tuple[int, int, int, int]] = []  # opcode, constant, skip if true, skip if false

    def refuse(number: int, answer: int) -> None:
        code.extend([(_EQUAL, number, 0, 1), (_RETURN, answer, 0, 0)])

    code += [(_LOAD, _ARCH, 0, 0), (_EQUAL, arch, 1, 0), (_RETURN, _KILL, 0, 0)]
    code += [(_LOAD, _NUMBER, 0, 0)]
    # x86_64 has a second set of numbers (x32) from here on; nothing uses it.
    code += [(_AT_LEAST, 0x40000000, 0, 1), (_RETURN, _EPERM, 0, 0)]
    for numbers in _DENIED.values():
        refuse(numbers[column], _EPERM)
    # The flags of clone3 lie in memory, out of a filter's sight; without it the C library uses clone.
    refuse(_CLONE3[column], _ENOSYS)
    code += [
        (_EQUAL, _CLONE[column], 0, 4),
        (_LOAD, _ARGUMENT, 0, 0),
        (_ANY_BIT, _NEW_NAMESPACES, 0, 1),
        (_RETURN, _EPERM, 0, 0),
        (_RETURN, _ALLOW, 0, 0),
    ]
    families = [
        step for family in _FAMILIES for step in ((_EQUAL, family, 0, 1), (_RETURN, _ALLOW, 0, 0))
    ]
    code += [
        (_EQUAL, _SOCKET[column], 0, len(families) + 2),
        (_LOAD, _ARGUMENT, 0, 0),
        *families,
        (_RETURN, _EAFNOSUPPORT, 0, 0),
    ]
    code += [(_RETURN, _ALLOW, 0, 0)]
    return b"".join(
        struct.pack("<HBBI", opcode, true, false, constant)
        for opcode, constant, true, false in code
    )
