"""Makes the README's pictures again, with Debian's chromium: `make pictures`.

They show what is really produced: feedback pages of the demo's course, and a notebook that was
executed and opened in JupyterLab.
"""

import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
CHECKOUT = HERE.parent
COURSE = CHECKOUT / "demo-course"
PORT = 8899
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


def screenshot(address: str, name: str, width: int, height: int, patience_ms: int = 5_000) -> None:
    """A picture of a page as docs/<name>.png; sizes in CSS pixels."""
    with tempfile.TemporaryDirectory() as profile:
        size = [f"--window-size={width},{height}", f"--virtual-time-budget={patience_ms}"]
        target = f"--screenshot={HERE / name}.png"
        command = ["chromium", *FLAGS, *size, f"--user-data-dir={profile}", target, address]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL, timeout=180)


def feedback_picture() -> None:
    """The feedback page of a submission that got some things wrong."""
    page = COURSE / "feedback" / "wrong_padding_same" / "lenet" / "1_build_lenet.html"
    screenshot(page.as_uri(), "feedback", 1000, 560)


def check_picture() -> None:
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
        settings = Path(folder, ".settings", "@jupyterlab", "apputils-extension")
        settings.mkdir(parents=True)  # or a question about news lies over the page
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
        token = secrets.token_hex(8)
        jupyter = Path(sys.executable).with_name("jupyter")
        subprocess.run([jupyter, "trust", path], check=True)
        server = subprocess.Popen(
            [jupyter, "lab", "--no-browser", "--allow-root", f"--port={PORT}",
             f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}",
             f"--LabApp.user_settings_dir={folder}/.settings"],
        )  # fmt: skip
        try:
            wait_for(f"http://localhost:{PORT}/api?token={token}")
            address = f"http://localhost:{PORT}/doc/tree/{path.name}?token={token}"
            screenshot(address, "check", 1100, 1050, patience_ms=60_000)
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str, timeout_s: int = 60) -> None:
    """Return when the server answers."""
    for _ in range(timeout_s):
        try:
            urllib.request.urlopen(address)
        except OSError:
            time.sleep(1)
        else:
            return
    raise SystemExit("JupyterLab did not start.")


if __name__ == "__main__":
    if not shutil.which("chromium"):
        raise SystemExit("The pictures need chromium: sudo apt-get install chromium.")
    if not (COURSE / "feedback").exists():
        raise SystemExit("The pictures show the demo's course: run make demo first.")
    feedback_picture()
    check_picture()
