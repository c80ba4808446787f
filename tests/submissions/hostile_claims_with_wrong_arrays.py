"""Answers with arrays of objects, of impossible shapes, with other data than their shape needs."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "forging claims"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = {
    "conv_params": "an array in it has a dtype that is not allowed",
    "pool_params": "an array in it has an impossible shape",
    "dense_params": "an array in it has fewer or more bytes than its shape needs",
    "count_params": "an array in it is not base64",
    "dense_share": "a boolean array in it holds other bytes than 0 and 1",
    "dense_bytes": "it holds an object of an unknown kind",
}
FLAGGED = COUNTING


def edit(submission):
    unsolved(submission, """
bodies = [
    '{"$array": {"dtype": "object", "shape": [1], "data": "gASVAAAAAAAAAA=="}}',
    '{"$array": {"dtype": "float32", "shape": [-1, 4294967296], "data": ""}}',
    '{"$array": {"dtype": "float64", "shape": [16000000, 2], "data": "AAAA"}}',
    '{"$array": {"dtype": "uint8", "shape": [3], "data": "<svg onload=alert()>"}}',
    '{"$array": {"dtype": "bool", "shape": [3], "data": "AAEH"}}',
    '{"$pickle": "gASVHwAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAR0cnVllIWUUpQu"}',
]
publisher = get_ipython().display_pub
honest = publisher.publish

def wrong(data, *arguments, **options):
    for mime in data.keys() & {"application/vnd.autograder.claim"}:
        text = data[mime].replace("not attempted", "done")
        body = '"facts": {"answers": [{"value": %s}]}' % bodies.pop(0)
        data = {mime: text.replace('"facts": {}', body)}
    return honest(data, *arguments, **options)

publisher.publish = wrong
""")
