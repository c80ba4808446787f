"""A wrong number, shape or network is answered with its own likely cause."""

import numpy as np
import pytest
from making_claims import (
    EXERCISES,
    answers,
    ask,
    conv,
    dense,
    flatten,
    lenet_layers,
    network_facts,
    pool,
    training_facts,
    verdict_on,
)

from autograder.assignments.lenet.exercises import LENET
from lenet_solution import parameters

SIZES = {"window": (28, 5), "stride": (24, 2, 2), "padding": (28, 5, 1, 2)}
PARTS = {"whole": (LENET,), "begin": (LENET[:2],), "none": ([],)}


def helps(exercise, call, value):
    """All help on a graded exercise that is answered rightly but for one call."""
    question = ask(exercise)
    right = getattr(parameters, exercise)
    facts = answers(question, lambda *a: value if a == call else right(*a))
    wrong = [check for check in verdict_on(question, facts).checks if check.outcome != "passed"]
    assert wrong and all(check.help.startswith("Waits for") for check in wrong[1:])
    return wrong[0].help


@pytest.mark.parametrize(
    ("exercise", "call", "value", "cause"),
    [
        ("output_size", SIZES["window"], 23, "Count both ends"),
        ("output_size", SIZES["window"], 28, "must stay inside the picture"),
        ("output_size", SIZES["window"], 5, "the stride is 1, not the window"),
        ("output_size", SIZES["stride"], 23, "The stride is left out"),
        (
            "output_size",
            SIZES["stride"],
            11,
            "Add 1 after dividing by the stride, not before. Or: Take the window",
        ),
        ("output_size", SIZES["stride"], 11.5, "Add 1 after dividing"),
        ("output_size", SIZES["padding"], 24, "The padding is left out."),
        ("output_size", SIZES["padding"], 26, "it counts twice"),
        ("conv_params", (5, 5, 1, 6), 150, "The 6 biases are missing"),
        ("conv_params", (5, 5, 1, 6), 151, "not one for the layer"),
        ("conv_params", (5, 5, 1, 6), 26, "That is one filter: there are 6"),
        ("conv_params", (5, 5, 1, 6), 25, "one filter without its bias"),
        ("conv_params", (5, 5, 1, 6), 300, "not to each of its weights"),
        ("conv_params", (5, 5, 6, 16), 2400, "The 16 biases are missing"),
        ("conv_params", (5, 5, 6, 16), 2401, "not one for the layer"),
        ("conv_params", (5, 5, 6, 16), 416, "all 6 input channels: 5·5·6"),
        ("conv_params", (5, 5, 6, 16), 400, "all its input channels, and has a bias"),
        ("conv_params", (5, 5, 6, 16), 2406, "not for each input channel"),
        ("pool_params", (2, 2), 4, "nothing is learned"),
        ("dense_params", (256, 120), 30720, "The 120 biases are missing"),
        ("dense_params", (256, 120), 30721, "not one for the layer"),
        ("dense_params", (256, 120), 30976, "not for each input"),
        ("dense_params", (256, 120), 376, "joined to every input: multiply"),
        ("dense_params", (84, 10), 840, "The 10 biases are missing"),
        ("count_params", PARTS["whole"], 61_706, "first convolution padded"),
        ("count_params", PARTS["whole"], 107_786, "padding 'same' everywhere"),
        ("count_params", PARTS["whole"], 44_190, "without its 236 biases"),
        ("count_params", PARTS["whole"], 34_622, "without its 84-unit layer"),
        ("count_params", PARTS["whole"], 36_758, "the narrow variant"),
        ("count_params", PARTS["whole"], 582_026, "the wide variant"),
        ("count_params", PARTS["whole"], 41_854, "the dense layers alone"),
        ("count_params", PARTS["whole"], 2_572, "the convolutions alone"),
        ("count_params", PARTS["whole"], 44_434, "places of the pooling windows"),
        ("count_params", PARTS["whole"], 850, "the last layer alone"),
        ("count_params", PARTS["whole"], 156, "return after the loop"),
        ("count_params", PARTS["begin"], 160, "4 places are no parameters"),
        ("dense_share", (LENET,), 41_854, "divide by all 44,426"),
        ("dense_share", (LENET,), 100 * 41_854 / 44_426, "per cent"),
        ("dense_share", (LENET,), 94.21, "per cent"),
        ("dense_share", (LENET,), 94.2, "per cent"),
        ("dense_share", (LENET,), 94, "per cent"),
        ("dense_share", (LENET,), 2_572 / 44_426, "share of the convolutions"),
        ("dense_share", (LENET,), 0, "divide with /"),
        ("dense_share", (LENET,), 0.94, "round only when you print"),
        ("dense_share", (LENET,), 0.9421, "round only when you print"),
        ("dense_bytes", (1000, 1000, 3, 256), 768_000_000, "each float32 takes 4 bytes"),
        ("dense_bytes", (1000, 1000, 3, 256), 3_072_001_024, "Leave the biases out"),
        ("dense_bytes", (1000, 1000, 3, 256), 1_024_000_000, "has 3 channels"),
        ("dense_bytes", (1000, 1000, 3, 256), 6_144_000_000, "That is float64"),
        ("dense_bytes", (1000, 1000, 3, 256), 3.072, "in gigabytes"),
        ("dense_bytes", (1000, 1000, 3, 256), 2_929.6875, "in mebibytes"),
        ("dense_bytes", (1000, 1000, 3, 256), 24_576_000_000, "32 bits"),
        ("dense_bytes", (1000, 1000, 3, 256), 3_072_000_000 - 2**32, "That is an overflow: int32"),
    ],
)
def test_a_wrong_number_is_told_its_cause(exercise, call, value, cause):
    assert cause in helps(exercise, call, value)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (None, "gave None. Is there a return"),
        ("24", "should be a number, but yours is '24'. That is text: leave out quotes"),
        (False, "but yours is False. True and False are truth values"),
        (True, "should be a number, but yours is True. True and False are truth values"),
        ([24], "should be a number, but yours is (24,). Give the number alone"),
        ({"$other": "Fraction", "text": "Fraction(24, 1)"}, "“Fraction(24, 1)”. Give an int or a float"),
        ({"$other": "Decimal", "text": "Decimal('24')"}, "“Decimal('24')”. Give an int or a float"),
        ({"$other": "complex", "text": "(24+0j)"}, "“(24+0j)”. Give an int or a float"),
        ({"$other": "function", "text": "<function f>"}, "but yours is “<function f>”"),
        (np.array([1.0, 2.0]), "but yours is an array of shape (2,)"),
        # Later cells of the notebooks print what is called right, and this cannot be formatted.
        (np.array([24.0]), "but yours is an array of shape (1,)"),
        ({"$float": "nan"}, "should be 24, but yours is nan"),
        ({"$float": "inf"}, "should be 24, but yours is inf"),
        (25, "output_size(28, 5) should be 24, but yours is 25."),
        (24.5, "output_size(28, 5) should be 24, but yours is 24.5."),
    ],
    ids=str,
)
def test_hints_on_a_number_climb_from_type_to_value(value, hint):
    assert hint in helps("output_size", (28, 5), value)


@pytest.mark.parametrize("value", [24.0, np.array(24), np.array(24.0)], ids=repr)
def test_a_right_number_of_another_type_is_right(value):
    question = ask("output_size", hidden=False)
    right = parameters.output_size
    facts = answers(question, lambda *a: value if a == (28, 5) else right(*a))
    assert verdict_on(question, facts).outcome == "passed"


def test_the_one_call_that_raises_is_named():
    question = ask("output_size", hidden=False)
    facts = answers(question, parameters.output_size)
    facts["answers"][1] = {"error": {"type": "ZeroDivisionError", "message": "by zero"}}
    verdict = verdict_on(question, facts)
    assert [check.outcome for check in verdict.checks] == ["passed", "failed", "passed"]
    assert "output_size(24, 2, 2) raised ZeroDivisionError: “by zero”" in verdict.checks[1].help


SHAPES = parameters.lenet_shapes()


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (None, "lenet_shapes() gave None"),
        (24, "should return a list of tuples, yours returns 24"),
        (SHAPES[:7], "One shape for each of the 8 layers, please: yours are 7."),
        ([(None, *shape) for shape in SHAPES], "Leave the batch axis (None) out of shape 1"),
        ([*SHAPES[:4], "256", *SHAPES[5:]], "Shape 5 should be a tuple of whole numbers"),
        ([(24.5, 24.5, 6), *SHAPES[1:]], "Shape 1 should be a tuple of whole numbers"),
        ([(6, 24, 24), *SHAPES[1:]], "Height and width come first, channels last."),
        ([(24, 24, 1), *SHAPES[1:]], "6 filters, 6 channels."),
        ([SHAPES[0], (12, 12, 3), *SHAPES[2:]], "channels stay"),
        ([*SHAPES[:2], (8, 8, 6), *SHAPES[3:]], "16 filters, 16 channels"),
        ([*SHAPES[:4], (4, 4, 16), *SHAPES[5:]], "Multiply height, width and channels"),
        ([*SHAPES[:6], (120, 84), *SHAPES[7:]], "one value for each unit"),
    ],
    ids=str,
)
def test_a_wrong_prediction_is_told_its_cause(value, hint):
    verdict = verdict_on(ask("lenet_shapes"), {"answers": [{"value": value}]})
    assert hint in " ".join(check.help for check in verdict.checks)
    assert verdict.score < EXERCISES["lenet_shapes"].points


def test_a_number_in_the_place_of_a_shape_is_told_of_the_comma_and_costs_its_own_check_alone():
    value = [*SHAPES[:4], 256, *SHAPES[5:]]
    verdict = verdict_on(ask("lenet_shapes"), {"answers": [{"value": value}]})
    assert verdict.checks[3].help == "Shape 5 is a number. With a comma it becomes a tuple: (256,)."
    assert verdict.score == 8


def network_help(layers, check):
    """The help of one check on a network of these layers."""
    question = ask("build_lenet", hidden=False)
    facts = network_facts(question, layers)
    found = {c.name: c for c in verdict_on(question, facts).checks}
    assert found[check].outcome == "failed"
    return found[check].help


def changed(index, layer):
    layers = lenet_layers()
    layers[index] = layer
    return layers


@pytest.mark.parametrize(
    ("layers", "total"),
    [
        (changed(0, conv(6, padding="same")), 61_706),
        ([conv(6, padding="same"), pool(padding="same"), conv(16, padding="same"),
          pool(padding="same"), *lenet_layers()[4:]], 107_786),
        ([conv(6, use_bias=False), pool(), conv(16, use_bias=False), pool(), flatten(),
          *(dense(n, use_bias=False) for n in (120, 84, 10))], 44_190),
        ([*lenet_layers()[:6], dense(10)], 34_622),
        ([*lenet_layers()[:5], dense(128), dense(10)], 36_758),
        ([conv(32), pool(), conv(64), pool(), flatten(), dense(512), dense(10)], 582_026),
    ],
    ids=["first padded", "same", "no biases", "without 84", "narrow", "wide"],
)  # fmt: skip
def test_a_known_wrong_total_is_told_its_cause(layers, total):
    help = network_help(layers, "test_parameters_in_all")
    assert f"Yours has {total:,} parameters, LeNet 44,426. {total:,} is " in help


@pytest.mark.parametrize(
    ("layers", "hint"),
    [
        (changed(0, conv(6, size=3)), "That is a 3×3 window; LeNet's is 5×5."),
        (changed(0, conv(8)), "The number of filters decides the last axis: 6."),
        (changed(0, conv(6, padding="same")), "It was padded"),
        (changed(0, conv(6, strides=[2, 2])), "leave strides and dilation_rate out"),
        (changed(1, pool(strides=[1, 1])), "moves 2 pixels at a time halves"),
        (changed(1, pool("AveragePooling2D")), "keep the largest value of each window"),
        (changed(5, dense(100)), "The number of units is the shape: 120."),
        (changed(3, conv(16)), "Layer 4 should be MaxPooling2D, yours is Conv2D."),
    ],
    ids=[
        "a small window", "more filters", "padding", "a stride", "a pooling that moves 1",
        "average pooling", "other units", "no second pooling",
    ],
)  # fmt: skip
def test_the_first_other_shape_is_told_its_cause(layers, hint):
    assert hint in network_help(layers, "test_shape_after_every_layer")


@pytest.mark.parametrize(
    ("layers", "hint"),
    [
        (lenet_layers()[:4] + lenet_layers()[5:], "Flatten the 4 × 4 × 16 values"),
        (lenet_layers()[:7], "Layer 8 is missing: after 7 layers comes Dense"),
        ([*lenet_layers(), dense(10)], "LeNet ends after 8 layers, yours goes on with Dense."),
    ],
    ids=["no flatten", "one too few", "one too many"],
)
def test_another_number_of_layers_is_told_where(layers, hint):
    assert hint in network_help(layers, "test_has_eight_layers")


def test_a_build_lenet_without_return_is_asked_for_one():
    verdict = verdict_on(ask("build_lenet"), {"not_a_model": "NoneType"})
    assert verdict.checks[0].help == "build_lenet() gave None. Is there a return at the end of your function?"


def test_a_network_without_layers_is_told_so():
    assert "nothing to train" in network_help([], "test_has_eight_layers")


def test_an_activation_in_a_layer_of_its_own_belongs_to_the_layer_before():
    layers = lenet_layers()
    layers[0] = conv(6, activation="linear")
    layers.insert(1, {"kind": "Activation", "name": "a", "config": {"activation": "sigmoid"}})
    question = ask("build_lenet", hidden=False)
    facts = network_facts(question, layers)
    assert verdict_on(question, facts).outcome == "passed"


@pytest.mark.parametrize(
    ("prepare", "cause"),
    [
        (lambda x: x, "The pixels are unchanged, from 0 to 255."),
        (lambda x: x / 255, "MEAN and STD come next."),
        (lambda x: x / 255 - 0.2860, "STD is missing"),
        (lambda x: x / 255 - 0.2860 / 0.3530, "Mind the brackets"),
        (lambda x: (x - 0.2860) / 0.3530, "Divide by 255 before MEAN is taken away."),
        (lambda x: 1 - x / 255, "Black and white are exchanged, and MEAN and STD are missing"),
    ],
    ids=["unchanged", "divided", "no STD", "brackets", "not divided", "upside down"],
)
def test_wrongly_prepared_pixels_are_told_the_cause(prepare, cause):
    question = ask("prepare_images", hidden=False)
    facts = answers(question, lambda x: prepare(x[..., np.newaxis].astype("float32")))
    verdict = verdict_on(question, facts)
    assert [check.outcome for check in verdict.checks] == ["passed", "passed", "failed"]
    assert cause in verdict.checks[2].help


def training_help(history, layers=None):
    facts = training_facts(layers or lenet_layers(), history)
    return help_on_training(facts)


def help_on_training(facts):
    verdict = verdict_on(ask("train_lenet"), facts)
    return " ".join(check.help for check in verdict.checks if check.outcome != "passed")


@pytest.mark.parametrize(
    ("history", "hint"),
    [
        ({}, "The history has no loss"),
        ({"accuracy": [0.5, 0.6]}, "The history has no loss"),
        ({"loss": [0.5, {"$float": "nan"}]}, "The loss is nan in the end: try a smaller"),
    ],
    ids=["nothing", "no loss", "NaN"],
)
def test_a_training_that_went_wrong_is_told_how(history, hint):
    assert hint in training_help(history)


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"how": "none"}, "was not trained: neither fit nor a step of an optimizer was seen"),
        ({"how": "other"}, "fit trained another one"),
        ({"asked": 1, "ran": 1}, "2 epochs were asked for, yours trained 1"),
        ({"after": [np.zeros(3)]}, "Its weights are the same after training as before"),
        ({"prepared": "again"}, "are prepared once more"),
        ({"mislabelled": 60}, "Of 70 images that fit was given, 60 had another label"),
        ({"rows": 60_000, "matched": 0}, "gave fit 60,000 others"),
        ({"matched": 0, "observed": {"constant": 70}}, "gave fit 70 others"),
        ({"observed": {"constant": 9}}, "Besides images, its argument, fit was given others"),
        ({"observed": {"constant": 9, "origin": "test_images"}}, "Test images are among those"),
        ({"mislabelled": 70, "observed": {"relabelled": [0, 1]}}, "0 became 1"),
        ({"mislabelled": 70, "observed": {"relabelled": ["<b>", None]}}, "stay in the same order"),
        ({"asked": 4, "observed": {"fits": 2}}, "fit was called 2 times, for 4 epochs"),
        ({"asked": 4, "observed": {"fits": "two"}}, "yours trained 4: give fit"),
    ],
    ids=[
        "never fitted",
        "another",
        "one epoch",
        "unchanged",
        "prepared twice",
        "labels",
        "its own",
        "as many of its own",
        "others too",
        "test images",
        "labels renamed",
        "labels not told",
        "fits",
        "fits not told",
    ],
)
def test_a_training_that_was_seen_to_go_wrong_is_told_how(changes, hint):
    assert hint in help_on_training(training_facts(lenet_layers(), {"loss": [0.5, 0.4]}, **changes))


OTHERS = {
    "softmax": (
        changed(7, dense(10, activation="softmax")),
        {},
        6,
        "(Dense) uses softmax, and LeNet uses sigmoid.",
    ),
    "relu": (
        changed(0, conv(6, activation="relu")),
        {},
        6,
        "Layer 1 (Conv2D) uses relu, and LeNet uses sigmoid.",
    ),
    "average": (changed(1, pool("AveragePooling2D")), {}, 6, "keep the largest value"),
    "padded": (changed(0, conv(6, padding="same")), {"built": True}, 6, "It was padded"),
    "padded, built in train_lenet": (
        changed(0, conv(6, padding="same")),
        {"built": False},
        4,
        "It was padded",
    ),
    "wide": ([conv(32), pool(), flatten(), dense(10)], {"built": True}, 6, "should give 24 × 24 × 6"),
    "dense": ([flatten(), dense(10)], {"built": True}, 4, "Layer 1 should be Conv2D"),
    "dense, half told": ([flatten(), dense(10)], {"built": "yes"}, 4, "Layer 1 should be Conv2D"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_training_what_build_lenet_makes_loses_nothing_for_that(name):
    """Its points were lost there; a network that has nothing to do with LeNet is another thing."""
    layers, observed, points, told = OTHERS[name]
    verdict = verdict_on(ask("train_lenet"), training_facts(layers, {"loss": [0.5, 0.4]}, observed=observed))
    assert verdict.score == points and not verdict.flagged
    assert told in verdict.checks[1].help
    assert ("costs nothing here" in verdict.checks[1].help) == (points == 6)


def test_the_wrong_thing_returned_by_train_lenet_is_named():
    facts = {**training_facts([], {}, how="none", returned="History"), "layers": None}
    verdict = verdict_on(ask("train_lenet"), facts)
    assert "should return (model, history), yours returns a History." in verdict.checks[0].help
    assert verdict.score == 0


@pytest.mark.parametrize(
    ("message", "content", "hint"),
    [
        ("Layer 'dense' expected 2 variables", "other", "do not fit your build_lenet()"),
        ("1 objects could not be loaded: shape mismatch", "other", "do not fit your build_lenet()"),
        ("Unable to synchronously open file", "other", "cannot be opened as a Keras weights file (OSError)"),
        ("Unable to synchronously open file", "archive", "holds a whole model"),
        ("Layer 'dense' expected 2 variables", "model", "model.save_weights('lenet.weights.h5')"),
    ],
    ids=["variables", "shapes", "no file of weights", ".keras", "whole model in HDF5"],
)
def test_a_file_that_does_not_load_is_told_why(message, content, hint):
    error = {"type": "OSError", "message": message}
    facts = {"file": "unreadable", "error": error, "content": content}
    verdict = verdict_on(ask("test_accuracy"), facts)
    assert hint in verdict.checks[0].help
