"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Calls one function.

facts: {"answers": [{"value": …} | {"error": {"type", "message"}}, …]}, one for each call asked.
"""


def probe(ask, student):
    function = find(student, ask["function"])
    answers = []
    for arguments in ask["calls"]:
        try:
            answers.append({"value": encode(function(*[decode(a) for a in arguments]))})
        except Exception as error:
            if untouched(error):
                raise
            answers.append({"error": describe_error(error)})
    return {"answers": answers}
