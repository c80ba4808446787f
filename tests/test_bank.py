"""Practice with arrays: what a bank holds comes out as a notebook has it, and so do the right answers."""

import json

import numpy as np
import pytest
from making_claims import SEED, answers, ask, claim_text

from autograder.judging import bank
from autograder.judging.claims import read_claim
from autograder.judging.exercises import Exercise
from autograder.judging.facts import Answers
from autograder.judging.questions import Question, ask_question

MAPS, TABLE = np.arange(6, dtype="float32").reshape(2, 3), [[0, 2], [1]]
LAYERS = [["conv", 5, 5], ["flatten"]]
RECORD = Exercise("double", "1_arrays", 1, "Twice an array", "call", {"function": "double", "calls": []}, "")


@pytest.fixture
def question(monkeypatch, tmp_path) -> Question:
    """Of practice, from a bank with one draw."""
    monkeypatch.setattr(bank, "checks_of", lambda assignment: tmp_path)
    bank._bank.cache_clear()
    call = [MAPS, TABLE, LAYERS]
    made = {
        "draws": {"double": [[call]]},
        "digests": [bank.digest("largest", [MAPS], 5)],
        "answers": {bank.call_key("double", call): 2 * MAPS, bank.call_key("lines", [2]): [1, 2]},
    }
    (tmp_path / "bank.json").write_text(json.dumps(made, default=bank.as_json))
    yield ask_question(RECORD, SEED, hidden=False)
    bank._bank.cache_clear()


def test_arrays_lists_and_layers_are_drawn_as_notebooks_have_them(question):
    [[maps, table, layers]] = question.ask["calls"]
    assert np.array_equal(maps, MAPS) and maps.dtype == MAPS.dtype
    assert table == TABLE and layers == [("conv", 5, 5), ("flatten",)]


def test_a_check_reads_what_was_drawn_and_what_is_right(question):
    facts = answers(question, lambda maps, table, layers: 2 * maps)
    found = Answers(question, read_claim(claim_text(question, facts)))
    [call] = found.drawn()
    assert np.array_equal(question.right_answer("double", call.arguments), found.value_of(call))


def test_answers_that_are_no_arrays_are_known_too_and_numbers_by_their_digest_alone(question):
    assert question.right_answer("lines", [2]) == [1, 2]
    assert question.right_answer("largest", [MAPS]) is None
    assert question.is_right("largest", [MAPS], 5) and not question.is_right("largest", [MAPS], 4)
    assert not question.is_right("largest", [MAPS + 1], 5)


def test_a_check_does_not_pass_on_nothing():
    question = ask("lenet_shapes")
    facts = {"answers": [{"value": [1]}]}
    with pytest.raises(LookupError, match="no drawn call of lenet_shapes"):
        Answers(question, read_claim(claim_text(question, facts))).drawn()
