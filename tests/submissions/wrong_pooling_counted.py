"""The places of a pooling window are counted as parameters: 44,434 in all."""

NOTEBOOKS = (2,)
EXPECTED = {"pool_params": 0, "count_params": 1, "dense_share": 0}
HELP = {
    "pool_params": "it only picks the largest value: nothing is learned.",
    "count_params": "44,434 counts the places of the pooling windows",
}


def edit(submission):
    submission.change("pool_params", "return 0", "return height * width")
