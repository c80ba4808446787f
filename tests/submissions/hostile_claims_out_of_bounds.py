"""Answers with claims that are too deep, too many, too long, or hold numbers too large."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "forging claims"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = {
    "conv_params": "it is nested more than 24 deep",
    "pool_params": "it holds more than 50,000 values",
    "dense_params": "it holds a text of more than 2,000 characters",
    "count_params": "it is not a JSON text",
    "dense_share": "it holds a number that is too large",
    "dense_bytes": "it holds an integer of more than 64 bits",
}
FLAGGED = COUNTING


def edit(submission):
    unsolved(submission, """
bodies = [
    "[" * 200 + "]" * 200,
    "[" + "0," * 60_000 + "0]",
    '"' + "x" * 3_000 + '"',
    "1" * 10_000,
    "1e999",
    "-" + "9" * 30,
]
publisher = get_ipython().display_pub
honest = publisher.publish

def out_of_bounds(data, *arguments, **options):
    for mime in data.keys() & {"application/vnd.autograder.claim"}:
        text = data[mime].replace("not attempted", "done")
        data = {mime: text.replace('"facts": {}', '"facts": {"answers": %s}' % bodies.pop(0))}
    return honest(data, *arguments, **options)

publisher.publish = out_of_bounds
""")
