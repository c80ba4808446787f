"""An answer never comes: its own points wait for a person, and a wrong answer is looked at too."""

NOTEBOOKS = (2,)
EXPECTED = {"dense_share": 0, "dense_bytes": 0}
HELP = {
    "dense_share": "A cell was interrupted: is this only what it left undone?",
    "dense_bytes": "is there a loop without an end? It was interrupted.",
}
NOTES = ("The cell 'dense_bytes' ran longer than 25 s",)
FLAGGED = ("dense_share", "dense_bytes")


def edit(submission):
    submission.answer("dense_share", "def dense_share(layers):\n    return 0.5")
    submission.answer("dense_bytes", "def dense_bytes(*_):\n    while True:\n        pass")
