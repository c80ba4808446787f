"""The wide variant of the second assignment is built instead: 582,026 parameters."""

NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 3}
HELP = {"build_lenet": "582,026 is the wide variant"}


def edit(submission):
    submission.change("build_lenet", "(6, 16)", "(32, 64)")
    submission.change("build_lenet", "(120, 84, 10)", "(512, 10)")
