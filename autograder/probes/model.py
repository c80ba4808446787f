"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Builds a network, looks at it.

The network is tried with weights that the grader drew: what it answers then cannot be known
without computing it. facts: {"layers": [{"kind", "name", "config", "weights"}, …], "outputs":
array (N, units)} or {"not_a_model": type name}.
"""


def probe(ask, student):
    build = find(student, ask["function"])
    images, numbers = decode(ask["images"]), decode(ask["numbers"])  # (N, 28, 28, 1), (K,) float32
    try:
        model = build()
        if not hasattr(model, "layers") or not callable(model):
            return {"not_a_model": type(model).__name__[:80]}
        model(images)  # gives weights to a model without an Input
        weights = [w for layer in flat_layers(model) for w in layer.weights if hasattr(w, "assign")]
        before = [np.array(weight) for weight in weights]
        try:
            for place, weight in enumerate(weights):
                weight.assign(drawn(numbers, place, tuple(weight.shape)))
            outputs = np.asarray(model(images))
            return {"layers": describe_model(model), "outputs": encode_array(outputs)}
        finally:  # it may be the network that the student has just trained
            for weight, values in zip(weights, before):
                weight.assign(values)
    except Exception as error:
        raise Failed from error


def drawn(numbers, place, shape):
    """The grader's weights for the array at this place, as in autograder/facts.py."""
    return np.resize(np.roll(numbers, place), shape) / np.sqrt(np.prod(shape[:-1]))
