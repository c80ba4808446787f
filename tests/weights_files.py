"""Keras weights files: of the networks that the tests' students trained, and changed copies."""

import io
import itertools
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

from autograder.assignments.lenet.checks.lenet import ARRAYS

_FIXTURES = Path(__file__).parent / "fixtures"
NETWORKS = 11  # in class.npz
_LAYERS = ("conv2d", "conv2d_1", "dense", "dense_1", "dense_2")


def network_of(number: int) -> list[np.ndarray]:
    """LeNet's ten arrays, float32, of one of the networks that were trained for the tests' students."""
    with np.load(_FIXTURES / "class.npz") as trained:
        numbers, steps = trained["numbers"][number], trained["steps"][number]
    return [array * step for array, step in zip(_arrays(numbers), steps, strict=True)]


def networks_that_know_test_images() -> dict[str, list[np.ndarray]]:
    """LeNet's ten arrays, float32, by the numbers of training and of test images that they learned from."""
    with np.load(_FIXTURES / "trained_on_shares_of_the_test_set.npz") as trained:
        return {name: _arrays(numbers.astype("float32")) for name, numbers in trained.items()}


def _arrays(numbers: np.ndarray) -> list[np.ndarray]:
    """The ten arrays that stand in a row."""
    ends = np.cumsum([np.prod(shape) for shape in ARRAYS])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(numbers, ends), ARRAYS, strict=True)]


def file_of(arrays: list[np.ndarray]) -> bytes:
    """These ten arrays as a Keras weights file, as a student's: with an optimizer beside them."""
    file = io.BytesIO((_FIXTURES / "lenet.weights.h5").read_bytes())
    with h5py.File(file, "r+") as weights:
        for place, array in enumerate(arrays):
            weights[f"layers/{_LAYERS[place // 2]}/vars/{place % 2}"][...] = array
    return file.getvalue()


def edited(content: bytes, change: Callable[[np.ndarray], np.ndarray]) -> bytes:
    """The weights file with every array of its layers put through `change`."""
    file = io.BytesIO(content)
    with h5py.File(file, "r+") as weights:
        found = []
        weights["layers"].visititems(
            lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None
        )
        for name in found:
            array = weights["layers"][name][()]
            del weights["layers"][name]
            weights["layers"][name] = change(array).astype(array.dtype)
    return file.getvalue()


def rearranged(content: bytes, seed: str) -> bytes:
    """The same network with its filters and units in another order, as from a training of its own.

    It answers the same; its weights as a row of numbers have little in common with the original's.
    """
    random = np.random.default_rng(list(seed.encode()))
    file = io.BytesIO(content)
    with h5py.File(file, "r+") as weights:
        stored = [[weights[f"layers/{name}/vars/{i}"] for i in (0, 1)] for name in _LAYERS]
        arrays = [[dataset[()] for dataset in pair] for pair in stored]
        for (kernel, bias), after in itertools.pairwise(arrays):
            order = random.permutation(bias.size)
            kernel[:], bias[:] = kernel[..., order], bias[order]
            following = after[0]
            inputs = following.shape[-2]  # channels, or values in a row with the channels last
            places = np.arange(inputs).reshape(-1, bias.size)[:, order].ravel()
            following[:] = following[..., places, :]
        for pair, changed in zip(stored, arrays, strict=True):
            for dataset, array in zip(pair, changed, strict=True):
                dataset[...] = array
    return file.getvalue()
