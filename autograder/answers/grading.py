"""TRUSTED. `autograder answers CELL`: finds the answers, and serves the page until the person is done."""

from __future__ import annotations

from rich.console import Console

from autograder.answers.book import AnswerBook
from autograder.answers.server import serve
from autograder.course.configuration import this_course
from autograder.course.own_course import CourseError


def grade_answers(console: Console, cell: str, assignment: str = "") -> None:
    """Until Ctrl+C. Raises `CourseError`."""
    coursedir = this_course()
    with console.status("Reading the answers ..."):
        book = AnswerBook(coursedir, cell, assignment)
        answers = book.answers()
    if not answers:
        raise CourseError(
            f"Nobody wrote anything into {cell}, as far as it is graded: grade the submissions first."
        )
    serve(console, book, coursedir.format_path(coursedir.source_directory, ".", book.question.assignment))
