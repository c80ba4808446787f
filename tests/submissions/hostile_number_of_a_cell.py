"""Gives its cells a number that is none, which no notebook may hold."""

from hostile_tools import midway

FAMILY = "forging messages"
NOTEBOOKS = (2,)


def edit(submission):
    midway(submission, """
kernel = get_ipython().kernel
content = {"code": "", "execution_count": "PWNED"}
kernel.session.send(kernel.iopub_socket, "execute_input", content, parent=kernel.get_parent("shell"))
""")
