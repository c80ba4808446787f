"""Every hostile submission through the real nbgrader: what it earns, what is said of it, what it left.

One batch holds them all, between an honest submission and a wrong one. Its limits are low, so that
what exhausts a machine ends soon.
"""

import hashlib
import importlib
import re
import site
import socket
import sqlite3
import sys
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from accessibility import faults_of_pages
from browser import browser
from corpus import EVERY, HOSTILE
from golden_samples import base_first
from grading import Course, formgrader_page, lenet_course

from autograder.cleaning.formulas import ELEMENTS as MATHML
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


STEM = "2_count_parameters"


@pytest.fixture(scope="module")
def pages(hostile):
    """What a student and what a TA reads of a submission: {kind: {name: HTML}}."""
    names = (HONEST[0], *AIMED_AT_READERS)
    feedback = {name: hostile.course.folder / "feedback" / name / "lenet" / f"{STEM}.html" for name in names}
    return {
        "feedback": {name: path.read_text("utf-8") for name, path in feedback.items()},
        "formgrader": {name: formgrader_page(hostile.course, name, STEM) for name in names},
    }


@pytest.mark.parametrize("kind", ["feedback", "formgrader"])
@pytest.mark.parametrize("name", AIMED_AT_READERS)
def test_a_page_holds_no_element_that_runs_loads_or_asks(pages, name, kind):
    ordinary, page = (Page(pages[kind][who]) for who in (HONEST[0], name))
    assert page.tags() <= ordinary.tags() | TAGS | MATHML
    assert len(page.scripts()) == len(ordinary.scripts())
    assert page.handlers() == ordinary.handlers()
    for tag, attributes in page.elements:
        for address in (attributes.get("href", ""), attributes.get("src", "")):
            assert not address.lower().strip().startswith(("javascript:", "vbscript:", "data:text"))
            assert tag == "a" or "example.org" not in address
        assert "position" not in attributes.get("style", "")
        assert "url(" not in attributes.get("style", "")


def test_what_formgrader_shows_as_formulas_is_shown_by_a_mathjax_that_makes_no_harmful_links(pages):
    page = Page(pages["formgrader"]["hostile_formula_with_links"])
    sources = [script["src"] for script in page.scripts() if "mathjax" in script.get("src", "")]
    assert sources
    assert all(source.endswith(",Safe") for source in sources)


@pytest.mark.parametrize("name", AIMED_AT_READERS)
def test_a_feedback_page_has_no_script_and_lets_none_run(pages, name):
    page = Page(pages["feedback"][name])
    [policy] = [one["content"] for tag, one in page.elements if one.get("http-equiv")]
    assert page.scripts() == [] and policy.startswith("default-src 'none'") and "script" not in policy


def test_in_a_browser_nothing_of_the_students_runs_on_any_page_of_formgrader(pages, tmp_path):
    titles = titles_in_a_browser(pages["formgrader"], tmp_path)
    for name, html in pages["formgrader"].items():
        [title] = re.findall("<title>(.*?)</title>", html)
        assert titles[name] == unescape(title) and STEM in title


@pytest.mark.parametrize("name", base_first("lenet", HOSTILE))
def test_the_feedback_page_of_a_sample_reads_as_it_did(hostile, golden_pages, name):
    golden_pages(hostile.course.folder, "lenet").compare(name)


def test_in_a_browser_nothing_of_the_students_runs_on_any_feedback_page(hostile, tmp_path):
    """See test_sample_pages.py, which shows that a script that runs would be seen; axe looks at pages there."""
    pages = sorted((hostile.course.folder / "feedback").rglob("*.html"))
    assert len(pages) >= len(HOSTILE)
    assert faults_of_pages(pages, tmp_path / "profile", axe=False) == {}


def test_the_browser_would_have_run_a_script(tmp_path):
    page = "<title>page</title><img src=x onerror=\"document.title='PWNED'\">"
    late = "<title>page</title><svg onload=\"setTimeout(() => document.title = 'PWNED', 1500)\"></svg>"
    assert set(titles_in_a_browser({"at once": page, "late": late}, tmp_path).values()) == {"PWNED"}


def titles_in_a_browser(pages: dict[str, str], folder: Path) -> dict[str, str]:
    """The title of each page three seconds, as the page counts them, after it was opened."""
    titles = {}
    with browser("about:blank", folder / "profile") as tab:
        for domain in ("Page", "Network"):
            tab.call(f"{domain}.enable")
        tab.call("Network.setBlockedURLs", urls=["http://*", "https://*"])
        for name, html in pages.items():
            (folder / "page.html").write_text(html, "utf-8")
            tab.open((folder / "page.html").as_uri())
            tab.pass_time(3_000)
            titles[name] = tab.run("document.title")
    return titles


def test_no_name_of_a_file_steers_the_instructors_terminal(hostile):
    assert not [line for line in hostile.course.log if "\x1b" in line]
