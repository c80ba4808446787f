"""Runs under pytest. Right and wrong ways to write prepare_images: points, causes, true accuracy.

Every way goes through the probe and the checks, as when a student says check("prepare_images").
"""

import itertools
import os

import numpy as np
import pytest

from autograder import check
from autograder.assignments.lenet.checks.preparing import by_pixel

pytestmark = pytest.mark.slow  # together a minute and more

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

MEAN, STD = 0.2860, 0.3530
SEEDS = range(3)
train_images = np.random.default_rng(0).integers(0, 256, (4000, 28, 28)).astype("uint8")


def f32(images):
    return np.asarray(images).astype("float32")


def right(images):
    return ((f32(images) / 255 - MEAN) / STD)[..., None]


def step_by_step(images):
    images = images.astype("float32")
    images /= 255.0
    images -= MEAN
    images /= STD
    return images.reshape(-1, 28, 28, 1)


def one_by_one(images):
    return np.stack([right(image) for image in images])


def emptied(images):
    kept = images.copy()
    images[:] = 0
    return right(kept)


def inverted_in_place(images):
    np.subtract(255, images, out=images)
    return right(255 - images)


def one_pixel_marked(images):
    prepared = right(images)
    images[0, 0, 0] ^= 1
    return prepared


def loop_over_images(images):
    prepared = []
    for image in images:
        image = image.astype("float32")
        image /= 255
        image -= MEAN
        image /= STD
        prepared.append(image[..., np.newaxis])
    return np.array(prepared)


def loop_over_pixels(images):
    table = np.array([(grey / 255 - MEAN) / STD for grey in range(256)], dtype=np.float32)
    return table[images][:, :, :, np.newaxis]


def prepared_by_keras(images):
    from keras import layers

    x = layers.Rescaling(1 / 255)(images[..., None].astype("float32"))
    return layers.Normalization(mean=MEAN, variance=STD**2)(x)


def tensor_of_tensorflow(images):
    import tensorflow as tf

    return tf.expand_dims((tf.cast(images, tf.float32) / 255 - MEAN) / STD, -1)


RIGHT = {
    "as in the notebook": right,
    "step by step": step_by_step,
    "image by image": one_by_one,
    "a table of greys": loop_over_pixels,
    "float64 until the end": lambda x: ((x / 255 - MEAN) / STD)[..., None].astype("float32"),
    "axis first": lambda x: ((x[..., None].astype("float32") / 255) - MEAN) / STD,
    "expand_dims": lambda x: np.expand_dims((f32(x) / 255 - MEAN) / STD, axis=3),
    "expand_dims -1": lambda x: np.expand_dims((f32(x) / 255.0 - MEAN) / STD, axis=-1),
    "reshape": lambda x: ((f32(x).reshape(len(x), 28, 28, 1) / 255) - MEAN) / STD,
    "reshape *": lambda x: ((f32(x) / 255 - MEAN) / STD).reshape(*x.shape, 1),
    "one fraction": lambda x: ((f32(x) - 255 * MEAN) / (255 * STD))[..., None],
    "slope and offset": lambda x: (f32(x) * np.float32(1 / 255 / STD) - np.float32(MEAN / STD))[..., None],
    "difference of fractions": lambda x: (f32(x) / 255 / STD - MEAN / STD)[..., None],
    "NumPy's functions": lambda x: np.divide(np.subtract(np.divide(f32(x), 255), MEAN), STD)[..., None],
    "harmless clip": lambda x: np.clip(right(x), -5, 5),
    "figures of the training images": lambda x: ((f32(x) / 255 - 0.28604) / 0.35302)[..., None],
    "float16 on the way": lambda x: right(x).astype("float16").astype("float32"),
    "Fortran order": lambda x: np.asfortranarray(right(x)),
    "stack": lambda x: np.stack([(f32(x) / 255 - MEAN) / STD], axis=-1),
    "np.array": lambda x: np.array((x[:, :, :, None] / 255 - MEAN) / STD, dtype=np.float32),
    "keras layers": prepared_by_keras,
    "TensorFlow": tensor_of_tensorflow,
    "a loop over images, each in its own place": loop_over_images,
    "all but very large batches at once": lambda x: np.concatenate(
        [right(x[i : i + 999]) for i in range(0, len(x), 999)]
    ),
}


@pytest.mark.parametrize("way", RIGHT)
def test_a_right_way_to_prepare_gets_all_points(way):
    for _ in SEEDS:
        verdict = check("prepare_images", {"prepare_images": RIGHT[way]}).verdict
        assert verdict.outcome == "passed" and verdict.score == 6, verdict


def batch_figures(x):
    scaled = f32(x) / 255
    return ((scaled - scaled.mean()) / scaled.std())[..., None]


def image_figures(x):
    scaled = f32(x) / 255
    mean, std = (f(scaled, axis=(1, 2), keepdims=True) for f in (np.mean, np.std))
    return ((scaled - mean) / std)[..., None]


def whole(x):
    return (x.astype("float32") / 255)[..., None]


# name: (function, points for shape + dtype + values, a word of the cause)
WRONG = {
    "nothing": (lambda x: x, 0, "The channel axis is missing"),
    "only the axis": (lambda x: x[..., None], 2, "The pixels are unchanged"),
    "only 255": (whole, 3, "only divided by 255"),
    "no axis": (lambda x: right(x)[..., 0], 4, "The channel axis is missing"),
    "channel first": (lambda x: np.moveaxis(right(x), -1, 1), 4, "The channel axis comes last"),
    "new axis in front": (lambda x: right(x)[None, ..., 0], 4, "The channel axis comes last"),
    "new axis between rows and columns": (lambda x: right(x)[:, :, None, :, 0], 4, "The channel axis comes last"),
    "two new axes at the end": (lambda x: right(x)[..., None], 4, "There is more than one new axis"),
    "two new axes, one in front": (lambda x: right(x)[None], 4, "There is more than one new axis"),
    "two new axes, around the rows": (lambda x: right(x)[:, None, :, None, :, 0], 4, "There is more than one new axis"),
    "rows of one pixel": (lambda x: right(x).reshape(len(x), 1, -1), 4, "Leave the batch and every image as large"),
    "the batch behind the pixels": (lambda x: np.moveaxis(right(x), 0, 2), 1, "The axes are others: a batch of shape (2, 28, 28) came out as (28, 28, 2, 1)"),
    "flat": (lambda x: right(x).reshape(len(x), -1), 4, "Leave every image 28 by 28"),
    "three channels": (lambda x: np.repeat(right(x), 3, axis=-1), 1, "one channel, not three"),
    "float64": (lambda x: right(x).astype("float64"), 5, "Yours are float64"),
    "float16": (lambda x: right(x).astype("float16"), 5, "Yours are float16"),
    "list": (lambda x: right(x[:9]).round(3).tolist(), 3, "np.array(...) makes one of a list"),
    "a list of images": (lambda x: list(right(x[:9])), 3, "np.array(...) makes one of a list"),
    "a list of every image": (lambda x: [right(image) for image in x], 3, "np.array(...) makes one of a list"),
    "every image in a tuple": (lambda x: tuple(right(x)), 3, "np.array(...) makes one of a list"),
    "the images beside it": (lambda x: (x, right(x)), 0, "These are 2 things: return the prepared images alone"),
    "objects": (lambda x: right(x).astype("object"), 0, "yours returns an array of shape (1, 28, 28, 1) and dtype object"),
    "padded to 32": (lambda x: right(np.pad(x, ((0, 0), (2, 2), (2, 2)))), 1, "Leave the batch and every image as large as they are"),
    "no return": (lambda x: None, 0, "Is there a return"),
    "whole division": (lambda x: (x // 255)[..., None], 2, "the fraction is lost"),
    "whole division, then standardised": (lambda x: ((x // 255 - MEAN) / STD)[..., None].astype("float32"), 3, "cut off before MEAN is taken away, by //"),
    "cast, then standardised": (lambda x: (((x / 255).astype("uint8") - MEAN) / STD)[..., None].astype("float32"), 3, "or by a cast to whole numbers"),
    "cast to int, then standardised": (lambda x: (((x / 255).astype(int) - MEAN) / STD)[..., None].astype("float32"), 3, "or by a cast to whole numbers"),
    "cut off by trunc, then standardised": (lambda x: ((np.trunc(x / 255) - MEAN) / STD)[..., None].astype("float32"), 3, "The fraction is cut off"),
    "integers": (lambda x: right(x).astype("int32"), 2, "the fraction is lost"),
    "no STD": (lambda x: whole(x) - np.float32(MEAN), 3, "STD is missing"),
    "no MEAN": (lambda x: whole(x) / np.float32(STD), 3, "MEAN is missing"),
    "brackets": (lambda x: whole(x) - np.float32(MEAN / STD), 3, "Mind the brackets"),
    "not divided": (lambda x: (f32(x)[..., None] - np.float32(MEAN)) / np.float32(STD), 3, "Divide by 255 before"),
    "twice 255": (lambda x: (whole(x) / 255 - np.float32(MEAN)) / np.float32(STD), 3, "divided by 255 twice"),
    "256": (lambda x: ((f32(x) / 256 - MEAN) / STD)[..., None], 3, "not by 256"),
    "inverted": (lambda x: (1 - whole(x) - np.float32(MEAN)) / np.float32(STD), 3, "Black and white are exchanged"),
    "exchanged": (lambda x: (whole(x) - np.float32(STD)) / np.float32(MEAN), 3, "MEAN and STD are exchanged"),
    "MEAN of 0 to 255": (lambda x: (whole(x) - np.float32(255 * MEAN)) / np.float32(STD), 3, "do not multiply it by 255"),
    "MEAN and STD twice": (lambda x: (right(x) - np.float32(MEAN)) / np.float32(STD), 3, "applied twice"),
    "MEAN added": (lambda x: (whole(x) + np.float32(MEAN)) / np.float32(STD), 3, "MEAN is added"),
    "times STD": (lambda x: (whole(x) - np.float32(MEAN)) * np.float32(STD), 3, "divide by it"),
    "figures of each place": (lambda x: ((f32(x) - f32(x).mean(axis=0)) / np.maximum(f32(x).std(axis=0), 1e-6))[..., None], 3, "Your function uses the mean and deviation of each place in the batch it is given"),
    "MNIST's MEAN and STD": (lambda x: (whole(x) - np.float32(0.1307)) / np.float32(0.3081), 3, "0.1307 and 0.3081 are of MNIST"),
    "MNIST's, to more digits": (lambda x: (whole(x) - np.float32(0.13066)) / np.float32(0.30811), 3, "0.1307 and 0.3081 are of MNIST"),
    "MNIST's, of 0 to 255": (lambda x: (f32(x)[..., None] - np.float32(33.32)) / np.float32(78.57), 3, "0.1307 and 0.3081 are of MNIST"),
    "cut off": (lambda x: np.clip(right(x), 0, 1), 3, "cut off"),
    "from -1 to 1": (lambda x: f32(x)[..., None] / np.float32(127.5) - 1, 3, "from -1 to 1"),
    "batch figures": (batch_figures, 3, "the mean and deviation of the batch it is given"),
    "image figures": (image_figures, 3, "the mean and deviation of the image it is given"),
    "largest of the batch": (lambda x: f32(x)[..., None] / np.float32(x.max()), 3, "the largest value of the batch"),
    "range of the batch": (lambda x: (f32(x) - x.min())[..., None] / np.float32(int(x.max()) - int(x.min())), 3, "the smallest and largest value of the batch"),
    "mean image": (lambda x: (whole(x) - (train_images.mean(axis=0) / 255).astype("float32")[..., None]) / np.float32(STD), 3, "another mean or deviation for each place"),
    "noise": (lambda x: right(x) + np.random.default_rng().normal(0, 0.3, (*x.shape, 1)).astype("float32"), 3, "not decided by its grey value alone"),
    "mirrored": (lambda x: right(x)[:, :, ::-1], 3, "what was in row 0, column 27 comes out in row 0, column 0"),
    "upside down": (lambda x: right(x[:, ::-1]), 3, "what was in row 27, column 0 comes out in row 0, column 0"),
    "rows and columns swapped": (lambda x: right(x.swapaxes(1, 2)), 3, "what was in row 1, column 0 comes out in row 0, column 1"),
    "turned": (lambda x: right(np.rot90(x, axes=(1, 2))), 3, "The pixels change their places"),
    "rolled": (lambda x: right(np.roll(x, 3, axis=2)), 3, "The pixels change their places"),
    "shifted": (lambda x: right(np.pad(x, ((0, 0), (2, 0), (0, 0)))[:, :28]), 3, "The pixels change their places"),
    "reshaped the other way": (lambda x: right(x.reshape(len(x), -1, order="F").reshape(x.shape)), 3, "The pixels change their places"),
    "smoothed": (lambda x: right((f32(x) + np.roll(x, 1, axis=1)) / 2), 3, "not decided by its grey value alone"),
    "the first thousand": (lambda x: right(x[:1000]), 4, "10,001 images, of shape (10001, 28, 28), came out as (1000, 28, 28, 1)"),
    "the first hundred": (lambda x: right(x[:100]), 4, "does prepare_images keep only a part"),
    "every tenth, where there are many": (lambda x: right(x[:: 1 + 9 * (len(x) > 5000)]), 4, "does prepare_images keep only a part"),
    "all but a rest of batches": (lambda x: right(x[: max(len(x) // 64 * 64, len(x) % 64)]), 4, "does prepare_images keep only a part"),
    "its argument emptied": (emptied, 3, "changes the images that it is given"),
    "its argument inverted": (inverted_in_place, 3, "changes the images that it is given"),
    "its argument marked": (one_pixel_marked, 3, "changes the images that it is given"),
    "NaN": (lambda x: right(x) / np.float32(np.nan), 3, "Not all of them are finite"),
    "its own images": (lambda x: right(train_images), 0, "does it use train_images"),
    "few of its own images": (lambda x: right(train_images[:10]), 0, "does it use train_images"),
    "raises": (lambda x: x.cast("float32"), 0, "raised AttributeError"),
    "whole numbers in place": (lambda x: x.__itruediv__(255), 0, "raised UFuncTypeError"),
}  # fmt: skip


@pytest.mark.parametrize("way", WRONG)
def test_a_wrong_way_to_prepare_is_told_its_cause_and_gets_its_points(way):
    function, points, cause = WRONG[way]
    for _ in SEEDS:
        verdict = check("prepare_images", {"prepare_images": function}).verdict
        helps = " ".join(one.help for one in verdict.checks if one.outcome != "passed")
        assert verdict.score == points and cause in helps, (verdict.score, helps)
        assert "broke" not in helps and not verdict.flagged


class Silent:
    """What nobody writes out."""

    def __repr__(self):
        raise MemoryError("so much text")


@pytest.mark.parametrize("kind", [list, tuple, lambda things: dict(enumerate(things))])
def test_ten_thousand_things_are_not_written_out(kind):
    verdict = check("prepare_images", {"prepare_images": lambda images: kind([Silent()] * 10_000)}).verdict
    assert "10,000 things" in verdict.checks[0].help, verdict.checks[0].help


@pytest.mark.parametrize("n", [1, 28])
def test_axes_of_length_one_move_no_pixel_and_others_do(n):
    images = train_images[:n]
    for value in (images[None], images[:, :, None], images[:, None, :, None, :, None]):
        assert (by_pixel(images, value) == images).all()
    moved = by_pixel(images, np.moveaxis(images, 0, 1)[..., None])
    assert (moved == images).all() == (n == 1)


STEPS = {
    "255": lambda x: x / np.float32(255),
    "MEAN": lambda x: x - np.float32(MEAN),
    "STD": lambda x: x / np.float32(STD),
}


@pytest.mark.parametrize("count", [2, 3])
def test_every_order_of_the_steps_is_told_what_is_wrong_with_it(count):
    for order in itertools.permutations(STEPS, count):
        if order == tuple(STEPS):
            continue

        def prepare(images, order=order):
            values = images[..., np.newaxis].astype("float32")
            for step in order:
                values = STEPS[step](values)
            return values

        verdict = check("prepare_images", {"prepare_images": prepare}).verdict
        help = verdict.checks[2].help
        assert verdict.score == 3
        if count == 3:
            assert "All three steps are there, but the order is another" in help, (order, help)
        else:
            assert any(word in help for word in ("missing", "Divide by 255 before")), (order, help)


MEASURED = {
    "right": (right, ""),
    "no axis": (lambda x: right(x)[..., 0], ""),
    "a list of every image": (WRONG["a list of every image"][0], ""),
    "every image in a tuple": (WRONG["every image in a tuple"][0], ""),
    "a list, only 255": (lambda x: list(whole(x)), ""),
    "only 255": (whole, ""),
    "batch figures": (batch_figures, "with the mean and deviation of the batch"),
    "image figures": (image_figures, "with the mean and deviation of the image"),
    "largest of the batch": (WRONG["largest of the batch"][0], ""),  # 255 in every whole set
    "mean image": (WRONG["mean image"][0], "for each place in the image"),
    "rows and columns swapped": (WRONG["rows and columns swapped"][0], "with pixels in other places"),
    "shifted": (WRONG["shifted"][0], "with pixels in other places"),
}


@pytest.mark.parametrize("way", MEASURED)
@pytest.mark.filterwarnings("ignore")  # what Keras warns of is between it and students
def test_what_is_measured_is_what_the_notebook_itself_would_measure(way, tmp_path, monkeypatch):
    pytest.importorskip("keras")
    from corpus import FIXTURE

    from autograder import load_fashion_mnist
    from lenet_solution.model import build_lenet

    monkeypatch.chdir(tmp_path)
    (tmp_path / "lenet.weights.h5").write_bytes(FIXTURE.read_bytes())
    prepare, told = MEASURED[way]
    verdict = check("test_accuracy", {"build_lenet": build_lenet, "prepare_images": prepare}).verdict
    model, (_, (images, labels)) = build_lenet(), load_fashion_mnist()
    model.load_weights(FIXTURE)
    said = model.predict(np.asarray(prepare(images)), batch_size=1000, verbose=0).argmax(axis=1)
    measured = float(verdict.checks[1].help.split("Measured: ")[1].split("%")[0])
    assert measured == pytest.approx(100 * (said == labels).mean(), abs=0.05)
    assert told in verdict.checks[1].help


def with_front(*front):
    """build_lenet, with layers in front of the first convolution."""
    from keras import Input, Sequential

    from lenet_solution.model import build_lenet

    return lambda: Sequential([Input((28, 28, 1)), *(layer() for layer in front), *build_lenet().layers])


def ways_to_standardise():
    from keras import layers

    return {
        "Normalization": with_front(lambda: layers.Normalization(mean=MEAN, variance=STD**2)),
        "Rescaling": with_front(lambda: layers.Rescaling(1 / STD, -MEAN / STD)),
        "Lambda": with_front(lambda: layers.Lambda(lambda x: (x - MEAN) / STD)),
        "nothing": with_front(),
    }


@pytest.mark.parametrize("way", ["Normalization", "Rescaling", "Lambda", "nothing"])
@pytest.mark.filterwarnings("ignore")
def test_a_network_that_prepares_images_itself_is_told_that_lenet_alone_is_measured(
    way, tmp_path, monkeypatch
):
    pytest.importorskip("keras")
    from weights_files import network_of

    monkeypatch.chdir(tmp_path)
    build = ways_to_standardise()[way]
    model = build()
    model.set_weights([*model.get_weights()[:-10], *network_of(0)])
    model.save_weights("lenet.weights.h5")
    verdict = check("test_accuracy", {"build_lenet": build, "prepare_images": whole}).verdict
    help = verdict.checks[1].help
    assert "of images that are prepared with MEAN and STD" in help
    assert ("weights are measured in LeNet alone: leave it out" in help) == (way != "nothing"), help
    assert ("Mend prepare_images so that it gives such images" in help) == (way == "nothing"), help
