"""TRUSTED; standard library only. The zip that a student needs on a laptop, and nothing more.

What goes in is listed here by name, so a new file stays out until someone decides otherwise: the
hidden checks, the answer book and everything that only instructors run are not in the list.
"""

import re
import zipfile
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autograder.assignments import ASSIGNMENTS
from autograder.course.own_course import CHECKOUT, CourseError
from autograder.judging.exercises import folder_of

# The practice half of the package: what `check(...)` imports. A folder means the files in it, not
# the folders below it (checks/hidden).
MODULES = ("__init__.py", "fashion_mnist.py", "practice.py", "predictions.py")
FOLDERS = ("assignments", "judging", "probes", "report")
FOLDERS_OF_AN_ASSIGNMENT = ("", "/checks")
SUFFIXES = (".py", ".ini", ".json", ".css", ".html")

REQUIRED = ("keras", "numpy", "matplotlib", "jupyterlab", "pytest", "threadpoolctl")

_REQUIREMENTS = """\
# pip install -r requirements.txt        (Python 3.11, 3.12 or 3.13)

# TensorFlow runs Keras. On PCs this is the build for processors, which is the smaller one. With an
# NVIDIA GPU under Linux put the line  tensorflow[and-cuda]=={tensorflow}  in place of these two.
tensorflow-cpu=={tensorflow}; sys_platform != "darwin" and platform_machine in "x86_64 AMD64"
tensorflow=={tensorflow}; sys_platform == "darwin" or platform_machine not in "x86_64 AMD64"

{required}

# Only for the Validate button in JupyterLab; take the # away if you want it.
# nbgrader=={nbgrader}
"""

_NBGRADER_CONFIG = """\
# For the Validate button: a notebook may train while it is validated, longer than nbgrader's 30 seconds.
c = get_config()
c.Execute.timeout = 300
"""

_README = """\
# {assignment}: your copy

Unpack this folder where you keep your work. In a terminal, inside the folder:

    python3 -m venv .venv
    . .venv/bin/activate                  (Windows: .venv\\Scripts\\activate)
    pip install -r requirements.txt
    jupyter lab

On a Mac with an Intel processor there is no TensorFlow of this version: work on your course's hub.

Then open the notebooks in the order of their numbers:

{notebooks}

Write your code where a cell says `YOUR CODE HERE`. The cells with `check("...")` tell you at once
whether it is right, as often as you like; practice never counts. When your work is graded, the
same checks run again on inputs that are not in this folder: a function that answers the question
passes, one that repeats numbers does not.

The pictures of Fashion-MNIST (31 MB) are downloaded the first time they are needed. Without the
internet, copy the four .gz files into a folder and set FASHION_MNIST_DIR to it.

{hand_in} Leave the folder `autograder` as it is: notebooks import it from here.
"""

_TIMESTAMP = (2020, 1, 1, 0, 0, 0)  # the same files give the same zip


def build_bundle(assignment: str, folder: Path, course: Path = CHECKOUT) -> Path:
    """Write `folder`/<assignment>-student.zip; returns its path.

    course: the folder that has its release. Raises `CourseError` when the assignment has no release.
    """
    contents = bundle_contents(assignment, course)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{assignment}-student.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(contents):
            info = zipfile.ZipInfo(f"{assignment}-student/{name}", _TIMESTAMP)
            info.create_system = 3  # Unix, wherever this runs
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, contents[name])
    return path


def bundle_contents(assignment: str, course: Path = CHECKOUT) -> dict[str, bytes]:
    """The bytes of every file of the bundle, by its name inside the unpacked folder."""
    release = course / "release" / assignment
    if not release.is_dir():
        raise CourseError(
            f"There is no release/{assignment}: build it with `autograder release {assignment}`."
        )
    contents = {
        path.relative_to(release).as_posix(): path.read_bytes()
        for path in release.rglob("*")
        if path.is_file()
    }
    notebooks = sorted(name for name in contents if name.endswith(".ipynb"))
    package = CHECKOUT / "autograder"
    for name in MODULES:
        contents[f"autograder/{name}"] = (package / name).read_bytes()
    places = {f"autograder/{name}": package / name for name in FOLDERS}
    for name in FOLDERS_OF_AN_ASSIGNMENT:
        places[f"autograder/assignments/{assignment}{name}"] = Path(f"{folder_of(assignment)}{name}")
    for place, folder in places.items():
        for path in folder.iterdir():
            if path.suffix in SUFFIXES:
                contents[f"{place}/{path.name}"] = path.read_bytes()
    files = [f", and with {stem}.ipynb the file {name} that it saves" for stem, name in files_of(assignment)]
    readme = _README.format(
        assignment=assignment,
        notebooks="\n".join(f"- {name}" for name in notebooks),
        hand_in=f"Hand in the notebooks{''.join(files)}.",
    )
    contents["README.md"] = readme.encode()
    contents["requirements.txt"] = requirements().encode()
    contents["nbgrader_config.py"] = _NBGRADER_CONFIG.encode()
    return contents


def files_of(assignment: str) -> list[tuple[str, str]]:
    """What is handed in beside the notebooks: the stem of the notebook that makes it, and its name."""
    ours = ASSIGNMENTS.get(assignment)
    return sorted(ours.files.items()) if ours else []


def requirements() -> str:
    """The text of the student's requirements.txt: the tested versions of what a student runs."""
    pins = _versions()
    return _REQUIREMENTS.format(
        tensorflow=pins["tensorflow"],
        nbgrader=pins["nbgrader"],
        required="\n".join(f"{name}=={pins[name]}" for name in REQUIRED),
    )


def _versions() -> dict[str, str]:
    """The tested versions; where this is no checkout, those that are installed."""
    tested = CHECKOUT / "constraints.txt"
    if tested.exists():
        return dict(re.findall(r"^([\w.-]+)==(\S+)$", tested.read_text(), re.MULTILINE))
    found = {name: version(name) for name in (*REQUIRED, "nbgrader")}
    for name in ("tensorflow-cpu", "tensorflow"):
        with suppress(PackageNotFoundError):
            found["tensorflow"] = version(name)
    return found
