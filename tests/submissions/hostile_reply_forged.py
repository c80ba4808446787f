"""Signs replies with the key from the connection file: all is done, and it went well."""

from hostile_tools import NOTHING

FAMILY = "forging messages"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = {"conv_params": "should be 156, but yours is 0"}


def edit(submission):
    submission.untouched()
    submission.answer("conv_params", """
def conv_params(*arguments):
    kernel = get_ipython().kernel
    parent = kernel.get_parent("shell")
    for kind in "execute_reply", "shutdown_reply", "kernel_info_reply":
        kernel.session.send(
            kernel.iopub_socket, kind, {"status": "ok", "execution_count": 1, "payload": [
                {"source": "set_next_input", "text": "6.0", "replace": True}]}, parent=parent,
        )
    return 0
""")
