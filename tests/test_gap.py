"""Networks that learned from test images as well: which of them show, and which do not."""

import numpy as np
import pytest
from making_claims import ask, lenet_layers, trained_facts, verdict_on, with_weights
from retrainings import fixture_arrays
from weights_files import networks_that_know_test_images

NETWORKS = networks_that_know_test_images()


def judged(arrays: list[np.ndarray]):
    """The verdict on weights that were handed in, measured on the real images."""
    question = ask("test_accuracy")
    layers = with_weights(lenet_layers())
    left = iter(arrays)
    own = [{**layer, "weights": [next(left) for _ in layer["weights"]]} for layer in layers]
    prepared = [
        ((images[..., np.newaxis] / 255 - 0.2860) / 0.3530).astype("float32")
        for images in question.ask["images"]
    ]
    return verdict_on(question, {"file": "loaded", **trained_facts(question, own), "prepared": prepared})


@pytest.mark.parametrize("learned_from", ["30000_10000", "12000_5000"])
def test_half_of_the_training_images_do_not_hide_the_test_images_nor_a_fifth_half_of_them(learned_from):
    verdict = judged(NETWORKS[learned_from])
    assert (verdict.score, verdict.flagged) == (0, True)
    assert "Weights that were trained on the training images do not do that." in verdict.checks[1].help


def test_among_all_training_images_the_test_images_do_not_show():
    """As README says: this far the measure does not reach."""
    verdict = judged(NETWORKS["60000_10000"])
    assert (verdict.score, verdict.flagged) == (18, False)


def test_an_honest_network_is_not_suspected():
    verdict = judged(fixture_arrays())
    assert (verdict.score, verdict.flagged) == (18, False)
