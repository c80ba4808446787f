"""Written answers, side by side and without names: what reaches the gradebook, and who may reach the page."""

import asyncio
import http.client
import io
import json
import os
import re
import shutil
import signal
import socket
import struct
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import tornado.httpserver
import tornado.netutil
from browser import browser
from making_records import HOSTILE, notebook, submission, written
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from rich.console import Console

from autograder.answers import book as books
from autograder.answers.book import AnswerBook, Changed, Given, Refused
from autograder.answers.server import ADDRESS, application, serve
from autograder.course.own_course import CourseError

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own

NOTHING = Given(None, "")
TOKEN = "secret"
TEXTS = {
    "ada": "A filter looks *everywhere*.",
    "bob": f"<script>alert(1)</script> ![x](http://elsewhere.example/x.png) {HOSTILE}",
    "cleo": "Weights.",
    "dan": "",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The folder of a course with one question in each of two assignments, and four students."""
    folder = tmp_path_factory.mktemp("graded")
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        for assignment in ("lenet", "other"):
            gradebook.add_assignment(assignment)
            gradebook.add_notebook("one", assignment)
            for cell in ("why", f"why_{assignment}"):
                gradebook.add_grade_cell(cell, "one", assignment, max_score=6, cell_type="markdown")
                gradebook.add_solution_cell(cell, "one", assignment)
            gradebook.add_grade_cell("sum", "one", assignment, max_score=6, cell_type="code")
            for student in TEXTS:
                gradebook.update_or_create_student(student)
                gradebook.add_submission(assignment, student)
            # nbgrader gives 0 to an answer that is as it was released.
            gradebook.find_grade(f"why_{assignment}", "one", assignment, "dan").needs_manual_grade = False
        gradebook.db.commit()
    for assignment in ("lenet", "other"):
        cell = new_markdown_cell("### BEGIN SOLUTION\nBecause.\n\n**Scheme**\n### END SOLUTION")
        cell.metadata["nbgrader"] = {"grade_id": f"why_{assignment}"}
        (folder / "source" / assignment).mkdir(parents=True)
        nbformat.write(new_notebook(cells=[cell]), folder / "source" / assignment / "one.ipynb")
    return folder


@pytest.fixture
def course(graded, tmp_path, monkeypatch):
    """A copy of it."""
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True)
    records = [submission(name, notebook("one", written("why_lenet", text))) for name, text in TEXTS.items()]
    monkeypatch.setattr(
        books,
        "recorded",
        lambda coursedir, assignment, students=(): (
            one for one in records if not students or one.student in students
        ),
    )
    return CourseDirectory(root=str(tmp_path), db_url=f"sqlite:///{tmp_path}/gradebook.db")


@pytest.fixture
def book(course):
    return AnswerBook(course, "why_lenet")


def in_gradebook(coursedir, student):
    """Points by a person, whether it waits, the person's comment."""
    with Gradebook(coursedir.db_url) as gradebook:
        place = ("why_lenet", "one", "lenet", student)
        grade, comment = gradebook.find_grade(*place), gradebook.find_comment(*place)
        return grade.manual_score, grade.needs_manual_grade, comment.manual_comment


def number_of(book, text):
    return next(number for number, one in book.answers().items() if one.text == text)


def give(book, number, given, before):
    """By a person who sees the answer as it is."""
    book.give(number, given, before, book.answers()[number].seen)


def texts(book):
    return [answer.text for answer in book.answers().values()]


# The gradebook


def test_answers_have_numbers_drawn_once_and_no_names(course, book):
    assert set(book.answers()) == {1, 2, 3} and book.empty == 1
    assert texts(book) == texts(AnswerBook(course, "why_lenet"))
    assert set(texts(book)) == set(TEXTS.values()) - {""}


def test_a_blank_answer_that_waits_is_there_and_says_where_to_look(course, server):
    with Gradebook(course.db_url) as gradebook:
        gradebook.find_grade("why_lenet", "one", "lenet", "dan").needs_manual_grade = True
        gradebook.db.commit()
    page = server.ask()[2]
    assert "4 answers in an order that was drawn." in page and page.count("Its cell is blank") == 1


def test_points_and_a_comment_are_those_that_formgrader_would_write(course, book):
    number = number_of(book, TEXTS["ada"])
    give(book, number, Given(4.5, "Name a number."), NOTHING)
    assert in_gradebook(course, "ada") == (4.5, False, "Name a number.")
    assert in_gradebook(course, "cleo") == (None, True, None)
    assert book.answers()[number].given == Given(4.5, "Name a number.")


def test_points_that_are_taken_back_let_it_wait_again(course, book):
    number = number_of(book, TEXTS["ada"])
    give(book, number, Given(4.5, "x"), NOTHING)
    give(book, number, NOTHING, Given(4.5, "x"))
    assert in_gradebook(course, "ada") == (None, True, None)


@pytest.mark.parametrize("points", [-0.5, 6.5, 0.3, float("nan"), float("inf")])
def test_points_out_of_bounds_or_between_steps_are_refused(course, book, points):
    with pytest.raises(Refused, match="from 0 to 6, in steps of"):
        give(book, number_of(book, TEXTS["ada"]), Given(points, ""), NOTHING)
    assert in_gradebook(course, "ada") == (None, True, None)


def test_what_somebody_else_gave_meanwhile_is_not_lost(course, book):
    number = number_of(book, TEXTS["ada"])
    give(book, number, Given(3.0, "by another"), NOTHING)
    with pytest.raises(Changed) as caught:
        give(book, number, Given(5.0, "mine"), NOTHING)
    assert caught.value.now == Given(3.0, "by another")
    assert in_gradebook(course, "ada") == (3.0, False, "by another")


def test_points_for_an_answer_that_was_graded_anew_meanwhile_are_refused(course, book, monkeypatch):
    number, ada = number_of(book, TEXTS["ada"]), lambda text: [
        submission("ada", notebook("one", written("why_lenet", text)))
    ]  # fmt: skip
    shown = book.answers()[number]
    monkeypatch.setattr(books, "recorded", lambda *arguments: iter(ada("Something else.")))
    with pytest.raises(Refused, match="graded anew since you loaded the page"):
        book.give(number, Given(6.0, "Excellent"), NOTHING, shown.seen)
    assert in_gradebook(course, "ada") == (None, True, None)
    assert book.answers()[number].text == "Something else."
    give(book, number, Given(1.0, ""), NOTHING)
    assert in_gradebook(course, "ada") == (1.0, False, None)


def test_points_from_before_an_answer_was_handed_in_anew_wait(course, book):
    number = number_of(book, TEXTS["ada"])
    give(book, number, Given(6.0, "Good."), NOTHING)
    assert not book.answers()[number].waits
    with Gradebook(course.db_url) as gradebook:  # as nbgrader autograde does
        gradebook.find_grade("why_lenet", "one", "lenet", "ada").needs_manual_grade = True
        gradebook.db.commit()
    assert book.answers()[number].waits
    give(book, number, Given(6.0, "Good."), Given(6.0, "Good."))
    assert in_gradebook(course, "ada") == (6.0, False, "Good.")


def test_a_comment_that_ends_with_a_line_of_its_own_is_no_conflict(course, book):
    with Gradebook(course.db_url) as gradebook:
        gradebook.find_comment("why_lenet", "one", "lenet", "ada").manual_comment = "well done\n"
        gradebook.db.commit()
    number = number_of(book, TEXTS["ada"])
    give(book, number, Given(2.0, "well done"), Given(None, "well done"))
    assert in_gradebook(course, "ada") == (2.0, False, "well done")


def test_what_cannot_be_read_now_is_one_sentence_on_the_page_and_where_it_is_saved(server, monkeypatch):
    sent = seen(server, 1)

    def damaged(*arguments):
        raise CourseError("one.ipynb is damaged: grade this student again.")

    monkeypatch.setattr(books, "recorded", damaged)
    for status, _, text in (server.ask(), server.ask("PUT", f"/{TOKEN}/answers/1", sent)):
        assert status == 503 and "is damaged: grade this student again." in text


def test_a_student_keeps_the_number_when_others_come(course, book, monkeypatch):
    before = {number: answer.text for number, answer in book.answers().items()}
    more = [
        submission(n, notebook("one", written("why_lenet", t))) for n, t in {**TEXTS, "eve": "I."}.items()
    ]
    monkeypatch.setattr(books, "recorded", lambda *arguments: iter(more))
    after = {number: answer.text for number, answer in book.answers().items()}
    assert after == {**before, 4: "I."}


def test_pictures_in_an_answer_are_shown(course, server, monkeypatch):
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    cell = new_markdown_cell("![drawing](attachment:d.png)", attachments={"d.png": {"image/png": png}})
    cell.metadata["nbgrader"] = {"grade_id": "why_lenet"}
    path = Path(course.root, "autograded/ada/lenet/one.ipynb")
    path.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=[cell]), path)
    drawn = [submission("ada", notebook("one", written("why_lenet", cell.source)))]
    monkeypatch.setattr(books, "recorded", lambda *arguments: iter(drawn))
    assert f"data:image/png;base64,{png}" in server.ask()[2]


def test_the_same_points_sent_twice_are_no_conflict(course, book):
    number = number_of(book, TEXTS["ada"])
    for _ in range(2):
        give(book, number, Given(3.0, ""), NOTHING)
    assert in_gradebook(course, "ada")[0] == 3.0


def test_the_scheme_is_the_solution_in_source(book):
    assert book.question.scheme == "Because.\n\n**Scheme**"


@pytest.mark.parametrize(
    ("cell", "assignment", "says"),
    [
        ("why", "", r"Several .* \(lenet, other\): choose one with --assignment"),
        ("sum", "", "No cell 'sum' is graded by a person"),
        ("why_lenet", "other", "No cell 'why_lenet' in other is graded by a person"),
    ],
    ids=["two assignments have it", "checks grade it", "another assignment has it"],
)
def test_a_cell_that_is_not_meant_is_one_sentence(course, cell, assignment, says):
    with pytest.raises(CourseError, match=says):
        AnswerBook(course, cell, assignment)


# The server


@pytest.fixture
def server(book, tmp_path):
    """The server in a thread: `ask` sends it a request."""
    started, stop = threading.Event(), []
    made = SimpleNamespace(book=book)

    def run():
        async def main():
            [socket] = tornado.netutil.bind_sockets(0, ADDRESS)
            made.port = socket.getsockname()[1]
            one = tornado.httpserver.HTTPServer(
                application(book, str(tmp_path), TOKEN, made.port), max_body_size=100_000
            )
            one.add_socket(socket)
            end = asyncio.Event()
            stop.append((asyncio.get_running_loop(), end))
            started.set()
            await end.wait()
            one.stop()
            await one.close_all_connections()

        asyncio.run(main())

    thread = threading.Thread(target=run)
    thread.start()
    started.wait(30)
    made.host = f"{ADDRESS}:{made.port}"
    made.ask = lambda *arguments, **more: ask(made, *arguments, **more)
    yield made
    loop, end = stop[0]
    loop.call_soon_threadsafe(end.set)
    thread.join()


def ask(server, method="GET", path=f"/{TOKEN}/", body=None, headers=()):
    """Status, headers and text of the answer."""
    connection = http.client.HTTPConnection(ADDRESS, server.port, timeout=60)
    connection.putrequest(method, path, skip_host=True)
    headers = {"Host": server.host, **dict(headers)}
    raw = json.dumps(body).encode() if body is not None else b""
    if body is not None:
        headers = {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(raw)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read().decode()
    connection.close()
    return found


GRADE = {"given": {"points": 4.5, "comment": "Good."}, "before": {"points": None, "comment": ""}, "seen": ""}


def seen(server, number, body=GRADE):
    """What our page sends of this answer."""
    return {**body, "seen": server.book.answers()[number].seen}


def test_a_saved_answer_is_in_the_gradebook(course, server):
    number = number_of(server.book, TEXTS["ada"])
    status, _, text = server.ask("PUT", f"/{TOKEN}/answers/{number}", seen(server, number))
    assert status == 200 and json.loads(text)["points"] == 4.5
    assert in_gradebook(course, "ada") == (4.5, False, "Good.")


@pytest.mark.parametrize("points", [4.25, 9.0, 10 / 3])
def test_a_comment_can_change_where_points_were_given_elsewhere_that_this_page_does_not_give(
    course, server, points
):
    with Gradebook(course.db_url) as book:
        grade = book.find_grade("why_lenet", "one", "lenet", "ada")
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()
    number = number_of(server.book, TEXTS["ada"])
    change = seen(
        server, number,
        {"given": {"points": points, "comment": "Why?"}, "before": {"points": points, "comment": ""}},
    )  # fmt: skip
    assert server.ask("PUT", f"/{TOKEN}/answers/{number}", change)[0] == 200
    assert in_gradebook(course, "ada") == (points, False, "Why?")
    field = re.search(rf'<input name="points"[^>]*value="{points:.15g}"', server.ask()[2])[0]
    assert ('step="any"' in field) is (points % 0.5 != 0) and f'max="{max(points, 6.0)}"' in field


@pytest.mark.parametrize(
    "path", ["/", "//", "/wrong/", "/secre/", "/secret1/", "/wrong/answers/1", "/favicon.ico", "/%73ecret2/"]
)
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "OPTIONS", "HEAD"])
def test_who_does_not_know_the_address_gets_nothing(server, method, path):
    status, _, text = server.ask(method, path, GRADE if method == "PUT" else None)
    assert status == 403 and "filter" not in text


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost:{port}", "127.0.0.1", "127.0.0.1:1", "{good}.evil.example", ""]
)
def test_another_name_for_this_machine_gets_nothing(course, server, host):
    """A page of a name that was turned round to 127.0.0.1 sends that name."""
    headers = {"Host": host.format(port=server.port, good=server.host)}
    assert server.ask(headers=headers)[0] in (400, 403)
    assert server.ask("PUT", f"/{TOKEN}/answers/1", GRADE, headers)[0] in (400, 403)
    assert {in_gradebook(course, student)[0] for student in TEXTS} == {None}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_another_page_that_knows_the_address_changes_nothing(course, server, headers):
    assert server.ask("PUT", f"/{TOKEN}/answers/1", GRADE, headers)[0] in (403, 415)
    assert server.ask("POST", f"/{TOKEN}/answers/1", GRADE)[0] == 405
    assert {in_gradebook(course, student)[0] for student in TEXTS} == {None}


@pytest.mark.parametrize(
    "body",
    [
        {}, [], "x", {**GRADE, "given": {"points": "4", "comment": ""}}, {**GRADE, "given": {"points": True, "comment": ""}},
        {**GRADE, "given": {"points": 1, "comment": None}}, {**GRADE, "given": {"points": 1, "comment": "x" * 10_001}},
        {**GRADE, "given": {"points": 7, "comment": ""}}, {"given": GRADE["given"]}, {"given": GRADE["given"], "before": GRADE["before"]},
    ],
)  # fmt: skip
def test_a_grade_that_is_none_is_refused_with_a_sentence(course, server, body):
    status, _, text = server.ask("PUT", f"/{TOKEN}/answers/1", body)
    assert status == 400 and json.loads(text)["says"].endswith(".")
    assert {in_gradebook(course, student)[0] for student in TEXTS} == {None}


def test_a_number_that_is_none_is_refused(server):
    assert server.ask("PUT", f"/{TOKEN}/answers/4", GRADE)[0] == 400


def test_a_conflict_tells_what_is_there_now(server):
    server.ask("PUT", f"/{TOKEN}/answers/1", seen(server, 1))
    status, _, text = server.ask(
        "PUT", f"/{TOKEN}/answers/1", seen(server, 1, {**GRADE, "given": {"points": 1, "comment": ""}})
    )
    assert status == 409 and json.loads(text)["points"] == 4.5 and json.loads(text)["comment"] == "Good."


def test_a_locked_gradebook_is_told_and_nothing_else_breaks(server, monkeypatch):
    import sqlite3

    from sqlalchemy.exc import OperationalError

    def locked(*arguments):
        raise OperationalError("x", {}, sqlite3.OperationalError("database is locked"))

    with monkeypatch.context() as patch:
        patch.setattr(server.book, "give", locked)
        status, _, text = server.ask("PUT", f"/{TOKEN}/answers/1", seen(server, 1))
    assert status == 503 and json.loads(text)["says"]
    assert server.ask("PUT", f"/{TOKEN}/answers/1", seen(server, 1))[0] == 200


def test_a_page_that_is_closed_while_it_loads_is_no_error(server, caplog):
    request = f"GET /{TOKEN}/ HTTP/1.1\r\nHost: {server.host}\r\n\r\n".encode()
    with socket.create_connection((ADDRESS, server.port)) as connection:
        connection.sendall(request)
        # What is sent after this end is refused by the system: the server's next piece finds nobody.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.recv(1)
    assert server.ask()[0] == 200  # so the one before is over
    assert not caplog.records


def test_the_page_has_every_answer_cleaned_and_no_name(server):
    status, headers, text = server.ask()
    assert status == 200 and text.count("<article") == 3 and "<em>everywhere</em>" in text
    assert "<strong>Scheme</strong>" in text
    assert text.count("<script") == 1 and "<img" not in text and 'src="' not in text
    assert not re.search(r"\b(ada|bob|cleo|dan)\b", text)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert re.search(r"script-src 'sha256-[^']+';", policy) and "unsafe-eval" not in policy
    assert headers["Referrer-Policy"] == "no-referrer" and headers["Cache-Control"] == "no-store"


def test_ctrl_c_ends_it_and_says_how_many_have_points(book, tmp_path):
    text = io.StringIO()
    give(book, 1, Given(2.0, ""), NOTHING)
    serve(Console(file=text, width=200), book, str(tmp_path), lambda _: os.kill(os.getpid(), signal.SIGINT))
    assert re.search(r"Open http://127\.0\.0\.1:\d+/[\w-]{43}/\n", text.getvalue())
    assert "1 of 3 answers have points." in text.getvalue()


# In a browser


@pytest.mark.slow
def test_a_class_is_graded_by_the_keyboard_alone(course, server, tmp_path):
    def press(key, code, modifiers=0, text=""):
        for kind in ("keyDown", "keyUp"):
            page.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
                modifiers=modifiers,
                text=text,
            )

    with browser("about:blank", tmp_path / "profile") as page:
        for domain in ("Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        page.open(f"http://{server.host}/{TOKEN}/")
        assert page.run("document.getElementById('left').textContent") == "Without points: 3."
        page.run("document.forms[0].points.focus()")
        page.call("Input.insertText", text="4.5")
        press("Tab", 9)
        page.call("Input.insertText", text="Name a number.")
        press("Enter", 13, modifiers=2)
        page.wait("document.activeElement === document.forms[1].points")
        page.call("Input.insertText", text="9")
        press("Enter", 13, text="\r")
        page.wait("document.forms[1].querySelector('[role=status]').className === 'failed'")
        page.run("document.forms[1].points.value = ''")
        for _ in range(4):
            press("ArrowUp", 38)
        press("Enter", 13, text="\r")
        page.wait("document.activeElement === document.forms[2].points")
        assert page.run("document.getElementById('left').textContent") == "Without points: 1."
        give(server.book, 3, Given(1.0, "by another"), NOTHING)
        page.call("Input.insertText", text="6")
        press("Enter", 13, text="\r")
        page.wait("document.forms[2].querySelector('[role=status]').className === 'failed'")
        assert "Somebody else gave 1 points and wrote: by another" in page.run(
            "document.forms[2].querySelector('[role=status]').textContent"
        )
        assert page.run("document.forms[2].points.value") == "6"
        press("Tab", 9)  # leaves the field, which replaces nothing of another person's
        page.run("document.forms[2].comment.blur()")
        page.run("queue.then(() => 1)")
        given = {number: answer.given for number, answer in server.book.answers().items()}
        assert (given[1], given[3]) == (Given(4.5, "Name a number."), Given(1.0, "by another"))
        assert given[2].points in (1.5, 2.0)  # from an empty field the first step may lead to 0
        page.run("document.forms[2].points.focus()")
        press("Enter", 13, text="\r")  # of who has read what another gave
        page.wait("document.forms[2].querySelector('[role=status]').textContent === 'Saved.'")
        assert server.book.answers()[3].given.points == 6.0
        for width in (390, 1300):
            page.call(
                "Emulation.setDeviceMetricsOverride",
                width=width,
                height=900,
                deviceScaleFactor=1,
                mobile=width < 500,
            )
            time.sleep(0.1)
            assert page.run("document.documentElement.scrollWidth") <= width
        asked = {
            e["params"]["request"]["url"] for e in page.events if e["method"] == "Network.requestWillBeSent"
        }
        assert all(url.startswith((f"http://{server.host}/{TOKEN}/", "data:")) for url in asked)
        errors = [
            e for e in page.events if e["method"] in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled")
        ]
        logged = [e["params"]["entry"]["text"] for e in page.events if e["method"] == "Log.entryAdded"]
        assert not errors and all("409" in text for text in logged), logged
