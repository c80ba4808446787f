"""Puts a display into a judged cell and changes it when the next cells run."""

from hostile_tools import NOTHING

FAMILY = "forging messages"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = {"conv_params": "should be 156, but yours is 0"}


def edit(submission):
    submission.untouched()
    submission.answer("conv_params", """
from IPython.display import HTML, display, update_display

def conv_params(*arguments):
    display(HTML("5.0"), display_id="score")
    return 0
""")
    submission.own_cell("""
update_display(HTML("5.0"), display_id="score")
display({"text/plain": "5.0"}, raw=True, display_id="score")
update_display({"text/plain": "5.0", "application/vnd.autograder.claim": "{}"}, raw=True,
               display_id="score")
""", after="conv_params")
