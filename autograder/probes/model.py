"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Builds a network, looks at it.

facts: {"network": see describe.py, "own_class": whether its class is none of Keras'} or {"not_a_model": type
name}.
"""


def probe(ask, student):
    build = find(student, ask["function"])
    try:
        model = build()
        if isinstance(model, type):
            return {"not_a_model": f"class ({model.__name__})"[:80]}
        if not hasattr(model, "layers") or not hasattr(model, "weights") or not callable(model):
            return {"not_a_model": type(model).__name__[:80]}
        return {"network": try_network(model, ask["trial"]), "own_class": not of_keras(type(model))}
    except Failed:
        raise
    except Exception as error:
        raise Failed from error
