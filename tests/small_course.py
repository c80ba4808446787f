"""A course whose students hand in one notebook, without TensorFlow; `autograder grade` at work in it."""

from __future__ import annotations

import dataclasses
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil
from corpus import EVERY, Submission, filled_release, make_submission
from grading import Course

from autograder.course.own_course import CHECKOUT, new_course

STEM = "2_count_parameters"
VICTIMS = ("coordinator", "worker", "kernel")


def small_course(
    folder: Path,
    students: Mapping[str, str],
    edit: Callable[[str, Submission], None] = lambda student, submission: None,
    source: Callable[[Path], None] = lambda folder: None,
) -> Course:
    """A course where every student has handed in notebook 2 alone, each with a comment of their own.

    students: by name, the case in tests/submissions that each handed in; edit: a further change
    of a submission; source: one of the folder source/lenet before the release is built.
    """
    course = Course(new_course(folder, "lenet"))
    source(folder / "source" / "lenet")
    course.run("generate_assignment", "lenet")
    filled = filled_release(CHECKOUT)
    for student, name in students.items():
        submission = make_submission(filled, dataclasses.replace(EVERY[name], stems=(STEM,)))
        submission.own_cell(f"# {student}", after="setup_2")
        edit(student, submission)
        submission.write(folder / "submitted" / student / "lenet")
    return course


def copy_course(course: Course, folder: Path) -> Course:
    """The same course elsewhere, with the same key, so that everything comes out the same."""
    shutil.copytree(course.folder, folder, symlinks=True)
    return Course(folder)


def start_grading(course: Course, *arguments: str) -> subprocess.Popen[str]:
    """`autograder grade lenet ARGUMENTS`, started in the course's folder."""
    return subprocess.Popen(
        [Path(sys.executable).with_name("autograder"), "grade", "lenet", *arguments],
        cwd=course.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def grade(course: Course, *arguments: str, code: int = 0) -> str:
    """Run `autograder grade lenet ARGUMENTS` to its end; what it printed."""
    process = start_grading(course, *arguments)
    output, _ = process.communicate(timeout=600)
    assert process.returncode == code, output
    return output


def kept(course: Course) -> list[Path]:
    """The entries of the course's store."""
    return sorted((course.folder / ".autograder/store").rglob("*.json.z"))


def find_victim(coordinator: int, what: str) -> psutil.Process | None:
    """The coordinating process, one of its workers, or a process of a kernel or the warm process."""
    try:
        process = psutil.Process(coordinator)
        if what == "coordinator":
            return process
        below = {"worker": [], "kernel": []}
        for one in process.children(recursive=True):
            below["worker" if "autograder.batch.workers" in one.cmdline() else "kernel"].append(one)
        return random.choice(below[what]) if below[what] else None
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return None


def kill_during(course: Course, what: str, when: Callable[[], bool], *arguments: str) -> bool:
    """Grade, and `kill -9` a victim as soon as `when` says so; whether there was one to kill."""
    process = start_grading(course, *arguments)
    killed = False
    while process.poll() is None and not killed:
        victim = find_victim(process.pid, what) if when() else None
        if victim is not None:
            try:
                victim.send_signal(signal.SIGKILL)
                killed = True
            except psutil.NoSuchProcess:
                pass
        time.sleep(0.02)
    process.communicate(timeout=600)
    return killed
