"""What renders students' texts keeps its bounds, whatever the text is, and loses that text alone."""

import json
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.cleaning.outputs import CleanOutputs, safe_markdown
from autograder.cleaning.renderer import OUTPUT_BYTES, Budget, Helper, ask

LONG = "u" * 8_000
# (task, text) of a cell. Of the first three the output grows as a product.
EVIL = [
    ("markdown", f"[a]: <http://x/{LONG}>\n\n" + "[a] " * 300),
    ("markdown", f"[a]: <http://x/{LONG}> '{LONG}'\n\n" + "![a] " * 700),
    ("markdown", f"[a]: /x '{LONG}'\n\n" + "[a][a]" * 1_500),
    ("markdown", "[" * 20_000),
    ("markdown", "![" * 10_000),
    ("markdown", "*a_" * 6_600),
    ("markdown", "`" * 9_999 + "x" + "`" * 9_998),
    ("markdown", "> " * 9_000 + "x"),
    ("markdown", "".join(f"{' ' * n}- x\n" for n in range(190))),
    ("markdown", "|" * 9_000 + "\n" + "|-" * 5_000),
    ("markdown", "$" * 20_000),
    ("markdown", "\\begin{x}" * 2_000),
    ("markdown", "```ruby\n" + "%q(" * 6_000),
    ("markdown", "[a](" * 5_000),
    ("html", "<div>" * 1_999 + "x" * 100_000),
    ("html", "<p><b>" * 900 + "</p>" * 900 + "x"),
    ("html", "<table><tr><td>" * 1_900),
    ("html", "<p " + "a=b " * 30_000 + ">"),
    ("html", "<p style='" + "color:red;" * 12_000 + "'>"),
    ("html", "<a title='" + '"' * 100_000 + "'>x"),
    ("formula", "\\begin{" * 18_000),
    ("formula", "\\\\" * 60_000 + "["),
    ("code", "f'{" * 30_000),
    ("code", "1" + "*" * 99_998),
    ("coloured", "\x1b[31mx\x1b[42m" * 12_000),
]  # fmt: skip
MEASURE = """
import json, resource, sys
from autograder.cleaning.markup import TASKS
from autograder.cleaning.renderer import OUTPUT_BYTES, _alone
found = []
for task, text in json.load(sys.stdin):
    more = ({}, None) if task == "markdown" else ()
    html, cpu_s = _alone(lambda: TASKS[task](text, *more), OUTPUT_BYTES)
    found.append((None if html is None else len(html), cpu_s))
# A parser that no text above makes so slow or so large.
endless = _alone(lambda: [0 for _ in iter(int, 1)], OUTPUT_BYTES)
grows = _alone(lambda: "x" * len([bytearray(2**20) for _ in range(1_000)]), OUTPUT_BYTES)
raises = _alone(lambda: 1 // 0, OUTPUT_BYTES)
most_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps([found, most_mib, [endless, grows, raises]]))
"""


@pytest.fixture(scope="module")
def measured():
    """[(bytes of HTML or None, CPU seconds) of each evil cell], the most memory of one in MiB, and the
    (HTML, CPU seconds) of three further pieces of work: one without end, one that grows, one that raises."""
    result = subprocess.run(
        [sys.executable, "-c", MEASURE], input=json.dumps(EVIL), stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, check=True,
    )  # fmt: skip
    return json.loads(result.stdout)


def test_no_evil_cell_takes_more_than_two_seconds_or_300_mib(measured):
    cells, most_mib, _ = measured
    assert len(cells) >= 20
    assert max(cpu_s for _, cpu_s in cells) < 2
    assert most_mib < 300
    assert all(size is None or size <= OUTPUT_BYTES for size, _ in cells)


def test_some_of_them_meet_a_bound(measured):
    assert [size for size, _ in measured[0]].count(None) >= 3


def test_work_that_does_not_end_grows_or_raises_is_lost_within_its_bounds(measured):
    _, most_mib, lost = measured
    assert [html for html, _ in lost] == [None] * 3
    assert all(cpu_s < 2 for _, cpu_s in lost) and most_mib < 300


def test_each_evil_cell_loses_itself_alone():
    mimes = {"markdown": "text/markdown", "html": "text/html", "formula": "text/latex"}
    cells = []
    for task, text in EVIL:
        if task in mimes:
            cells.append(new_code_cell(outputs=[new_output("display_data", {mimes[task]: text})]))
            cells.append(new_code_cell(outputs=[new_output("display_data", {"text/markdown": "**good**"})]))
    notebook, _ = CleanOutputs().preprocess(new_notebook(cells=cells), {})
    honest = [cell.outputs[0].data for cell in notebook.cells[1::2]]
    assert all("<strong>good</strong>" in data.get("text/html", "") for data in honest)
    evil = [cell.outputs[0].data for cell in notebook.cells[::2]]
    assert {"text/plain": "[not shown: text/markdown]"} in evil


@pytest.mark.parametrize(
    "text",
    [EVIL[0][1], EVIL[2][1], f"[a]: #{LONG}\n\n" + "# [a]\n" * 200],
    ids=["links", "titles", "headings"],
)
def test_markdown_of_a_page_that_meets_a_bound_is_shown_as_it_was_typed(text):
    shown = safe_markdown({}, text)
    assert "[shown as text: it takes too much to render]" in shown
    assert len(shown) < 10 * len(text)


def test_what_a_notebook_may_take_in_all_is_bounded_too():
    budget = Budget()
    budget.cpu_s = 0.0
    assert ask(budget, "html", "<b>x</b>") is None
    budget = Budget()
    budget.bytes = 100
    assert ask(budget, "html", "x" * 200) and ask(budget, "html", "<b>x</b>") is None


def test_a_helper_that_was_killed_is_replaced():
    helper = Helper()
    assert helper.ask(Budget(), "html", "<b>x</b>") == "<b>x</b>"
    helper._process.kill()
    helper._process.wait()
    assert helper.ask(Budget(), "html", "<b>x</b>") == "<b>x</b>"
    helper.close()
