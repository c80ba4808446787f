"""THE WALL; imports the standard library only. What an instructor adds to every sandbox.

    c.ExecuteAndAsk.shared_folders = ["/srv/course/data"]    # each is shown read-only, in its place
    c.ExecuteAndAsk.environment = {"COURSE_DATA": "/srv/course/data"}

Whether a sandbox may have them says sharing.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Surroundings:
    """environment: variables by name, in order of their names; folders: absolute paths."""

    environment: tuple[tuple[str, str], ...] = ()
    folders: tuple[str, ...] = ()

    @classmethod
    def of(cls, environment: Mapping[str, str], folders: Iterable[str]) -> Surroundings:
        """From what a configuration says, or from `asdict` after its way through JSON."""
        return cls(tuple(sorted(dict(environment).items())), tuple(sorted(set(folders))))
