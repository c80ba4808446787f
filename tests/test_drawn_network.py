"""What the checks of build_lenet leave for a drawing: the network that was read, beside LeNet."""

import numpy as np
import pytest
from making_claims import ask, conv, dense, lenet_layers, network_facts, verdict_on

from autograder.judging.beside import MOST_DRAWN


def figure(layers, **more):
    question = ask("build_lenet")
    return verdict_on(question, network_facts(question, layers, **more)).figures.get("network")


def test_lenet_is_drawn_without_a_difference():
    drawn = figure(lenet_layers())
    assert drawn["first"] is None and drawn["more"] == 0 and drawn["yours"] == drawn["expected"]
    assert drawn["expected"][0] == {"kind": "Input", "shape": [28, 28, 1], "told": []}
    assert drawn["expected"][2] == {"kind": "MaxPooling2D", "shape": [12, 12, 6], "told": ["2 × 2, moves 2"]}


@pytest.mark.parametrize(
    ("place", "layer", "told"),
    [
        (0, conv(6, padding="same"), ["sigmoid", "156 parameters"]),
        (2, conv(16, activation="relu"), ["relu", "2,416 parameters"]),
        (6, dense(80), ["sigmoid", "9,680 parameters"]),
    ],
    ids=["shape", "activation", "parameters"],
)
def test_the_first_layer_that_differs_is_the_first_difference(place, layer, told):
    layers = lenet_layers()
    layers[place] = layer
    drawn = figure(layers)
    assert drawn["first"] == place + 1 and drawn["yours"][place + 1]["told"] == told


def test_a_forgotten_last_layer_is_the_first_difference():
    drawn = figure(lenet_layers()[:-1])
    assert drawn["first"] == len(drawn["yours"]) == len(drawn["expected"]) - 1


def test_of_a_long_network_the_first_layers_are_drawn_and_the_others_counted():
    drawn = figure([*lenet_layers(), *(dense(10) for _ in range(20))])
    assert len(drawn["yours"]) == MOST_DRAWN and drawn["more"] == 1 + 8 + 20 - MOST_DRAWN
    assert drawn["first"] == 9


def test_a_lenet_in_which_no_layers_are_seen_is_not_drawn():
    question = ask("build_lenet")
    facts = network_facts(question, lenet_layers())
    network = facts["network"]
    call = {**network["calls"][0], "kind": "Mine", "own": True, "name": "mine", "config": {}, "bare": -1}
    call |= {"weights": list(range(len(network["shapes"]))), "output": 1}
    values = [network["values"][0], np.asarray(network["outputs"][0][0], "float32")]
    facts["network"] = {**network, "calls": [call], "values": values}
    verdict = verdict_on(question, facts)
    assert verdict.score == verdict.points and "network" not in verdict.figures


def test_where_there_is_no_network_none_is_drawn():
    assert "network" not in verdict_on(ask("build_lenet"), {"not_a_model": "list"}).figures
