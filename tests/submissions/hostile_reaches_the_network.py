"""Tries to reach the world, the grader's machine and its neighbours."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "reading answers"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")
SECRETS = ("FOUND",)


def edit(submission):
    unsolved(submission, """
import os, socket, urllib.request

places = [("1.1.1.1", 53), ("127.0.0.1", 22), ("127.0.0.1", 8888), ("10.0.0.1", 80),
          ("169.254.169.254", 80), ("::1", 22)]
for place in places:
    try:
        socket.create_connection(place, timeout=0.3)
        print("FOUND", place)
    except OSError:
        pass
try:
    print("FOUND", socket.getaddrinfo("example.org", 80))
except OSError:
    pass
for line in open("/proc/net/unix").read().splitlines()[1:]:
    name = line.split()[-1]
    if name.startswith("@"):
        print("FOUND", name)
interfaces = [name for _, name in socket.if_nameindex()]
if interfaces not in ([], ["lo"]):
    print("FOUND", interfaces)
for family in 40, 16, 17:  # AF_VSOCK, AF_NETLINK (harmless in a network of its own), AF_PACKET
    try:
        made = socket.socket(family, socket.SOCK_STREAM if family == 40 else socket.SOCK_RAW)
        if family != 16:
            print("FOUND a socket of family", family)
    except OSError:
        pass
""")
