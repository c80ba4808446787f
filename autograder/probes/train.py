"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Trains for a moment.

The grader's own few images are enough to see whether the function builds, fits and returns. What
the network was when fit began is claimed as well, so that the judge can see whether it learned.
facts: {"returned": type name} or {"network": see describe.py, "begun": its weights or None,
"history": {name: floats}}.
"""

from unittest import mock

import keras


def probe(ask, student):
    train = find(student, ask["function"])
    images, labels = decode(ask["images"]) / np.float32(64) - 2, decode(ask["labels"])
    begun = []  # (network, its weights) of each fit, as it began
    fit = keras.Model.fit

    def watched_fit(network, *arguments, **options):
        if not network.built:
            network(images[:1])
        begun.append((network, [as_array(weight) for weight in network.weights]))
        network.run_eagerly = True  # to trace a graph takes longer than these few batches
        return fit(network, *arguments, **options)

    try:
        with mock.patch.object(keras.Model, "fit", watched_fit):
            result = train(images, labels, epochs=ask["epochs"])
        if not isinstance(result, tuple) or len(result) != 2:
            return {"returned": type(result).__name__[:80]}
        model, history = result
        if not hasattr(model, "layers"):
            return {"returned": f"tuple that begins with {type(model).__name__}"[:80]}
        if not isinstance(getattr(history, "history", None), dict):
            return {"returned": f"tuple that ends with {type(history).__name__}"[:80]}
        return {
            "network": try_network(model, ask["trial"], weights=True),
            "begun": next(
                ([encode_array(a) for a in arrays] for fitted, arrays in begun if fitted is model), None
            ),
            "history": {str(k)[:80]: encode(list(v)) for k, v in history.history.items()},
        }
    except Failed:
        raise
    except Exception as error:
        raise Failed from error
