"""Tells Jupyter in the kernel's name that the probe has ended, before it has."""

from hostile_tools import NOTHING

FAMILY = "forging messages"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = {"conv_params": "No claim came back."}
FLAGGED = ("conv_params",)


def edit(submission):
    submission.untouched()
    submission.answer("conv_params", """
def conv_params(*arguments):
    kernel = get_ipython().kernel
    kernel.session.send(
        kernel.iopub_socket, "status", {"execution_state": "idle"},
        parent=kernel.get_parent("shell"), ident=kernel._topic("status"),
    )
    return 0
""")
