"""TRUSTED: the part of nbgrader's configuration that decides what recording a submission gives.

A name for it goes into every graded notebook, so that `autograder grade` sees when it has changed.
Late penalties have no part in it: planning.py works them out anew.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config.loader import LazyConfigValue
from traitlets.utils.importstring import import_item

# Where results are kept and which submissions are trained again: part of an execution's own key.
_ELSEWHERE = {"store", "fresh", "retrain_share", "retrain_students", "retrain_timeout_s"}


def settings_key(converter: Autograde, release: Path) -> str:
    """A name for the preprocessors, their source and options, and the released notebook at `release`."""
    parts: list[Any] = []
    for names in ("sanitize_preprocessors", "autograde_preprocessors"):
        for listed in getattr(converter, names):
            one = import_item(listed) if isinstance(listed, str) else listed
            cls = one if isinstance(one, type) else type(one)
            cls = getattr(cls, "stands_for", cls)
            if not issubclass(cls, AssignLatePenalties):
                parts.append([_plain(cls), _source(cls), _options(converter, cls)])
    digest = hashlib.blake2b(json.dumps(parts).encode(), digest_size=20)
    digest.update(release.read_bytes() if release.is_file() else b"")
    return digest.hexdigest()


def _options(converter: Autograde, cls: type) -> list[Any]:
    """What the configuration sets of this class and of those that it is made of."""
    sections = [(one.__name__, converter.config.get(one.__name__, {})) for one in cls.__mro__]
    return [
        [name, key, _plain(value)]
        for name, section in sections
        for key, value in sorted(section.items())
        if key not in _ELSEWHERE
    ]


def _source(cls: type) -> str:
    """A digest of the file that a class is defined in; "" for ours, which judging_key covers."""
    if cls.__module__.startswith("autograder."):
        return ""
    try:
        return hashlib.blake2b(Path(inspect.getfile(cls)).read_bytes(), digest_size=20).hexdigest()
    except (OSError, TypeError):
        return ""


def _plain(value: Any) -> Any:
    """The value in words that are the same in every process."""
    if isinstance(value, LazyConfigValue):
        return _plain(value.to_dict())
    if isinstance(value, dict):
        return [[str(key), _plain(value[key])] for key in sorted(value, key=str)]
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, type) or inspect.isroutine(value):
        return f"{value.__module__}.{value.__qualname__}"
    return repr(value)
