"""Only the first convolution is padded, as in many textbooks: 61,706 parameters."""

NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 9}
HELP = {"build_lenet": "61,706 is LeNet with its first convolution padded"}


def edit(submission):
    submission.change(
        "build_lenet", "filters, 5,", 'filters, 5, padding="same" if filters == 6 else "valid",'
    )
