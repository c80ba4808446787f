"""The share is in per cent, the memory in gigabytes."""

NOTEBOOKS = (2,)
EXPECTED = {"dense_share": 0, "dense_bytes": 0}
HELP = {
    "dense_share": "Yours is in per cent: return a share from 0 to 1.",
    "dense_bytes": "Yours is in gigabytes: return bytes.",
}


def edit(submission):
    submission.change("dense_share", "return ", "return 100 * ")
    submission.change("dense_bytes", "* 4", "* 4 / 1e9")
