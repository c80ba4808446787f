"""What was printed, as a terminal would show it."""

import pytest
from nbformat.v4 import new_output

from autograder.runs.streams import as_shown, join_streams


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("one\ntwo\n", "one\ntwo\n"),
        ("1/3\r2/3\r3/3\ndone", "3/3\ndone"),
        ("windows\r\nlines\r\n", "windows\r\nlines\r\n"),
        ("12\b\b34", "34"),
        ("a\b\b\bb", "b"),
        ("a\n\bb", "a\nb"),
        ("1/2\b\b\b2/2\rdone", "done"),
    ],
    ids=["lines", "a bar", "line ends of Windows", "backspaces", "too many", "at a line's begin", "both"],
)
def test_the_last_state_of_a_line_is_shown(printed, shown):
    assert as_shown(printed) == shown


def test_what_is_printed_between_pictures_is_joined():
    picture = new_output("display_data", {"text/plain": "picture"})
    outputs = [new_output("stream", text="a"), picture, new_output("stream", text="b\rc\n")]
    assert join_streams(outputs) == [new_output("stream", text="c\n"), picture]


def test_stdout_stands_before_the_stderr_that_came_first():
    outputs = [new_output("stream", name="stderr", text="e"), new_output("stream", text="o")]
    assert [output.text for output in join_streams(outputs)] == ["o", "e"]


def test_ten_megabytes_in_one_line_take_no_square_of_that():
    text = "x" * 10_000_000 + "\b" * 5_000_000 + "\r" + "y"
    assert as_shown(text) == "y"
