"""UNTRUSTED: runs in the kernel before a notebook that is to be trained again. Changes its test images.

A train_lenet may watch its progress on the test images, so those must be of the changed task as well.
They are not the ones that it is judged by: a thousand training images stand in for them, ten times
over. The training images stay as they are: a function that takes them from the notebook, and leaves
its arguments aside, learns another task than the one it is asked for.
"""

import importlib


def probe(ask, student):
    package = importlib.import_module("autograder")  # the kernel's own, from which notebooks import
    training, _ = package.load_fashion_mnist()
    some = changed([part[:1000] for part in training], ask["change"])
    test = tuple(np.concatenate([part] * 10) for part in some)
    package.load_fashion_mnist = lambda: copy.deepcopy((training, test))
    return {}
