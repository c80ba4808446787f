"""Opens the messages of an output widget, which would let it write into other cells."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "forging messages"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")


def edit(submission):
    unsolved(submission, """
kernel = get_ipython().kernel

def send(kind, content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent("shell"))

state = {"_model_module": "@jupyter-widgets/output", "_model_name": "OutputModel", "outputs": [],
         "msg_id": kernel.get_parent("shell")["header"]["msg_id"]}
send("comm_open", {"comm_id": "1", "target_name": "jupyter.widget", "data": {"state": state}})
update = {"method": "update", "state": {"outputs": [{"output_type": "stream", "text": "5.0"}]}}
send("comm_msg", {"comm_id": "1", "data": update})
send("comm_msg", {"comm_id": 7, "data": []})
send("clear_output", {"wait": True})
send("comm_close", {})
""")
