"""prepare_images has to be one function: in its own exercise, for the weights, and in a retraining.

The claims are made by the real probes, in this process, and judged as those of a submission.
"""

import base64
import os
import sys

import nbformat
import numpy as np
import pytest
from weights_files import file_of, network_of

from autograder.assignments import ASSIGNMENTS
from autograder.assignments.lenet.checks.one_function import differ, pairs_of
from autograder.copies.likeness import Fingerprint, compare
from autograder.judging.questions import image_batches
from autograder.judging.verdicts import NOT_JUDGED, PASSED, Verdict
from autograder.probes import probe_source
from autograder.runs.execution import Execution, Job, questions
from autograder.runs.judged import verdicts_of
from autograder.runs.retraining import RETRAIN
from autograder.sandbox import Limits

pytestmark = pytest.mark.slow  # together a minute and more

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

MEAN, STD = 0.2860, 0.3530
ASSIGNMENT = ASSIGNMENTS["lenet"]
EXERCISES = {
    exercise.id: exercise for exercise in ASSIGNMENT.exercises
    if exercise.id in ("prepare_images", "test_accuracy")
}  # fmt: skip


def right(images):
    return ((images.astype("float32") / 255 - MEAN) / STD)[..., np.newaxis]


def job_of(**options) -> Job:
    notebook = nbformat.v4.new_notebook()
    return Job(notebook, EXERCISES, ASSIGNMENT.not_executed, "", b"a seed", Limits(), **options)


def claim_of(question, student: dict) -> str:
    sent: list[str] = []
    source = compile(probe_source(question.probe or question.exercise.probe), "<autograder>", "exec")
    exec(source, question.namespace(student, sent.append))
    return sent[-1]


def student_with(prepare) -> dict:
    """A notebook's names, with this prepare_images."""
    pytest.importorskip("keras")
    from lenet_solution.model import build_lenet

    return {"build_lenet": build_lenet, "prepare_images": prepare}


def verdict_on(prepare, arrays, folder, monkeypatch) -> Verdict:
    """The verdict on weights whose prepare_images was asked in its own exercise before."""
    monkeypatch.chdir(folder)
    (folder / "lenet.weights.h5").write_bytes(file_of(arrays))
    job, student = job_of(), student_with(prepare)
    asked = questions(job.exercises, job.seed)
    claims = {name: claim_of(question, student) for name, question in asked.items()}
    return verdicts_of(job, Execution(job.notebook, claims))["test_accuracy"]


# What answers otherwise when it is asked for the weights.


def asked_for_weights() -> bool:
    """Whether the probe that asks for the weights file is among those who call."""
    frame = sys._getframe(1)
    while frame is not None:
        if "file" in (frame.f_locals.get("ask") or {}):
            return True
        frame = frame.f_back
    return False


def mirrored(arrays):
    """The network that answers for mirrored images as this one for the images themselves."""
    kernel_1, bias_1, kernel_2, bias_2, dense, *others = arrays
    turned = dense.reshape(4, 4, 16, 120)[:, ::-1].reshape(256, 120)
    return [kernel_1[:, ::-1], bias_1, kernel_2[:, ::-1], bias_2, turned, *others]


def mirrors_for_the_weights(images):
    return right(images)[:, :, ::-1] if asked_for_weights() else right(images)


def smooths_for_the_weights(images):
    return right(images) + asked_for_weights() * 0.02 * np.roll(right(images), 1, axis=1)


def divides_for_the_weights(images):
    return right(images) * STD + MEAN if asked_for_weights() else right(images)


def inverts_for_the_weights(images):
    pixels = images.astype("float32")[..., np.newaxis] / 255
    return 1 - pixels if asked_for_weights() else pixels


@pytest.mark.parametrize(
    "prepare", [mirrors_for_the_weights, divides_for_the_weights, inverts_for_the_weights]
)
@pytest.mark.filterwarnings("ignore")
def test_who_prepares_otherwise_for_the_weights_is_not_judged(prepare, tmp_path, monkeypatch):
    verdict = verdict_on(prepare, mirrored(network_of(0)), tmp_path, monkeypatch)
    assert (verdict.outcome, verdict.score) == (NOT_JUDGED, 0)
    assert "other values when it was asked for the weights than in its own exercise" in verdict.reason


@pytest.mark.filterwarnings("ignore")
def test_who_mirrors_images_each_time_keeps_the_points_and_a_person_looks(tmp_path, monkeypatch):
    arrays = mirrored(network_of(0))
    verdict = verdict_on(lambda images: right(images)[:, :, ::-1], arrays, tmp_path, monkeypatch)
    assert (verdict.outcome, verdict.score) == (PASSED, 18)
    assert "moves pixels: what was in row 0, column 27 comes out in row 0, column 0" in verdict.review


# What does the same each time, or keeps something that it was fitted on.


def batch_figures(images):
    pixels = images.astype("float32")[..., np.newaxis]
    return (pixels - pixels.mean()) / pixels.std()


def image_figures(images):
    pixels = images.astype("float32")[..., np.newaxis]
    inside = {"axis": (1, 2, 3), "keepdims": True}
    return (pixels - pixels.mean(**inside)) / pixels.std(**inside)


def rounded(images):
    return right(images).astype("float16")


class KeptMean:
    """Takes the figures of the first images that it is given, and keeps them."""

    figures: tuple | None = None

    def __call__(self, images):
        pixels = images.astype("float32")[..., np.newaxis] / 255
        if self.figures is None:
            self.figures = pixels.mean(), pixels.std()
        return (pixels - self.figures[0]) / self.figures[1]


class FittedBetween:
    """A layer that is fitted after prepare_images was asked, a mean and a deviation for each place."""

    calls = 0

    def __call__(self, images):
        self.calls += 1
        pixels = images.astype("float32")[..., np.newaxis] / 255
        if self.calls <= 5:  # as many as in its own exercise
            return pixels
        random = np.random.default_rng(0)
        return (pixels - random.uniform(0.2, 0.4, (28, 28, 1))) / random.uniform(0.3, 0.4, (28, 28, 1))


class Normalised:
    """A Normalization layer of Keras, fitted on images of its own."""

    def __init__(self):
        from keras import layers

        self.layer = layers.Normalization(axis=None)
        self.layer.adapt(np.random.default_rng(0).integers(0, 256, (100, 28, 28, 1)).astype("float32"))

    def __call__(self, images):
        return np.asarray(self.layer(images.astype("float32")[..., np.newaxis]))


HONEST = {
    "as in the notebook": lambda: right,
    "rounded to float16": lambda: rounded,
    "without the channel axis": lambda: lambda images: right(images)[..., 0],
    "figures of the batch": lambda: batch_figures,
    "figures of the image": lambda: image_figures,
    "figures of the first images, kept": KeptMean,
    "a layer that is fitted between the questions": FittedBetween,
    "a layer of Keras that is fitted": Normalised,
}


@pytest.mark.parametrize("way", HONEST)
@pytest.mark.filterwarnings("ignore")
def test_an_honest_way_to_prepare_is_measured_and_waits_for_nobody(way, tmp_path, monkeypatch):
    pytest.importorskip("keras")
    verdict = verdict_on(HONEST[way](), network_of(0), tmp_path, monkeypatch)
    assert verdict.outcome != NOT_JUDGED and not verdict.flagged, verdict


def asked_twice(before, now) -> bool:
    """Whether two functions are told apart, each asked with images of its own."""
    batches = (image_batches(np.random.default_rng(seed)) for seed in (1, 2))
    first, second = (
        pairs_of([(images, function(images)) for images in some])
        for some, function in zip(batches, (before, now), strict=True)
    )
    return differ(first, second)


# Before and after: what a retraining is asked, in a kernel of its own.
OTHERS = {
    "mirrored": (right, lambda images: right(images)[:, :, ::-1]),
    "black and white turned round": (lambda images: right(images) + 1, lambda images: 1 - right(images)),
    "another scale, where it was right": (right, lambda images: 2 * right(images)),
    "figures of the image in the place of those of the batch": (batch_figures, image_figures),
    "greys on another curve": (lambda images: right(images) + 1, lambda images: right(images) ** 3),
    "known now, and not before": (lambda images: right(images) + np.roll(right(images), 1, axis=1), right),
}


@pytest.mark.parametrize("way", OTHERS)
def test_another_function_is_told_apart(way):
    assert asked_twice(*OTHERS[way])


@pytest.mark.parametrize(
    "way", [way for way in HONEST if way != "a layer that is fitted between the questions"]
)
def test_an_honest_function_is_the_same_in_another_kernel(way):
    assert not asked_twice(HONEST[way](), HONEST[way]())


# In a retraining.


def trained_again(prepare, again, folder, monkeypatch) -> Verdict:
    """The verdict where prepare_images is another one while and after it is trained again.

    train_lenet learns nothing: it brings a network of the usual task, its kinds renamed as in the changed one.
    """
    from autograder import load_fashion_mnist

    monkeypatch.chdir(folder)
    arrays = network_of(0)
    (folder / "lenet.weights.h5").write_bytes(file_of(arrays))
    job = job_of(retrain_timeout_s=1)
    asked = questions(job.exercises, job.seed)
    claims = {name: claim_of(question, student_with(prepare)) for name, question in asked.items()}
    change = job.retraining.ask["change"]

    def train_lenet(images, labels):
        model = student_with(again)["build_lenet"]()
        *rest, kernel, bias = (array.copy() for array in arrays)
        kernel[:, change["kinds"]], bias[change["kinds"]] = kernel.copy(), bias.copy()
        model.set_weights([*rest, kernel, bias])
        return model, None

    student = {
        **student_with(lambda images: again(images, change["places"])), "train_lenet": train_lenet,
        "load_fashion_mnist": load_fashion_mnist,
    }  # fmt: skip
    claims[RETRAIN] = claim_of(job.retraining, student)
    return verdicts_of(job, Execution(job.notebook, claims))["test_accuracy"]


def put_back(images, places):
    """The images of the changed task as they were."""
    back = np.argsort(places)
    return right(images.reshape(len(images), -1)[:, back].reshape(images.shape))


@pytest.mark.filterwarnings("ignore")
def test_pixels_that_are_put_back_after_a_retraining_confirm_nothing(tmp_path, monkeypatch):
    verdict = trained_again(right, put_back, tmp_path, monkeypatch)
    assert (verdict.outcome, verdict.score) == (PASSED, 18)
    assert "nothing confirms these weights" in verdict.review and "moves pixels" in verdict.review


# Whose network is in the register.


def entered(prepare, arrays, folder, monkeypatch) -> bool:
    return bool(verdict_on(prepare, arrays, folder, monkeypatch).fingerprint)


@pytest.mark.filterwarnings("ignore")
def test_weights_behind_a_preparation_that_cannot_be_known_are_compared(tmp_path, monkeypatch):
    verdict = verdict_on(smooths_for_the_weights, network_of(0), tmp_path, monkeypatch)
    usual = verdict_on(right, network_of(0), tmp_path, monkeypatch)
    one, other = (Fingerprint.from_bytes(base64.b64decode(v.fingerprint)) for v in (verdict, usual))
    assert verdict.outcome == NOT_JUDGED and compare(one, other).alike


@pytest.mark.filterwarnings("ignore")
def test_weights_that_earn_nothing_for_their_preparation_are_compared(tmp_path, monkeypatch):
    assert entered(lambda images: 0 * right(images), network_of(0), tmp_path, monkeypatch)


@pytest.mark.parametrize("number", [0.0, 0.5, np.nan])
@pytest.mark.filterwarnings("ignore")
def test_weights_that_know_nothing_are_nobodys(number, tmp_path, monkeypatch):
    arrays = [np.full_like(array, number) for array in network_of(0)]
    assert not entered(right, arrays, tmp_path, monkeypatch)
