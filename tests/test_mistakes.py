"""LeNet with one mistake is known by what it computes, and no mistake passes for LeNet."""

import numpy as np
import pytest
from making_claims import ask, verdict_on

from autograder.assignments.lenet.checks.lenet import ARRAYS, LENET, lenet_outputs, same_places
from autograder.assignments.lenet.checks.mistakes import MISTAKES, Mistake
from autograder.judging.tracing import drawn

BUILD = "build_lenet"


def facts_of(mistake, shapes):
    """A network without layers, all arrays in one class, that is LeNet with this mistake."""
    question = ask(BUILD)
    trial = {name: array.astype("float32") for name, array in question.ask["trial"].items()}
    outputs = []
    for numbers in trial["numbers"]:
        arrays = [drawn(numbers, place, shape) for place, shape in enumerate(shapes)]
        outputs.append(mistake.outputs(trial["images"], arrays))
    call = {
        "kind": "LeNet", "own": True, "name": "le_net", "config": {}, "weights": list(range(len(shapes))),
        "inputs": [0], "bare": -1, "output": 1,
    }  # fmt: skip
    network = {
        "input_shape": [28, 28, 1], "shapes": [list(shape) for shape in shapes], "outputs": outputs,
        "calls": [call], "values": [trial["images"][0], np.asarray(outputs[0][0], "float32")],
    }  # fmt: skip
    return question, {"network": network}


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_without_layers_costs_what_it_is_and_no_more(mistake):
    verdict = verdict_on(*facts_of(mistake, ARRAYS))
    assert verdict.outcome == "failed" and not verdict.flagged
    one_too_many = bool(mistake.end or mistake.divided)
    lost = 6 * one_too_many + 6 * mistake.averages + 3 * (set(mistake.activations) != {"sigmoid"})
    assert verdict.score == 20 - lost < 20


def test_without_a_mistake_it_is_lenet():
    random = np.random.default_rng(0)
    arrays = [random.normal(size=shape) / np.sqrt(np.prod(shape[:-1])) for shape in ARRAYS]
    images = random.normal(size=(3, 28, 28, 1))
    assert np.array_equal(Mistake().outputs(images, arrays), lenet_outputs(images, arrays))
    assert [(s.kind, s.output_shape, s.params, s.activation) for s in Mistake().steps({})] == LENET


def test_outputs_that_no_known_mistake_gives_are_not_said_to_be_one():
    question, facts = facts_of(Mistake(), ARRAYS)
    facts["network"]["outputs"] = [1 - outputs for outputs in facts["network"]["outputs"]]
    verdict = verdict_on(question, facts)
    assert verdict.score == 5  # its arrays are of LeNet's sizes
    assert "yours is LeNet" in verdict.checks[1].help


def test_of_two_scores_that_are_the_same_but_for_rounding_argmax_may_name_either():
    scores = np.array([[0.1, 0.7, 0.7 - 1e-5], [0.9, 0.1, 0.2]])
    assert same_places(scores, np.array([2, 0])) and same_places(scores, np.array([1.0, 0.0]))
    assert not same_places(scores, np.array([0, 0]))


@pytest.mark.parametrize("places", [[1], [[1], [0]], [3, 0], [-2, 0], [1.5, 0], [np.nan, 0]], ids=str)
def test_what_names_no_place_of_each_row_is_no_argmax(places):
    assert not same_places(np.array([[0.1, 0.7, 0.2], [0.9, 0.1, 0.2]]), np.array(places))
