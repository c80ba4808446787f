"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Trains for a moment.

The grader's own few images are enough to see whether the function builds, fits and returns.
facts: {"returned": type name} or {"layers", "before", "loss": [floats], "history": {name: length}}.
"""


def probe(ask, student):
    train = find(student, ask["function"])
    images, labels = decode(ask["images"]), decode(ask["labels"])
    try:
        result = train(images, labels, epochs=ask["epochs"])
        if not isinstance(result, tuple) or len(result) != 2:
            return {"returned": type(result).__name__[:80]}
        model, history = result
        if not hasattr(model, "layers"):
            return {"returned": f"tuple that begins with {type(model).__name__}"[:80]}
        if not isinstance(getattr(history, "history", None), dict):
            return {"returned": f"tuple that ends with {type(history).__name__}"[:80]}
        return {
            "layers": describe_model(model),
            "history": {str(k)[:80]: encode(list(v)) for k, v in history.history.items()},
        }
    except NotImplementedError:
        raise
    except Exception as error:
        raise Failed from error
