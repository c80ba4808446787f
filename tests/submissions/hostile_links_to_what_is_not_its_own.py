"""The notebook and the files beside it are links to the solution, the gradebook and another student."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "The submitted file could not be read: it is a link, not a file")
FLAGGED = COUNTING


def edit(submission):
    del submission.notebooks["2_count_parameters"]
    up = "../../.."
    submission.links["2_count_parameters.ipynb"] = f"{up}/source/lenet/2_count_parameters.ipynb"
    submission.links["book.db"] = f"{up}/gradebook.db"
    submission.links["<img src=x onerror=document.title='PWNED'>"] = "/etc/passwd"
    submission.links["\x1b]0;PWNED\x07\x1b[2J"] = "/etc/passwd"
    submission.links["theirs"] = f"{up}/submitted/correct/lenet"
