"""Answers the second question with the claim that the first one earned."""

from hostile_tools import COUNTING

FAMILY = "forging claims"
NOTEBOOKS = (2,)
CHEATED = COUNTING[1:]
EXPECTED = dict.fromkeys(CHEATED, 0)
HELP = dict.fromkeys(CHEATED, "it does not answer the question that was asked")
FLAGGED = CHEATED


def edit(submission):
    submission.own_cell("""
publisher, kept = get_ipython().display_pub, []
honest = publisher.publish

def replay(data, *arguments, **options):
    if "application/vnd.autograder.claim" in data:
        kept.append(data)
        data = kept[0]
    return honest(data, *arguments, **options)

publisher.publish = replay
""", after="lenet_layers")
