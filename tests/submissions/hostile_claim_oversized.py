"""Answers with a claim of many megabytes."""

from hostile_tools import LOST, REST, midway

FAMILY = "forging claims"
NOTEBOOKS = (2,)
EXPECTED = LOST
HELP = dict.fromkeys(REST, "it went over the limit for printed and displayed output")
NOTES = ("it went over the limit for printed and displayed output", "It was in the cell 'dense_params'.")
FLAGGED = REST


def edit(submission):
    midway(submission, """
publisher = get_ipython().display_pub
honest = publisher.publish

def swollen(data, *arguments, **options):
    if "application/vnd.autograder.claim" in data:
        data = {"application/vnd.autograder.claim": "[" * 60_000_000}
    return honest(data, *arguments, **options)

publisher.publish = swollen
""")
