"""Carries metadata that the grader itself writes, in other forms than the grader would."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "tags and metadata"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")


def edit(submission):
    submission.untouched()
    metadata = submission.notebook(2).metadata
    metadata.autograder = ["all is well"]
    metadata.kernelspec = {
        "name": "hostile", "display_name": "<script>document.title='PWNED'</script>",
        "language": "bash", "argv": ["touch", "/tmp/autograder-hostile-canary"],
    }
    metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"</script>": 1}}}
    metadata.title = "<script>document.title='PWNED'</script>"
    for cell in submission.notebook(2).cells:
        cell.metadata.autograder = {"score": 9}
        cell.metadata.nbgrader = cell.metadata.get("nbgrader", "not an object")
