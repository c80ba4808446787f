"""Reports are pure functions of verdicts: what they show is kept in tests/golden.

`python tests/test_report.py` writes the golden files anew; look at what changed before you commit.
"""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED, CheckResult, Row, Verdict
from autograder.report import html_report, notebook_summary, text_report

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = '<script>alert("1")</script> & <img src=x onerror=alert(1)>'


def check(name, outcome, earned, help="", rows=(), hidden=False):
    sentence = f"The {name} layer is LeNet's."
    return CheckResult(f"test_{name}", sentence, 2.0, outcome, earned, help, rows, hidden)


def verdict(*checks, **more):
    return Verdict("build_lenet", "LeNet as a Keras model", 2.0 * len(checks), checks, **more)


ROWS = (
    Row("1", "Conv2D, 24 × 24 × 6, 156", "Conv2D, 24 × 24 × 6, 156", True),
    Row("2", "AveragePooling2D, 12 × 12 × 6, 0", "MaxPooling2D, 12 × 12 × 6, 0", False),
    Row("3", "—", "Conv2D, 8 × 8 × 16, 2,416", False),
)
VERDICTS = {
    "passed": verdict(
        check("first", PASSED, 2.0),
        check("second", PASSED, 2.0, "Measured: 89.06%. Well trained!", ROWS[:1]),
        check("third", PASSED, 2.0, hidden=True),
    ),
    "failed": verdict(
        check("first", PASSED, 2.0),
        check("second", FAILED, 0.0, "Layer 2 should be MaxPooling2D.", ROWS),
        check("third", FAILED, 1.5, "Train for a few more epochs."),
        check("fourth", FAILED, 0.0, "Waits for the check “The second layer is LeNet's.”"),
    ),
    "not_judged": verdict(
        check("first", PASSED, 2.0),
        check("second", NOT_JUDGED, 0.0, "The kernel ended in the cell 'build_lenet'."),
        reason="The kernel ended in the cell 'build_lenet'.",
    ),
    "not_attempted": verdict(
        check("first", FAILED, 0.0, "Not attempted yet."),
        check("second", FAILED, 0.0, "Not attempted yet."),
        attempted=False,
        reason="Not attempted yet.",
    ),
    "for_review": verdict(
        check("first", PASSED, 2.0),
        review="Trained again from scratch, train_lenet does not confirm these weights.",
    ),
    "hostile": Verdict(
        HOSTILE, HOSTILE, 2.0,
        (CheckResult("test_x", HOSTILE, 2.0, FAILED, 0.0, HOSTILE, (Row(*[HOSTILE] * 3, False),)),),
        review=HOSTILE,
    ),
}  # fmt: skip
# What a student sees has only public checks, so part of the points is for later.
PRACTICE = {
    "passed": Verdict("x", "LeNet as a Keras model", 9.0, VERDICTS["passed"].checks[:2]),
    "failed": VERDICTS["failed"],
    "not_judged": VERDICTS["not_judged"],
    "not_attempted": VERDICTS["not_attempted"],
}
NOTES = ("The cell 'setup_1' was changed; the original was used.", HOSTILE)


def reports():
    """{golden file: what it should hold}."""
    made = {"summary.html": notebook_summary(list(VERDICTS.values()), NOTES)}
    for form, report in (("txt", text_report), ("html", html_report)):
        made |= {f"{name}.{form}": report(v) for name, v in VERDICTS.items()}
        made |= {f"practice_{name}.{form}": report(v, True) for name, v in PRACTICE.items()}
    return made


@pytest.mark.parametrize("name", reports())
def test_a_report_reads_as_it_did(name):
    assert reports()[name] + "\n" == (GOLDEN / name).read_text("utf-8")


def test_every_golden_file_is_compared():
    assert {path.name for path in GOLDEN.iterdir()} == set(reports())


@pytest.mark.parametrize("form", [text_report, html_report])
def test_a_check_without_points_says_nothing_of_points(form):
    one = CheckResult("test_note", "A note.", 0.0, PASSED, 0.0)
    report = form(verdict(check("first", PASSED, 2.0), one))
    assert "2 of 2" in report and "0 of 0" not in report


ELEMENTS = {"div", "span", "b", "code", "h3", "table", "thead", "tbody", "tr", "th", "td"}


class Tags(HTMLParser):
    """The elements and attributes of a page, and whether everything that opens is closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.seen, self.attributes = [], set(), set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", [name for name in reports() if name.endswith(".html")])
def test_nothing_that_comes_from_a_claim_becomes_an_element(name):
    page = Tags(reports()[name])
    assert page.open == []
    assert page.seen <= ELEMENTS
    assert page.attributes <= {"style"}


def test_no_blank_line_ends_the_html_of_a_summary_early():
    """Behind one, markdown would make links and pictures of what a claim says."""
    message = "first\n\n![](https://example.org/seen.png)"
    failed = verdict(check("first", FAILED, 0.0, message))
    reviewed = verdict(check("first", PASSED, 2.0), review=message)
    assert "\n\n" not in notebook_summary([failed, reviewed], [message])


if __name__ == "__main__":
    for name, text in reports().items():
        (GOLDEN / name).write_text(text + "\n", "utf-8")


def test_a_check_that_failed_for_a_reason_that_was_told_says_so_and_does_not_tell_it_again():
    two = verdict(check("first", FAILED, 0.0, "It raised."), check("second", FAILED, 0.0, "It raised."))
    for graded, practised in (
        (html_report(two), html_report(two, practice=True)), (text_report(two), text_report(two, practice=True)),
    ):  # fmt: skip
        assert (graded.count("It raised."), graded.count("same reason as above")) == (1, 1)
        assert "same reason" not in practised
