"""A guess is compared softly: what fits, what is close, where to look again; nothing that a student writes stops it."""

import numpy as np
import pytest

from autograder import compare
from autograder.predictions import IN_FIGURES, NO_GUESS


@pytest.fixture
def said(capsys):
    """What compare prints, as one line."""

    def say(*given):
        compare(*given)
        return capsys.readouterr().out.rstrip("\n")

    return say


@pytest.mark.parametrize("guess", ["?", "", None, ["?", "?"], [], ("?",)])
def test_no_guess_is_asked_for_one(guess, capsys):
    assert compare(guess, [3, 4]) is False
    assert capsys.readouterr().out == NO_GUESS + "\n"


@pytest.mark.parametrize("guess", ["no idea", "half", ["one", "four"]])
def test_a_number_in_words_is_asked_for_in_figures(guess, capsys):
    assert compare(guess, [3, 4]) is False
    assert capsys.readouterr().out == IN_FIGURES + "\n"


def test_of_several_a_number_in_words_is_named(said):
    assert said([3, "four"], [3, 4]) == "1 of 2 as you said; write answer 2 in figures."


@pytest.mark.parametrize(
    ("guess", "came"),
    [
        ("100 %", 0.804),
        (1, 0.804),
        ("0 %", 0.45),
        (0, 0.468),
        (0, 0.239),
        (1, 0.9),
        ("80 %", 0.846),
        (0, -0.3),
    ],
)
def test_a_guess_that_is_no_rounding_of_a_small_number_does_not_fit(guess, came, said):
    assert said(guess, came) != "Just as you said."


@pytest.mark.parametrize("guess", ["inf", float("inf"), "infinity", "∞", float("nan")])
def test_a_guess_without_end_is_one(guess, said):
    assert "no guess" not in said(guess, 16.12).lower()


@pytest.mark.parametrize(
    ("guess", "came"),
    [
        ("Neither.", "neither"),
        ("8 and 0", "0 and 8"),
        ("the layer C5", "C5"),
        ("No.", "no"),
        ("AS MANY", "as many"),
    ],
)
def test_words_fit_in_any_order_without_their_marks(guess, came, said):
    assert said(guess, came) == "Just as you said."


@pytest.mark.parametrize(
    ("guess", "came"), [("more or fewer", "more"), ("not neither", "neither"), ("5 and 8", "0 and 8")]
)
def test_more_words_than_came_do_not_fit(guess, came, said):
    assert said(guess, came).startswith("You said")


def test_of_several_it_says_how_many_fit_and_where_to_look_again(said):
    assert (
        said([28, 15, 10, 6], [28, 14, 10, 5], "size") == "2 of 4 as you said; look again at sizes 2 and 4."
    )
    assert said([28, 14, 10, 6], [28, 14, 10, 5], "size") == "3 of 4 as you said; look again at size 4."


def test_all_of_several(said):
    assert said([1, "2"], [1, 2]) == "All 2 as you said."


def test_what_was_not_guessed_is_not_called_wrong(said):
    assert said([28, "?", 9], [28, 14, 10], "size") == (
        "1 of 3 as you said; look again at size 3; no guess yet for size 2."
    )


def test_a_list_that_is_too_short_has_no_guess_for_the_rest(said):
    assert said([28], [28, 14], "size") == "1 of 2 as you said; no guess yet for size 2."


def test_places_go_by_their_names(said):
    assert said({1: "A", 2: "C"}, ["A", "B"], "total", ["44,190", "36,758"]) == (
        "1 of 2 as you said; look again at total 36,758."
    )


@pytest.mark.parametrize(
    ("guess", "came"),
    [
        (13, 12.8),
        ("13", 12.8),
        (12.8, 12.79),
        ("about 13 times", 12.8),
        ("94 %", 0.942),
        (0.94, 0.942),
        ("1,234", 1234),
        (1234.0, 1234),
        (np.float32(3), 3),
        (0, 0.0013),
        ("More", "more"),
    ],
)
def test_a_guess_fits_when_what_came_is_rounded_as_it_is(guess, came, said):
    assert said(guess, came) == "Just as you said."


def test_near_a_number_that_was_estimated_is_close(said):
    assert said(800_000, 784_456.0) == "Close: you said 800000."
    assert (
        said([800_000, 0.2], [784_456.0, 0.9], "figure")
        == "0 of 2 as you said, 1 close; look again at figure 2."
    )


@pytest.mark.parametrize(
    ("guess", "came"), [(13, 14), (12.8, 12.71), (1, 2.3), ("less", "more"), ("14 %", 14)]
)
def test_what_does_not_fit_is_asked_about_and_not_scolded(guess, came, said):
    line = said(guess, came)
    assert line.startswith((f"You said {guess}. Where does the difference come from?", "Close"))
    assert not (isinstance(came, int) and line.startswith("Close"))


@pytest.mark.parametrize(
    "guess", [float("nan"), float("inf"), "1e999", object(), np.zeros(3), {}, 10**400, "²"]
)
def test_a_guess_of_any_kind_is_answered(guess, said):
    assert said(guess, 2.5) and said([guess, guess], [1, "more"])
