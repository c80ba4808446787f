"""TRUSTED; standard library and SQLAlchemy. What an error of the machine means, in one sentence.

A full disk, a gradebook that another program holds, a folder without permission: none of these is
anybody's fault in the course, and a traceback hides what to do.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, ExceptionContext, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, OperationalError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_AGAIN = "run the same command again"
_MEND_URL = "mend c.CourseDirectory.db_url in nbgrader_config.py"
_OURS = ".autograder"  # the folder in a course that is our own
_OF_ANOTHER_KIND = (FileExistsError, IsADirectoryError, NotADirectoryError)


@event.listens_for(Engine, "handle_error")
def _note_the_file(context: ExceptionContext) -> None:
    """Called by SQLAlchemy with an error, before it is raised: SQLite does not say which file it means."""
    if context.engine is not None and context.sqlalchemy_exception is not None:
        error = context.sqlalchemy_exception
        error.gradebook = context.engine.url.database  # type: ignore[attr-defined]  # for `remedy` alone


def remedy(error: BaseException) -> str:
    """What happened and what to do, in one sentence; "" for an error that is nothing of the machine."""
    for cause in _chain(error):
        found = _of_a_database(cause) if isinstance(cause, DBAPIError) else _of_a_file(cause)
        if found:
            return found
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _of_a_file(error: BaseException) -> str:
    if isinstance(error, NoSuchModuleError):
        return f"The address of the gradebook names a kind of database that nobody here knows: {_MEND_URL}."
    if not isinstance(error, OSError):
        return ""
    written = error.filename2 or error.filename
    where = f" where {written} is to be written" if written else ""
    if error.errno in _FULL:
        return f"The disk is full{where}: free some space, then {_AGAIN}; what is done stays done."
    if error.errno == errno.EROFS:
        return f"The disk may not be written{where}: mount it for writing, then {_AGAIN}."
    if isinstance(error, _OF_ANOTHER_KIND) and f"{os.sep}{_OURS}" in str(error.filename):
        return (
            f"{error.filename} is a file where the autograder needs a folder of its own, or the other way "
            f"round: move it away, then {_AGAIN}."
        )
    if isinstance(error, PermissionError) and error.filename:
        return (
            f"Permission to use {error.filename} is missing: give it to yourself (chmod u+rwX, or ask "
            f"its owner), then {_AGAIN}."
        )
    return ""


def _of_a_database(error: DBAPIError) -> str:
    said = str(error.orig).strip().split("\n")[0]
    path = Path(getattr(error, "gradebook", None) or "gradebook.db")
    if re.search(r"database( table| schema)? is locked", said):
        return (
            "Another program is writing to the gradebook (another nbgrader or autograder, or a browser "
            f"of databases): wait until it is done or end it, then {_AGAIN}."
        )
    if "disk is full" in said or "No space left" in said or "disk I/O error" in said:
        return f"The disk that holds the gradebook is full: free some space, then {_AGAIN}."
    if "readonly database" in said or "unable to open database file" in said:
        return _not_opened(path)
    if "not a database" in said or "malformed" in said:
        return f"{path} is damaged: move it away and bring a copy back, then run `autograder doctor`."
    if isinstance(error, OperationalError) and not re.search(r"no such (table|column)", said):
        return f"The gradebook does not answer ({said[:200]}): start its server, or {_MEND_URL}."
    return ""


def _not_opened(path: Path) -> str:
    """What keeps SQLite from opening this gradebook, which it does not say itself."""
    with suppress(PermissionError):  # nobody knows what is in a folder that may not be looked into
        if path.is_dir():
            return f"{path} is a folder where the gradebook should be a file: move it away, or {_MEND_URL}."
        if not path.parent.is_dir():
            return (
                f"The gradebook {path.name} cannot be opened, because there is no folder {path.parent}: make "
                f"it, or {_MEND_URL}, then {_AGAIN}."
            )
    return (
        f"The gradebook cannot be opened for writing: give yourself permission for {path} and its folder, "
        f"then {_AGAIN}."
    )
