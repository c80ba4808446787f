"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Calls one function.

facts: {"answers": [{"value": …, "changed": bool} | {"error": {"type", "message"}}, …]}, one for each
call asked; changed: whether it changed what it was given. Where an exercise builds on other
functions, "also": what these gave for the calls in ask["also"], in the same form.
"""


def probe(ask, student):
    function = find(student, ask["function"])
    facts = {"answers": [called(function, arguments) for arguments in ask["calls"]]}
    stubs = [answer.pop("untouched", False) for answer in facts["answers"]]
    if all(stubs):
        raise NotImplementedError  # the stub is still there, and nothing else
    if "also" in ask:
        try:
            facts["also"] = [called_if_done(student, *call) for call in ask["also"]]
        except (SystemExit, KeyboardInterrupt):
            pass  # a function that ends the kernel or never ends: the one that is asked has answered
    return facts


def called(function, arguments):
    given = [decode(a) for a in arguments]
    before = encode(given)
    try:
        return {"value": encode(function(*given)), "changed": encode(given) != before}
    except Exception as error:
        return {"error": describe_error(error), "untouched": untouched(error, function.__name__)}


def called_if_done(student, name, arguments):
    try:
        answer = called(find(student, name), arguments)
    except Missing as error:
        return {"error": describe_error(error)}
    answer.pop("untouched", None)
    return answer
