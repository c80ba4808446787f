"""The page about a class in a real browser, opened as a file."""

import json

import pytest
from browser import browser
from making_records import HOSTILE, a_class, answer, check, hostile, notebook, samples, submission
from test_class_report import ALIKE, MADE, PLACES, tallied

from autograder.class_report.page import class_page

pytestmark = pytest.mark.slow
NAMES = "[...document.querySelectorAll('#students tbody tr')].filter(row => !row.hidden).map(row => row.cells[0].innerText)"
HEADER = "document.querySelectorAll('#students thead th')"


@pytest.fixture(scope="module")
def open_page(tmp_path_factory):
    """A browser that shows the page of a small class; give it other records to show those."""
    folder = tmp_path_factory.mktemp("report")
    with browser("about:blank", folder / "profile") as page:
        for domain in ("Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")

        def show(*submissions, alike=(ALIKE,)):
            path = folder / "lenet.html"
            path.write_text(
                "".join(class_page(tallied(submissions or samples()), alike, PLACES, MADE)), "utf-8"
            )
            page.events.clear()
            page.open(path.as_uri())
            return page

        yield show


def names(page):
    return page.run(f"JSON.stringify({NAMES})").replace("\\n", " ")


def test_the_page_asks_for_itself_alone_and_has_no_error(open_page):
    page = open_page(hostile(), *samples())
    page.run("document.querySelector('#hide').click()")
    asked = [e["params"]["request"]["url"] for e in page.events if e["method"] == "Network.requestWillBeSent"]
    assert len([url for url in asked if url.startswith("file:")]) == 1
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]
    told = {"Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"}
    assert not [event for event in page.events if event["method"] in told]
    assert page.run("document.title").startswith("lenet") and HOSTILE[:9] in page.run(
        "document.body.innerText"
    )


def test_names_are_hidden_at_a_click_and_come_back(open_page):
    page = open_page()
    assert "Ada Lovelace" in page.run("document.body.innerText")
    page.run("document.querySelector('#hide').click()")
    shown = page.run("document.body.innerText")
    assert not [name for name in ("Ada", "wrong_", "97%") if name in shown]
    assert page.run("document.querySelector('#hide').getAttribute('aria-pressed')") == "true"
    told = page.run("[...document.querySelectorAll('[href]')].map(one => one.getAttribute('href')).join(' ')")
    assert "correct" not in told and "8888" not in told
    assert json.loads(names(page)) == [f"No. {number}" for number in range(1, 6)]
    page.run("document.querySelector('#hide').click()")
    assert "Ada Lovelace" in page.run("document.body.innerText")
    assert "../feedback/correct/lenet/2_count.html" in page.run(
        "document.querySelector('#students').innerHTML"
    )


def test_columns_are_sorted_by_the_keyboard_and_say_so(open_page):
    page = open_page(*a_class(40))
    page.run(f"{HEADER}[1].querySelector('button').focus()")
    for direction in ("descending", "ascending"):
        for kind in ("keyDown", "keyUp"):
            page.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key="Enter",
                code="Enter",
                windowsVirtualKeyCode=13,
                text="\r",
            )
        totals = json.loads(page.run(
            "JSON.stringify([...document.querySelectorAll('#students tbody tr')].map(r => +r.cells[1].textContent))"
        ))  # fmt: skip
        assert totals == sorted(totals, reverse=direction == "descending") and len(set(totals)) > 10
        marked = page.run(f"JSON.stringify([...{HEADER}].map(h => h.getAttribute('aria-sort')))")
        assert json.loads(marked)[:3] == [None, direction, None]


def test_what_was_not_attempted_sorts_below_nothing(open_page):
    page = open_page()
    page.run(f"{HEADER}[4].querySelector('button').click()")
    column = "[...document.querySelectorAll('#students tbody tr')].map(r => r.cells[4].textContent).join(' ')"
    assert page.run(column) == "4 2 ? 0 0 –"


def test_a_search_needs_no_accents(open_page):
    names_of = {"first_name": "Zoë", "last_name": "Müller"}
    page = open_page(submission("z", notebook("1", answer("x", check("a"))), **names_of))
    page.run(
        "document.querySelector('#search').value = 'MULLER zoe', document.querySelector('#search').dispatchEvent(new Event('input'))"
    )
    assert json.loads(names(page)) == ["Zoë Müller z"]


def test_a_search_finds_names_and_where_they_are_hidden_numbers_alone(open_page):
    page = open_page()
    search = "document.querySelector('#search').value = '{}', document.querySelector('#search').dispatchEvent(new Event('input'))"
    page.run(search.format("LOVE ada"))
    assert json.loads(names(page)) == ["Ada Lovelace correct"]
    assert page.run("document.querySelector('#found').textContent") == "1 of 5 students"
    page.run("document.querySelector('#hide').click()")
    assert len(json.loads(names(page))) == 5
    page.run(search.format("ada"))
    assert json.loads(names(page)) == []
    page.run(search.format("no. 3"))
    assert json.loads(names(page)) == ["No. 3"]


def test_of_a_large_class_the_first_are_shown_in_every_order_until_all_are_asked_for(open_page):
    page = open_page(*a_class(330))
    assert len(json.loads(names(page))) == 300
    assert (
        page.run("document.querySelector('#found').textContent")
        == "330 of 330 students, the first 300 are shown"
    )
    for _ in range(2):
        page.run(f"{HEADER}[0].querySelector('button').click()")
    assert json.loads(names(page))[0] == "First329 Last329 student00329"
    page.run("document.querySelector('#all').click()")
    assert len(json.loads(names(page))) == 330


def test_a_link_to_a_row_that_is_not_shown_shows_it(open_page):
    page = open_page(*a_class(330))
    row = "document.querySelector('#students tbody').rows[320]"
    assert page.run(f"{row}.hidden")
    page.run(f"location.hash = {row}.id")
    page.wait(f"!{row}.hidden && {row}.getBoundingClientRect().top < innerHeight")


@pytest.mark.parametrize(
    ("address", "link"),
    [
        (
            "https://hub.example/user/ada/",
            "https://hub.example/user/ada/formgrader/manage_students/correct/lenet",
        ),
        ("javascript:alert(1)//", None),
        ("", None),
    ],
)
def test_links_to_formgrader_follow_the_address_and_are_no_scripts(open_page, address, link):
    page = open_page()
    page.run(f"document.querySelector('#server').value = {address!r}")
    page.run("document.querySelector('#server').dispatchEvent(new Event('input'))")
    found = page.run("document.querySelector('[data-formgrader*=correct]').getAttribute('href')")
    assert found == link


@pytest.mark.parametrize("width", [390, 1300])
def test_the_page_does_not_scroll_sideways(open_page, width):
    page = open_page(hostile(), *samples(), *a_class(30))
    page.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500
    )
    try:
        page.run("for (const one of document.querySelectorAll('details')) one.open = true")
        assert page.run("document.documentElement.scrollWidth") <= width
        assert page.run("document.querySelector('#students').scrollWidth") > width / 2
        assert page.run("[...document.querySelectorAll('.wide')].every(one => one.tabIndex === 0)")
    finally:
        page.call("Emulation.clearDeviceMetricsOverride")


# The contrast of every piece of text with what is behind it, as WCAG 2.2 works it out; the lowest one.
CONTRAST = """(() => {
  const luminance = colour => {
    const [r, g, b] = colour.map(c => c / 255).map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const behind = one => {
    for (; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour.slice(0, 3);
    }
  };
  let lowest = 21;
  for (const one of document.querySelectorAll('body *')) {
    if (![...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()) || !one.getClientRects().length) continue;
    const style = getComputedStyle(one);
    const text = numbers(one instanceof SVGElement ? style.fill : style.color).slice(0, 3);
    const [light, dark] = [luminance(text), luminance(behind(one))].sort((a, b) => b - a);
    lowest = Math.min(lowest, (light + 0.05) / (dark + 0.05));
  }
  return lowest;
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(open_page, scheme):
    page = open_page()
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    try:
        paper = page.run("getComputedStyle(document.body).backgroundColor")
        assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 26)"}[scheme]
        assert page.run(CONTRAST) >= 4.5
        page.run("document.querySelector('#hide').click()")
        assert page.run(CONTRAST) >= 4.5
    finally:
        page.call("Emulation.setEmulatedMedia", features=[])


def test_the_skip_link_is_the_first_stop_and_is_seen(open_page):
    page = open_page()
    for kind in ("keyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert page.run("document.activeElement.className") == "skip"
    assert page.run("document.activeElement.getBoundingClientRect().left") >= 0


def test_without_scripts_all_is_there_but_the_controls(open_page):
    page = open_page(*a_class(320))
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.call("Page.reload")
        page.wait("document.readyState === 'complete'")
        assert page.run("document.querySelectorAll('.controls:not([hidden])').length") == 0
        assert "Last319" in page.run("document.querySelector('#students').innerText")
    finally:
        page.call("Emulation.setScriptExecutionDisabled", value=False)


def test_on_paper_no_table_is_wider_than_a_page(open_page):
    many = [answer(f"exercise_{number}", check("a")) for number in range(13)]
    page = open_page(*(submission(name, notebook("1_one", *many)) for name in ("ada", "bob")))
    page.call("Emulation.setEmulatedMedia", media="print")
    page.call("Emulation.setDeviceMetricsOverride", width=678, height=960, deviceScaleFactor=1, mobile=False)
    try:
        widths = page.run(
            "JSON.stringify([...document.querySelectorAll('table')].map(one => one.getBoundingClientRect().width))"
        )
    finally:
        page.call("Emulation.setEmulatedMedia", media="")
        page.call("Emulation.clearDeviceMetricsOverride")
    assert max(json.loads(widths)) <= 678
