"""Answers with texts that are no claims: cut off, not JSON, not text, with constants of JavaScript."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "forging claims"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = {
    "conv_params": "it is not a JSON text",
    "pool_params": "No claim came back.",
    "dense_params": "it does not have the fields of a claim",
    "count_params": "it is not a JSON text",
    "dense_share": "its state and its error contradict each other",
    "dense_bytes": "its facts are not an object",
}
FLAGGED = COUNTING


def edit(submission):
    unsolved(submission, """
import json

def cut(text): return text[:40]
def not_a_text(text): return {"passed": True}
def null(text): return "null"
def constant(text): return text.replace('"facts": {}', '"facts": {"x": NaN}')
def contradiction(text): return text.replace("not attempted", "failed")
def list_of_facts(text): return json.dumps({**json.loads(text), "state": "done", "facts": [1]})

tricks = [cut, not_a_text, null, constant, contradiction, list_of_facts]
publisher = get_ipython().display_pub
honest = publisher.publish

def malformed(data, *arguments, **options):
    for mime in data.keys() & {"application/vnd.autograder.claim"}:
        data = {mime: tricks.pop(0)(data[mime])}
    return honest(data, *arguments, **options)

publisher.publish = malformed
""")
