"""Drive an installed Firefox or WebKitGTK: the part of Playwright's page that the walk uses, for both.

Playwright drives only builds of its own of these two. Both understand the W3C's WebDriver, with the same
actions for pointer and keys: Firefox over a websocket (BiDi), WebKit by HTTP to WebKitWebDriver (Classic).

>>> with open_page("firefox") as page:                                   # doctest: +SKIP
...     page.goto("http://127.0.0.1:8888")
...     page.evaluate("n => n + document.title", 6)
"""

import contextlib
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import websocket

PROGRAMS = {"firefox": ("firefox-esr", "firefox"), "webkit": ("WebKitWebDriver",)}
APPLICATIONS = {  # where macOS and Windows put it, which is on no PATH there
    "firefox": (
        "/Applications/Firefox.app/Contents/MacOS/firefox",
        r"C:\Program Files\Mozilla Firefox\firefox.exe",
    ),
    "webkit": (),
}
PREFERENCES = {
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
}
SOFTWARE = {  # WebKit draws without a graphics card, and as root without its sandbox
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
}
KEYS = {
    key: chr(code)
    for code, key in {
        0xE003: "Backspace", 0xE004: "Tab", 0xE007: "Enter", 0xE008: "Shift", 0xE009: "Control",
        0xE012: "ArrowLeft", 0xE013: "ArrowUp", 0xE014: "ArrowRight", 0xE015: "ArrowDown",
    }.items()
}  # fmt: skip
# Calls what it is given if that is a function, as Playwright does; the answer comes as text.
CALL = "async (text) => {{ let it = ({}); if (typeof it === 'function') it = it(JSON.parse(text)); \
return JSON.stringify((await it) ?? null); }}"
UNTIL = "async (given) => {{ const end = Date.now() + {}; for (;;) {{ \
let it = ({}); if (typeof it === 'function') it = it(given); it = await it; if (it) return true; \
if (Date.now() > end) return false; await new Promise((done) => setTimeout(done, 20)); }} }}"


def find(browser):
    """Path of the program that drives "firefox" or "webkit", or None."""
    named = [shutil.which(name) for name in PROGRAMS[browser]]
    found = next((path for path in (*named, *APPLICATIONS[browser]) if path and Path(path).exists()), None)
    return found if browser != "webkit" or shutil.which("Xvfb") else None


def open_page(browser, width=1280, height=900):
    """Start "firefox" or "webkit" with one empty page; `close` ends it."""
    return {"firefox": Firefox, "webkit": WebKit}[browser](find(browser), width, height)


class Page:
    """One page of one browser; the names are Playwright's.

    Attributes
    ----------
    mouse, keyboard
        The page itself: `page.mouse.move(10, 20)`, `page.keyboard.press("Tab")`.
    """

    def __init__(self, program, width, height):
        self._end, self.mouse, self.keyboard = contextlib.ExitStack(), self, self
        try:
            self._start(program)
            self.set_viewport_size({"width": width, "height": height})
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End the browser."""
        self._end.close()

    def _run(self, command, **options):
        """Start a program that ends with the page."""
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
        self._end.callback(process.wait)
        self._end.callback(process.terminate)
        return process

    def _folder(self):
        return Path(self._end.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))

    def evaluate(self, code, arg=None):
        """Result of JavaScript, or of a function called with `arg`; a promise is waited for."""
        return json.loads(self._call(CALL.format(code), json.dumps(arg)))

    def wait_for_function(self, code, arg=None, timeout=120_000):
        """Wait until the result of JavaScript is true."""
        if not self.evaluate(UNTIL.format(timeout, code), arg):
            raise AssertionError(f"not so within {timeout / 1000:g} s: {code} {'' if arg is None else arg!r}")

    def move(self, x, y, steps=1):
        """Move the pointer to a place in the window, in equal steps."""
        way = [
            [a + (b - a) * k / steps for a, b in zip(self._at, (x, y), strict=True)]
            for k in range(1, steps + 1)
        ]
        self._point(*({"type": "pointerMove", "x": round(a), "y": round(b), "duration": 0} for a, b in way))
        self._at = (x, y)

    _at = (0, 0)

    def down(self):
        """Press the button of the mouse."""
        self._point({"type": "pointerDown", "button": 0})

    def up(self):
        """Let go of the button."""
        self._point({"type": "pointerUp", "button": 0})

    def click(self, x, y):
        """Move to a place, press and let go."""
        self.move(x, y)
        self.down()
        self.up()

    def press(self, keys):
        """Press a key, such as "Tab" or "Control+a"."""
        codes = [KEYS.get(key, key) for key in keys.split("+")]
        down = [{"type": "keyDown", "value": key} for key in codes]
        up = [{"type": "keyUp", "value": key} for key in reversed(codes)]
        self._act({"type": "key", "id": "keys", "actions": down + up})

    def type(self, text):
        """Press the key of each character."""
        for key in text:
            self.press(key)

    def _point(self, *actions):
        mouse = {"pointerType": "mouse"}
        self._act({"type": "pointer", "id": "mouse", "parameters": mouse, "actions": list(actions)})


class Firefox(Page):
    """Firefox, over WebDriver BiDi."""

    def _start(self, program):
        folder = self._folder()
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()
        ]
        (folder / "user.js").write_text("\n".join(lines))
        log, flags = folder / "log.txt", ["--headless", "--no-remote", "--remote-debugging-port=0"]
        with log.open("wb") as out:
            process = self._run([program, *flags, "--profile", folder], stdout=out, stderr=out)
        address = _wait(lambda: re.search(r"BiDi listening on (\S+)", log.read_text()), process, log)[1]
        self._socket = websocket.create_connection(f"{address}/session", suppress_origin=True, timeout=180)
        self._end.callback(self._socket.close)
        self._numbers = itertools.count()
        self._send("session.new", capabilities={})
        self._end.callback(self._send, "browser.close")
        self._page = self._send("browsingContext.create", type="tab")["context"]  # the first one has no focus
        self._send("browsingContext.activate", context=self._page)

    def _send(self, method, **params):
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (answer := json.loads(self._socket.recv())).get("id") != number:
            pass  # news of something else
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return answer["result"]

    def _call(self, function, text):
        answer = self._send(
            "script.callFunction", functionDeclaration=function, awaitPromise=True,
            target={"context": self._page}, arguments=[{"type": "string", "value": text}],
        )  # fmt: skip
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"]["value"]

    def _act(self, source):
        self._send("input.performActions", context=self._page, actions=[source])

    def goto(self, address):
        """Load a page, and wait until it is there: Firefox does not if the old changes its address."""
        self.evaluate("() => { window.old = true; }")
        self._send("browsingContext.navigate", context=self._page, url=address, wait="complete")
        deadline = time.monotonic() + 120
        while not self._stands():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{address} was not loaded within 120 s")
            time.sleep(0.05)

    def _stands(self):
        with contextlib.suppress(RuntimeError):  # between two pages there is none to ask
            return self.evaluate("!window.old && document.readyState === 'complete'")

    def set_viewport_size(self, size):
        """Give the page a size."""
        self.viewport_size = size
        self._send("browsingContext.setViewport", context=self._page, viewport=size)

    def set_input_files(self, selector, path):
        """Choose a file in the first such input."""
        found = self._send(
            "browsingContext.locateNodes", context=self._page, locator={"type": "css", "value": selector}
        )
        node = {"sharedId": found["nodes"][0]["sharedId"]}
        self._send("input.setFiles", context=self._page, element=node, files=[str(path)])


class WebKit(Page):
    """WebKitGTK's MiniBrowser, over WebDriver Classic, in a screen without a screen (Xvfb)."""

    def _start(self, program):
        number = self._folder() / "display"
        with number.open("wb") as out:
            command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]
            screen = self._run(command, stdout=out, stderr=subprocess.DEVNULL)
        display = _wait(
            lambda: number.read_text().endswith("\n") and number.read_text().strip(), screen, number
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._address = f"http://127.0.0.1:{free.getsockname()[1]}"
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        environment |= SOFTWARE | {
            "DISPLAY": f":{display}",
            "GDK_BACKEND": "x11",
            "XDG_RUNTIME_DIR": str(self._folder()),
        }
        log = number.with_name("log.txt")
        with log.open("wb") as out:
            command = [program, f"--port={self._address.rpartition(':')[2]}"]
            process = self._run(command, env=environment, stdout=out, stderr=out)
        _wait(self._ready, process, log)
        session = self._send(
            "POST", "/session", capabilities={"alwaysMatch": {"timeouts": {"script": 180_000}}}
        )
        self._address += f"/session/{session['sessionId']}"
        self._end.callback(self._send, "DELETE", "")

    def _ready(self):
        with contextlib.suppress(urllib.error.URLError):
            return self._send("GET", "/status")["ready"]

    def _send(self, method, path, **data):
        body = json.dumps(data).encode() if method == "POST" else None
        request = urllib.request.Request(
            self._address + path, body, {"Content-Type": "application/json"}, method=method
        )
        try:
            with _direct.open(request, timeout=200) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {json.load(error)['value']['message']}") from None

    def _call(self, function, text):
        script = (
            f"const [text, done] = arguments; ({function})(text).then(done, (error) => done('!' + error));"
        )
        answer = self._send("POST", "/execute/async", script=script, args=[text])
        if answer.startswith("!"):
            raise RuntimeError(answer[1:])
        return answer

    def _act(self, source):
        self._send("POST", "/actions", actions=[source])

    def goto(self, address):
        """Load a page, and wait until it is loaded."""
        for url in ("about:blank", address):  # from one page of a site to another it would not wait
            self._send("POST", "/url", url=url)

    def set_viewport_size(self, size):
        """Give the page a size: the window's, less what the browser needs for itself."""
        self.viewport_size = size
        self._send("POST", "/window/rect", **size)
        width, height = self.evaluate("[innerWidth, innerHeight]")
        more = {"width": 2 * size["width"] - width, "height": 2 * size["height"] - height}
        self._send("POST", "/window/rect", **more)

    def set_input_files(self, selector, path):
        """Choose a file in the first such input."""
        found = self._send("POST", "/element", using="css selector", value=selector)
        self._send("POST", f"/element/{next(iter(found.values()))}/value", text=str(path))


_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _wait(found, process, log):
    """Wait for a true result of `found()`, while the process lives."""
    deadline = time.monotonic() + 120
    while not (result := found()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args[0]} did not start: {log.read_text()}")
        time.sleep(0.05)
    return result
