"""What the hostile submissions of tests/submissions share."""

from corpus import ASSIGNMENT, Submission

COUNTING = [e.id for e in ASSIGNMENT.exercises if e.notebook == "2_count_parameters"]
NOTHING = dict.fromkeys(COUNTING, 0)  # what notebook 2 earns with nothing answered
# An attack that ends the kernel stands behind pool_params: what was asked by then keeps its points.
REST = COUNTING[2:]
LOST = dict.fromkeys(REST, 0)


def unsolved(submission: Submission, attack: str) -> None:
    """Answer nothing, and let the attack run before the first question is asked."""
    submission.untouched()
    submission.own_cell(attack, after="lenet_layers")


def midway(submission: Submission, attack: str) -> None:
    """Answer everything, and let the attack run between pool_params and dense_params."""
    submission.own_cell(attack, after="pool_params")
