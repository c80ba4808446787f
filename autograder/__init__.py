"""The student's Jupyter: what a notebook may import. Everything else is imported where it is used."""

from autograder.fashion_mnist import load_fashion_mnist
from autograder.practice import check, progress
from autograder.predictions import compare

__all__ = ["check", "compare", "load_fashion_mnist", "progress"]
