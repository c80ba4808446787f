"""UNTRUSTED side: what `import autograder` finds in a sandboxed kernel, in place of our package.

`fashion_mnist.py` beside this file is the real one, shown read-only.
"""

from autograder.fashion_mnist import load_fashion_mnist

__all__ = ["check", "load_fashion_mnist"]


def check(*_args: object) -> None:
    """Stand in for the practice check: the grader judges from outside, when the cell is done."""
    print("checked after your notebook has run")
