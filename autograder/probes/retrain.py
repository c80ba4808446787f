"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Trains from scratch.

Calls the student's own train_lenet on the whole training set, as the notebook's training cell
does. facts: as in weights.py, with file "loaded".
"""


def probe(ask, student):
    train, prepare = find(student, ask["function"]), find(student, ask["prepare"])
    (train_images, train_labels), _ = find(student, "load_fashion_mnist")()
    try:
        model, _ = train(prepare(train_images), train_labels)
    except Exception as error:
        raise Failed from error
    return {
        "file": "loaded",
        "network": try_network(model, ask["trial"], weights=True),
        **preparation(ask, prepare, model),
    }
