"""nbgrader's own tests, under stock nbgrader and under this checkout's configuration, side by side.

    pip install requests-mock                        # which some of them need
    python benchmarks/nbgrader_suite.py [--write benchmarks/nbgrader_suite.md]

The tests are those in the installed wheel, all that pytest finds there. Its tests of JupyterLab's
buttons are Playwright's, in TypeScript, and need nbgrader's own checkout: they run on neither side.
Each side has a folder of its own with a copy of the documentation's files, which some tests read and
change. The configuration reaches every command that a test starts through JUPYTER_CONFIG_PATH, under
whatever the test itself configures; what names this course and the files that its students hand in is
put back to nbgrader's own. Both sides run at once.

Exit code 1 when a test that passes under stock fails here, and no reason for it stands below.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import nbgrader
from machine import described

CHECKOUT = Path(__file__).resolve().parents[1]
# Settings of one course, not of the package: nbgrader's tests have courses and files of other names.
OTHER_SETTINGS = """
c.CourseDirectory.course_id = ""
c.ZipCollectApp.strict = False
c.pop("FileNameCollectorPlugin")
"""
OUTCOMES = ("passed", "failed", "skipped")

# Tests that may differ, as the README's differences: by the end of their name, the reason.
_NOBODYS = "nothing in an archive says whose it is: one of a whole class is refused"
REASONS = {
    "::test_grade_empty_timestamp": "an empty timestamp.txt is told on its student's page, the batch goes on",
    "::test_side_effects": "what a notebook writes stays in the sandbox",
    "::test_extract_archive": _NOBODYS,
    "::test_extract_archive_copies": _NOBODYS,
    "::test_collect_duplicate_fail": "of two submissions of one student one is taken, and told",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one test. message: the first line of what it says where it failed."""

    what: str
    message: str = ""


def run_suite(folder: Path, configuration: str | None) -> dict[str, Outcome]:
    """Run the wheel's tests in `folder`; the outcome of each by its name.

    configuration: the text of a file that is put where every nbgrader looks for its own; None for stock.
    """
    package = Path(nbgrader.__file__).parent
    shutil.copytree(package / "docs", folder / "nbgrader" / "docs")
    (folder / "pytest.ini").write_text("[pytest]\n")  # not this checkout's settings
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER_")} | {
        "HOME": str(folder),  # the user's own settings stay out, and nothing is left in them
        "JUPYTER_CONFIG_PATH": str(folder / "configuration"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "USER": os.environ.get("USER", "instructor"),
    }
    (folder / "configuration").mkdir()
    if configuration is not None:
        (folder / "configuration" / "nbgrader_config.py").write_text(configuration, "utf-8")
    report = folder / "report.xml"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--pyargs",
            "nbgrader.tests",
            "-q",
            "--no-header",
            "--tb=short",
            "-p",
            "no:cacheprovider",
            "-c",
            folder / "pytest.ini",
            f"--junitxml={report}",
        ],
        cwd=folder,
        env=environment,
        check=False,
    )
    return read_report(report)


def read_report(report: Path) -> dict[str, Outcome]:
    """The outcome of each test in pytest's XML, by its name."""
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname', '').split('nbgrader.tests.')[-1]}::{case.get('name')}"
        ends = [case.find(kind) for kind in ("failure", "error", "skipped")]
        bad = next((end for end in ends if end is not None), None)
        if bad is None:
            found[name] = Outcome("passed")
        else:
            what = "skipped" if bad.tag == "skipped" else "failed"
            found[name] = Outcome(what, bad.get("message", "").split("\n")[0])
    return found


def reason(name: str) -> str:
    """Why this test may differ, or ""."""
    return next((why for end, why in REASONS.items() if name.endswith(end)), "")


def compared(stock: Mapping[str, Outcome], here: Mapping[str, Outcome]) -> list[tuple[str, str, str]]:
    """Each test whose outcome is not the same: its name, both outcomes, and the reason or "".

    A test that has an outcome on one side alone differs too.
    """
    none = Outcome("not run")
    differ = []
    for name in sorted({*stock, *here}):
        on_stock, on_ours = stock.get(name, none), here.get(name, none)
        if on_stock.what != on_ours.what:
            differ.append((name, f"{on_stock.what} → {on_ours.what}", reason(name)))
    return differ


def record(stock: Mapping[str, Outcome], here: Mapping[str, Outcome]) -> str:
    """The tables in Markdown."""
    counts = [Counter(outcome.what for outcome in side.values()) for side in (stock, here)]
    lines = [
        (
            f"Made by `python benchmarks/nbgrader_suite.py --write benchmarks/nbgrader_suite.md`: the "
            f"tests in the wheel of nbgrader {version('nbgrader')}."
        ),
        "",
        f"{described()}.",
        "",
        "| tests | stock nbgrader | this configuration |",
        "| --- | ---: | ---: |",
        *(f"| {what} | {counts[0][what]} | {counts[1][what]} |" for what in OUTCOMES),
        f"| **all** | **{len(stock)}** | **{len(here)}** |",
        "",
    ]
    differ = compared(stock, here)
    if differ:
        lines += ["| differs | stock → here | why |", "| --- | --- | --- |"]
        lines += [
            f"| `{name}` | {outcomes} | {why or f'not explained: {_message(here.get(name))}'} |"
            for name, outcomes, why in differ
        ]
    else:
        lines.append("No test differs.")
    same = sorted(
        name for name, outcome in stock.items()
        if outcome.what != "passed" and name in here and here[name].what == outcome.what
    )  # fmt: skip
    if same:
        lines += ["", "Not passed, and the same on both sides:", ""]
        lines += [f"- `{name}`: {stock[name].what}, {_message(stock[name])}" for name in same]
    return "\n".join(lines) + "\n"


def _message(outcome: Outcome | None) -> str:
    said = re.sub(r"/tmp/[^/]*", "…", outcome.message if outcome else "")
    return re.sub(r"[|`]", "'", said)[:200] or "it says nothing"


def main() -> int:
    """Run both sides, print the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the record there as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nbgrader-suite-", ignore_cleanup_errors=True) as scratch:
        folders = [Path(scratch, name) for name in ("stock", "here")]
        for folder in folders:
            folder.mkdir()
        ours = (CHECKOUT / "nbgrader_config.py").read_text("utf-8") + OTHER_SETTINGS
        with ThreadPoolExecutor(2) as both:  # at once: a machine that is slow today is so for both
            sides = list(both.map(run_suite, folders, [None, ours]))
    text = record(*sides)
    print(text)
    if options.write:
        options.write.write_text(text, "utf-8")
    return 1 if any(not why for _, _, why in compared(*sides)) else 0


if __name__ == "__main__":
    sys.exit(main())
