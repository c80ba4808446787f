"""TRUSTED: nbgrader's gradebook, without the cost of opening it.

nbgrader opens its gradebook some twenty times for one submission, each time with a new engine of
SQLAlchemy, which compiles every query anew.
"""

from __future__ import annotations

import functools

import nbgrader.api
import sqlalchemy


def share_engine() -> None:
    """From now on, every opening of one gradebook in this process has the same engine.

    A `Gradebook` that is closed gives its connections back; what was compiled stays.
    """
    nbgrader.api.create_engine = _engine


@functools.cache
def _engine(url: str, **options: bool) -> sqlalchemy.Engine:
    return sqlalchemy.create_engine(url, **options)
