"""TRUSTED; standard library only. A course folder of its own, and the real nbgrader run in it.

The checkout's own folders stay as they are: what nbgrader writes goes into the course folder.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

# An instructor who runs notebook 3 leaves the answer's weights beside it. nbgrader would hand them
# out with the release, and copy them over the weights of every submission when it grades.
LEFT_BY_RUNNING = ("*.weights.h5", ".ipynb_checkpoints", "__pycache__")

_MARKER = ".made-by-autograder"  # only a folder that has it is ever wiped


class CourseError(RuntimeError):
    """The course folder cannot be made, or nbgrader failed in it. The sentence says why."""


class StudentError(CourseError):
    """Something of one student's is in the way, and of nobody else's. The sentence says what and whose."""


class Stopped(SystemExit):
    """Everything ends here, with exit code 1; the sentence says why and what to do.

    Not an Exception: nbgrader would go on to fail every other submission in the same way.
    """

    def __init__(self, sentence: str):
        super().__init__(1)
        self.sentence = sentence


def here() -> Path:
    """The course that a command is started in; where that is none, this checkout."""
    return Path.cwd() if Path("nbgrader_config.py").is_file() else CHECKOUT


def new_course(folder: Path, assignment: str, origin: Path | None = None) -> Path:
    """Make `folder` a fresh course with the configuration of another one and one assignment's source.

    origin: the folder of that course, this checkout by default. A course that was made here before is
    wiped. Raises `CourseError` when the folder holds anything else, or when there is no such assignment.
    """
    origin = origin or CHECKOUT
    source = origin / "source" / assignment
    if not source.is_dir():
        known = ", ".join(sorted(path.name for path in origin.glob("source/*"))) or "none"
        raise CourseError(f"There is no assignment {assignment!r} in source/. There is: {known}.")
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / _MARKER).is_file():
            raise CourseError(
                f"{folder} holds files that were not made here, so it is left alone: name an "
                "empty or new folder."
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARKER).touch()
    shutil.copy(origin / "nbgrader_config.py", folder)
    shutil.copytree(source, folder / "source" / assignment, ignore=shutil.ignore_patterns(*LEFT_BY_RUNNING))
    return folder


def run_nbgrader(course: Path, *arguments: str, on_line: Callable[[str], None] = lambda line: None) -> None:
    """Run `nbgrader ARGUMENTS` in `course`, giving every line of its log to `on_line` at once.

    Raises `CourseError` with the end of the log when it fails.
    """
    commands = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{commands}{os.pathsep}{os.environ.get('PATH', os.defpath)}",  # for alembic
        "JUPYTER_CONFIG_DIR": str(course / ".jupyter"),  # the user's own settings stay out
        "PYTHONUNBUFFERED": "1",
    }
    log = []
    with subprocess.Popen(
        [commands / "nbgrader", *arguments],
        cwd=course,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None, "a pipe was asked for"
        for line in process.stdout:
            log.append(line.rstrip())
            on_line(line.rstrip())
    if process.returncode != 0:
        end = "\n".join(log[-20:])
        raise CourseError(
            f"nbgrader {' '.join(arguments)} stopped with exit code {process.returncode}:\n{end}"
        )
