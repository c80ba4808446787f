"""TRUSTED; tornado. The page to grade written answers on: for one person, on this machine, until Ctrl+C.

Other programs of the machine, and other pages in the person's browser, reach the port too. So every request must
know the secret in the address, and name the host by number, which no other page's name can stand for (DNS
rebinding). What changes something must come from our own page, as JSON, which no form of another page sends.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from hmac import compare_digest
from typing import Any

import tornado.httpserver
import tornado.iostream
import tornado.netutil
import tornado.web
from jinja2 import Template
from markupsafe import Markup
from rich.console import Console

from autograder.answers.book import AnswerBook, Changed, Given, Refused
from autograder.cleaning.outputs import clean_text
from autograder.cleaning.renderer import OUTPUT_BYTES, Budget, ask
from autograder.course.own_course import CourseError
from autograder.course.remedies import remedy
from autograder.pages.templating import POLICY, environment, script_and_source
from autograder.report import as_text, boxed

ADDRESS = "127.0.0.1"
_MOST_BYTES = 100_000  # of a request
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def application(book: AnswerBook, folder: str, token: str, port: int) -> tornado.web.Application:
    """The server's pages. folder: of the instructor's pictures; token: the secret in the address."""
    shared = {"book": book, "folder": folder, "token": token, "host": f"{ADDRESS}:{port}"}
    handlers = [(r"/([^/]+)/", _Page, shared), (r"/([^/]+)/answers/(\d{1,9})", _Answer, shared)]
    return tornado.web.Application([*handlers, (r".*", _Handler, shared)], log_function=lambda _: None)


class _Handler(tornado.web.RequestHandler):
    """Refuses who does not know the address, before anything else is looked at."""

    def initialize(self, book: AnswerBook, folder: str, token: str, host: str) -> None:
        self._book, self._folder, self._token, self._host = book, folder, token, host

    def set_default_headers(self) -> None:
        for name, value in _HEADERS.items():
            self.set_header(name, value)
        self.set_header("Content-Security-Policy", f"{POLICY}; frame-ancestors 'none'")
        self.clear_header("Server")

    def prepare(self) -> None:
        given = self.path_args[0] if self.path_args else ""
        if self.request.headers.get_list("Host") != [self._host]:
            raise tornado.web.HTTPError(403)
        if not compare_digest(str(given).encode(), self._token.encode()):
            raise tornado.web.HTTPError(403)
        if self.request.headers.get("Origin", f"http://{self._host}") != f"http://{self._host}":
            raise tornado.web.HTTPError(403)

    def write_error(self, status_code: int, **_: Any) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("This page is not to be had: use the address that autograder answers printed.\n")


class _Page(_Handler):
    async def get(self, token: str) -> None:
        try:
            answers = self._book.answers()
        except CourseError as error:
            self.set_status(503)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(f"{error}\n")
            return
        script, source = script_and_source("answers.js")
        policy = f"{POLICY}; script-src {source}; connect-src 'self'"
        self.set_header("Content-Security-Policy", f"{policy}; frame-ancestors 'none'")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        template: Template = environment().get_template("answers.html.j2")
        pieces = template.generate(
            question=self._book.question,
            answers=answers,
            empty=self._book.empty,
            scheme=Markup(_shown(self._book.question.scheme, {}, self._folder)),
            shown=lambda answer: Markup(boxed(_shown(answer.text, answer.attachments))),
            script=script,
            policy=policy,
        )
        # Who closed the page meanwhile needs no more of it.
        with suppress(tornado.iostream.StreamClosedError):
            for piece in pieces:  # an answer takes some hundredths of a second: it is seen when it is there
                self.write(piece)
                await self.flush()


class _Answer(_Handler):
    def put(self, token: str, number: str) -> None:
        if self.request.headers.get("Content-Type") != "application/json":
            raise tornado.web.HTTPError(415)
        try:
            told = json.loads(self.request.body)
            given, before = _given(told["given"]), _given(told["before"])
            self._book.give(int(number), given, before, str(told["seen"]))
        except CourseError as error:  # what is graded cannot be read now
            self._say(503, str(error))
        except Changed as changed:
            self._say(409, str(changed), changed.now)
        except Refused as refused:
            self._say(400, str(refused))
        except (ValueError, KeyError, TypeError):
            self._say(400, "This is no answer's grade: load the page again.")
        except Exception as error:
            sentence = remedy(error)
            if not sentence:
                raise
            self._say(503, sentence)
        else:
            self._say(200, "saved", given)

    def _say(self, status: int, sentence: str, now: Given | None = None) -> None:
        self.set_status(status)
        self.write({"says": sentence, **({"points": now.points, "comment": now.comment} if now else {})})


def _given(told: Any) -> Given:
    """Raises ValueError, KeyError or TypeError for what is none."""
    points, comment = told["points"], told["comment"]
    if not isinstance(comment, str) or not (points is None or type(points) in (int, float)):
        raise ValueError("points are a number or null, and a comment is a text")
    return Given(points, comment.strip())


def _shown(source: str, attachments: dict[str, dict[str, str]], folder: str | None = None) -> str:
    """Markdown as harmless HTML. folder: of pictures, for a text of the instructor."""
    source = clean_text(source)
    most = OUTPUT_BYTES + sum(len(str(data)) for forms in attachments.values() for data in forms.values())
    html = ask(Budget(), "markdown", source, attachments, folder, most=most)
    return as_text(source) if html is None else html


def serve(
    console: Console, book: AnswerBook, folder: str, ready: Callable[[str], None] = lambda _: None
) -> None:
    """Answer until Ctrl+C. ready: called with the address when the server listens."""

    async def run() -> None:
        [socket] = tornado.netutil.bind_sockets(0, ADDRESS)
        port, token = socket.getsockname()[1], secrets.token_urlsafe(32)
        server = tornado.httpserver.HTTPServer(
            application(book, folder, token, port), max_body_size=_MOST_BYTES, max_buffer_size=2 * _MOST_BYTES
        )
        server.add_socket(socket)
        address = f"http://{ADDRESS}:{port}/{token}/"
        console.print(f"Open {address}", soft_wrap=True, highlight=False, markup=False)
        told = "Nobody else may know this address. Ctrl+C ends it: what you gave is saved at once."
        console.print(told, soft_wrap=True, highlight=False)
        ready(address)
        try:
            await asyncio.Event().wait()
        finally:
            server.stop()

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        answers = book.answers()
        waiting = sum(answer.waits for answer in answers.values())
        console.print(f"{len(answers) - waiting} of {len(answers)} answers have points.", highlight=False)
        told = f"Students read them once you make their pages anew: nbgrader generate_feedback {book.question.assignment} --force"
        console.print(told, soft_wrap=True, highlight=False, markup=False)
