"""The places of a pooling window are counted as parameters: 44,434 in all."""

NOTEBOOKS = (2,)
EXPECTED = {"pool_params": 0}  # the sum itself is right
HELP = {
    "pool_params": "it only picks the largest value: nothing is learned.",
    "count_params": "pool_params, on which it builds, is not right yet",
}


def edit(submission):
    submission.change("pool_params", "return 0", "return height * width")
