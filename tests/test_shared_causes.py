"""Messages of one cause are one cause, whatever numbers and words of a student's are in them."""

import pytest
from making_claims import answers, ask, verdict_on

from autograder.judging.verdicts import FAILED, Verdict
from autograder.report.causes import cause_of, mistakes
from lenet_solution import parameters


def causes(exercise, function):
    """What the real checks say to a student with this function, each cause once."""
    question = ask(exercise)
    return {cause_of(told) for told in mistakes(verdict_on(question, answers(question, function)))}


def test_filters_without_biases_are_one_mistake_in_every_check():
    told = "conv_params(…) should be …, but yours is …. The … biases are missing: one for each filter."
    assert causes("conv_params", lambda h, w, c, f: h * w * c * f) == {told}


def test_two_mistakes_stay_two():
    without = causes("dense_params", lambda inputs, units: inputs * units)
    wrong = causes("dense_params", lambda inputs, units: inputs * units + 1)
    assert without and wrong and not without & wrong


def test_a_function_that_raises_is_one_mistake_whatever_its_message():
    def raised(message):
        question = ask("conv_params")
        error = {"type": "TypeError", "message": message}
        facts = {"answers": [{"error": error} for _ in question.ask["calls"]]}
        return {cause_of(told) for told in mistakes(verdict_on(question, facts))}

    [cause] = raised("can't multiply ‘7’ by “x”")
    assert cause.startswith("conv_params(…) raised TypeError: “…”.")
    assert raised("another one (8, 9)") == {cause}


def test_a_check_that_waits_for_another_is_no_mistake_of_its_own():
    question = ask("build_lenet")
    verdict = verdict_on(question, {"not_a_model": "NoneType"})
    assert [c for c in verdict.checks if c.help.startswith("Waits for")]
    assert not [told for told in mistakes(verdict) if "Waits for" in told]


def test_what_was_not_attempted_is_no_mistake():
    question = ask("conv_params")
    verdict = verdict_on(question, {}, state="not attempted")
    assert {c.outcome for c in verdict.checks} == {FAILED} and not list(mistakes(verdict))
    assert not list(mistakes(Verdict("x", "x", 1.0, ())))


def test_right_work_has_no_mistakes():
    assert causes("conv_params", parameters.conv_params) == set()


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("Layer 1 gives 24 × 24 × 6, you predicted 28 × 28 × 6.", "Layer … gives …, you predicted …."),
        ("Layer 5 gives 256, you predicted 784.", "Layer … gives …, you predicted …."),
        ("Leave the batch axis (None) out of shape 3: (None, 24, 24, 6).", "Leave the batch axis … out of shape …."),
        ("It should return (model, history).", "It should return (model, history)."),
        ("f([('conv', 5), ('pool', 2, 2)]) is -1.5e-07.", "f(…) is …."),
        ("lenet_shapes() gave {'a': [1, 2]}.", "lenet_shapes() gave …."),
        ("keras.Input(shape=(28, 28, 1)), and layers.Conv2D(6, 5).", "keras.Input(…), and layers.Conv2D(…)."),
        ("LeNet's 8 layers aren't the students' own.", "LeNet's … layers aren't the students' own."),
        ("Your “Conv (7), 'x'”  is\nnot 10.00 %.", "Your “…” is not … %."),
        ("Layers 3 and 4, a Conv2D and a pooling.", "Layers …, a Conv2D and a pooling."),
        ("", ""),
    ],
)  # fmt: skip
def test_numbers_values_and_words_in_marks_are_gaps(message, cause):
    assert cause_of(message) == cause
    assert cause_of(cause) == cause


@pytest.mark.parametrize("piece", ["(", "[", "[(", "1,", "'", '"', "“", "f(", "(…", "…, ", "(None "])
def test_of_a_message_made_to_be_slow_only_the_beginning_is_read(piece):
    """Brackets in 20,000 brackets took a minute to take out."""
    assert len(cause_of(piece * 20_000 + ")" * 20_000 + "]" * 20_000)) <= 2_000
