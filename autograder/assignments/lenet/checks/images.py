"""TRUSTED; standard library and NumPy only. The images that handed-in weights are measured on.

Kept apart from the checks, because pytest loads those anew in every session and this only once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from autograder.assignments.lenet.checks.lenet import arrangements, lenet_arrangement
from autograder.assignments.lenet.checks.preparing import MEAN, STD, Preparation, by_pixel, recognise
from autograder.fashion_mnist import CLASS_NAMES, FashionMnistError, load_fashion_mnist
from autograder.judging.api import Uncertain, Wrong
from autograder.judging.claims import Other
from autograder.judging.facts import Weights, quote, told_shape
from autograder.judging.network import Network, NetworkError, read_network
from autograder.judging.tracing import Traced

Labelled = tuple[np.ndarray, np.ndarray]
TRIED = 200  # training images, to see how arrays must be read that come from another network than LeNet

ASKED = slice(0, 10_000, 10)  # the test images on which networks of two students are compared


@lru_cache(maxsize=1)
def judged_images() -> tuple[Labelled, Labelled]:
    """The 60,000 training images and the 10,000 test images, each with its labels.

    Images (N, 28, 28) uint8, labels (N,) uint8.
    """
    return load_fashion_mnist()


def changed(labelled: Labelled, change: Mapping[str, np.ndarray]) -> Labelled:
    """The same images and labels as those of another task; see draw_change in hidden/inputs.py."""
    images, labels = labelled
    pixels = images.reshape(len(images), -1)[:, change["places"]]
    return pixels.reshape(images.shape), change["kinds"][labels]


def confusion(labels: np.ndarray, taken_for: np.ndarray) -> dict[str, Any]:
    """How many images of each class (row) were taken for which (column), as `api.Figures` has it.

    labels, taken_for: (N,), whole numbers from 0 to 9.
    """
    classes = len(CLASS_NAMES)
    counts = np.bincount(labels.astype(int) * classes + taken_for, minlength=classes**2)
    return {"names": list(CLASS_NAMES), "counts": counts.reshape(classes, classes).tolist()}


def drawn(of: int, count: int, nonce: str) -> np.ndarray:
    """(count,) places of images out of `of`, or of all; which ones, the nonce (hex digits) decides.

    Nobody can train on just those that will be drawn: nobody knows a graded submission's nonce.
    """
    return np.random.default_rng(int(nonce, 16)).choice(of, min(count, of), replace=False)


def require_use_of(pairs: Sequence[tuple[np.ndarray, Any]]) -> None:
    """Wrong where prepare_images gives the same number of images, whatever it is given.

    pairs: batches of different sizes, each with what came out: an array, or the shape of a large one.
    """
    given = {len(images) for images, _ in pairs}
    values = [value for _, value in pairs]
    shapes = {shape for shape in map(told_shape, values) if shape is not None}
    alike = len(given) > 1 and len(shapes) == 1
    if alike and all(isinstance(value, (np.ndarray, Other)) for value in values):
        raise Wrong(
            f"Whatever prepare_images is given, it gives an array of shape {shapes.pop()}: does it use "
            "train_images, or another array of the notebook, instead of its argument images?"
        )


def lenet_with(arrays: Sequence[np.ndarray]) -> Network:
    """LeNet with these ten arrays, kernel and bias of each layer, ready to predict.

    Wrong where they hold numbers that are not finite.
    """
    window = {
        "strides": [1, 1], "padding": "valid", "dilation_rate": [1, 1], "groups": 1,
        "data_format": "channels_last", "kernel_size": [5, 5],
    }  # fmt: skip
    half = {**window, "pool_size": [2, 2], "strides": [2, 2]}
    trained = {"use_bias": True, "activation": "sigmoid"}
    pairs = list(zip(arrays[::2], arrays[1::2], strict=True))
    layers = []
    for kernel, bias in pairs[:2]:
        config = {**window, **trained, "filters": bias.size}
        layers.append({"kind": "Conv2D", "config": config, "weights": [kernel, bias]})
        layers.append({"kind": "MaxPooling2D", "config": half, "weights": []})
    layers.append({"kind": "Flatten", "config": window, "weights": []})
    for kernel, bias in pairs[2:]:
        config = {**trained, "units": bias.size}
        layers.append({"kind": "Dense", "config": config, "weights": [kernel, bias]})
    try:
        return read_network([{**layer, "name": layer["kind"]} for layer in layers])
    except NetworkError as error:
        raise Wrong(error.sentence) from None


def preparation_of(weights: Weights) -> Preparation:
    """What the student's prepare_images does, as it was asked together with these weights.

    Raises Wrong where the network does not take what prepare_images gives, or where that is no
    array, and Uncertain where what it does cannot be known. Where the task was changed, Wrong also for
    one that moves pixels: it can move them back to where they were.
    """
    pairs = list(zip(weights.batches, weights.prepared, strict=True))
    require_use_of(pairs)
    if weights.refused is not None:
        shape = getattr(weights.prepared[0], "shape", "of another kind")
        raise Wrong(
            f"The network does not take what prepare_images gives for {weights.batches[0].shape}, "
            f"{shape} ({weights.refused.name}). Prepare the images as when it was trained."
        )
    by_pixels = []
    for images, value in pairs:
        values = by_pixel(images, value) if isinstance(value, np.ndarray) else None
        if values is None or value.shape not in (images.shape, (*images.shape, 1)):
            shape = f"the shape {value.shape}" if isinstance(value, np.ndarray) else quote(value)
            raise Wrong(
                "The network takes images of shape (N, 28, 28, 1); for a batch of shape "
                f"{images.shape} prepare_images gives {shape}."
            )
        if not np.isfinite(values).all():
            raise Wrong(
                "What prepare_images gives are not all finite numbers, so its network answers "
                "nothing: is something divided by 0?"
            )
        by_pixels.append((images, values))
    found = recognise(by_pixels)
    if found is None:
        raise Uncertain(
            "prepare_images does not treat every pixel alike, nor by the mean, deviation or range "
            "of its image or batch. So what it makes of the test images cannot be known here, and a "
            "person has to try the network. With MEAN and STD alone it is measured at once."
        )
    if weights.change is not None and found.moved is not None:
        raise Wrong(
            "After this training prepare_images moves pixels, and so it can move those of the changed task "
            "back to where they were: a network that never learned the task would look as if it had."
        )
    return found


def readings(network: Traced) -> list[list[np.ndarray]]:
    """How its weights can be read as LeNet's; all ways, where it computes something else.

    Raises Uncertain where they were not told.
    """
    ways = list(arrangements(network.weights))
    if not ways:
        raise Uncertain("The weights themselves were not told, so they cannot be measured.")
    number = lenet_arrangement(network)
    return ways if number is None else [ways[number]]


def measured_plainly(weights: Weights) -> tuple[Sequence[np.ndarray], np.ndarray, np.ndarray] | None:
    """As Weights.measured, on images that are prepared with MEAN and STD, whatever prepare_images does.

    None where no LeNet can be read from these weights, where it gives no finite numbers, and where the
    images cannot be had, which the check has told.
    """
    if weights.network is None:
        return None
    measured = Measured(_WITH_MEAN_AND_STD)
    try:
        train, test = judged_images()
        measured.choose(readings(weights.network), *train, drawn(len(train[0]), TRIED, weights.nonce))
        return measured.compared_by(*test, measured.outputs(test[0]))
    except (Wrong, Uncertain, FashionMnistError):
        return None


class Measured:
    """A network with a preparation of pixels, to be tried on images.

    `choose` says which network; before it there is none.
    arrays: LeNet's ten, of the network that was chosen. how: what a person should know about that
    preparation, to stand behind "Measured: …".
    """

    def __init__(self, preparation: Preparation):
        self._network: Network | None = None
        self.arrays: Sequence[np.ndarray] = ()
        self._preparation = preparation
        self.how = f" (with {preparation.told}, as in your prepare_images)" if preparation.told else ""

    def choose(
        self,
        ways: Sequence[Sequence[np.ndarray]],
        images: np.ndarray,
        labels: np.ndarray,
        chosen: np.ndarray,
    ) -> None:
        """Measure LeNet with the ten arrays of one of these ways to read them.

        Of several the one that recognises most of the chosen images, or the first with half of them.
        """
        best = -1.0
        for way in ways:
            before, self._network = self._network, lenet_with(way)
            share = self.accuracy(images, labels, chosen) if len(ways) > 1 else 1.0
            if share > best:
                best, self.arrays = share, way
            else:
                self._network = before
            if best > 0.5:
                break

    @property
    def _chosen(self) -> Network:
        assert self._network is not None, "choose says which network"
        return self._network

    def outputs(self, batch: np.ndarray) -> np.ndarray:
        """(N, 10) float32: what the network gives for a batch (N, 28, 28), prepared as one.

        Wrong if outputs are not finite.
        """
        try:
            with threadpool_limits(1, "blas"):
                return self._chosen.predict(self._preparation.of(batch))
        except NetworkError as error:
            raise Wrong(str(error)) from None

    def compared_by(
        self, images: np.ndarray, labels: np.ndarray, outputs: np.ndarray
    ) -> tuple[Sequence[np.ndarray], np.ndarray, np.ndarray]:
        """What networks are compared by, as Weights.measured has it, of the test images and `outputs` of them."""
        mistakes = outputs.argmax(axis=1) != labels
        return self.arrays, self._preparation.of(images, ASKED), mistakes

    def accuracy(
        self, batch: np.ndarray, labels: np.ndarray, chosen: np.ndarray | slice = slice(None)
    ) -> float:
        """The share (0 to 1) of the chosen images recognised, of a batch (N, 28, 28) with labels (N,).

        The batch is prepared as one, as in the notebook. Wrong if outputs are not finite.
        """
        return self._share(self._preparation.of(batch, chosen), labels[chosen])

    def _share(self, prepared: np.ndarray, labels: np.ndarray) -> float:
        try:
            # Small products on many threads wait for one another; graders run one process a core.
            with threadpool_limits(1, "blas"):
                return self._chosen.accuracy(prepared, labels)
        except NetworkError as error:
            raise Wrong(str(error)) from None

    def better_prepared(self, accuracy: float, images: np.ndarray, labels: np.ndarray, in_front: bool) -> str:
        """What to say when the same weights do far better on images that are prepared otherwise.

        in_front: whether their network has something in front of its first convolution.
        """
        tried = slice(0, 2_000)
        shares = {
            told: self._share(table[images[tried]][..., np.newaxis].astype(np.float32), labels[tried])
            for told, table in OTHERWISE.items()
        }
        told, best = max(shares.items(), key=lambda item: item[1])
        if best < accuracy + 0.05:
            return ""
        advice = "Give fit what prepare_images gives, once"
        if in_front:
            advice = (
                "In your build_lenet something in front of the first convolution changes the images, and weights "
                "are measured in LeNet alone: leave it out, do all that prepares images in prepare_images"
            )
        trained = f"The same weights recognise {best:.0%} of images that are {told}"
        if told == AS_TAUGHT and not in_front:
            return (
                f"{trained}: they may be good as they are. Mend prepare_images so that it gives such images, then "
                "check again. Or train and save again, if prepare_images is as you want it."
            )
        return (
            f"{trained}: they seem to have been trained on such images. {advice}, then train and save again."
        )

    def plateau(self, images: np.ndarray) -> str:
        """What to say of a network that guesses."""
        with threadpool_limits(1, "blas"):
            said = self._chosen.predict(self._preparation.of(images)[:2_000]).argmax(axis=1)
        share = np.bincount(said).max() / len(said)
        if share > 0.8:
            return (
                f"It gives {share:.0%} of them the same label. Did the loss fall while training? "
                "Sigmoids need larger start weights, or more epochs, to leave the plateau."
            )
        return (
            "Its labels differ, but have nothing to do with the images. Was this network trained, "
            "with every label at its image, before its weights were saved?"
        )


_GREY = np.arange(256) / 255
_RIGHT = (_GREY - MEAN) / STD
_WITH_MEAN_AND_STD = Preparation(_RIGHT, "", lambda _, chosen: _RIGHT[chosen])
# What a network may have been trained on in place of what its prepare_images gives.
AS_TAUGHT = "prepared with MEAN and STD"
OTHERWISE = {
    AS_TAUGHT: _RIGHT,
    "prepared twice": (_RIGHT / 255 - MEAN) / STD,
    "prepared and then divided by 255": _RIGHT / 255,
    "only divided by 255": _GREY,
    "not prepared, with pixels from 0 to 255": 255 * _GREY,
}
