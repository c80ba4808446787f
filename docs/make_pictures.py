"""Makes the pictures of the README and of docs/ again, with Debian's chromium: `make pictures`.

They show what is really produced: feedback pages and the class report of the demo's course, and a notebook that
was executed and opened in JupyterLab.
"""

import base64
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
CHECKOUT = HERE.parent
COURSE = CHECKOUT / "demo-course"

sys.path.insert(0, str(CHECKOUT / "tests"))
from browser import Page, browser, jupyterlab  # noqa: E402


def screenshot(
    page: Page, name: str, width: int, height: int, dark: bool = False, top: str = "document.body"
) -> None:
    """A picture of the page as docs/<name>.png; sizes in CSS pixels. top: JavaScript, the element it begins with."""
    page.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
    )
    page.call("Emulation.setScrollbarsHidden", hidden=True)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    page.call("Emulation.setEmulatedMedia", features=[scheme])
    page.run(f"({top}).scrollIntoView({{behavior: 'instant'}})")
    picture = page.call("Page.captureScreenshot")["data"]
    (HERE / f"{name}.png").write_bytes(base64.b64decode(picture))


def page_pictures(profile: Path) -> None:
    """A feedback page with mistakes: its head, the network in it, its head on a phone at night. And the class."""
    command = [Path(sys.executable).with_name("autograder"), "report", "lenet"]
    subprocess.run(command, cwd=COURSE, check=True, stdout=subprocess.DEVNULL)
    feedback = COURSE / "feedback" / "wrong_padding_same" / "lenet" / "1_build_lenet.html"
    with browser(feedback.as_uri(), profile) as page:
        page.wait("document.readyState === 'complete'")
        screenshot(page, "feedback", 1000, 900)
        screenshot(
            page, "feedback_network", 1000, 1100, top="document.querySelector('#exercise-build_lenet')"
        )
        screenshot(page, "feedback_phone", 390, 844, dark=True)
        page.open((COURSE / "report" / "lenet.html").as_uri())
        screenshot(page, "class_report", 1300, 1300)


def check_picture(profile: Path) -> None:
    """`check` in JupyterLab, in a notebook whose first layer is padded."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "1_build_lenet.ipynb")
        submitted = COURSE / "submitted" / "wrong_padding_same" / "lenet" / path.name
        notebook = nbformat.read(submitted, as_version=4)
        wanted = ("setup_1", "build_lenet_solution", "build_lenet")
        notebook.cells = [
            cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") in wanted
        ]
        NotebookClient(notebook, resources={"metadata": {"path": folder}}).execute()
        notebook.cells[0].outputs = []  # TensorFlow's greetings
        nbformat.write(notebook, path)
        settings = Path(folder, ".jupyter/lab/user-settings/@jupyterlab/apputils-extension")
        settings.mkdir(parents=True)  # or a question about news lies over the page
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
        with jupyterlab(Path(folder)) as address, browser("about:blank", profile) as page:
            page.open(address.replace("/lab/tree/NOTEBOOK", f"/doc/tree/{path.name}"))
            page.wait("document.querySelector('.jp-OutputArea-output') && 1")
            page.wait("!document.querySelector('.jp-mod-isDirty, #jupyterlab-splash') && 1")
            screenshot(page, "check", 1100, 1050)


if __name__ == "__main__":
    if not shutil.which("chromium"):
        raise SystemExit("The pictures need chromium: sudo apt-get install chromium.")
    if not (COURSE / "feedback").exists():
        raise SystemExit("The pictures show the demo's course: run make demo first.")
    with tempfile.TemporaryDirectory() as profiles:
        page_pictures(Path(profiles, "pages"))
        check_picture(Path(profiles, "notebook"))
