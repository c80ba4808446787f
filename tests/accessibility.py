"""Whether people can read a page: axe in a real browser, at two widths, in light and in dark; and what a page asks for.

`python tests/accessibility.py PAGE...` has axe look at each whole page in all four ways; of some hundred pages that takes
a quarter of an hour, so the tests look at less of it (see `faults_of_pages`).
"""

import importlib.util
import itertools
import json
import re
import sys
import tempfile
from collections.abc import Iterable
from html import unescape
from pathlib import Path

from browser import Page, browser

LOOKS = tuple(itertools.product((390, 1300), ("light", "dark")))  # CSS pixels, colour scheme


def listen(page: Page) -> None:
    """From now on the browser tells what a page says on its console and what it asks for."""
    for domain in ("Runtime", "Log", "Network"):
        page.call(f"{domain}.enable")
    page.events.clear()


def complaints(page: Page) -> list[str]:
    """What it told since then: errors, words on the console, requests for more than one file, which is the page."""
    found, files = [], []
    for event in page.events:
        if event["method"] == "Network.requestWillBeSent":
            address = event["params"]["request"]["url"]
            if address.startswith("file:"):
                files.append(address)
            elif not address.startswith("data:"):
                found.append(address)
        elif event["method"] in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
            found.append(str(event["params"])[:500])
    page.events.clear()
    return found + files[1:]


def look(page: Page, width: int, mode: str) -> None:
    """The page as on a screen of this width in this colour scheme, with everything unfolded."""
    page.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
    )
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": mode}])
    page.run("document.querySelectorAll('details').forEach(one => one.open = true)")


def findings(page: Page, within: str = "document", rules: Iterable[str] = ()) -> list[list[str]]:
    """What axe finds of the page as it is shown: the rule and the elements.

    within: JavaScript, the part of the page. rules: these alone, if any.
    """
    # The wheel brings the script; nothing of its package runs here.
    package = importlib.util.find_spec("axe_playwright_python")
    script = (Path(package.origin).parent / "axe.min.js").read_text("utf-8")
    page.run(f"if (!window.axe) {{{script}}}")
    options = {"resultTypes": ["violations"]} | ({"runOnly": [*rules]} if rules else {})
    return page.run(
        f"axe.run({within}, {json.dumps(options)}).then(r => r.violations.map(v => "
        "[v.id, ...v.nodes.slice(0, 5).map(n => n.html.slice(0, 200))]))"
    )


# Many pages

# Rules about how the parts of a page stand together.
WHOLE_PAGE = (
    "bypass", "document-title", "duplicate-id-aria", "heading-order", "html-has-lang", "landmark-no-duplicate-main",
    "landmark-one-main", "landmark-unique", "page-has-heading-one",
)  # fmt: skip
# What a script of a student's could do that nobody asked for; a real dialog would stop the test.
TELL_DIALOGS = """for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'])
  window[name] = () => console.error(name);"""
# The parts of a feedback page: what each holds, as [the kinds of its elements]. A kind is an element's name and
# classes, those of the one around it, and its style, percentages by their tens.
PARTS = """
window.parts = [...document.querySelectorAll('body > :not(main), main > :not(nav), nav > h2, nav section')];
window.kind = one => one && one.tagName + [...one.classList].sort().map(name => '.' + name).join('');
JSON.stringify({
  parts: window.parts.map(part => [part, ...part.querySelectorAll('*')].map(one => [
    kind(one.parentElement), kind(one), one.style.cssText.replace(/\\d(?=%)/g, '0'),
  ].join(' '))),
  headings: [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(one => one.tagName),
  ids: [...document.querySelectorAll('[id]')].map(one => one.id),
  width: document.documentElement.scrollWidth,
  title: document.title,
})
"""


def faults_of_pages(paths: Iterable[Path], profile: Path, axe: bool = True) -> dict[str, list[object]]:
    """What is wrong with feedback pages in a real browser, by page; empty where nothing is.

    Each page is opened, narrow and in light, with everything unfolded: whether it says anything on the console, asks
    for anything, opens a dialog, changes its title, is too wide, has a name twice. To look at each whole page in all
    four ways with axe would take a quarter of an hour. So axe looks, narrow in light and wide in dark, at every part
    of a page that holds a kind of element which it has not seen on a page before, and at how the parts stand together
    where the headings come in an order that it has not seen. axe: whether it looks.
    """
    faults: dict[str, list[object]] = {}
    kinds: set[str] = set()
    orders: set[tuple[str, ...]] = set()
    with browser("about:blank", profile) as page:
        listen(page)
        page.call("Page.enable")
        page.call("Page.addScriptToEvaluateOnNewDocument", source=TELL_DIALOGS)
        for path in paths:
            page.open(path.as_uri())
            look(page, *LOOKS[0])
            shown = json.loads(page.run(PARTS))
            found: list[object] = [*complaints(page)]
            [title] = re.findall("<title>(.*?)</title>", path.read_text("utf-8"), re.DOTALL)
            if " ".join(shown["title"].split()) != " ".join(unescape(title).split()):
                found.append(f"its title became {shown['title']!r}")
            if shown["width"] > LOOKS[0][0]:
                found.append(f"it is {shown['width']} pixels wide")
            # Two headings of one name in a text are the writer's; a link to them goes to the first, as in Jupyter.
            ours = [name for name in shown["ids"] if not name.startswith("text-")]
            found += [f"two elements are called {name!r}" for name in repeated(ours)]
            order = tuple(name for name, _ in itertools.groupby(shown["headings"]))
            if axe and order not in orders:
                orders.add(order)
                found += findings(page, rules=WHOLE_PAGE)
            new = [place for place, part in enumerate(shown["parts"]) if not kinds.issuperset(part)]
            kinds.update(*shown["parts"])
            for width, mode in (LOOKS[0], LOOKS[-1]) if axe and new else ():
                look(page, width, mode)
                found += findings(page, f"{{include: {new}.map(place => window.parts[place])}}")
            if found:
                faults["/".join(path.parts[-3:])] = found
            page.events.clear()
    return faults


def repeated(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def main() -> None:
    counted = faults = 0
    with tempfile.TemporaryDirectory() as profile, browser("about:blank", Path(profile)) as page:
        listen(page)
        for path in map(Path, sys.argv[1:]):
            page.open(path.absolute().as_uri())
            for width, mode in LOOKS:
                look(page, width, mode)
                for found in [*findings(page), *complaints(page)]:
                    print(path, width, mode, found)
                    faults += 1
            counted += 1
    print(f"{counted} pages, each in {len(LOOKS)} ways: {faults} faults.")


if __name__ == "__main__":
    main()
