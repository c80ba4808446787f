"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Builds a network, looks at it.

facts: {"layers": [{"kind", "name", "config", "weights"}, …], "outputs": array (N, units)} or
{"not_a_model": type name}.
"""


def probe(ask, student):
    build = find(student, ask["function"])
    images = decode(ask["images"])  # (N, 28, 28, 1) float32
    try:
        model = build()
        if not hasattr(model, "layers") or not callable(model):
            return {"not_a_model": type(model).__name__[:80]}
        outputs = np.asarray(model(images))  # also gives weights to a model without an Input
        return {"layers": describe_model(model), "outputs": encode_array(outputs)}
    except NotImplementedError:
        raise
    except Exception as error:
        raise Failed from error
