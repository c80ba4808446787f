"""Returns NaN and infinities, with which every comparison is odd, and numbers beyond all bounds."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "objects that lie"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = {
    "conv_params": "should be 156, but yours is nan",
    "pool_params": "should be 0, but yours is inf",
    "dense_params": "should be 30,840, but yours is -inf",
    "count_params": "should be 44,426, but yours is inf",
    "dense_share": "should be a number",
    "dense_bytes": "should be a number",
}


def edit(submission):
    submission.untouched()
    answers = "nan", "inf", "-inf", "np.float32('inf')", "np.array([[float('nan')]])", "10**400"
    for name, answer in zip(COUNTING, answers, strict=True):
        value = answer if answer[:2] in ("np", "10") else f"float('{answer}')"
        submission.answer(name, f"def {name}(*arguments):\n    return {value}")
