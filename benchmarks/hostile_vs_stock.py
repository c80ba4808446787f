"""How many hostile submissions succeed under stock nbgrader with plain asserts, and how many here.

    python benchmarks/hostile_vs_stock.py [--write benchmarks/hostile_vs_stock.md] [NAME …]

Makes two courses of the same assignment in a temporary folder. One is stock: nbgrader as it is
installed, its test cells hold asserts. The other is ours. Both get the same attacks, and behind them
the work of somebody honest. An attack succeeds when it earns more points than its honest part, or
points that a person should see without one being asked, when it finds what it must not see, when it
runs a script in the browser of whoever reads the feedback, when it changes somebody else's grades or
files, or when it ends the batch.

Under stock nbgrader an attack runs with all the rights of whoever starts this. So only those in
`HARMLESS` run, with HOME in the temporary folder; what would exhaust or litter the machine is counted
as not run. Chromium is needed for the pages.
"""

import argparse
import importlib
import importlib.metadata
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import nbformat
from courses import EVERY, Course, hand_in, our_course, stock_course

from autograder.course.own_course import CourseError

HOSTILE = {name: case for name, case in EVERY.items() if name.startswith("hostile_")}
STEM = "2_count_parameters"
BYSTANDER = replace(EVERY["correct"], name="zoe", stems=(STEM,))  # honest, and graded last

# Attacks that touch nothing outside the course's own temporary folder, whatever becomes of them.
HARMLESS = """
input_transformer ast_transformer event_hook run_cell_replaced do_execute_replaced cell_magic
exec_replaced claim_by_hand claim_with_score claim_replayed claim_twice end_announced_too_soon
reply_forged judged_cell_updated score_printed equal_to_everything array_protocol repr_is_html
answers_not_finite layer_under_a_builtin_name weights_change_between_reads
network_described_not_built count_params_patched numpy_patched json_patched load_weights_patched
training_made_up training_without_learning reads_source reads_site_packages reads_frames
reads_other_submissions writes_gradebook writes_over_others skip_execution metadata_flipped
tests_twice tests_deleted tests_renamed tests_rewritten order_reversed metadata_of_the_grader
notes_of_its_own weights_of_the_test_set weights_of_another_student weights_all_equal weights_random
other_network_of_44426 script_in_output script_in_rich_output script_in_stream script_in_error
script_in_markdown script_in_source links_to_what_is_not_its_own weights_with_links crashes
timestamp_of_its_own nested_notebook number_of_a_cell attachments searches_memory
answers_come_later acts_while_it_is_asked
""".split()
# These may end a batch or spoil it for others, so each has a course of its own.
ALONE = {
    "writes_gradebook",
    "writes_over_others",
    "tests_twice",
    "metadata_flipped",
    "metadata_of_the_grader",
    "timestamp_of_its_own",
    "nested_notebook",
    "claim_by_hand",
    "links_to_what_is_not_its_own",
    "script_in_source",
    "number_of_a_cell",
    "attachments",
}

OUR_LIMITS = (
    "\nfrom autograder.sandbox import Limits\n"
    "c.ExecuteAndAsk.limits = Limits(cell_timeout_s=30, memory_mib=2000, output_mib=4)\n"
)


def limited_course(folder: Path) -> Course:
    return our_course(folder, OUR_LIMITS)


def run(make_course, folder: Path, names: list[str]) -> set[str]:
    """The attacks among these that succeed in one batch."""
    course = make_course(folder)
    hand_in(course, [*(EVERY[name] for name in names), BYSTANDER])
    for step in "autograde", "generate_feedback":
        with suppress(CourseError):  # nbgrader's exit code also tells of a single submission
            course.run(step, "lenet")
    grades = course.lenet
    fine = grades.get("zoe", {}).get("dense_bytes")
    spoiled = fine is None or fine.points != fine.most or extra_credit(folder)
    if len(names) == 1 and spoiled:
        return set(names)
    if spoiled:
        graded = [name for name in names if name in grades]
        raise SystemExit(f"One attack spoiled the batch of many, see {graded[-1]}: list it in ALONE.")
    return {name for name in names if name in HOSTILE and succeeds(course, name)}


def succeeds(course: Course, name: str) -> bool:
    earned = sum(
        grade.points
        for exercise, grade in course.lenet.get(name, {}).items()
        if exercise in HOSTILE[name].expected
    )
    if earned > sum(HOSTILE[name].expected.values()):
        return True
    unnoticed = (
        grade.points and not grade.waits
        for exercise, grade in course.lenet.get(name, {}).items()
        if exercise in HOSTILE[name].flagged
    )
    if any(unnoticed):
        return True
    secrets = getattr(importlib.import_module(f"submissions.{name}"), "SECRETS", ())
    for stem in HOSTILE[name].stems:
        path = course.autograded(name, stem)
        if path.exists():
            shown = [
                str(output.get("text", ""))
                for cell in nbformat.read(path, as_version=4).cells
                for output in cell.get("outputs", ())
            ]
            if any(secret in text for secret in secrets for text in shown):
                return True
        page = course.folder / "feedback" / name / "lenet" / f"{stem}.html"
        if page.exists() and title(page) != stem:
            return True
    return False


def extra_credit(folder: Path) -> bool:
    with sqlite3.connect(folder / "gradebook.db") as book:
        return any(credit for (credit,) in book.execute("SELECT extra_credit FROM grade"))


def title(page: Path) -> str:
    """The title of a page once its scripts have run."""
    with tempfile.TemporaryDirectory() as profile:
        result = subprocess.run(
            [
                shutil.which("chromium") or "chromium-browser",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-sync",
                "--disable-background-networking",
                "--disable-component-update",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                f"--user-data-dir={profile}",
                "--virtual-time-budget=3000",
                "--dump-dom",
                f"file://{page}",
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
    return result.stdout.split("<title>", 1)[-1].split("</title>", 1)[0]


def table(names: list[str], there: set[str], here: set[str]) -> str:
    family = {name: importlib.import_module(f"submissions.{name}").FAMILY for name in HOSTILE}
    rows = [
        "| family | attacks | run on both | succeed under stock nbgrader | succeed here |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    counts = [Counter(family[n] for n in group) for group in (HOSTILE, names, there, here)]
    rows += [
        f"| {name} | {' | '.join(str(count[name]) for count in counts)} |"
        for name in dict.fromkeys(sorted(family.values()))
    ]
    rows.append("| **all** | " + " | ".join(f"**{count.total()}**" for count in counts) + " |")
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path, help="write the table here as well")
    parser.add_argument("names", nargs="*", help="only these attacks, without 'hostile_'")
    arguments = parser.parse_args()
    names = [f"hostile_{name}" for name in arguments.names or HARMLESS]
    succeeded = []
    with tempfile.TemporaryDirectory() as top:
        os.environ["HOME"] = str(Path(top, "home"))
        Path(top, "home").mkdir()
        for label, make_course in ("there", stock_course), ("here", limited_course):
            together = [name for name in names if name.removeprefix("hostile_") not in ALONE]
            batches = [["correct", *together]] if together else []
            batches += [[name] for name in names if name not in together]
            found: set[str] = set()
            for number, batch in enumerate(batches):
                # One folder deeper than it needs: some attacks climb up from where they are.
                found |= run(make_course, Path(top, label, str(number), "up", "course"), batch)
            succeeded.append(found)
            print(label, *sorted(name.removeprefix("hostile_") for name in found))
    text = table(names, *succeeded)
    print(text)
    if arguments.write:
        listed = ", ".join(sorted(f"`{n.removeprefix('hostile_')}`" for n in succeeded[0]))
        arguments.write.write_text(
            "Made by `python benchmarks/hostile_vs_stock.py --write benchmarks/hostile_vs_stock.md`; "
            f"nbgrader {nbgrader_version()}.\n\n{text}\n\n"
            "An attack that was not run on both would harm the machine where nothing contains it "
            "(it exhausts it, leaves files or processes on it), or means nothing to stock nbgrader.\n\n"
            f"What succeeds under stock nbgrader: {listed}.\n"
        )
    return 0 if not succeeded[1] else 1


def nbgrader_version() -> str:
    return importlib.metadata.version("nbgrader")


if __name__ == "__main__":
    sys.exit(main())
