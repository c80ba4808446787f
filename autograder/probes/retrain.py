"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Trains from scratch.

Calls the student's own train_lenet as the notebook's training cell does, but on the training images
and labels of a changed task. facts: as in weights.py, with file "loaded".
"""


def probe(ask, student):
    train, prepare = find(student, ask["function"]), find(student, ask["prepare"])
    labelled, _ = find(student, "load_fashion_mnist")()
    images, labels = changed(labelled, ask["change"])
    try:
        model, _ = train(np.asarray(prepare(images)), labels)
    except Exception as error:
        raise Failed from error
    return {
        "file": "loaded",
        "network": try_network(model, ask["trial"], weights=True),
        **preparation(ask, prepare, model),
    }
