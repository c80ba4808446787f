"""The page about a class: what it counts is what slow and obvious formulas count, and it shows only that.

`python tests/test_class_report.py` writes the golden file anew; look at what changed before you commit.
"""

import math
import re
import stat
import statistics
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from making_records import (
    HOSTILE,
    a_class,
    answer,
    check,
    hostile,
    measured,
    missing,
    notebook,
    samples,
    submission,
    took,
    written,
)
from nbgrader.api import Gradebook

from autograder import cli
from autograder.class_report import writing
from autograder.class_report.drawing import histogram
from autograder.class_report.items import JUDGED, correlation, item_statistics
from autograder.class_report.page import Alike, Places, class_page
from autograder.class_report.tally import DOUBT, FLAGGED, MISSING, MISTAKE, NOTE, UNJUDGED, WRITTEN, Tally
from autograder.course.own_course import CHECKOUT, CourseError
from autograder.course.register import Group, Pair
from autograder.judging.verdicts import FAILED, NOT_JUDGED
from autograder.report.records import NOBODY, PERSON, Answer, Printed

GOLDEN = Path(__file__).parent / "golden_pages" / "class_report.html"
MADE = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ALIKE = Alike(
    "test_accuracy",
    ("correct", "wrong_filters"),
    (("correct", "wrong_filters", "97% of the weights agree."), ("correct", "gone", "They agree.")),
    (),
)
PLACES = Places(
    lambda student, notebook: f"../feedback/{student}/lenet/{notebook}.html" if student == "correct" else "",
    lambda student: f"formgrader/manage_students/{student}/lenet",
)


def tallied(submissions, assignment="lenet"):
    tally = Tally(assignment)
    for one in submissions:
        tally.take(one)
    return tally.result()


def page(submissions, alike=(), places=PLACES, assignment="lenet"):
    return "".join(class_page(tallied(submissions, assignment), alike, places, MADE))


def without_style_and_script(html):
    html = re.sub(r"(?s)<(style|script)>.*?</\1>", r"<\1></\1>", html)
    return re.sub(r"sha256-[\w+/=]+", "sha256-", html)


def test_the_samples_are_shown_as_in_the_golden_file():
    assert without_style_and_script(page(samples(), [ALIKE])) == GOLDEN.read_text("utf-8")


# What is counted


def only(submissions, kind):
    """{(exercise or notebook, cause): students} of one kind."""
    made = tallied(submissions)
    return {
        (", ".join(one.exercises) or one.notebook, one.cause): [
            made.students[place].id for place in one.places
        ]
        for one in made.of_kind(kind)
    }


def test_each_reason_to_look_names_who_it_is():
    assert only(samples(), UNJUDGED) == {("conv_params", "The kernel ended in the cell '…'."): ["wrong_loop"]}
    assert only(samples(), DOUBT) == {
        ("test_accuracy", "One usual seed explains these weights as well."): ["correct"]
    }
    assert only(samples(), WRITTEN) == {("why_dense", ""): ["correct", "wrong_filters", "wrong_loop"]}
    assert only(samples(), MISSING) == {("3_train", ""): ["wrong_biases", "wrong_loop"]}
    assert only(samples(), NOTE) == {
        ("3_train", "The cell '…' was changed; the original was used."): ["wrong_filters"]
    }
    assert only(samples(), FLAGGED) == {}


def test_a_kernel_that_ended_is_one_thing_to_look_at_and_not_one_an_exercise():
    def ended(student, cell):
        left = [
            answer(id, check("x", NOT_JUDGED, help=f"The kernel ended in the cell {cell!r}.")) for id in "ab"
        ]
        return submission(student, notebook("2_count", *left))

    cause = "The kernel ended in the cell '…'."
    assert only([ended("ada", "a"), ended("bob", "a")], UNJUDGED) == {("a, b", cause): ["ada", "bob"]}
    [same] = tallied([ended("ada", "a"), ended("bob", "a")]).shared
    [apart] = tallied([ended("ada", "a"), ended("bob", "c")]).shared
    assert same.told and not apart.told
    assert "2×</strong> <code>a</code>, <code>b</code> The kernel ended in the cell &#39;a&#39;." in page(
        [ended("ada", "a"), ended("bob", "a")]
    )


def test_who_handed_in_and_is_not_graded_is_named_where_names_are_shown():
    one = [submission("ada", notebook("1", answer("x", check("a"))))]
    shown = "".join(class_page(tallied(one), (), PLACES, MADE, ["zoe<b>"]))
    assert '<p class="name">zoe&lt;b&gt;</p>' in shown and "Nothing waits for you." not in shown
    assert "Handed in, and not graded" not in page(one)


def test_what_was_taken_off_for_being_late_stands_beside_the_total():
    punctual, late = (notebook("1", answer("x", check("a")), late=late) for late in (0.0, 0.5))
    shown = page([submission("ada", punctual), submission("bob", late)])
    assert ">Late</th>" in shown and "−0.5" in shown
    assert ">Late</th>" not in page([submission("ada", punctual)])


def test_a_student_with_one_mistake_in_two_checks_counts_once():
    causes = only(samples(), MISTAKE)
    told = "conv_params(…) should be …, but yours is …. The … biases are missing: one for each filter."
    assert causes["conv_params", told] == ["wrong_biases"]
    assert not [cause for _, cause in causes if "Waits" in cause or "Not attempted" in cause]


def test_what_a_person_has_decided_asks_for_nobody():
    unjudged = check("grey", NOT_JUDGED, help="It ended.")
    decided = answer("conv_params", unjudged, review="A doubt.", by=PERSON, score=2.0)
    one = submission("ada", notebook("2_count", decided))
    assert not tallied([one]).shared
    assert tallied([one]).exercises[0].statistics.judged == 1


def test_what_is_flagged_for_another_reason_is_looked_at_too():
    one = submission("ada", notebook("2_count", answer("conv_params", check("grey"), waits=True)))
    assert only([one], FLAGGED) == {("conv_params", ""): ["ada"]}


def test_a_cell_of_plain_asserts_that_has_no_points_yet_is_not_judged():
    died = Answer("sum", "sum", 0.0, 2.0, waits=True)
    for plain in (Answer("sum", "sum", 0.0, 2.0, by=NOBODY), died):
        assert only([submission("ada", notebook("1", plain))], UNJUDGED) == {("sum", ""): ["ada"]}
    assert only([submission("ada", missing("1", ("sum", 2.0)))], UNJUDGED) == {}


def test_answers_in_code_that_wait_are_looked_at_in_formgrader():
    waits = {"by": NOBODY, "waits": True, "written": "draw(1)"}
    shown = page(
        [submission("ada", notebook("1", Answer("drawing", "drawing", 0.0, 2.0, code=True, **waits)))]
    )
    assert "They are code: formgrader shows it." in shown and "autograder answers" not in shown


def test_exercises_stand_in_the_order_of_a_notebook_that_was_handed_in():
    unordered = submission("ada", missing("2_count", ("second", 2.0), ("first", 2.0)))
    handed_in = submission(
        "bob", notebook("2_count", answer("first", check("x")), answer("second", check("x")))
    )
    made = tallied([unordered, handed_in])
    assert [item.id for item in made.exercises] == ["first", "second"]
    assert made.scores.tolist() == [[0, 0], [2, 2]]


def pearson(one, other):
    if len(one) < 3 or len(set(one)) == 1 or len(set(other)) == 1:
        return None
    return statistics.correlation(one, other)


def test_statistics_of_exercises_are_those_of_slow_formulas():
    submissions = list(a_class(60))
    for item in tallied(submissions).exercises:
        own, rest, some, full, states = [], [], 0, 0, []
        for one in submissions:
            for book in one.notebooks:
                for each in book.answers:
                    if each.id != item.id:
                        continue
                    states.append("open" if not each.judged else "judged" if each.attempted else "untouched")
                    if each.judged:
                        own.append(each.score)
                        rest.append(sum(other.score for other in one.answers) - each.score)
                        some += each.score > 0
                        full += each.score > each.points - 1e-9
        found = item.statistics
        assert [found.judged, found.untouched, found.open] == [
            states.count(state) for state in ("judged", "untouched", "open")
        ]
        assert found.mean == pytest.approx(sum(own) / len(own))
        assert found.difficulty == pytest.approx(sum(own) / len(own) / item.points)
        assert found.some == pytest.approx(some / len(own)) and found.full == pytest.approx(full / len(own))
        assert found.discrimination == pytest.approx(pearson(own, rest))


def test_statistics_of_checks_are_those_of_slow_formulas():
    submissions = list(a_class(60))
    items = {item.id: item for item in tallied(submissions).exercises}
    for part, kept in enumerate(items["dense_params"].checks):
        own, rest = [], []
        for one in submissions:
            [each] = [each for each in one.answers if each.id == "dense_params"]
            if each.judged:  # all three parts are, or none
                earned = each.verdict.checks[part].earned if each.verdict else 0.0
                own.append(earned)
                rest.append(sum(other.score for other in one.answers) - earned)
        assert kept.statistics.mean == pytest.approx(sum(own) / len(own))
        assert kept.statistics.discrimination == pytest.approx(pearson(own, rest))
        assert kept.statistics.judged + kept.statistics.untouched == len(own)


def test_of_a_check_without_points_it_counts_whether_it_passed():
    made = tallied(
        submission(
            f"s{number}",
            notebook("1", answer("x", check("first", outcome, 0.0), check("more", outcome, 4.0))),
        )
        for number, outcome in enumerate(["passed", "passed", FAILED])
    )
    first, more = made.exercises[0].checks
    assert first.statistics.difficulty == first.statistics.full == pytest.approx(2 / 3)
    assert first.statistics.discrimination == pytest.approx(1)
    assert more.statistics.discrimination is None  # there are no points for anything else


def test_a_check_is_compared_with_the_checks_points_where_a_person_gave_others():
    def graded(number, outcome, **more):
        book = notebook("1", answer("x", check("a", outcome), check("b", outcome), **more))
        return submission(f"s{number}", book)

    outcomes = ["passed", FAILED, "passed", FAILED]
    made = tallied(graded(n, outcome, by=PERSON, score=float(3 - n)) for n, outcome in enumerate(outcomes))
    assert made.exercises[0].checks[0].statistics.discrimination == pytest.approx(1)


def test_a_check_that_some_verdicts_do_not_have_is_counted_where_it_is():
    late = submission("c", notebook("1", answer("x", check("a"), check("new", FAILED))))
    made = tallied([submission(s, notebook("1", answer("x", check("a")))) for s in "ab"] + [late])
    assert [check.statistics.judged for check in made.exercises[0].checks] == [3, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2], [1, 2]),
        ([1, 1, 1], [1, 2, 3]),
        ([0.1 + 0.2, 0.3, 0.3], [1, 2, 3]),
        ([1, 2, 3], [5, 5, 5]),
        ([], []),
    ],
    ids=["two students", "one number", "one number but for rounding", "the same rest", "nobody"],
)
def test_an_undefined_correlation_is_none(one, other):
    assert correlation(np.array(one, dtype=float), np.array(other, dtype=float)) is None


def test_an_answer_that_nobody_graded_yet_has_no_mean_though_some_wrote_nothing():
    made = tallied(
        submission(f"s{n}", notebook("1", written("why", text, by=by)))
        for n, (text, by) in enumerate([("Because.", NOBODY), ("", "checks"), ("", "checks")])
    )
    found = made.exercises[0].statistics
    assert (found.open, found.untouched, found.mean) == (1, 2, None)


def used(*of_students):
    """What a class took of whom each handed in one notebook."""
    made = tallied(
        submission(f"s{number}", notebook("1", answer("x", check("a")), took=one))
        for number, one in enumerate(of_students)
    )
    return made.used[0]


def test_of_time_and_memory_the_median_and_the_largest_are_told():
    found = used(took(1.0, 100), took(3.0, 500), took(10.0, 300))
    assert (found.seconds.median, found.seconds.largest, found.seconds.most) == (3.0, 10.0, 600)
    assert (found.memory_mib.median, found.memory_mib.largest, found.memory_mib.most) == (300, 500, 4096)
    assert not found.seconds.near and not found.memory_mib.near


def test_what_nobody_measured_is_not_known_and_is_no_zero():
    found = used(None, took(4.0), took(2.0, 100))
    assert (found.seconds.unknown, found.memory_mib.unknown) == (1, 2)
    assert found.seconds.median == 3.0 and found.memory_mib.median == 100
    shown = page([submission("ada", notebook("1", answer("x", check("a"))))])
    assert shown.count("not known") == 4 and "0 of 1" in shown


def test_the_ten_nearest_to_a_limit_are_named_and_no_other():
    found = used(*(took(float(seconds)) for seconds in (479, *range(481, 500))))
    assert [one.value for one in found.seconds.near] == list(range(499, 489, -1))
    assert [one.place for one in found.seconds.near] == list(range(19, 9, -1))
    assert not used(took(479.0)).seconds.near


def test_a_notebook_that_was_not_handed_in_took_nothing_and_is_not_counted():
    assert tallied([submission("ada", missing("1", ("x", 2.0)))]).used == ()


def printed(accuracy, measured_one=0.88, of="validation"):
    book = notebook("3_train", measured(measured_one), printed=accuracy and Printed(accuracy, of))
    return tallied([submission("ada", book)]).apart


@pytest.mark.parametrize("accuracy", [0.92, 0.84])
def test_an_accuracy_that_was_printed_far_above_or_below_the_measured_one_is_looked_at(accuracy):
    [found] = printed(accuracy)
    assert (found.place, found.notebook, found.printed, found.measured) == (0, "3_train", accuracy, 0.88)


@pytest.mark.parametrize("accuracy", [0.9, 0.86, None])
def test_an_accuracy_that_was_printed_near_the_measured_one_or_not_at_all_is_not(accuracy):
    assert not printed(accuracy)


def test_where_names_are_hidden_those_near_a_limit_have_numbers_as_all_others():
    shown = page(samples())
    near = shown.split("Near a limit of time or memory")[1].split("</ul>")[0]
    apart = shown.split("Printed and measured accuracy")[1].split("</ul>")[0]
    for part in (near, apart):
        assert part.count('class="who"') == part.count('class="name"') == part.count('class="drawn"') == 1


def test_extra_credit_makes_a_share_above_one_and_counts_as_all():
    found = item_statistics(np.array([1.5, 1.0]), np.array([JUDGED, JUDGED]), 2.0, np.zeros(2))
    assert found.full == 1 and found.mean == 2.5


def test_extra_credit_for_what_was_not_attempted_is_shown():
    untouched = answer("one", check("a", FAILED, earned=0.0), score=1.0, extra=1.0, attempted=False)
    report = tallied([submission("ada", notebook("n", untouched))])
    assert report.states.tolist() == [[JUDGED]] and report.scores.tolist() == [[1.0]]


def test_numbers_are_drawn_and_the_same_every_time():
    students = tallied(a_class(50)).students
    numbers = [student.number for student in students]
    assert sorted(numbers) == list(range(1, 51)) and numbers != sorted(numbers)
    again = {student.id: student.number for student in tallied(reversed(list(a_class(50)))).students}
    assert again == {student.id: student.number for student in students}


def test_a_histogram_has_every_value_in_a_bar_and_bars_as_high_as_their_counts():
    drawn = histogram(np.array([-1.0, 0.0, 0.4, 0.6, 1.0, 7.0]), np.array([0.0, 0.5, 1.0]), "{:g}".format)
    assert [bar.told for bar in drawn.bars] == ["0 to 0.5: 3", "0.5 to 1: 3"]
    assert drawn.most == 3 and drawn.bars[0].height == drawn.bars[1].height
    assert math.isclose(drawn.bars[0].x + drawn.bars[0].width + 1, drawn.bars[1].x)


# What is shown


class Read(HTMLParser):
    """Every element with its attributes, the text, and the headings."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text, self.open = [], "", []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def test_hostile_words_stay_words():
    likeness = Alike(HOSTILE, (HOSTILE, "other"), ((HOSTILE, "other", HOSTILE),), (HOSTILE,))
    html = page([hostile(), *samples()], [likeness], assignment=HOSTILE)
    read = Read(without_style_and_script(html))
    assert len(read.all("script")) == 1 and not read.all("img")
    assert not [name for _, attributes in read.elements for name in attributes if name.startswith("on")]
    assert read.text.count("{{ 7*7 }}") > 20 and "49" not in read.text
    assert not set(read.text) & {"\u202e", "\x00"}


def test_nothing_is_asked_of_any_network():
    html = page(samples(), [ALIKE])
    read = Read(html)
    policies = [
        meta["content"] for meta in read.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert (
        policies
        and policies[0].startswith("default-src 'none'; style-src")
        and "script-src 'sha256-" in policies[0]
    )
    assert [link["href"] for link in read.all("link")] == ["data:,"]
    assert not [a for _, a in read.elements if "src" in a] and "@import" not in html and "url(" not in html
    addresses = [a["href"] for a in read.all("a") if "href" in a]
    assert addresses and all(address.startswith(("#", "../feedback/")) for address in addresses)


def test_every_anchor_leads_somewhere_and_no_id_is_there_twice():
    read = Read(page(samples(), [ALIKE]))
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    anchors = [a["href"][1:] for a in read.all("a") if a.get("href", "").startswith("#")]
    labels = [a["aria-labelledby"] for _, a in read.elements if "aria-labelledby" in a]
    assert set(anchors) | set(labels) <= set(ids)


def test_headings_are_in_order_and_tables_have_captions_and_scopes():
    read = Read(page(samples(), [ALIKE]))
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(read.all("caption")) == len(read.all("table")) == 3
    assert all(cell.get("scope") for cell in read.all("th"))


def test_nothing_but_names_and_messages_tells_who_is_who_where_names_are_hidden():
    """What has a student's words in it is in an element that hides with the names."""

    class Shown(HTMLParser):
        hidden, text = 0, ""

        def handle_starttag(self, tag, attributes):
            hides = {"name", "telling", "page"} & set((dict(attributes).get("class") or "").split())
            self.hidden += bool(self.hidden or hides) and tag not in ("br", "input", "meta", "link")

        def handle_endtag(self, tag):
            self.hidden -= bool(self.hidden)

        def handle_data(self, data):
            self.text += data * (not self.hidden)

    shown = Shown()
    shown.feed(page(samples(), [ALIKE]))
    assert not [
        word for word in ("Lovelace", "wrong_filters", "wrong_loop", "gone", "97%") if word in shown.text
    ]
    assert "No. 1" in shown.text and "biases are missing" in shown.text


def test_an_assignment_without_weights_has_no_accuracies():
    read = Read(page([submission("ada", notebook("1", answer("x", check("a"))))]))
    assert "Test accuracy" not in read.text and "Nothing waits for you." in read.text


def test_the_calibrated_spread_is_shown_where_it_was_measured():
    assert "from 87.9% to 89.3%" in Read(page(samples())).text
    older = samples()[1]
    book = older.notebooks[1]
    figures = {"accuracy": 0.89, "pass_mark": 0.865}
    verdict = replace(book.answers[0].verdict, figures=figures)
    older = replace(older, notebooks=(replace(book, answers=(replace(book.answers[0], verdict=verdict),)),))
    assert "from 87.9% to 89.3%" in Read(page([*samples(), replace(older, student="older")])).text
    text = Read(page([older])).text
    assert "1 of 1 networks reach the pass mark of 86.5%" in text and "trainings lie" not in text


def test_a_mistake_of_very_many_students_names_some_of_them():
    said = "The cell is empty."
    many = [
        submission(f"s{n}", notebook("1", answer("x", check("a", FAILED, help=said)))) for n in range(250)
    ]
    assert "250 students" in Read(page(many)).text and "and 150 more" in Read(page(many)).text


# The command


@pytest.fixture
def course(tmp_path, monkeypatch):
    (tmp_path / "nbgrader_config.py").write_text((CHECKOUT / "nbgrader_config.py").read_text())
    (tmp_path / "gradebook.db").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(writing, "recorded", lambda coursedir, assignment: iter(samples()))
    return tmp_path


def test_the_report_is_for_its_owner_alone_and_leads_to_feedback_that_is_there(course):
    there = course / "feedback" / "wrong_loop" / "lenet" / "2_count.html"
    there.parent.mkdir(parents=True)
    there.touch()
    path = writing.write_report("lenet")
    assert path == course / "report" / "lenet.html"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    pages = {a["href"] for a in Read(path.read_text()).all("a") if a.get("class") == "page" and "href" in a}
    assert pages == {"../feedback/wrong_loop/lenet/2_count.html"}
    assert all((path.parent / page).is_file() for page in pages)


def test_a_report_that_cannot_be_finished_leaves_the_one_before(course, monkeypatch):
    path = writing.write_report("lenet")
    before = path.read_text()

    def torn(*arguments):
        yield "<html>"
        raise RuntimeError("out of room")

    monkeypatch.setattr(writing, "class_page", torn)
    with pytest.raises(RuntimeError):
        writing.write_report("lenet")
    assert path.read_text() == before and list(path.parent.iterdir()) == [path]


def test_an_assignment_that_nobody_is_graded_in_is_told_what_to_do(course, monkeypatch):
    monkeypatch.setattr(writing, "recorded", lambda coursedir, assignment: iter(()))
    with pytest.raises(CourseError, match="nbgrader autograde lenet"):
        writing.write_report("lenet")


def test_outside_a_course_the_command_says_where_to_run_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["report", "lenet"]) == 1
    assert "run this in the course's folder" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_an_unknown_assignment_is_one_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "nbgrader_config.py").write_text((CHECKOUT / "nbgrader_config.py").read_text())
    monkeypatch.chdir(tmp_path)
    Gradebook(f"sqlite:///{tmp_path}/gradebook.db").close()
    assert cli.main(["report", "lenot"]) == 1
    assert "knows no assignment 'lenot'" in capsys.readouterr().err


def test_pairs_of_a_group_are_told_once(course, monkeypatch):
    class Book:
        def groups(self):
            return [Group(("ada", "bob"), ("One seed.",))]

        def pairs_of(self, student):
            return [Pair("bob" if student == "ada" else "ada", "They agree.", "One seed.")]

    class Exercise:
        id = "test_accuracy"

    monkeypatch.setattr(writing, "registers", lambda coursedir, assignment: iter([(Exercise, Book())]))
    seen = []
    monkeypatch.setattr(writing, "class_page", lambda of, alike, *more: seen.extend(alike) or iter(()))
    writing.write_report("lenet")
    told = (("ada", "bob", "They agree."),)
    assert seen == [Alike("test_accuracy", ("ada", "bob"), told, ("One seed.",))]


if __name__ == "__main__":
    GOLDEN.write_text(without_style_and_script(page(samples(), [ALIKE])), "utf-8")
