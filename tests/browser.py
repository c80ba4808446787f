"""A real browser: JupyterLab in headless Chromium, steered through its debugging protocol."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import websocket

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --remote-debugging-port=0 --remote-allow-origins=*"
).split()
PATIENCE_S = 240


class Page:
    """One page of the browser."""

    def __init__(self, address: str):
        self._socket = websocket.create_connection(address, timeout=PATIENCE_S)
        self._number = 0
        self.events: list[
            dict[str, Any]
        ] = []  # what the browser told unasked, of the domains that were enabled

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What a command of the debugging protocol gives."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._number:
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def run(self, script: str) -> Any:
        """What a piece of JavaScript gives, as plain data; a promise is waited for."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def open(self, address: str) -> None:
        """Go to another page, and wait until it stands."""
        self.run("window.old = 1")
        self.call("Page.navigate", url=address)
        self.wait("!window.old && document.readyState === 'complete'")

    def pass_time(self, milliseconds: int) -> None:
        """Let this much of the page's own time go by, which takes less of ours: what waits for it happens."""
        self.events.clear()
        self.call("Emulation.setVirtualTimePolicy", policy="advance", budget=milliseconds)
        while not any(event["method"] == "Emulation.virtualTimeBudgetExpired" for event in self.events):
            self.run("1")
        self.call("Emulation.setVirtualTimePolicy", policy="advance")  # else it stands still from now on

    def picture(self, element: str) -> bytes:
        """What is seen in the place of an element, as PNG. element: JavaScript; at most as high as the window.

        The page is moved so that the element begins where a tile of Chromium's does: it draws a page in
        tiles, and letters differ by a shade where they are cut.
        """
        box = self.run(f"""(() => {{
          const one = {element}, top = () => one.getBoundingClientRect().y + scrollY;
          document.body.style.marginTop = 0;
          document.body.style.marginTop = `${{Math.ceil(top() / 512) * 512 - top()}}px`;
          scrollTo({{left: 0, top: top() - 20, behavior: 'instant'}});
          const box = one.getBoundingClientRect();
          return {{x: box.x + scrollX, y: Math.round(top()), width: box.width, height: box.height, scale: 1}};
        }})()""")
        return base64.b64decode(self.call("Page.captureScreenshot", clip=box)["data"])

    def wait(self, script: str) -> Any:
        """The first value of a script that is true in JavaScript's sense."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            value = self.run(script)
            if value:
                return value
            time.sleep(0.05)
        raise TimeoutError(script)

    def close(self) -> None:
        self._socket.close()


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """JupyterLab on this folder; its address, without a path."""
    token = secrets.token_hex(8)
    environment = {
        **os.environ, "JUPYTER_CONFIG_DIR": str(folder / ".jupyter"), "IPYTHONDIR": str(folder / ".ipython"),
        "JUPYTER_RUNTIME_DIR": str(folder / ".runtime"),
    }  # fmt: skip
    command = [
        sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0",
        "--expose-app-in-browser", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    log = folder / ".lab.log"
    with open(log, "wb") as file:
        server = subprocess.Popen(command, env=environment, stdout=file, stderr=file, cwd=folder)
    try:
        end = time.monotonic() + 60
        while not (found := re.search(r"http://127\.0\.0\.1:\d+/lab", log.read_text())):
            assert time.monotonic() < end and server.poll() is None, log.read_text()
            time.sleep(0.3)
        yield f"{found[0]}/tree/NOTEBOOK?token={token}"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def browser(address: str, profile: Path) -> Iterator[Page]:
    """A new browser that shows this page. On a machine without one the test is skipped."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        pytest.skip("no Chromium on this machine: install the package chromium to run this test")
    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={profile}", "--window-size=1300,1000", address],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        port = profile / "DevToolsActivePort"
        end = time.monotonic() + 60
        while not (port.is_file() and port.read_text()):
            assert time.monotonic() < end and process.poll() is None
            time.sleep(0.2)
        number = port.read_text().splitlines()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{number}/json/list") as answer:
            pages = [one for one in json.load(answer) if one["type"] == "page"]
        page = Page(pages[0]["webSocketDebuggerUrl"])
        try:
            yield page
        finally:
            page.close()
    finally:
        process.terminate()
        process.wait()


def run_in_jupyterlab(folder: Path, name: str, profile: Path) -> list[dict[str, Any]]:
    """Run a whole notebook of this folder as a student does: each code cell's source, text and pictures.

    text: what the browser shows below the cell; pictures: how many images with a size are among it.
    """
    with jupyterlab(folder) as address, browser(address.replace("NOTEBOOK", name), profile) as page:
        panel = "window.jupyterapp && window.jupyterapp.shell.currentWidget"
        page.wait(f"{panel} && window.jupyterapp.shell.currentWidget.sessionContext?.session?.kernel ? 1 : 0")
        page.run("window.jupyterapp.shell.currentWidget.context.ready")
        page.run(
            "window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => 1, error => String(error))"
        )
        # A large notebook draws only the cells in sight; what was sent stands in the model.
        return json.loads(
            page.run("""
            (async () => {
              const notebook = window.jupyterapp.shell.currentWidget.content, found = [];
              for (const [place, cell] of notebook.widgets.entries()) {
                if (cell.model.type !== 'code') continue;
                await notebook.scrollToItem(place);
                await new Promise(done => setTimeout(done, 150));
                const images = [...cell.outputArea.node.querySelectorAll('img')];
                await Promise.all(images.map(image => image.decode().catch(() => 0)));
                found.push({
                  source: cell.model.sharedModel.source, text: cell.outputArea.node.innerText,
                  pictures: images.filter(image => image.naturalWidth > 50).length,
                });
              }
              return JSON.stringify(found);
            })()""")
        )
