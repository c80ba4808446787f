"""The feedback page: what stands on it, for whom it can be read, and what it never does.

`python tests/test_feedback.py` writes the golden file anew; look at what changed before you commit.
"""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from accessibility import LOOKS, findings, look
from browser import browser
from test_report import HOSTILE, VERDICTS, check, verdict

from autograder.judging.verdicts import FAILED, PASSED
from autograder.pages.feedback import CODE, COURSE, TEXT, VERDICT, WRITTEN, Piece, confused, feedback_page
from autograder.pages.network import drawing
from autograder.report.records import NOBODY, PERSON, Answer, NotebookRecord, Printed, Submission

GOLDEN = Path(__file__).parent / "golden_pages" / "feedback.html"
CONFUSION = {"names": ["Coat", "Bag", "Shirt"], "counts": [[8, 0, 2], [1, 9, 0], [3, 0, 7]]}
MEASURED = {"accuracy": 0.8, "pass_mark": 0.865, "confusion": CONFUSION}
NETWORK = {
    "expected": [
        {"kind": "Input", "shape": [28, 28, 1], "told": []},
        {"kind": "Conv2D", "shape": [24, 24, 6], "told": ["sigmoid", "156 parameters"]},
        {"kind": "Dense", "shape": [10], "told": ["sigmoid", "850 parameters"]},
    ],
    "yours": [
        {"kind": "Input", "shape": [28, 28, 1], "told": []},
        {"kind": f"“{HOSTILE}”", "shape": [2, 3, 4, 5], "told": [HOSTILE, "1 parameters"]},
        {"kind": "Dense", "shape": [10], "told": ["sigmoid", "850 parameters"]},
        {"kind": "argmax", "shape": [], "told": []},
    ],
    "more": 88,
    "first": 1,
}
EPOCHS = (
    {"epoch": 1, "loss": 1.5, "accuracy": 0.5, "val_loss": 1.0},
    {"epoch": 3, "loss": 0.75, "accuracy": 0.75, "val_loss": 0.5},
)


def answer(name, made=None, **more):
    score, points = (made.score, made.points) if made else (more.pop("score", 0.0), more.pop("points", 6.0))
    return Answer(name, f"The task {name}", score, points, verdict=made, **more)


def page(*answers, pieces=(), notes=(), epochs=(), printed=None, others=(), **who):
    record = NotebookRecord("1_one", True, answers, notes, epochs=epochs, printed=printed)
    return feedback_page(
        Submission("lenet", who.pop("student", "ada"), (record, *others), **who), "1_one", pieces
    )


def of(answers, pieces=(), **more):
    """A page where each answer has its cell."""
    cells = [Piece(VERDICT if a.verdict else WRITTEN, "<p>An essay.</p>", name=a.id) for a in answers]
    return page(*answers, pieces=[*pieces, *cells], **more)


def words(html):
    body = html.split("</header>", 1)[0].split("<header>")[1] + html.split("</header>", 1)[1]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def everything():
    """A page with all that can be on one."""
    made = verdict(check("first", PASSED, 2.0), check("second", FAILED, 0.0, "Too few."))
    answers = [answer(name, one) for name, one in VERDICTS.items()]
    answers[2:3] = [answer("waits", VERDICTS["not_judged"], waits=True)]
    answers += [
        answer("measured", verdict(check("only", PASSED, 2.0))),
        answer("network", verdict(check("only", FAILED, 0.0))),
        answer("by_hand", made, by=PERSON, extra=1.0),
        answer("essay", by=NOBODY, waits=True, written="An essay."),
        answer("empty", written=""),
    ]
    object.__setattr__(answers[6].verdict, "figures", MEASURED)
    object.__setattr__(answers[7].verdict, "figures", {"network": NETWORK})
    pieces = [
        Piece(COURSE, "<p class='heading'>1.1 Begin</p>", title="1.1 Begin"),
        Piece(COURSE, "<pre>given()</pre>", ("<pre>printed</pre>",)),
        Piece(
            CODE, "<pre>mine()</pre>", ("<pre>printed</pre>",), name="solution", comment="<p>Well said.</p>"
        ),
        Piece(CODE, "<pre>stub()</pre>", name="stub", untouched=True),
        Piece(TEXT, "<p>My own words.</p>"),
    ]
    other = NotebookRecord("2_two", False, (answer("elsewhere", points=4.0),))
    return of(
        answers, pieces, notes=("A cell was missing.", HOSTILE), epochs=EPOCHS, printed=Printed(0.825, "validation"), others=(other,),
        student="ada<b>", first_name="Ada", last_name=HOSTILE, submitted=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
    )  # fmt: skip


def test_the_page_reads_as_it_did():
    assert everything() + "\n" == GOLDEN.read_text("utf-8")


def test_what_was_taken_off_for_being_late_is_told_on_the_page_of_every_notebook():
    late = NotebookRecord("2_two", True, (answer("elsewhere", score=3.0, points=4.0),), late=1.5)
    shown = words(of([answer("one", VERDICTS["failed"])], others=(late,)))
    assert "1.5 points were taken off for being late with 2_two." in shown
    here = feedback_page(Submission("lenet", "ada", (late,)), "2_two", ())
    assert "1.5 points were taken off for being late." in here


def test_the_head_says_who_and_how_many_points_of_how_many():
    other = NotebookRecord("2_two", True, (answer("elsewhere", score=3.0, points=4.0),))
    shown = words(of([answer("one", VERDICTS["failed"])], others=(other,), first_name="Ada", last_name="L"))
    assert shown.startswith(
        "lenet · 1_one Ada L of 12 points in lenet 6.5 of 8 points in this notebook 3.5 ada"
    )


def test_what_lost_most_comes_first_and_with_its_cause():
    small = verdict(check("first", PASSED, 2.0), check("second", FAILED, 1.5, "A small thing."))
    shown = words(of([answer("small", small), answer("large", VERDICTS["failed"])]))
    first = shown.split("What to look at first")[1]
    assert first.index("The task large") < first.index("Layer 2 should be") < first.index("The task small")


def test_a_page_without_a_mistake_says_so():
    assert "Every exercise of this notebook has all its points." in words(
        of([answer("one", VERDICTS["passed"])])
    )


def test_the_first_difference_is_marked_and_no_other():
    assert of([answer("one", VERDICTS["failed"])]).count("first difference") == 1


def with_figures(**figures):
    return replace(VERDICTS["passed"], figures=figures)


def test_a_network_is_drawn_beside_the_expected_one_with_its_first_difference_in_words():
    shown = of([answer("one", with_figures(network=NETWORK))])
    assert shown.count("✗ first difference") == 1 and shown.count(">=</text>") == 1
    assert "First difference, layer 1: Conv2D, 24 × 24 × 6, sigmoid, 156 parameters is expected" in words(
        shown
    )
    assert "Your network goes on: 88 more layers are not drawn." in words(shown)


def test_a_network_without_a_difference_has_none_marked():
    right = {**NETWORK, "yours": NETWORK["expected"], "more": 0, "first": None}
    shown = of([answer("one", with_figures(network=right))])
    assert shown.count(">=</text>") == 3 and "first difference" not in shown and "≠" not in shown


def test_a_layer_that_is_missing_at_the_end_is_the_first_difference():
    short = {**NETWORK, "yours": NETWORK["expected"][:2], "more": 0, "first": 2}
    shown = words(of([answer("one", with_figures(network=short))]))
    assert "layer 2: Dense, 10, sigmoid, 850 parameters is expected, yours is no layer." in shown


def test_no_network_is_drawn_where_none_was_read():
    assert 'class="network"' not in of([answer("one", VERDICTS["failed"])])


def test_the_words_of_a_layer_are_cut_and_its_box_is_no_larger_than_the_others():
    layer = {"kind": "Layer" * 100, "shape": [10**9, 10**9, 10**9], "told": []}
    drawn = drawing({**NETWORK, "yours": [NETWORK["expected"][0], layer]})
    pair = drawn.pairs[1]
    assert len(pair.yours.lines[0]) == 18 and len(pair.yours.whole) < 150
    assert max(pair.yours.box.width, pair.yours.box.height) <= 30 and pair.yours.box.depth <= 8


def test_what_was_measured_stands_beside_what_was_printed_without_a_judgement():
    made = answer("one", with_figures(accuracy=0.8))
    shown = words(of([made], printed=Printed(0.93, "evaluation")))
    assert (
        "On the test images, as measured: 80.0% right. As your notebook printed it last, by "
        "evaluate or the like, of whichever images: 93.0%."
    ) in shown
    assert "As your notebook printed it last" not in words(of([made]))


def test_points_that_are_not_final_are_called_that():
    shown = words(of([answer("one", VERDICTS["not_judged"], waits=True)]))
    assert "of 4 points in lenet for now" in shown and "these points are not final" in shown


def test_a_written_answer_that_nobody_read_is_not_called_wrong():
    shown = words(of([answer("essay", by=NOBODY, waits=True, written="An essay.")]))
    assert "not graded yet, 6 points at most: a person reads it" in shown and "✗" not in shown


def test_a_notebook_that_was_not_handed_in_is_named_and_not_linked():
    other = NotebookRecord("2_two", False, (answer("elsewhere"),))
    html = of([answer("one", VERDICTS["passed"])], others=(other,))
    assert "Not handed in." in html and "2_two.html" not in html


def test_what_a_person_gave_and_said_of_a_notebook_that_was_not_handed_in_is_told():
    given = Answer("elsewhere", "Elsewhere", 2.0, 2.0, by=PERSON)
    other = NotebookRecord("2_two", False, (given,), comments={"elsewhere": "You showed me <it>."})
    html = of([answer("one", VERDICTS["passed"])], others=(other,))
    assert "2 of 2, given by a person" in html and "</b> You showed me &lt;it&gt;." in html


def test_the_exercises_of_another_notebook_are_linked_to_its_page():
    other = NotebookRecord("2 two", True, (answer("elsewhere", VERDICTS["passed"]),))
    assert 'href="2%20two.html#exercise-elsewhere"' in of(
        [answer("one", VERDICTS["passed"])], others=(other,)
    )


def test_text_of_the_course_in_a_row_is_folded_into_one():
    pieces = [
        Piece(COURSE, "<p>a</p>", title="One"),
        Piece(COURSE, "<p>b</p>"),
        Piece(COURSE, "c", title="Two"),
    ]
    html = of([], [*pieces, Piece(TEXT, "<p>mine</p>")])
    assert re.findall(r'<details class="course"><summary><h3>(\w+)', html) == ["One", "Two"]


def test_most_mixed_up_are_named_in_their_order():
    assert confused(CONFUSION) == [("Shirt", "Coat", 3, 10), ("Coat", "Shirt", 2, 10), ("Bag", "Coat", 1, 10)]


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_nothing_that_a_student_chose_becomes_an_element():
    elements = Elements(everything()).found
    assert not {tag for tag, _ in elements} & {"script", "iframe", "object", "form", "b onerror"}
    assert not [name for _, attrs in elements for name in attrs if name.startswith("on")]
    assert not [attrs for tag, attrs in elements if tag == "img"]


def test_the_page_names_no_other_host_and_allows_none():
    html = unescape(everything())
    assert "default-src 'none'" in html and "script-src" not in html
    assert not re.search(r'(src|href)="(?!data:|#|2_two)', html)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("feedback")
    path = folder / "1_one.html"
    path.write_text(everything(), "utf-8")
    with browser("about:blank", folder / "profile") as shown:
        shown.address = path.as_uri()
        yield shown


@pytest.mark.slow
@pytest.mark.parametrize(("width", "mode"), LOOKS)
def test_axe_finds_nothing_that_keeps_people_out(opened, width, mode):
    opened.open(opened.address)
    look(opened, width, mode)
    assert findings(opened) == []


@pytest.mark.slow
def test_a_phone_need_not_scroll_sideways(opened):
    opened.call("Emulation.setDeviceMetricsOverride", width=390, height=900, deviceScaleFactor=1, mobile=True)
    opened.open(opened.address)
    opened.run("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert opened.run("document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
def test_all_that_is_a_students_stands_behind_a_dotted_line_and_nothing_of_a_persons_does(opened):
    opened.open(opened.address)
    boxes = "[...document.querySelectorAll('.student, .output')].map(one => one.closest('.student') ?? one)"
    bare = f"{boxes}.filter(one => getComputedStyle(one).borderLeftStyle != 'dotted').length"
    assert opened.run(bare) == 0 and opened.run(f"{boxes}.length") >= 6
    assert opened.run("document.querySelectorAll('.student .note').length") == 0


def test_extra_points_for_what_waits_are_not_called_final():
    shown = words(of([answer("one", VERDICTS["not_judged"], waits=True, extra=0.5)]))
    assert "0.5 of them extra for now, which a person gave: a person will look at the rest" in shown


@pytest.mark.slow
def test_folded_text_is_not_printed(opened):
    opened.open(opened.address)
    pdf = base64.b64decode(opened.call("Page.printToPDF", preferCSSPageSize=True)["data"])
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(everything() + "\n", "utf-8")
