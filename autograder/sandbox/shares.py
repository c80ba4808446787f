"""TRUSTED; imports the standard library only. One sandbox, one share of the processors.

Linux deals out processors by session where sched_autogroup_enabled is 1, as distributions have it, and
a sandbox starts as one session, however many threads it has. But it may begin more of them (every
`!command` of a notebook does), so each of several gets its part of the one share.
"""

import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_STEP = 1.25  # what one level of niceness divides a share by
_MOST = 19  # levels


def share_fairly(init_pid: int) -> None:
    """To be called from time to time; init_pid: the sandbox's first process. Does nothing where the
    system has no such groups."""
    groups: dict[str, Path] = {}
    for process in _processes(init_pid):
        with suppress(OSError):  # it has just ended
            groups[(process / "autogroup").read_text()] = process / "autogroup"
    level = min(_MOST, math.ceil(math.log(max(len(groups), 1), _STEP)))
    for text, file in groups.items():
        if not text.endswith(f" nice {level}\n"):
            with suppress(OSError):  # an ordinary user may do one in a tenth of a second: next time
                file.write_text(str(level))


def _processes(pid: int) -> Iterator[Path]:
    """The process of this number and all that descend from it."""
    process = Path(f"/proc/{pid}")
    yield process
    with suppress(OSError):
        for task in (process / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _processes(int(child))
