"""TRUSTED; NumPy only. What a student's prepare_images is, seen from what it made of a few batches.

A network is measured on images that its student's kernel never prepared. So what prepare_images
does must be known here, whole: as a table of the 256 grey values, or as a calculation with figures
of the image or of the batch that it is given, which is then done again on other images.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

CLOSE = 2e-3  # of the deviation of the values: what float16 and other orders of rounding leave
SIDE = 28  # pixels
MEAN, STD = 0.2860, 0.3530  # of Fashion-MNIST's training pixels divided by 255; notebook 3 gives both

# (images as a student had them, (N, 28, 28) uint8; what came out, pixel by pixel, the same shape)
Pairs = Sequence[tuple[np.ndarray, np.ndarray]]


def by_pixel(images: np.ndarray, value: np.ndarray) -> np.ndarray | None:
    """The values in the places of their pixels, (N, 28, 28) float64, wherever their further axes are.

    None for another number of values, or for axes in another order: axes of length 1 change no order, all
    others do. Images may be rows of 784 too. Values that are not finite stay what they are.
    """
    shapes = [_without_ones(shape) for shape in (images.shape, (len(images), SIDE**2))]
    if _without_ones(value.shape) not in shapes or value.dtype.kind not in "biuf":
        return None
    return value.reshape(images.shape).astype(np.float64)


def as_array(value: Any) -> np.ndarray:
    """The array, or what would be one: a list of equal ones; an empty array for anything else."""
    try:
        return np.asarray(value) if isinstance(value, (list, np.ndarray)) else np.zeros(0)
    except ValueError:  # lists of different lengths
        return np.zeros(0)


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(length for length in shape if length != 1)


@dataclass(frozen=True)
class Preparation:
    """What prepare_images does with any images.

    table: (256,) float64, what it makes of each grey value, None where a pixel's neighbours count.
    told: what it does instead, for the student; "" for a table.
    moved: where pixels change their places, one that does: its place before and after, (row, column).
    """

    table: np.ndarray | None
    told: str
    _values: Callable[[np.ndarray, np.ndarray], np.ndarray]
    moved: tuple[tuple[int, int], tuple[int, int]] | None = None

    def of(self, batch: np.ndarray, chosen: np.ndarray | slice = slice(None)) -> np.ndarray:
        """(K, 28, 28, 1) float32: the chosen of a batch, (N, 28, 28) uint8, that it is given whole."""
        with np.errstate(all="ignore"):
            return self._values(batch, batch[chosen]).astype(np.float32, copy=False)[..., np.newaxis]


def recognise(pairs: Pairs) -> Preparation | None:
    """What prepare_images does, None where that cannot be known.

    pairs: the first batch holds every grey value; batches differ in size and in brightness, or else
    a figure of the batch would look like a constant.
    """
    images = np.concatenate([images for images, _ in pairs])
    values = np.concatenate([value for _, value in pairs])
    with np.errstate(over="ignore"):
        if not np.isfinite(values.astype(np.float32)).all():
            return None
    table = np.zeros(256)
    table[pairs[0][0]] = pairs[0][1]
    if np.allclose(table[images], values, rtol=1e-5, atol=1e-5):
        values = table.astype(np.float32)
        return Preparation(table, "", lambda _, chosen: values[chosen])
    for group, figures in FIGURES.items():
        for form, (told, calculate) in FORMS.items():
            made = np.concatenate([calculate(some, *figures(some)) for some, _ in pairs])
            slope, offset = np.polyfit(made.ravel(), values.ravel(), 1)
            if _close(slope * made + offset, values):
                return _Calculated(group, told, slope, offset, form).preparation()
    images = images.astype(np.float64)
    return _of_places(images, values) or _moved(images, values)


def _close(made: np.ndarray, values: np.ndarray) -> bool:
    return bool(np.abs(made - values).max() <= CLOSE * values.std())


@dataclass(frozen=True)
class _Calculated:
    """slope * (a form of the pixels, with figures of a group of them) + offset."""

    group: str
    told: str
    slope: float
    offset: float
    form: str

    def preparation(self) -> Preparation:
        return Preparation(None, f"{self.told} of {self.group} it is given", self._values)

    def _values(self, batch: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        # An image's own figures are those of the chosen ones; a batch's are those of all.
        figures = FIGURES[self.group](chosen if self.group == "the image" else batch)
        return self.slope * FORMS[self.form][1](chosen, *figures) + self.offset


def _of_places(images: np.ndarray, values: np.ndarray) -> Preparation | None:
    """A slope and an offset for each of the 28 × 28 places, as with a mean image taken away."""
    middle = images.mean(axis=0)
    slope = ((images - middle) * values).sum(axis=0) / ((images - middle) ** 2).sum(axis=0)
    offset = values.mean(axis=0) - slope * middle
    if not _close(slope * images + offset, values):
        return None
    told = "another mean or deviation for each place in the image"
    return Preparation(None, told, lambda _, chosen: slope * chosen + offset)


def _moved(images: np.ndarray, values: np.ndarray) -> Preparation | None:
    """One slope and offset for all pixels, which change their places: turned, mirrored, shifted.

    Each place that comes out has its own row of values over the images, which only one place that went
    in explains; what a shift leaves empty is the same number in every image.
    """
    n = len(images)
    before, after = images.reshape(n, -1), values.reshape(n, -1)
    steady = np.ptp(after, axis=0) <= CLOSE * values.std()
    if steady.all():
        return None
    some, others = (_unit(columns - columns.mean(axis=0)) for columns in (before, after))
    source = np.abs(others.T @ some).argmax(axis=1)  # (places out,) -> place in
    slope, offset = np.polyfit(before[:, source[~steady]].ravel(), after[:, ~steady].ravel(), 1)
    empty = after.mean(axis=0)

    def moved(batch: np.ndarray) -> np.ndarray:
        pixels = slope * batch.reshape(len(batch), -1)[:, source] + offset
        made: np.ndarray = np.where(steady, empty, pixels).reshape(batch.shape)
        return made

    if not _close(moved(images), values):
        return None
    out = int(np.argmax(~steady & (source != np.arange(SIDE**2))))
    places = divmod(int(source[out]), SIDE), divmod(out, SIDE)
    return Preparation(None, "pixels in other places", lambda _, chosen: moved(chosen), places)


def _unit(columns: np.ndarray) -> np.ndarray:
    scaled: np.ndarray = columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-12)
    return scaled


Figures = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # mean, deviation, least, largest


def _of_place(batch: np.ndarray) -> Figures:
    """Each (28, 28), over all images of a batch; a thousand at once, for there may be 60,000."""
    chunks = [batch[start : start + 1000] for start in range(0, len(batch), 1000)]  # views
    mean = sum(chunk.sum(axis=0, dtype=np.float64) for chunk in chunks) / len(batch)
    square = sum((chunk.astype(np.float64) ** 2).sum(axis=0) for chunk in chunks) / len(batch)
    deviation = np.sqrt(np.maximum(square - mean**2, 0))
    return mean, deviation, batch.min(axis=0), batch.max(axis=0)


def _of_batch(batch: np.ndarray) -> Figures:
    """Each a single number, over all pixels of a batch."""
    mean, deviation, least, largest = _of_place(batch)
    square = (deviation**2 + mean**2).mean()
    return mean.mean(), np.sqrt(square - mean.mean() ** 2), least.min(), largest.max()


def _of_image(batch: np.ndarray) -> Figures:
    """Each (N, 1, 1), over the pixels of one image."""
    inside = (1, 2)
    mean = batch.mean(axis=inside, dtype=np.float64, keepdims=True)
    deviation = batch.std(axis=inside, dtype=np.float64, keepdims=True)
    return mean, deviation, batch.min(axis=inside, keepdims=True), batch.max(axis=inside, keepdims=True)


FIGURES: dict[str, Callable[[np.ndarray], Figures]] = {
    "the batch": _of_batch, "the image": _of_image, "each place in the batch": _of_place,
}  # fmt: skip


def _divided(values: np.ndarray, by: np.ndarray) -> np.ndarray:
    quotient: np.ndarray = np.divide(values, by, out=np.zeros(values.shape), where=by != 0)
    return quotient


FORMS: dict[str, tuple[str, Callable[..., np.ndarray]]] = {
    "standardised": ("the mean and deviation", lambda x, mean, std, low, high: _divided(x - mean, std)),
    "centred": ("the mean", lambda x, mean, std, low, high: x - mean),
    "spread": (
        "the smallest and largest value",
        lambda x, mean, std, low, high: _divided(1.0 * x - low, 1.0 * high - low),
    ),
    "by largest": ("the largest value", lambda x, mean, std, low, high: _divided(1.0 * x, high)),
    "by deviation": ("the deviation", lambda x, mean, std, low, high: _divided(1.0 * x, std)),
}
