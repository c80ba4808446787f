"""The instructor's machine. `autograder gradescope NAME`: the zip that Gradescope takes as an autograder.

What it unpacks to, in /autograder/source there (in_gradescope.py is what runs):

    setup.sh         once, while the image is built: Python, bubblewrap, this package, the data, the release
    run_autograder   for each submission
    package/         this package, hidden checks as well
    course/          nbgrader_config.py, the key, the source with its solution

It holds every answer, so it is for the instructor's eyes only.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from autograder.assignments import ASSIGNMENTS, FAULTS
from autograder.course.folders import STATE, course_key
from autograder.course.own_course import CHECKOUT, LEFT_BY_RUNNING, CourseError
from autograder.judging.exercises import folder_of
from autograder.tools.private import write_private

_TIMESTAMP = (2020, 1, 1, 0, 0, 0)  # the same files give the same zip
_PACKAGE = ("autograder", "lenet_solution")
_LEFT_OUT = ("__pycache__", "*.pyc")  # the weights of the answer book go with it
_BESIDE = ("pyproject.toml", "constraints.txt", "README.md", "LICENSE")

_SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, as root, while it builds the image.
set -euo pipefail
source=${{GRADESCOPE_ROOT:-/autograder}}/source
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1

python=
for version in 3.12 3.13 3.11; do
    if [ -z "$python" ] && "python$version" -c 'import ensurepip' 2>/dev/null; then python=python$version; fi
done
if [ -z "$python" ] || ! command -v bwrap >/dev/null; then apt-get update; fi
command -v bwrap >/dev/null || apt-get install -y --no-install-recommends bubblewrap
for version in 3.12 3.11; do  # of Ubuntu 24.04, and of 22.04
    if [ -z "$python" ] && apt-get install -y --no-install-recommends "python$version" "python$version-venv"; then
        python=python$version
    fi
done
if [ -z "$python" ]; then echo "This image has no Python 3.11, 3.12 or 3.13: choose Ubuntu 24.04."; exit 1; fi

"$python" -m venv "$source/venv"
export PATH=$source/venv/bin:$PATH
pip install -q -c "$source/package/constraints.txt" -e "$source/package[cpu]"
python -m autograder.tools.fetch
cd "$source/course"
nbgrader generate_assignment {assignment} --force
"""

_RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for each submission.
source=${{GRADESCOPE_ROOT:-/autograder}}/source
export PATH=$source/venv/bin:$PATH
exec python -m autograder.tools.in_gradescope {assignment}
"""

# Behind the course's own configuration.
_CONFIG = """

# Added by `autograder gradescope`: a gradebook and a store of its own, wherever the course has them.
import os.path

_here = os.path.dirname(os.path.abspath(__file__))
_gradescope = get_config()  # noqa: F821
_gradescope.CourseDirectory.root = _here
_gradescope.CourseDirectory.db_url = f"sqlite:///{_here}/gradebook.db"
_gradescope.ExecuteAndAsk.store = ""
"""


def build(assignment: str, coursedir: CourseDirectory) -> Path:
    """Write dist/<assignment>-gradescope.zip in the course's folder; returns its path.

    Raises `CourseError` where the assignment is not one of ours or has no source, and where this package
    was not installed from a checkout.
    """
    if assignment in FAULTS:
        raise CourseError(FAULTS[assignment])
    if assignment not in ASSIGNMENTS:
        known = ", ".join(ASSIGNMENTS)
        raise CourseError(f"There is no assignment {assignment!r} with checks here. There is: {known}.")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(contents(assignment, coursedir).items()):
            info = zipfile.ZipInfo(name, _TIMESTAMP)
            info.create_system = 3  # Unix, wherever this runs
            info.external_attr = (0o100755 if "/" not in name else 0o100644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    path = Path(coursedir.root, "dist", f"{assignment}-gradescope.zip")
    write_private(path, [made.getvalue()])
    return path


def contents(assignment: str, coursedir: CourseDirectory) -> dict[str, bytes]:
    """The bytes of every file of the zip, by its name in it. Raises `CourseError`."""
    root = Path(coursedir.root)
    source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    if not source.is_dir():
        raise CourseError(f"There is no {source}: the zip needs the notebooks with their solutions.")
    for name in _BESIDE:
        if not (CHECKOUT / name).is_file():
            raise CourseError(
                f"{CHECKOUT} has no {name}: the zip is made from a checkout of this package, so run "
                "autograder from one (README, “For instructors”)."
            )
    found = {name: (CHECKOUT / name).read_bytes() for name in _BESIDE}
    for name in _PACKAGE:
        found |= {f"{name}/{path}": content for path, content in _files(CHECKOUT / name, _LEFT_OUT)}
    packed = {f"package/{name}": content for name, content in found.items()}
    packed |= {f"course/source/{assignment}/{path}": content for path, content in _files(source)}
    folder = folder_of(assignment)
    if not folder.is_relative_to(CHECKOUT):  # the course's own
        packed |= {f"course/assignments/{assignment}/{path}": c for path, c in _files(folder)}
    config = (root / "nbgrader_config.py").read_bytes() + _CONFIG.encode()
    return {
        **packed,
        "course/nbgrader_config.py": config,
        f"course/{STATE}/key": course_key(coursedir),  # the same hidden inputs as when it is graded here
        "setup.sh": _SETUP.format(assignment=assignment).encode(),
        "run_autograder": _RUN.format(assignment=assignment).encode(),
    }


def _files(folder: Path, left_out: Sequence[str] = LEFT_BY_RUNNING) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file; left_out: patterns of names, of folders as well."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not any(fnmatch(part, one) for part in inside.parts for one in left_out):
            yield inside.as_posix(), path.read_bytes()
