"""UNTRUSTED side: what `import autograder` finds in a sandboxed kernel, in place of our package.

`fashion_mnist.py` beside this file is the real one, shown read-only.
"""

import functools

from autograder import fashion_mnist

__all__ = ["check", "compare", "load_fashion_mnist", "progress"]


_read = functools.cache(fashion_mnist.load_fashion_mnist)


def load_fashion_mnist() -> tuple:
    """((training images, labels), (test images, labels)); see fashion_mnist.py. Read once."""
    (train_images, train_labels), (test_images, test_labels) = _read()
    return (train_images.copy(), train_labels.copy()), (test_images.copy(), test_labels.copy())


def check(*_args: object) -> None:
    """Stand in for the practice check: the grader judges from outside. Raises RuntimeError always."""
    # Not a word and no error would be full marks, wherever nbgrader itself read this cell.
    raise RuntimeError("check() answers in your own Jupyter only: here your work is graded from outside.")


def progress() -> None:
    """Stand in for the line of points so far: here nothing was checked."""


def compare(*_args: object, **_options: object) -> bool:
    """Stand in for the comparison of guesses, which are the student's own. True: what came is shown."""
    return True
