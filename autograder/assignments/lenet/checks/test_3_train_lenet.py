"""TRUSTED: the public checks of notebook 3, which students can run themselves."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from autograder.assignments.lenet.checks.images import (
    TRIED,
    Measured,
    changed,
    confusion,
    drawn,
    judged_images,
    preparation_of,
    readings,
    require_use_of,
)
from autograder.assignments.lenet.checks.lenet import LENET, computes_lenet, has_lenets_sizes
from autograder.assignments.lenet.checks.mistakes import steps_of
from autograder.assignments.lenet.checks.networks import require_lenet, trained, why_not
from autograder.assignments.lenet.checks.preparing import MEAN, STD, as_array, by_pixel, recognise
from autograder.assignments.lenet.exercises import CALIBRATED, CHANCE_LIKE, PASS_MARK, POINTS, points_for
from autograder.judging.api import Figures, Partly, Passed, Uncertain, Wrong, check
from autograder.judging.beside import HALVES, require_truth
from autograder.judging.claims import Other
from autograder.judging.errors import explained
from autograder.judging.facts import Answers, Training, Weights, quote
from autograder.judging.tracing import Traced
from autograder.judging.verdicts import Row
from autograder.judging.words import named

# Training images, in an order that is drawn, of which so many are measured first, and twice as many each time,
# until it is clear whether more of them are recognised than of the test images. CLEAR: standard deviations.
AT_FIRST, CLEAR = 2_500, 3
# What a last layer may do with the ten scores, so that the largest stays the largest.
SAME_LARGEST = ("sigmoid", "softmax", "linear", "log_softmax", "tanh")


def prepared(answers: Answers) -> list[tuple[np.ndarray, Any]]:
    """(images, what prepare_images made of them) for every batch; Wrong if that leaves them aside.

    Of the many images that the kernel makes itself only the number and what came out are told.
    """
    pairs = [(images, value) for images, value in _asked(answers) if isinstance(images, np.ndarray)]
    require_use_of(pairs)
    return pairs


def _asked(answers: Answers) -> list[tuple[Any, Any]]:
    """(images, or where the kernel makes them the words for that; what came out) of every call."""
    try:
        return [(arguments[0], value) for arguments, value in answers.public()]
    except Wrong as error:
        [[many]] = answers.question.exercise.ask["calls"]
        raise Wrong(error.help.replace(quote(many), f"an array of shape {many[1]}")) from None


def prepared_many(answers: Answers) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
    """The shape of more images than any part of the data has, and of what became of them.

    The latter is None where that is no array.
    """
    [(shape, value)] = [(i[1], value) for i, value in _asked(answers) if not isinstance(i, np.ndarray)]
    if isinstance(value, np.ndarray):
        return shape, value.shape
    text = value.text.removeprefix("an array of shape ") if isinstance(value, Other) else ""
    numbers = text.strip("()").split(",")
    if len(numbers) <= 8 and all(number.strip().isdecimal() for number in numbers):
        return shape, tuple(int(number) for number in numbers)
    return shape, None


def arrays(answers: Answers) -> list[tuple[np.ndarray, np.ndarray]]:
    """The same; Wrong for anything but arrays."""
    pairs = prepared(answers)
    for images, value in pairs:
        if not isinstance(value, np.ndarray) or not value.size:
            raise Wrong(
                f"prepare_images should return a NumPy array, yours returns {quote(value)}."
                + _why_no_array(images, value)
            )
    return pairs


def _why_no_array(images: np.ndarray, value: Any) -> str:
    """What a student may have done to return this in the place of an array; "" where that is unknown."""
    if value is None:
        return " Is there a return at the end of your function?"
    if isinstance(value, Other) and value.type == "ndarray":
        return " That holds no numbers that a network takes: end with .astype('float32')."
    if not isinstance(value, list):
        return ""
    batches = [part for part in value if isinstance(part, np.ndarray) and part.ndim > 2]
    if any(part.shape[:3] == images.shape for part in batches):
        return f" These are {len(value)} things: return the prepared images alone."
    return " np.array(...) makes one of a list."


@check("prepare_images", points=2)
def test_prepared_shape(answers: Answers) -> None:
    """N images come out as (N, 28, 28, 1): every pixel has a channel axis."""
    for images, value in reversed(arrays(answers)):  # the first is a single image: n is 1 as well
        if value.shape != (*images.shape, 1):
            cause = _cause_of_a_shape(images, value)
            raise Wrong(
                f"A batch of shape {images.shape} should come out as {(*images.shape, 1)}, yours "
                f"has the shape {value.shape}. {cause}"
            )
    many, came = prepared_many(answers)
    if came is not None and came != (*many, 1):
        raise Wrong(
            f"{many[0]:,} images, of shape {many}, came out as {came}: does prepare_images keep only "
            "a part of what it is given? All of them have to come out, however many there are."
        )


def _cause_of_a_shape(images: np.ndarray, value: np.ndarray) -> str:
    """Why a batch (N, 28, 28) did not come out as (N, 28, 28, 1)."""
    n, shape = len(images), value.shape
    if shape == images.shape:
        return "The channel axis is missing. images[..., np.newaxis] adds it at the end."
    if shape == (n, 784):
        return "Leave every image 28 by 28: Flatten comes later, inside the network."
    if shape == (n, 28, 28, 3):
        return "Grey images have one channel, not three."
    if by_pixel(images, value) is not None and len(shape) == 4:
        return "The channel axis comes last: images[..., np.newaxis]."
    if by_pixel(images, value) is not None and len(shape) > 4:
        return "There is more than one new axis: images[..., np.newaxis] adds one, at the end."
    return "Leave the batch and every image as large as they are: only the last axis is new."


@check("prepare_images", points=1)
def test_prepared_dtype(answers: Answers) -> None:
    """They come out as float32."""
    for _, value in arrays(answers):
        if value.dtype != np.float32:
            raise Wrong(f"Yours are {value.dtype}: end with .astype('float32').")


@check("prepare_images", points=3)
def test_prepared_values(answers: Answers) -> None:
    """Every pixel is divided by 255, MEAN taken away, the rest divided by STD; images stays as it was."""
    _leaves_images_alone(answers)
    pairs = []
    for images, value in prepared(answers):
        array = as_array(value)
        values = by_pixel(images, array)
        if values is None:
            same = array.size == images.size
            told = "The axes are others" if same else "There is not one number for each pixel"
            raise Wrong(f"{told}: a batch of shape {images.shape} came out as {_described(value)}.")
        pairs.append((images, values))
    if all(np.allclose(values, STANDARDISED[images], atol=2e-3) for images, values in pairs):
        return
    if not all(np.isfinite(values).all() for _, values in pairs):
        raise Wrong("Not all of them are finite numbers: is something divided by 0?")
    found = recognise(pairs)
    if found is None:
        raise Wrong(
            "What comes out in a pixel's place is not decided by its grey value alone. Every pixel is "
            "treated alike, wherever it is: divide by 255, take MEAN away, divide by STD."
        )
    if found.moved is not None:
        (row, column), (new_row, new_column) = found.moved
        raise Wrong(
            f"The pixels change their places: what was in row {row}, column {column} comes out in row "
            f"{new_row}, column {new_column}. Leave each where it is, and add the channel axis with "
            "images[..., np.newaxis]."
        )
    if found.table is None:
        raise Wrong(
            f"Your function uses {found.told}. MEAN and STD are two constants, of all training "
            "images: an image comes out the same, whichever images stand beside it."
        )
    off = np.abs(found.table - STANDARDISED)
    grey = int(off.argmax())
    raise Wrong(
        f"Grey {grey} should become {STANDARDISED[grey]:.3f}, yours becomes "
        f"{found.table[grey]:.3f}. {_cause(found.table)}".strip()
    )


def _leaves_images_alone(answers: Answers) -> None:
    """Wrong where the images that were given are others afterwards."""
    try:
        answers.leaves_arguments_alone()
    except Wrong:
        raise Wrong(
            "prepare_images changes the images that it is given: the next cell that uses train_images "
            "would find others. Make new ones, images.astype('float32') for instance, and change those."
        ) from None


def _described(value: Any) -> str:
    return str(value.shape) if isinstance(value, np.ndarray) else quote(value)


GREY = np.arange(256.0)
SCALED = GREY / 255
STANDARDISED = (SCALED - MEAN) / STD
_STEPS = {"255": lambda x: x / 255, "MEAN": lambda x: x - MEAN, "STD": lambda x: x / STD}
_TOLD = {"255": "divide by 255", "MEAN": "take MEAN away", "STD": "divide by STD"}


def _other_orders() -> list[tuple[np.ndarray, str]]:
    """What the steps make of grey values in any wrong order, all of them or two, and what to say."""
    found = []
    for count in (3, 2):
        for order in itertools.permutations(_STEPS, count):
            if "MEAN" not in order or order == tuple(name for name in _STEPS if name in order):
                continue  # to divide twice is the same in any order
            values = GREY
            for name in order:
                values = _STEPS[name](values)
            missing = [name for name in _STEPS if name not in order]
            told = f"One step is missing ({_TOLD[missing[0]]})" if missing else "All three steps are there"
            found.append((values, f"{told}, but the order is another: {', then '.join(_TOLD.values())}."))
    return found


_INTEGERS = "Those are whole numbers: the fraction is lost. Divide with /, and end with float32."
_CUT_OFF = (
    "The fraction is cut off before MEAN is taken away, by // or by a cast to whole numbers, such as "
    "astype('uint8'), so that only white is not 0: divide with /, and cast to float32."
)
_CAUSES = (
    (GREY, "The pixels are unchanged, from 0 to 255."),
    (SCALED, "The pixels are only divided by 255: MEAN and STD come next."),
    (SCALED - MEAN, "STD is missing: divide by it at the end."),
    (SCALED / STD, "MEAN is missing: take it away after dividing by 255."),
    (SCALED - MEAN / STD, "Mind the brackets: take MEAN away first, then divide by STD."),
    ((GREY - MEAN) / STD, "Divide by 255 before MEAN is taken away."),
    ((GREY / 255 - 255 * MEAN) / STD, "MEAN is one for pixels from 0 to 1: do not multiply it by 255."),
    ((GREY - 255 * MEAN) / STD, "Divide by 255 before MEAN is taken away."),
    (GREY - MEAN / STD, "Divide by 255 first, and mind the brackets around the difference."),
    (GREY - 255 * MEAN, "Divide by 255 first, and by STD at the end."),
    ((GREY / 255 / 255 - MEAN) / STD, "The pixels are divided by 255 twice."),
    (GREY / 255 / 255, "The pixels are divided by 255 twice, and MEAN and STD are missing."),
    ((STANDARDISED - MEAN) / STD, "MEAN and STD are applied twice."),
    ((STANDARDISED / 255 - MEAN) / STD, "All of it is done twice."),
    ((1 - SCALED - MEAN) / STD, "Black and white are exchanged: leave out 1 - …"),
    (1 - SCALED, "Black and white are exchanged, and MEAN and STD are missing."),
    ((SCALED - STD) / MEAN, "MEAN and STD are exchanged."),
    ((MEAN - SCALED) / STD, "The sign is turned round: MEAN is taken away from the pixels."),
    ((SCALED + MEAN) / STD, "MEAN is added: take it away."),
    ((SCALED - MEAN) * STD, "It is multiplied by STD: divide by it."),
    ((SCALED - MEAN) / STD**2, "It is divided by STD twice."),
    ((SCALED - MEAN) / STD**0.5, "It is divided by the root of STD: STD is a deviation already."),
    (
        (SCALED - 0.1307) / 0.3081,
        "0.1307 and 0.3081 are of MNIST, of handwritten digits: the notebook's MEAN and STD are 0.2860 and 0.3530.",
    ),
    ((GREY / 256 - MEAN) / STD, "Divide by 255, the largest grey value, not by 256."),
    (GREY / 256, "Divide by 255, the largest grey value, not by 256; MEAN and STD come next."),
    (GREY / 127.5 - 1, "That is from -1 to 1: divide by 255, then use MEAN and STD."),
    ((GREY > 254) * 1.0, _INTEGERS),
    (((GREY > 254) - MEAN) / STD, _CUT_OFF),
    (np.trunc(STANDARDISED), _INTEGERS),
    (np.round(STANDARDISED), _INTEGERS),
    (np.trunc(STANDARDISED) % 256, _INTEGERS),
    (np.maximum(STANDARDISED, 0), "Numbers below 0 are cut off: leave them."),
    (np.clip(STANDARDISED, 0, 1), "Numbers outside 0 to 1 are cut off: leave them."),
    (np.clip(STANDARDISED, -1, 1), "Numbers outside -1 to 1 are cut off: leave them."),
    *_other_orders(),
)


def _cause(table: np.ndarray) -> str:
    """Of the known causes the one that is nearest: some differ by a few thousandths only."""
    known, text = min(_CAUSES, key=lambda cause: abs(table - cause[0]).max())
    return text if np.allclose(table, known, atol=2e-3) else ""


@check("train_lenet", points=2)
def test_returns_model_and_history(training: Training) -> None:
    """train_lenet(images, labels, epochs) returns the model and its history."""
    _require_end_of_fit(training)
    if training.returned is not None:
        returned = training.returned
        cause = "model.fit(...) gives the history: keep it, and end with return model, history."
        names = returned.strip("()").split(", ")
        if len(names) > 2 and "History" in names:
            cause = "Both are there, with more beside them: end with return model, history."
        elif returned.startswith("(History,"):
            cause = "The model comes first: return model, history."
        elif returned == "dict":
            cause = "Give both back by themselves, the model first: end with return model, history."
        elif names[-1] in ("dict", "list"):
            cause = "Return the history itself, as fit gives it, not what is inside it."
        elif returned == "NoneType":
            cause = "Is there a return at the end of your function? It should be return model, history."
        raise Wrong(f"train_lenet should return (model, history), yours returns a {returned}. {cause}")


@check("train_lenet", points=2)
def test_trains_lenet(training: Training) -> None:
    """The model it trains is LeNet, as your build_lenet makes it."""
    network = _require_model(training)
    if computes_lenet(network):
        return
    require_truth(network)
    # A wrong build_lenet has cost its points where it was asked for.
    related = {step.kind for step in trained(network)} == {"Conv2D", "Dense"}
    if has_lenets_sizes(network.used_shapes) or (training.observed.get("built") is True and related):
        raise Passed(
            f"What it trains is not the LeNet of this course. {why_not(network)} That is build_lenet's "
            "business, and costs nothing here."
        )
    require_lenet(network, "The model that train_lenet returns")


def _require_end_of_fit(training: Training) -> None:
    """Wrong where fit raised, so that nothing was trained and nothing came back."""
    if training.raised is None:
        return
    _require_images_first(training)
    loss, wanted = training.observed.get("loss"), "sparse_categorical_crossentropy"
    one_each = training.observed.get("one label each") is True
    if isinstance(loss, str) and loss and not loss.startswith("sparse") and one_each:
        raise Wrong(
            f"fit raised {training.raised.name}: the loss {named(loss)} wants ten numbers for each image, "
            f'and labels are whole numbers from 0 to 9. Compile with loss="{wanted}".'
        )
    raise Wrong(explained(training.raised, "train_lenet"))


def _require_images_first(training: Training) -> None:
    if training.observed.get("exchanged") is True:
        raise Wrong("Images and labels are exchanged: their order is model.fit(images, labels).")


def _require_model(training: Training) -> Traced:
    if training.network is None:
        raise Wrong("No model comes back that could be looked at: end with return model, history.")
    return training.network


@check("train_lenet", points=2)
def test_trains_as_long_as_asked(training: Training) -> None:
    """It trains on its images for as many epochs as asked, its loss is a number, its weights change."""
    _require_end_of_fit(training)
    _require_model(training)
    if training.how == "none":
        raise Wrong(
            "The network that it returns was not trained: neither fit nor a step of an optimizer was "
            "seen. Train it with model.fit, and return it."
        )
    if training.how == "other":
        raise Wrong(
            "The network that it returns was not trained: fit trained another one, and the weights "
            "returned are none that it had after a step. Is a new network built after fit?"
        )
    _require_epochs(training)
    if not training.changed:
        raise Wrong(
            "Its weights are the same after training as before: is the learning rate 0, or are "
            "they put back to the start?"
        )
    _require_its_images(training)
    notes = _notes(training)
    if notes:
        raise Passed(" ".join(notes))


def _require_epochs(training: Training) -> None:
    loss = training.history.get("loss")
    if training.returned is not None and training.how == "steps" and not isinstance(loss, list):
        return  # nobody counted the epochs of such a loop; that no history came back is told already
    if not isinstance(loss, list):
        raise Wrong("The history has no loss: return what model.fit(...) returns.")
    fitted = training.how in ("fit", "copy")
    # Callbacks may stop fit early, and one fit for each epoch leaves one in the last history.
    told = training.asked if fitted else len(loss)
    fits = training.observed.get("fits")
    if fitted and isinstance(fits, int) and fits > 1 and told != training.epochs:
        raise Wrong(
            f"fit was called {fits} times, for {told} epochs in all, where {training.epochs} were asked "
            "for: call it once, with epochs=epochs, and keep what it returns."
        )
    if told != training.epochs or not loss:
        raise Wrong(f"{training.epochs} epochs were asked for, yours trained {told}: give fit epochs=epochs.")
    # From what the last fit returns to the histories of all joined.
    if fitted and not training.last <= len(loss) <= training.ran:
        raise Wrong(
            f"The history holds {len(loss)} epochs, but fit ran {training.ran}: return what "
            "model.fit(...) returns."
        )
    if not all(isinstance(value, float) and math.isfinite(value) for value in loss):
        raise Wrong(f"The loss is {quote(loss[-1])} in the end: try a smaller learning rate.")


def _require_its_images(training: Training) -> None:
    """Wrong where fit was seen to get other images or labels than train_lenet."""
    _require_images_first(training)
    if training.prepared:
        how = {"again": "prepared once more", "divided": "divided by 255 once more"}
        raise Wrong(
            f"The images that fit was given are {how.get(training.prepared, 'changed')}: train_lenet "
            "gets prepared images, from the cell that calls it. Give them to fit as they are."
        )
    _require_no_others(training)
    if training.matched and training.mislabelled > training.matched / 10:
        told = (
            f"Of {training.matched} images that fit was given, {training.mislabelled} had another "
            "label than in labels"
        )
        values = training.observed.get("relabelled")
        if isinstance(values, list) and len(values) == 2 and all(type(n) is int for n in values):
            raise Wrong(
                f"{told}: {values[0]} became {values[1]}. The labels themselves were changed: give fit "
                "those that train_lenet is given."
            )
        raise Wrong(f"{told}: images and labels must stay in the same order.")


def _require_no_others(training: Training) -> None:
    """Wrong where fit was given images that are the same, whatever train_lenet is given."""
    constant = training.observed.get("constant")  # of the images that fit got, as a second call showed
    if constant is None:
        constant = training.rows > 10 * training.given and not training.matched
    if not constant:
        return
    if training.observed.get("origin") == "test_images":
        raise Wrong(
            "Test images are among those that fit learns from. They show how the network does on "
            "something new, so it must never see them before: give fit images and labels alone."
        )
    if training.matched:
        raise Wrong(
            "Besides images, its argument, fit was given others, the same whatever train_lenet is "
            "given. Give fit what comes in as images and labels, or is made of them."
        )
    raise Wrong(
        f"train_lenet was given {training.given} images, and gave fit {training.rows:,} others: "
        "does it use train_images instead of its argument images?"
    )


def _notes(training: Training) -> list[str]:
    """What is allowed and costs no points, but is not wise."""
    seen, notes = training.observed, []
    loss = training.history.get("loss", [])
    if training.how in ("fit", "copy") and len(loss) < training.ran:
        notes.append(
            f"The history holds {len(loss)} of {training.ran} epochs: one fit with epochs=epochs draws "
            "the whole curve."
        )
    if 0 < training.rows < training.given / 2:
        notes.append(
            f"Fit gets {training.rows} of {training.given} images: more images make a better network."
        )
    if seen.get("validation") == "test images":
        notes.append(
            "Validation is done on the test images. They should not be looked at before the end: "
            "validation_split=0.1 keeps back some of the training images instead."
        )
    rate, optimizer = seen.get("rate"), seen.get("optimizer")
    adaptive = ("Adam", "AdamW", "Nadam", "Adamax", "RMSprop")
    if optimizer in adaptive and isinstance(rate, float) and rate >= 0.1:
        notes.append(
            f"The learning rate of {optimizer} is {rate:g}: every step moves the weights by about "
            "that much, and sigmoids end where they are flat. The notebook's is 0.005."
        )
    if seen.get("from_logits") is True:
        notes.append(
            "from_logits=True takes the outputs for raw scores, but LeNet's last layer gives sigmoids, "
            "from 0 to 1. Leave it out."
        )
    size = seen.get("batch_size")
    if training.rows > 2 and size in (training.rows, training.given):
        notes.append(
            "All images are one batch, so the weights move once an epoch: with batch_size=64 they "
            "move hundreds of times."
        )
    return notes


@check("test_accuracy", points=0)
def test_weights_are_lenets(weights: Weights) -> None:
    """The weights file was handed in, fits your network, and holds LeNet's ten arrays."""
    if weights.file == "missing":
        raise Wrong(
            f"There is no {weights.name} beside the notebook. Run the cells that train and save, "
            "and hand the file in together with the notebooks."
        )
    if weights.file == "unreadable":
        raise Wrong(_unreadable(weights))
    network = weights.network
    assert network is not None, "the file was loaded"
    if computes_lenet(network):
        return
    require_truth(network)
    if not has_lenets_sizes(network.used_shapes):
        require_lenet(network, "The network whose weights were handed in")
    raise Passed(
        f"The network whose weights were handed in is not the LeNet of this course. {why_not(network)} "
        "That is build_lenet's business: the weights are measured in LeNet."
    )


def _same_largest(network: Traced) -> bool:
    """Whether it puts the same kind first as LeNet: only what it does with its ten scores is other."""
    steps = steps_of(network)
    layers, after = steps[: len(LENET)], steps[len(LENET) :]
    return (
        [(step.kind, step.output_shape, step.params) for step in layers] == [row[:3] for row in LENET]
        and all(step.window == HALVES for step in layers if step.kind == "MaxPooling2D")
        and all(step.activation == row[3] for step, row in zip(layers[:-1], LENET[:-1], strict=True))
        and layers[-1].activation in SAME_LARGEST
        and all(step.kind == "Activation" and step.activation in SAME_LARGEST for step in after)
    )


def _unreadable(weights: Weights) -> str:
    if weights.content in ("archive", "model"):
        return (
            f"{weights.name} holds a whole model, as model.save writes it, not weights alone. Save "
            f"them with model.save_weights({weights.name!r}), and hand in that file."
        )
    message = weights.error.message
    if any(word in message.lower() for word in ("shape", "layer", "expected", "variable", "mismatch")):
        return (
            f"The weights in {weights.name} do not fit your build_lenet(): the file was saved from "
            "another network. Train and save again with the network as it is now."
        )
    return (
        f"{weights.name} cannot be opened as a Keras weights file ({weights.error.name}). Save it "
        "again with model.save_weights, and hand in that very file."
    )


def honest_gap(accuracy: float) -> float:
    """By how much an honest network recognises the test images better than the training images, at most.

    accuracy: on the test images; all are shares from 0 to 1. These test images are a little harder than the
    training images, for every network that has learned: benchmarks/gap.md has the runs. One that has not,
    recognises both by chance.
    """
    return 0.0 if accuracy >= 0.8 else 0.02


def _on_training(
    measured: Measured, images: np.ndarray, labels: np.ndarray, nonce: str, least: float
) -> float:
    """The share (0 to 1) of the training images recognised, or of as many as show it to be above `least`.

    Of a sample from a few the share deviates less (the finite population correction), and of all not at all.
    """
    count, seen, recognised, share = len(images), 0, 0.0, 0.0
    order = drawn(count, count, nonce)
    while seen < count:
        chosen = order[seen : max(2 * seen, AT_FIRST)]
        seen += len(chosen)
        recognised += measured.accuracy(images, labels, chosen) * len(chosen)
        share = recognised / seen
        if share - CLEAR * math.sqrt(share * (1 - share) * (1 / seen - 1 / count)) >= least:
            break
    return share


@check("test_accuracy", points=POINTS, after="test_weights_are_lenets")
def test_accuracy_on_test_images(weights: Weights, figures: Figures) -> None:
    """The network recognises the 10,000 test images well enough for full marks."""
    network = weights.network
    assert network is not None, "the check before is Wrong where there is none"
    measured = Measured(preparation_of(weights))
    train, test = judged_images()
    if weights.change is not None:
        train, test = changed(train, weights.change), changed(test, weights.change)
    measured.choose(readings(network), *train, drawn(len(train[0]), TRIED, weights.nonce))
    outputs = measured.outputs(test[0])
    taken_for = outputs.argmax(axis=1)
    accuracy = float(np.mean(taken_for == test[1]))
    figures |= {"accuracy": accuracy, "pass_mark": PASS_MARK, "calibrated": list(CALIBRATED)}
    figures["confusion"] = confusion(test[1], taken_for)
    weights.measured = measured.compared_by(*test, outputs)
    on_training = _on_training(measured, *train, weights.nonce, accuracy - honest_gap(accuracy))
    rows = [
        Row("test images recognised", f"{accuracy:.2%}", f"{PASS_MARK:.2%}", accuracy >= PASS_MARK),
    ]
    if accuracy > on_training + honest_gap(accuracy):
        raise Uncertain(
            f"{accuracy:.2%} of the test images are recognised, but only {on_training:.2%} of the "
            "training images. Weights that were trained on the training images do not do that."
        )
    told = f"Measured: {accuracy:.2%}{measured.how}"
    if accuracy >= PASS_MARK:
        raise Passed(f"{told}. Well trained!", rows)
    steps = steps_of(network)
    in_front = bool(steps) and steps[0].kind != "Conv2D" and not computes_lenet(network)
    cause = measured.better_prepared(accuracy, *test, in_front)
    if not cause and not computes_lenet(network) and not _same_largest(network):
        cause = (
            f"That is in LeNet, and they were trained in another network. {why_not(network)} Mend "
            "build_lenet, then train and save again."
        )
    if accuracy <= CHANCE_LIKE:
        guess = f"{told}, hardly more than the 10 % of guessing."
        raise Wrong(f"{guess} {cause or measured.plateau(test[0])}", rows)
    raise Partly(
        points_for(accuracy) / POINTS,
        f"{told}; full marks from {PASS_MARK:.2%}. "
        + (cause or "Train for a few more epochs, or try another optimiser or learning rate."),
        rows,
    )
