"""Sends every claim twice, the second time with other answers."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "forging claims"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "2 claims came back where one was asked for.")
FLAGGED = COUNTING


def edit(submission):
    unsolved(submission, """
publisher = get_ipython().display_pub
honest = publisher.publish

def twice(data, *arguments, **options):
    honest(data, *arguments, **options)
    if "application/vnd.autograder.claim" in data:
        text = data["application/vnd.autograder.claim"].replace("not attempted", "done")
        honest({"application/vnd.autograder.claim": text}, *arguments, **options)

publisher.publish = twice
""")
