"""Drive a real JupyterLab in headless Chromium: for the browser tests, `tools/shoot.py` and the benchmarks.

>>> with JupyterLab() as lab:                                            # doctest: +SKIP
...     lab.run_code(["import ipywidgets; ipywidgets.IntSlider(description='n')"])
...     lab.page.locator(".widget-slider").screenshot(path="slider.png")
"""
import atexit
import contextlib
import functools
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from itertools import chain
from pathlib import Path

import nbformat
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import sync_playwright

from tests.drivers.kernel import TRANSPORT

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (                          # where macOS and Windows put Chrome, which is on no PATH there
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
SETTINGS = {                              # no question, no news, and every cell in the page
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
# JupyterLab takes its opening picture out of the page twice if two uses of it end within 0.2 s.
NOT_OURS = re.compile(
    r"NotFoundError: Failed to execute 'removeChild' on 'Node'[^\n]*\n\s*at \S*/jlab_core\.[^\s/]*")
PATIENCE = 120_000                        # ms, for what comes late on a busy machine
# An empty main area gets a launcher, in its own time: it must not come in front of what a test opens.
SETTLED = """async () => {
    while (jupyterapp.shell.isEmpty("main")) await new Promise(requestAnimationFrame);
}"""
NOTEBOOK = "jupyterapp.shell.currentWidget"
SESSION = f"{NOTEBOOK}.sessionContext"
# Close the one notebook there is and empty its kernel; give back its session, if all is well with it.
EMPTY = """async () => {
    const session = jupyterapp.shell.currentWidget?.sessionContext?.session, kernel = session?.kernel;
    const all = [...jupyterapp.serviceManager.sessions.running()];
    if (kernel?.status !== "idle" || all.length !== 1 || !session.path.startsWith("code_")) return null;
    const { model } = session;
    const code = "import ipywidgets\\nipywidgets.Widget.close_all()\\n%reset -f";
    const late = new Promise((done) => setTimeout(done, 5000));
    const reply = await Promise.race([kernel.requestExecute({ code, silent: true }).done, late]);
    for (const widget of [...jupyterapp.shell.widgets("main")]) widget.dispose();
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    return reply?.content.status === "ok" ? model : null;
}"""
MOVE = """async ([model, path]) => {                 // a notebook finds its kernel by its path
    const session = jupyterapp.serviceManager.sessions.connectTo({ model });
    await session.setPath(path);
    session.dispose();
}"""


def find_browser():
    """Path of an installed Chromium or Chrome, or None."""
    named = (shutil.which(name) for name in (os.environ.get("CONVLAB_BROWSER", ""), *BROWSERS) if name)
    return next((path for path in (*named, *APPLICATIONS) if path and Path(path).exists()), None)


@functools.cache
def playwright():
    """Playwright, started once: a process cannot have two. It ends with the process."""
    started = sync_playwright().start()
    atexit.register(started.stop)
    return started


class JupyterLab:
    """One JupyterLab server with one browser page on it, both of its own.

    Attributes
    ----------
    page : playwright Page
        For everything not named here.
    sent : list of dict
        Content of every comm message the page sent to a kernel; clear it before the part you count.
    errors : list of str
        What the page's console showed as errors, and exceptions nobody caught, but for `NOT_OURS`.
    port : int
        Where the server listens, on this machine only.
    log : Path
        What the server says.
    folder : Path
        The server's root: a copy of `notebooks/` and whatever `run_code` wrote.
    """

    program = "jupyterlab"

    def __init__(self, notebooks=ROOT / "notebooks", width=1280, height=900, python=sys.executable):
        self.python = python
        self.sent, self.errors, self._count, self._rested = [], [], 0, None
        self._home = Path(tempfile.mkdtemp(prefix="convlab-jupyter-"))
        self.folder = self._home / "work"
        self.folder.mkdir()
        if notebooks.is_dir():
            shutil.copytree(notebooks, self.folder / "notebooks")
        try:
            self._start_server()
            self._start_page(width, height)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _start_server(self):
        for name, values in SETTINGS.items():
            path = self._home / "settings" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))
        places = {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
                  "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data",
                  "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}
        environment = os.environ | {name: str(self._home / place) for name, place in places.items()}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._token = secrets.token_hex(16)
        self.log = self._home / "server.log"
        command = [
            self.python, "-m", self.program, "--no-browser", "--allow-root", "--expose-app-in-browser",
            f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0",
            f"--KernelManager.transport={TRANSPORT}",
            f"--ServerApp.root_dir={self.folder}", f"--IdentityProvider.token={self._token}"]
        with self.log.open("wb") as log:
            self._server = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + PATIENCE / 1000
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"JupyterLab did not start:\n{self.log.read_text()}")
            time.sleep(0.1)

    def _answers(self):
        try:
            address = f"http://127.0.0.1:{self.port}/api?token={self._token}"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _start_page(self, width, height):
        browser = find_browser()
        if browser is None:
            raise RuntimeError("found no Chromium or Chrome; set CONVLAB_BROWSER to its path")
        self._browser = playwright().chromium.launch(executable_path=browser, args=FLAGS)
        self.page = self._browser.new_page(viewport={"width": width, "height": height})
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", lambda line: line.type == "error" and self.errors.append(line.text))
        self.page.on("pageerror", self._threw)
        self.page.on("websocket", lambda socket: socket.on("framesent", self._record))
        self.load()

    def _threw(self, error):
        text = error.stack or error.message
        if not NOT_OURS.fullmatch(text.strip()):
            self.errors.append(text)

    def _record(self, frame):
        message = kernel_message(frame)
        kind = message["header"]["msg_type"]
        if kind.startswith("comm_") and not kind.startswith("comm_info"):
            self.sent.append(message["content"])

    def load(self, port=None):
        """Load JupyterLab afresh, with nothing open; through a proxy, if you give its port."""
        self.page.goto(f"http://127.0.0.1:{port or self.port}/lab?token={self._token}&reset")
        self.page.wait_for_function("window.jupyterapp?.shell")
        self.page.evaluate("async () => { await jupyterapp.restored; jupyterapp.shell.collapseLeft(); }")
        self.page.evaluate(SETTLED)

    @contextlib.contextmanager
    def through(self, page):
        """Go on in a page of another browser (`tests.drivers.webdriver`) for a while."""
        own, self.page = self.page, page
        try:
            self.load()
            yield self
        finally:
            self.page = own

    def command(self, name, **arguments):
        """Run a JupyterLab command by its id, and wait for its end."""
        return self.page.evaluate(
            "async ([name, args]) => { await jupyterapp.commands.execute(name, args); }", [name, arguments])

    def theme(self, name):
        """Switch to "light" or "dark"."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name.title()}")
        light = "true" if name == "light" else "false"
        self.page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=light)

    def open(self, path, theme="light", width=None):
        """Open a notebook (path below `folder`), without running it; wait until its kernel is idle."""
        if width:
            self.page.set_viewport_size({"width": width, "height": self.page.viewport_size["height"]})
        self.theme(theme)
        self.command("docmanager:open", path=str(path))
        self.page.wait_for_function(
            "path => jupyterapp.shell.currentWidget?.context?.path === path", arg=str(path))
        self.page.evaluate(f"async () => {{ await {NOTEBOOK}.revealed; await {SESSION}.ready; }}")
        self.wait_idle()

    def wait_idle(self):
        """Wait until the kernel of the open notebook has nothing left to do."""
        self.page.wait_for_function(f"{SESSION}.session?.kernel?.status === 'idle'", timeout=PATIENCE)

    def run_all(self, errors_allowed=False):
        """Run every cell of the open notebook; a traceback or warning in it is a RuntimeError here."""
        self.command("notebook:run-all-cells")
        self.wait_idle()
        cells = self.page.evaluate(f"{NOTEBOOK}.content.model.toJSON().cells")
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        wrong = [output["traceback"] for output in outputs if output["output_type"] == "error"]
        wrong += [output["text"] for output in outputs if output.get("name") == "stderr"]
        if wrong and not errors_allowed:
            raise RuntimeError("\n".join(chain.from_iterable(wrong)))

    def run_code(self, cells, theme="light", width=None, errors_allowed=False):
        """Write a notebook of these code cells, open it and run it; give back its path."""
        self._count += 1
        path = f"code_{self._count}.ipynb"
        if self._rested:
            self.page.evaluate(MOVE, [self._rested, path])
            self._rested = None
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(code) for code in cells],
            metadata={"kernelspec": kernel, "language_info": {"name": "python"}}), self.folder / path)
        self.open(path, theme, width)
        self.run_all(errors_allowed)
        return path

    def save(self):
        """Save the open notebook; give back what is on disk."""
        self.page.evaluate(f"async () => {{ await {NOTEBOOK}.context.save(); }}")
        path = self.page.evaluate(f"{NOTEBOOK}.context.path")
        return nbformat.read(self.folder / path, as_version=4)

    def forget(self):
        """Close every notebook unsaved and shut down its kernel, leaving the page ready for the next."""
        self.page.evaluate("""async () => {
            for (const widget of [...jupyterapp.shell.widgets('main')]) widget.dispose();
            await jupyterapp.serviceManager.sessions.shutdownAll();
            await new Promise(done => requestAnimationFrame(() => setTimeout(done)));  // what closing set off
        }""")
        self._rested = None
        self._settle()

    def rest(self):
        """Do as `forget`, but keep the kernel, emptied, for the next `run_code`: starting takes a second."""
        self._rested = self.page.evaluate(EMPTY)
        self._settle() if self._rested else self.forget()

    def _settle(self):
        self.page.evaluate(SETTLED)
        self.sent.clear()
        self.errors.clear()

    def wait_text(self, locator, predicate, timeout=PATIENCE):
        """Wait until the text of `locator` satisfies `predicate(text)`; give back that text."""
        if isinstance(locator, str):
            locator = self.page.locator(locator)
        deadline = time.monotonic() + timeout / 1000
        while not predicate(text := locator.inner_text(timeout=timeout)):
            left = max(1, 1000 * (deadline - time.monotonic()))
            try:
                self.page.wait_for_function("([element, old]) => element.innerText !== old",
                                            arg=[locator.element_handle(), text], timeout=left)
            except PlaywrightTimeout:
                raise AssertionError(f"the text stayed as it was: {text!r}") from None
        return text

    def screenshot(self, path, locator=None):
        """Save a picture: of `locator`, or else of the whole open notebook, however long."""
        if locator is not None:
            return locator.screenshot(path=path)
        size = self.page.viewport_size
        heights = self.page.evaluate(f"{NOTEBOOK}.content.widgets.map(cell => cell.node.offsetHeight)")
        self.page.set_viewport_size({"width": size["width"], "height": min(16_000, sum(heights) + 180)})
        self.page.evaluate(f"{NOTEBOOK}.content.outerNode.scrollTop = 0")
        self.page.screenshot(path=path)
        self.page.set_viewport_size(size)

    def close(self):
        """Stop the browser, the server with its kernels, and remove the files."""
        if hasattr(self, "_browser"):
            self._browser.close()
        if hasattr(self, "_server"):
            self._server.terminate()
            try:
                self._server.wait(20)
            except subprocess.TimeoutExpired:
                self._server.kill()
        shutil.rmtree(self._home, ignore_errors=True)


def kernel_message(frame):
    """Header, parent header and content of a message on a kernel's websocket, in any of its three formats.

    Which one is spoken is settled when a socket opens; after a failed try, JupyterLab takes the older ones.
    """
    from jupyter_server.services.kernels.connection import base  # not where only units are tested

    if isinstance(frame, str) or frame[:1] == b"{":
        return json.loads(frame)
    if frame[0] == 0:                     # the high byte of how many parts there are
        return base.deserialize_binary_message(frame)
    _channel, parts = base.deserialize_msg_from_ws_v1(frame)
    names = ("header", "parent_header", "metadata", "content")
    return {name: json.loads(part) for name, part in zip(names, parts, strict=False)}  # then come the buffers
