"""Every hostile submission through the real nbgrader: what it earns, what is said of it, what it left.

One batch holds them all, between an honest submission and a wrong one. Its limits are low, so that
what exhausts a machine ends soon.
"""

import hashlib
import importlib
import logging
import shutil
import site
import socket
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from corpus import EVERY, HOSTILE
from grading import Course, lenet_course
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import PyFileConfigLoader

from autograder.cleaning.markup import TAGS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("hostile"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's own
]

LIMITS = """
from autograder.sandbox import Limits

c.ExecuteAndAsk.limits = Limits(
    cell_timeout_s=12, interrupt_grace_s=2, notebook_timeout_s=120, memory_mib=1500, processes=48,
    files_mib=64, output_mib=4, claim_mib=4, submitted_file_mib=4,
)
"""
HONEST = ("correct", "wrong_printed_not_returned")
FAMILIES = {
    "rewriting the test",
    "forging claims",
    "forging messages",
    "objects that lie",
    "patching libraries",
    "reading answers",
    "writing where others read",
    "outliving the run",
    "exhausting",
    "tags and metadata",
    "weights",
    "attacks on readers",
}
CANARY = "autograder-hostile-canary"
DAEMON = "autograder-hostile-daemon"
PORT = 45671  # on which hostile_daemon listens

MODULES = {name: importlib.import_module(f"submissions.{name}") for name in HOSTILE}
TRIES_TO_READ = [name for name in HOSTILE if hasattr(MODULES[name], "SECRETS")]
AIMED_AT_READERS = [
    name
    for name in HOSTILE
    if "PWNED" in Path(MODULES[name].__file__).read_text() and "2_count_parameters" in HOSTILE[name].stems
]


@dataclass
class Batch:
    """The course after the batch; `home` and `before` are for what must not have changed."""

    course: Course
    home: Path
    before: dict[str, str]

    def now(self) -> dict[str, str]:
        return snapshot(self.home, *(self.course.folder / name for name in KEPT))


KEPT = ("source", "release", "submitted", "nbgrader_config.py")


def snapshot(*tops: Path) -> dict[str, str]:
    """What every file under these folders holds, and where every link points."""
    found = {}
    for top in tops:
        for path in [top, *sorted(top.rglob("*"))]:
            if path.is_symlink():
                found[str(path)] = f"link to {path.readlink()}"
            elif path.is_file():
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def new_batch(folder: Path, names) -> Course:
    course = lenet_course(folder, names)
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(LIMITS)
    return course


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    home = folder / "home"
    startup = home / ".ipython/profile_default/startup"
    startup.mkdir(parents=True)
    (startup / "00-ours.py").write_text("print('of the instructor')\n")
    (home / ".bashrc").write_text("# of the instructor\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("AUTOGRADER_CANARY_SECRET", CANARY)
        course = new_batch(folder / "course", [*HONEST, *HOSTILE])
        before = snapshot(home, *(course.folder / name for name in KEPT))
        course.run("autograde", "lenet")
        course.run("generate_feedback", "lenet")
    return Batch(course, home, before)


def test_there_are_many_and_of_every_family():
    assert len(HOSTILE) >= 40
    assert {module.FAMILY for module in MODULES.values()} == FAMILIES
    assert all(module.__doc__ for module in MODULES.values())


def outcome(course: Course, name: str) -> dict:
    grades = {exercise: course.lenet[name][exercise] for exercise in EVERY[name].expected}
    return {
        "points": {exercise: grade.points for exercise, grade in grades.items()},
        "waits": {exercise for exercise, grade in grades.items() if grade.waits},
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_earns_what_its_honest_part_earns_and_is_reported_under_its_name(hostile, name):
    case, verdicts = HOSTILE[name], hostile.course.verdicts(name)
    assert outcome(hostile.course, name) == {"points": case.expected, "waits": case.flagged}
    for exercise, help in case.help.items():
        verdict = verdicts[exercise]
        said = [verdict["reason"], verdict["review"], *(check["help"] for check in verdict["checks"])]
        assert any(help.lower() in text.lower() for text in said), (exercise, said)
    for note in case.notes:
        assert note in hostile.course.heads(name)
        assert any(name in line and note in line for line in hostile.course.log), note


@pytest.mark.parametrize("name", HONEST)
def test_leaves_the_points_of_the_honest_and_of_the_wrong_as_they_are(hostile, name):
    assert outcome(hostile.course, name)["points"] == EVERY[name].expected


@pytest.mark.parametrize("name", TRIES_TO_READ)
def test_finds_nothing_to_read(hostile, name):
    printed = [
        output.get("text", "")
        for cell in nbformat.read(hostile.course.autograded(name, HOSTILE[name].stems[0]), as_version=4).cells
        for output in cell.get("outputs", ())
    ]
    for secret in MODULES[name].SECRETS:
        assert not [text for text in [*printed, hostile.course.heads(name)] if secret in text]


def test_source_release_submissions_and_home_are_untouched(hostile):
    assert hostile.now() == hostile.before


def test_leaves_no_file_on_the_machine(hostile):
    places = [
        Path("/tmp"),
        Path("/var/tmp"),
        Path("/dev/shm"),
        Path("/run"),
        Path("/"),
        Path("/mnt"),
        hostile.course.folder,
        hostile.course.folder.parent,
        Path.home(),
        Path("/root"),
        *(Path(folder) for folder in site_folders()),
    ]
    names = (CANARY, "hostile.pth", "hostile_canary.py", "random.py", "usercustomize.py")
    left = [
        place / name
        for place in places
        for name in names
        if readable(place / name) and CANARY in (place / name).read_text(errors="replace")
    ]
    assert left == []
    for folder in "/etc/cron.d", "/var/spool/cron/crontabs", "/etc/systemd/system":
        assert not Path(folder, "hostile").exists()


def site_folders() -> list[str]:
    return [*site.getsitepackages(), site.getusersitepackages(), sys.prefix, sys.base_prefix]


def readable(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def test_leaves_the_gradebook_to_nbgrader(hostile):
    with sqlite3.connect(hostile.course.folder / "gradebook.db") as book:
        rows = book.execute("SELECT manual_score, extra_credit FROM grade").fetchall()
    assert rows
    assert {(manual, extra or None) for manual, extra in rows} == {(None, None)}


def test_leaves_no_process_and_no_open_door(hostile):
    running = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                running.append((process / "cmdline").read_bytes())
            except OSError:
                continue
    assert not [command for command in running if DAEMON.encode() in command]
    # Whatever the system calls it.
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", PORT), timeout=1):  # noqa: PT011
        pass


# What readers see


class Page(HTMLParser):
    """The elements of a page: (tag, {attribute: value})."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    def scripts(self) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag == "script"]

    def handlers(self) -> list[str]:
        return [
            value
            for _, attributes in self.elements
            for name, value in attributes.items()
            if name.startswith("on")
        ]


def feedback_page(course: Course, name: str) -> str:
    path = course.folder / "feedback" / name / "lenet" / "2_count_parameters.html"
    return path.read_text("utf-8")


def formgrader_page(course: Course, name: str) -> str:
    """The page as formgrader's server would send it, with this course's configuration."""
    config = PyFileConfigLoader("nbgrader_config.py", str(course.folder)).load_config()
    config.CourseDirectory.root = str(course.folder)
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    exporter = HTMLExporter(config=config)
    exporter.log.setLevel(logging.ERROR)
    resources = {
        "notebook_id": "2_count_parameters",
        "assignment_id": "lenet",
        "base_url": ".",
        "index": 0,
        "total": 1,
        "submission_id": "1",
        "student": name,
    }
    return exporter.from_filename(str(course.autograded(name, "2_count_parameters")), resources=resources)[0]


PAGES = {"feedback": feedback_page, "formgrader": formgrader_page}


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("name", AIMED_AT_READERS)
def test_a_page_holds_no_element_that_runs_loads_or_asks(hostile, name, kind):
    ordinary, page = (Page(PAGES[kind](hostile.course, who)) for who in (HONEST[0], name))
    assert page.tags() <= ordinary.tags() | TAGS
    assert len(page.scripts()) == len(ordinary.scripts())
    assert page.handlers() == ordinary.handlers()
    for tag, attributes in page.elements:
        for address in (attributes.get("href", ""), attributes.get("src", "")):
            assert not address.lower().strip().startswith(("javascript:", "vbscript:", "data:text"))
            assert tag == "a" or "example.org" not in address
        assert "position" not in attributes.get("style", "")
        assert "url(" not in attributes.get("style", "")


@pytest.mark.parametrize("kind", PAGES)
def test_formulas_are_shown_by_a_mathjax_that_makes_no_harmful_links(hostile, kind):
    page = Page(PAGES[kind](hostile.course, "hostile_formula_with_links"))
    sources = [script["src"] for script in page.scripts() if "mathjax" in script.get("src", "")]
    assert sources
    assert all(source.endswith(",Safe") for source in sources)


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("name", AIMED_AT_READERS)
def test_nothing_of_the_students_runs_in_a_browser(hostile, name, kind, tmp_path):
    assert title_in_chromium(PAGES[kind](hostile.course, name), tmp_path) == "2_count_parameters"


def test_the_browser_would_have_run_a_script(tmp_path):
    page = "<title>page</title><img src=x onerror=\"document.title='PWNED'\">"
    assert title_in_chromium(page, tmp_path) == "PWNED"


def title_in_chromium(html: str, folder: Path) -> str:
    """The title of a page once its scripts have run."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("no Chromium on this machine: install the package chromium to run this test")
    (folder / "page.html").write_text(html, "utf-8")
    result = subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={folder}/profile",
            "--virtual-time-budget=3000",
            "--dump-dom",
            f"file://{folder}/page.html",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    shutil.rmtree(folder / "profile", ignore_errors=True)
    return result.stdout.split("<title>", 1)[1].split("</title>", 1)[0]


def test_no_name_of_a_file_steers_the_instructors_terminal(hostile):
    assert not [line for line in hostile.course.log if "\x1b" in line]
