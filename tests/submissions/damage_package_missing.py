"""An answer uses a package that the grading machine does not have."""

NOTEBOOKS = (2,)
EXPECTED = {"pool_params": 0}
HELP = {"pool_params": "which is neither installed where this was graded nor handed in"}
FLAGGED = {"pool_params"}


def edit(submission):
    submission.change("pool_params", "def pool_params", "import package_of_nobody\n\ndef pool_params")
