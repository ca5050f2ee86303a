"""A server 150 ms away in each direction, a kernel that starts anew, and whom the page talks to."""

import pytest

from convlab import labs
from tests.drivers.jupyter import SESSION, kernel_message
from tests.drivers.slow_line import SlowLine

STATUS, SUMS, ASLEEP = ".convlab-status", ".convlab-arithmetic", ".convlab-asleep"
LAB = "from convlab import labs\nlabs.kernel_lab('camera', 'gaussian blur', size=7)"
# Moves the pointer over the output, then counts the frames until the arithmetic line has changed.
HOVER = """async ([x, y]) => {
    const canvas = document.querySelector("[data-panel=output] canvas"), box = canvas.getBoundingClientRect();
    const sums = document.querySelector(".convlab-arithmetic"), before = sums.textContent;
    canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + x, clientY: box.top + y }));
    let frames = 0;
    while (sums.textContent === before && frames < 60) {
        await new Promise(requestAnimationFrame);
        frames += 1;
    }
    return frames;
}"""
# A drag: a hundred moves of the slider, one a frame, as a hand makes them.
DRAG = """async (name) => {
    const handle = [...document.querySelectorAll(".noUi-handle")].find((one) => one.ariaLabel === name);
    for (let k = 0; k < 100; k++) {
        const key = k < 85 ? "ArrowRight" : "ArrowLeft";
        handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        await new Promise(requestAnimationFrame);
    }
    return handle.getAttribute("aria-valuetext");
}"""


class Traffic:
    """Messages between page and kernel as they pass: how many slider updates are unanswered at once."""

    def __init__(self, page):
        self.waiting, self.most, self.total = set(), 0, 0
        page.on("websocket", self._listen)

    def _listen(self, socket):
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame):
        message = kernel_message(frame)
        if (
            message["header"]["msg_type"] == "comm_msg"
            and message["content"]["data"].get("method") == "update"
        ):
            self.waiting.add(message["header"]["msg_id"])
            self.total += 1
            self.most = max(self.most, len(self.waiting))

    def _received(self, frame):
        message = kernel_message(frame)
        if message.get("content", {}).get("execution_state") == "idle":
            self.waiting.discard(message["parent_header"].get("msg_id"))


@pytest.fixture
def far(lab):
    """JupyterLab with `kernel_lab` open, its server 150 ms away; `traffic` counts what is under way."""
    traffic = Traffic(lab.page)
    with SlowLine(lab.port) as line:
        lab.load(line.port)
        lab.run_code([LAB])
        lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
        line.delay = 0.15
        lab.sent.clear()
        yield lab, traffic
        line.delay = 0
        lab.forget()
        lab.load()


def test_hover_does_not_wait_for_the_line(far):
    lab, _ = far
    frames = [lab.page.evaluate(HOVER, [20 + 9 * k, 30 + 7 * k]) for k in range(20)]
    assert max(frames) <= 2 and lab.sent == []


def test_a_drag_leaves_no_backlog_and_ends_right(far):
    lab, traffic = far
    assert lab.page.evaluate(DRAG, "sigma (px)") == "1.5"  # to the end, 3, and 15 steps of 0.1 back
    right = labs.kernel_lab("camera", "gaussian blur", size=7, sigma=1.5)
    lab.wait_text(STATUS, lambda text: text == right.scene.says)
    assert traffic.most == 1, "more than one update was under way at once"
    assert lab.errors == []


def test_after_a_restart_of_the_kernel_the_lab_says_so(lab):
    lab.run_code([LAB])
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
    before = lab.page.inner_text(STATUS)
    lab.page.evaluate(f"async () => {{ await {SESSION}.session.kernel.restart(); }}")
    lab.wait_idle()
    lab.page.get_by_role("slider", name="sigma (px)").press("ArrowRight")
    lab.wait_text(ASLEEP, lambda text: "not running: run its cell" in text)
    assert lab.page.inner_text(STATUS) == before
    assert lab.page.evaluate(HOVER, [50, 50]) <= 2


def test_the_page_asks_nobody_but_its_own_server(lab):
    asked = []
    lab.page.on("request", lambda request: asked.append(request.url))
    lab.load()
    lab.run_code([LAB, "from convlab import checks\nchecks.card('kernels.sobel-x-on-patch')"])
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
    own = (f"http://127.0.0.1:{lab.port}/", f"ws://127.0.0.1:{lab.port}/", "data:", "blob:")
    assert asked and not [url for url in asked if not url.startswith(own)]
