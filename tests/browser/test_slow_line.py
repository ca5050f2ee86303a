"""A server 150 ms away in each direction, a kernel that starts anew, and whom the page talks to."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from convlab import labs
from tests.drivers.jupyter import SESSION, kernel_message
from tests.drivers.slow_line import SlowLine
from tests.labs.test_kernels import upload

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


@pytest.fixture(scope="module")
def away(jupyterlab):
    """The page, loaded once through a line that is quick until a test slows it."""
    with SlowLine(jupyterlab.port) as line:
        try:
            jupyterlab.load(line.port)
            yield line
        finally:
            jupyterlab.load()


@pytest.fixture
def line(lab, away):
    """That line; whatever happens, it is quick again and loses nothing before the notebook is closed."""
    yield away
    away.delay, away.loses = 0, lambda message: False


def run_lab(lab, code):
    lab.run_code([code])
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")


@pytest.fixture
def far(lab, line):
    """JupyterLab with `kernel_lab` open, its server 150 ms away; `traffic` counts what is under way."""
    traffic = Traffic(lab.page)
    run_lab(lab, LAB)
    line.delay = 0.15
    lab.sent.clear()
    yield lab, traffic


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


ENTRIES = [
    ["12.5", "0.125", "100", "-1.5", "7", "8", "9", "0.25", "3"],
    ["1000", "-0.5", "2.25", "10", "11", "12", "-13", "0.75", "33"],
]


@pytest.fixture(params=[0.075, 0.3])
def boxes(lab, line, request):
    """Give the number boxes of a `kernel_lab` whose server is 75 or 300 ms away."""
    run_lab(lab, "from convlab import labs\nlabs.kernel_lab('camera', 'sobel')")
    line.delay = request.param
    yield lab.page.locator("[data-panel=kernel] input")


def values(boxes):
    return boxes.evaluate_all("all => all.map(one => one.value.replace('−', '-'))")


def test_numbers_typed_over_a_slow_line_come_out_as_typed(lab, boxes):
    """A character every 120 ms, Tab to the next box: the answers to earlier keys come while one types."""
    for entries in ENTRIES:
        boxes.first.click()
        boxes.first.select_text()
        for text in entries:
            lab.page.keyboard.type(text, delay=120)
            lab.page.keyboard.press("Tab")
        assert values(boxes) == entries
        right = labs.kernel_lab("camera", np.reshape([float(text) for text in entries], (3, 3)))
        lab.wait_text(STATUS, lambda text, right=right: text == right.scene.says)
        assert values(boxes) == entries
    assert lab.errors == []


def test_a_preset_counts_from_when_it_is_chosen(lab, boxes):
    boxes.last.click()
    lab.page.keyboard.type("5", delay=120)  # its answer is still under way
    lab.page.locator(".convlab-lab select").nth(1).select_option("sharpen")
    right = labs.kernel_lab("camera", "sharpen")
    lab.wait_text(STATUS, lambda text: text == right.scene.says)
    assert values(boxes) == ["0", "-1", "0", "-1", "5", "-1", "0", "-1", "0"]


@pytest.mark.parametrize("delay", [0.075, 0.3])
def test_an_answer_counts_as_it_stood_when_it_was_given(lab, line, delay):
    """Typed, and Enter at once; another, and Check at once: the line is slower than the hand."""
    lab.run_code(["from convlab import checks\nchecks.card('kernels.sobel-x-on-patch')"])
    box = lab.page.get_by_role("textbox", name="Your answer")
    box.wait_for()
    line.delay = delay
    box.press_sequentially("24", delay=20)
    box.press("Enter")
    box.press("ControlOrMeta+a")
    box.press_sequentially("8", delay=20)
    said = lab.wait_text(".convlab-card", lambda text: "✗ Not yet." in text)
    assert "transposed" in said and box.input_value() == "8"
    box.press_sequentially(".0", delay=20)
    lab.page.get_by_role("button", name="Check", exact=True).click()
    lab.wait_text(".convlab-card", lambda text: "✓ Right." in text)
    assert box.input_value() == "8.0" and not lab.errors


LOSSY = "75 ms, every third answer is lost"
LINES = {"75 ms": (0.075, 0), "300 ms": (0.3, 0), LOSSY: (0.075, 3)}
# What stands on the page: what each list, slider and box shows, and the sentence.
SHOWN = """() => ({
    lists: [...document.querySelectorAll(".convlab-lab select")].map((one) => one.value),
    sliders: [...document.querySelectorAll(".convlab-lab .noUi-handle")].map((one) => one.ariaValueText),
    boxes: [...document.querySelectorAll(".convlab-lab .convlab-grid input")].map((one) => one.value),
    says: document.querySelector(".convlab-status").textContent,
    pictures: [...document.querySelectorAll(".convlab-panel canvas")].map((one) => one.toDataURL()),
})"""
# Every value that a slider shows from now on.
WATCH = """(name) => {
    const handle = [...document.querySelectorAll(".noUi-handle")].find((one) => one.ariaLabel === name);
    window.values = [];
    const note = () => window.values.push(handle.ariaValueText);
    new MutationObserver(note).observe(handle, { attributeFilter: ["aria-valuetext"] });
}"""
# Two sliders at once, as with two fingers: one key each in turn, a pair every frame.
TOGETHER = """async (names) => {
    const all = [...document.querySelectorAll(".noUi-handle")];
    const handle = (name) => all.find((one) => one.ariaLabel === name);
    for (let k = 0; k < 25; k++) {
        for (const name of names)
            handle(name).dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
        await new Promise(requestAnimationFrame);
    }
}"""


@pytest.fixture(params=LINES)
def slow(lab, line, request):
    """A function that opens a lab beyond a slow line; of its messages to widgets some may get lost."""
    delay, nth = LINES[request.param]
    count = iter(range(1, 10**6))

    def loses(message):
        message = kernel_message(message)
        content = message.get("content", {})
        done = content.get("execution_state") == "idle" and message["parent_header"]["msg_type"] == "comm_msg"
        answer = content.get("data", {}).get("method") in ("update", "echo_update")
        return (answer or done) and next(count) % nth == 0

    def opened(code):
        line.delay, line.loses = 0, lambda message: False
        run_lab(lab, f"from convlab import labs\nlabs.{code}")
        line.delay = delay
        if nth:
            line.loses = loses
        return lab.page

    yield opened


def slider(page, name):
    return page.get_by_role("slider", name=name, exact=True)


def choose(page, number, text):
    chooser = page.locator(".convlab-lab select").nth(number)
    chooser.focus()
    chooser.select_option(text)


def test_what_was_done_last_counts_whatever_it_was(lab, slow):
    """A slider with keys, a list, a box, another list, the slider again; nothing waits for an answer."""
    page = slow("receptive_lab()")
    for _ in range(4):
        slider(page, "layers").press("ArrowRight")
    choose(page, 1, "3×3 with stride")
    page.locator("[data-panel=stack] input").first.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("5")
    choose(page, 0, "coffee")
    right = labs.receptive_lab()
    right.controls["depth"].value = 7
    right.controls["preset"].value = "3×3 with stride"
    layers = right.controls["layers"].value.copy()
    layers.flat[0] = 5
    right.controls["layers"].value = layers
    right.controls["image"].value = "coffee"
    lab.wait_text(STATUS, lambda text: text == right.scene.says)
    shows(
        page,
        {
            "lists": ["coffee", "your own", "nothing more"],
            "sliders": ["5", "32"],
            "boxes": [f"{number:g}" for number in layers.ravel()],
        },
    )
    assert not lab.errors


def says(lab, right):
    """Wait until the page says what the right lab says; if it never does, tell how its controls stand."""
    try:
        lab.wait_text(STATUS, lambda text: text == right.scene.says)
    except AssertionError as error:
        found = lab.page.evaluate(SHOWN)
        stands = f"{found['lists']} {found['sliders']}"
        raise AssertionError(f"{error}; not {right.scene.says!r}. {stands}") from None


def numbers(lab):
    return [f"{number:.3g}".replace("-", "−") for number in lab.scene.panels["kernel"].array.ravel()]


def shows(page, wanted):
    """Wait until the page shows this."""
    equal = f"""(wanted) => {{
        const shown = ({SHOWN})();
        return Object.keys(wanted).every((key) => JSON.stringify(shown[key]) === JSON.stringify(wanted[key]));
    }}"""
    try:
        page.wait_for_function(equal, arg=wanted)
    except PlaywrightTimeout:
        found = page.evaluate(SHOWN)
        assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize("slow", [LOSSY], indirect=True)
def test_channels_moved_then_a_box_then_a_kernel(lab, slow):
    """A box makes the kernel one's own: the channels have no shares in it until a named one is chosen."""
    page = slow("rgb_lab()")
    for _ in range(3):
        slider(page, "× red").press("ArrowLeft")
    page.locator("[data-panel=kernel] input").first.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("5")
    right = labs.rgb_lab(red=0.7)
    kernel = right.controls["kernel"].value.copy()
    kernel[0, 0, 0] = 5
    right.controls["kernel"].value = kernel
    says(lab, right)
    shows(page, {"lists": ["astronaut", "your own"]})
    choose(page, 1, "laplacian, 4 neighbours")
    slider(page, "bias").press("ArrowRight")
    right = labs.rgb_lab(kernel="laplacian, 4 neighbours", red=0.7, bias=5.0)
    says(lab, right)
    shows(
        page,
        {
            "lists": ["astronaut", "laplacian, 4 neighbours"],
            "sliders": ["0.7", "1", "1", "5"],
            "boxes": numbers(right),
        },
    )
    assert not lab.errors


def every_end(message):
    """Loses each message that says that an update is dealt with: the page would hold back what comes next."""
    idle = message.get("content", {}).get("execution_state") == "idle"
    return idle and message["parent_header"]["msg_type"] == "comm_msg"


def drawings(count):
    """Loses this many drawings: one, and the times after it that it is sent in full."""
    left = iter(range(count))

    def loses(message):
        drawn = message.get("content", {}).get("data", {}).get("state", {}).get("turn")
        return drawn is not None and next(left, None) is not None

    return loses


@pytest.mark.parametrize(("typed", "loses"), [("12.5", every_end), ("8", drawings(3))])
def test_what_was_typed_arrives_although_much_is_lost(lab, line, typed, loses):
    run_lab(lab, LAB)
    line.loses = lambda message: loses(kernel_message(message))
    box = lab.page.locator("[data-panel=kernel] input").first
    box.press("ControlOrMeta+a")
    box.press_sequentially(typed, delay=20)
    right = labs.kernel_lab("camera", "gaussian blur", size=7)
    kernel = right.controls["kernel"].value.copy()
    kernel.flat[0] = float(typed)
    right.controls["kernel"].value = kernel
    says(lab, right)
    assert box.input_value() == typed and not lab.errors


def test_the_last_drawing_is_lost_and_nobody_touches_the_lab_again(lab, line):
    """A list may be used without a key or a press that the lab hears of."""
    run_lab(lab, LAB)
    loses = drawings(1)
    line.loses = lambda message: loses(kernel_message(message))
    choose(lab.page, 0, "coffee")
    says(lab, labs.kernel_lab("coffee", "gaussian blur", size=7))
    assert not lab.errors


@pytest.mark.parametrize("slow", [LOSSY], indirect=True)
def test_a_map_picked_and_then_another_by_the_slider(lab, slow):
    """The answer to the click brings map 7 when the slider is at 1 already."""
    page = slow("network_lab()")
    canvas = page.locator("[data-panel=maps] canvas")
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] - 12, "y": box["height"] - 12})
    slider(page, "map").press("ArrowLeft")
    says(lab, labs.network_lab(map=1))
    shows(page, {"sliders": ["1"]})
    assert not lab.errors


@pytest.mark.parametrize("slow", ["300 ms"], indirect=True)
def test_a_dragged_box_a_photograph_and_a_picture_of_ones_own(lab, slow, tmp_path):
    page = slow("kernel_lab('camera', 'identity')")
    box = page.locator("[data-panel=kernel] input").first
    x, y = (box.bounding_box()[side] + 15 for side in "xy")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 60, steps=20)
    page.mouse.up()
    kernel = np.reshape([float(text) for text in values(page.locator("[data-panel=kernel] input"))], (3, 3))
    assert kernel[0, 0] > 0
    choose(page, 0, "coffee")
    slider(page, "bias").press("ArrowRight")
    right = labs.kernel_lab("camera", "identity")
    for name, value in {"kernel": kernel, "image": "coffee", "bias": 5.0}.items():
        right.controls[name].value = value
    says(lab, right)
    path = tmp_path / "mine.png"
    Image.linear_gradient("L").resize((120, 80)).save(path)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="your own picture").click()
    chooser.value.set_files(path)
    slider(page, "bias").press("ArrowLeft")
    upload(right, "mine.png", path.read_bytes())
    right.controls["bias"].value = 0.0
    says(lab, right)
    shows(page, {"lists": ["yours: mine.png", "your own", right.state()["show"]], "boxes": numbers(right)})
    assert not lab.errors


def test_two_sliders_at_once(lab, slow):
    page = slow("kernel_lab('camera', 'gabor')")
    page.evaluate(TOGETHER, ["sigma (px)", "angle (°)"])
    right = labs.kernel_lab("camera", "gabor", sigma=3.0, angle=125)
    lab.wait_text(STATUS, lambda text: text == right.scene.says)
    found = page.evaluate(SHOWN)
    assert found["sliders"][1:3] == ["3", "125"] and not lab.errors
    lab.forget()
    again = slow("kernel_lab('camera', 'gabor', sigma=3.0, angle=125)").evaluate(SHOWN)
    assert found["pictures"] == again["pictures"] and found["boxes"] == again["boxes"]


def test_a_late_answer_does_not_move_a_slider_back(lab, slow):
    """The stack brings an image of 32 pixels; the reader has moved the slider on by then."""
    page = slow("receptive_lab(size=60)")
    choose(page, 1, "3×3 with stride")
    page.evaluate(WATCH, "image (px)")
    for _ in range(3):
        slider(page, "image (px)").press("ArrowRight")
    right = labs.receptive_lab("3×3 with stride", size=63)
    lab.wait_text(STATUS, lambda text: text == right.scene.says)
    shows(page, {"sliders": ["5", "63"]})
    assert sorted(set(page.evaluate("window.values"))) == ["61", "62", "63"]


def test_after_a_restart_of_the_kernel_the_lab_says_so(lab):
    run_lab(lab, LAB)
    before = lab.page.inner_text(STATUS)
    lab.page.evaluate(f"async () => {{ await {SESSION}.session.kernel.restart(); }}")
    lab.wait_idle()
    lab.page.get_by_role("slider", name="sigma (px)").press("ArrowRight")
    lab.wait_text(ASLEEP, lambda text: "not running: restart the kernel" in text)
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
