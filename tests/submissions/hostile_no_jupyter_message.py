"""Sends frames that are no messages, and messages whose parts are no objects, in the kernel's name."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "forging messages"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")


def edit(submission):
    unsolved(submission, """
import json

kernel = get_ipython().kernel
send = kernel.iopub_socket.send_multipart
parent = kernel.get_parent("shell")["header"]
send([b""])
send([b"x", b"<IDS|MSG>"])
send([b"<IDS|MSG>", b"signature", b"{}", b"{}", b"{}", b"{}"])
for content in ([], None, 7, {"data": 7}, {"data": {"text/plain": {}}, "metadata": []}, {"name": 1}):
    for kind in "stream", "display_data", "error", "execute_result", "status", "execute_input":
        header = {"msg_id": "x", "username": "", "session": "", "msg_type": kind, "version": "5.3",
                  "date": "2024-01-01T00:00:00Z"}
        parts = [json.dumps(part).encode() for part in (header, parent, {}, content)]
        send([b"<IDS|MSG>", kernel.session.sign(parts), *parts])
""")
