"""Drive the built static site in headless Chromium, served by a plain file server, nothing else reachable.

>>> with Site() as site:                                                 # doctest: +SKIP
...     site.open("00_start_here.ipynb")
...     site.run_all()
"""

import contextlib
import http.server
import threading
from functools import partial

from tests.drivers.jupyter import (
    FLAGS,
    NOTEBOOK,
    PATIENCE,
    ROOT,
    SESSION,
    JupyterLab,
    find_browser,
    playwright,
)

FOLDER = ROOT / "_site"
OWN = (
    "update.googleapis.com",
    "accounts.google.com",
    "clients2.google.com",
    "content-autofill.googleapis.com",
)  # what Chromium asks for of itself


class Handler(http.server.SimpleHTTPRequestHandler):
    """Python's own file server, which also is the browser's proxy: whatever is for another host ends here."""

    def __init__(self, *args, site, **options):
        self.site = site
        super().__init__(*args, **options)

    def do_GET(self):
        """Send a file; note down, and refuse, what is for another host or meant to fail."""
        if not self.path.startswith("/"):
            self.do_CONNECT()
        elif any(part in self.path for part in self.site.broken):
            self.send_error(404)
        elif not self.site.offline:
            with contextlib.suppress(ConnectionError):  # the browser left the page meanwhile
                super().do_GET()

    def send_response(self, code, message=None):
        """Note down what is sent, and not what the browser has already."""
        if code == 200:
            self.site.requested.append(self.path.split("?")[0].lstrip("/"))
        super().send_response(code, message)

    def do_CONNECT(self):
        """Refuse the way out."""
        if not any(name in self.path for name in OWN):
            self.site.outside.append(self.path)
        self.send_error(502)

    do_POST = do_CONNECT

    def log_message(self, *_):
        """Keep quiet."""


class Site(JupyterLab):
    """The built site and one browser page on it, with nothing open.

    Attributes
    ----------
    url : str
        Where the site is served.
    outside : list of str
        What the browser tried to fetch from other hosts, workers included.
    requested : list of str
        Files that the site sent it, below its root.
    broken : set of str
        A file with one of these in its name is answered with 404.
    offline : bool
        Nothing is answered.
    """

    def __init__(self, folder=FOLDER, width=1280, height=900):
        self.errors, self.sent, self.outside, self.requested, self.broken = [], [], [], [], set()
        self.offline = False
        self._server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(Handler, site=self, directory=folder)
        )
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._browser = playwright().chromium.launch(
            executable_path=find_browser(), args=[*FLAGS, f"--proxy-server={self.url}"]
        )
        self._size = {"width": width, "height": height}
        self.new_browser()

    def new_browser(self):
        """Go on as a first visitor: with nothing in the cache and nothing kept."""
        self.context = self._browser.new_context(viewport=self._size)
        self.new_page()

    def new_page(self):
        """Go on in a new tab, with what the browser kept."""
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", lambda line: line.type == "error" and self.errors.append(line.text))
        self.page.on("pageerror", self._threw)

    @contextlib.contextmanager
    def fresh(self):
        """Be a first visitor for a while, in a tab of its own."""
        context, page, errors = self.context, self.page, self.errors
        self.errors = []
        self.new_browser()
        try:
            yield self
        finally:
            self.context.close()
            self.context, self.page, self.errors = context, page, errors
            self.broken.clear()
            self.offline = False

    def go(self, path=""):
        """Open a page of the site by its address."""
        self.page.goto(f"{self.url}/{path}")

    def load(self, query=""):
        """Load the page of the notebooks and wait until JupyterLab stands."""
        self.go(f"lab/index.html{query}")
        self.page.wait_for_function("window.jupyterapp?.shell")
        self.page.evaluate("async () => { await jupyterapp.restored; }")

    def open(self, path):
        """Follow the direct link to a notebook, and wait until Python runs for it."""
        self.load(f"?path={path}")
        self.page.wait_for_function(
            "path => jupyterapp.shell.currentWidget?.context?.path === path", arg=path
        )
        self.page.evaluate(f"async () => {{ await {NOTEBOOK}.revealed; await {SESSION}.ready; }}")
        self.ready()

    def ready(self):
        """Wait until Python answers and has its libraries: a kernel says that it is idle long before."""
        self.page.wait_for_selector("body[data-python=ready]", state="attached", timeout=120_000)

    def run_code(self, cells):
        """Keep a notebook of these code cells in the browser, open it and run it."""
        code = [{"cell_type": "code", "source": one, "metadata": {}, "outputs": []} for one in cells]
        kernel = {"kernelspec": {"name": "python"}, "language_info": {"name": "python"}}
        notebook = {"cells": code, "metadata": kernel, "nbformat": 4, "nbformat_minor": 4}
        self.page.evaluate(
            """async content => { await jupyterapp.serviceManager.contents.save(
                "code.ipynb", { type: "notebook", format: "json", content }); }""",
            notebook,
        )
        self.open("code.ipynb")
        self.run_all()

    def close(self):
        """Stop browser and server."""
        self._browser.close()
        self._server.shutdown()
        self._server.server_close()
