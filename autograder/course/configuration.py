"""TRUSTED; traitlets and nbgrader. Whether nbgrader will use a course's configuration as it stands.

nbgrader only warns of a file that it cannot read, and of an option that nobody knows, and goes on
without: in the worst case as stock nbgrader, without a sandbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from traitlets import TraitError
from traitlets.config import Config, Configurable
from traitlets.config.loader import JSONFileConfigLoader, PyFileConfigLoader

from autograder.course.own_course import CourseError

_LOADERS = {".py": PyFileConfigLoader, ".json": JSONFileConfigLoader}
_MISSPELT = 0.8  # likeness of two names above which one is meant for the other


def unreadable_file(course: Path) -> str:
    """Why nbgrader could not read what configures it in this course, in a sentence, or ""."""
    own = course / "nbgrader_config.py"
    if not own.is_file():
        return f"{course} is no course, for it has no nbgrader_config.py: run this in the course's folder."
    for folder in (course, *map(Path, NbGrader().config_file_paths)):
        for path in (folder / f"nbgrader_config{suffix}" for suffix in _LOADERS):
            if not path.is_file():
                continue
            try:
                _LOADERS[path.suffix](path.name, str(folder)).load_config()
            except (Exception, SystemExit) as error:  # noqa: BLE001 (Python may raise anything)
                why = f"{type(error).__name__}: {error}"
                return f"{path} cannot be used ({why}): mend it, then run this again."
    return ""


def course_config(course: Path) -> Config:
    """The configuration of `nbgrader` started in `course`, which must be the working folder."""
    app = NbGrader()
    app.load_config_file()
    app.config.CourseDirectory.setdefault("root", str(course))
    config: Config = app.config
    return config


def this_course(graded: bool = True) -> CourseDirectory:
    """The folders of the course that this is started in, as its configuration has them. Raises `CourseError`.

    graded: whether it must have a gradebook already, which nbgrader would make.
    """
    folder = Path.cwd()
    problem = unreadable_file(folder)
    if problem:
        raise CourseError(problem)
    try:
        coursedir = CourseDirectory(config=course_config(folder))
        url = coursedir.db_url
    except TraitError as error:
        raise CourseError(impossible_value(error)) from None
    path = url.removeprefix("sqlite:///")
    if graded and path != url and not Path(path).is_file():
        raise CourseError(f"There is no gradebook {path} yet: run nbgrader autograde first.")
    return coursedir


def misspelt_option(config: Config) -> str:
    """Which option of the configuration nobody will read, in a sentence, or "".

    Only of classes that are imported by now: whoever asks has imported nbgrader's and ours. Another
    class may be a plugin's, and is called misspelt only where it looks like one of them.
    """
    readers = _readers()
    mentioned = {text.rsplit(".", 1)[-1] for text in _texts(config)}
    for section, options in config.items():
        if section in readers:
            known = readers[section]
            for option in options if isinstance(options, Config) else ():
                if option not in known and not isinstance(options[option], Config):
                    return _sentence(f"{section}.{option}", [f"{section}.{n}" for n in known])
        elif section not in mentioned and get_close_matches(section, readers, 1, _MISSPELT):
            return _sentence(section, list(readers))
    return ""


def impossible_value(error: TraitError) -> str:
    """What an option of the configuration was set to that it cannot have, in a sentence."""
    return f"The configuration sets an option to what it cannot be ({error}): mend nbgrader_config.py."


def _sentence(name: str, known: list[str]) -> str:
    meant = get_close_matches(name, known, 1, 0.0)
    hint = f": write c.{meant[0]}, if that is meant, or take it out" if meant else ": take it out"
    return f"The configuration sets c.{name}, which nobody reads{hint}."


def _readers() -> dict[str, set[str]]:
    """By the name of each class that a configuration may name: the options that somebody reads there."""
    found: dict[str, set[str]] = {}
    waiting = [Configurable]
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        for base in cls.__mro__:  # what is set for a class, its subclasses read as well
            if issubclass(base, Configurable):
                found.setdefault(base.__name__, set()).update(cls.class_trait_names(config=True))
    return found


def _texts(value: Any) -> Iterator[str]:
    """Every text in a configuration; a plugin's class is named in one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)
