"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Calls one function.

facts: {"answers": [{"value": …, "changed": bool} | {"error": {"type", "message"}}, …]}, one for each
call asked; changed: whether it changed what it was given; "repeated": the answer to the first call when it
is made once more, after all of them. Where an exercise builds on other functions, "also": what these gave
for the calls in ask["also"], in the same form; "again": for each of the lists of names in ask["together"]
what the function gives for its own calls, without "changed", while those in ask["stand_ins"] stand in for them.
"""

import types


def probe(ask, student):
    function = find(student, ask["function"])
    facts = {"answers": [called(function, arguments) for arguments in ask["calls"]]}
    stubs = [answer.pop("untouched", False) for answer in facts["answers"]]
    if all(stubs):
        raise NotImplementedError  # the stub is still there, and nothing else
    # A function that ends the kernel, or never ends, costs nothing: the one that is asked has answered.
    for name, ask_more in (("repeated", asked_twice), ("also", asked_too), ("again", asked_again)):
        try:
            facts[name] = ask_more(ask, student)
        except (SystemExit, KeyboardInterrupt):
            pass
    return facts


def asked_twice(ask, student):
    return called_if_done(student, ask["function"], ask["calls"][0])


def asked_too(ask, student):
    return [called_if_done(student, *call) for call in ask.get("also", ())]


def asked_again(ask, student):
    return [asked_with(names, ask, student) for names in ask.get("together", ())]


def asked_with(names, ask, student):
    """The answers while stand-ins are in the place of the functions with these names."""
    sources = ask["stand_ins"]
    before = {name: student[name] for name in sources if name in student}
    known = [student.get(ask["function"]), *before.values()]
    ways = [
        replaced(before[name], made(name, sources[name]))
        for name in names
        # of one function under two names, neither
        if name in before and sum(one is before[name] for one in known) == 1
    ]
    try:
        student.update({name: made(name, sources[name]) for name in names})
        answers = [answered(student[ask["function"]], given(a)) for a in ask["calls"]]
    finally:
        for name in names:
            student.pop(name, None)
        student.update(before)
        for function, way in ways:
            set_way(function, way)
    for answer in answers:
        answer.pop("untouched", None)
    return answers


def made(name, source):
    namespace = {}
    exec(source, namespace)
    return namespace[name]


def replaced(function, other):
    """A function goes another function's way, for whoever has kept it in a table or a default as well."""
    if not isinstance(function, types.FunctionType) or function.__closure__:
        return None, None
    way = function.__code__, function.__defaults__, function.__kwdefaults__
    set_way(function, (other.__code__, other.__defaults__, None))
    return function, way


def set_way(function, way):
    if function is not None:
        function.__code__, function.__defaults__, function.__kwdefaults__ = way


def given(arguments):
    return [decode(a) for a in arguments]


def called(function, arguments):
    values = given(arguments)
    before = encode(values)
    try:
        return {"value": encode(function(*values)), "changed": encode(values) != before}
    except Exception as error:
        return raised(error, function)


def answered(function, values):
    """As `called`, but not whether the values were changed: to know it takes far longer than a call."""
    try:
        return {"value": encode(function(*values))}
    except Exception as error:
        return raised(error, function)


def raised(error, function):
    return {"error": describe_error(error), "untouched": untouched(error, function.__name__)}


def called_if_done(student, name, arguments):
    try:
        answer = called(find(student, name), arguments)
    except Missing as error:
        return {"error": describe_error(error)}
    answer.pop("untouched", None)
    return answer
