"""Every notebook in every browser there is: one walk, written once.

A notebook runs once, in the first browser, where it is also seen as committed and in windows of three sizes.
The others find its kernel running, as a second window does.
"""

import shutil

import nbformat
import pytest
from PIL import Image

from tests.browser.test_room import WATCH, whole_in_every_window
from tests.drivers import webdriver
from tests.drivers.jupyter import ROOT

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
WINDOW = {"width": 1280, "height": 900}
LABS = """
from convlab import labs
labs.kernel_lab('camera', 'identity')
---
labs.sliding_lab()"""
PICTURE, BOX, HANDLE = "[data-panel=output] canvas", ".convlab-grid input", ".noUi-handle:not([disabled] *)"
WAYS = {
    "slider": HANDLE,
    "hover": PICTURE,
    "click": PICTURE,
    "type": BOX,
    "drag": BOX,
    "step": "[data-act=step]",
}
# What the page has to say about labs; `lab` is the number of one among those on the page.
TOOLS = r"""() => {
    window.thrown ??= [];
    const late = "[anywidget] Failed to initialize model";       // its limit is 2 s; labs are counted
    const keep = (what) => {
        what = what.reason ?? what;
        if (!String(what).includes(late)) thrown.push(`${what} ${what.stack}`);
    };
    addEventListener("error", (event) => event.message.includes("ResizeObserver")
        || keep(event.error ?? event));
    addEventListener("unhandledrejection", keep);
    // a dialogue for files is no part of the page: what would open one is laid where a driver can reach it
    HTMLInputElement.prototype.click = function () { document.body.append(this); };
    window.all = () => [...document.querySelectorAll(".convlab-lab")];
    window.seen = (what) => what.checkVisibility() && what.offsetWidth > (what.matches("canvas") ? 100 : 0);
    window.words = (lab) => all()[lab].querySelector(".convlab-status").innerText;
    window.sums = (lab) => all()[lab].querySelector(".convlab-arithmetic").innerText;
    window.painted = async (lab) => {             // what it says once the next frame is there
        for (let k = 0; k < 2; k++) await new Promise(requestAnimationFrame);
        return sums(lab);
    };
    window.pixels = (lab) => [...all()[lab].querySelectorAll(".convlab-panel canvas")].filter(
        (canvas) => canvas.checkVisibility()).map((canvas) => canvas.toDataURL()).join();
    window.tables = (lab) => [...all()[lab].querySelectorAll(".convlab-sheet")].map((one) => one.innerText);
    window.state = (lab) => words(lab) + pixels(lab) + tables(lab).join();
    window.blank = (canvas) => new Set(new Uint32Array(canvas.getContext("2d").getImageData(
        0, 0, canvas.width, canvas.height).data.buffer)).size < 2;
    window.first = (what) => all().findIndex((lab) => [...lab.querySelectorAll(what)].some(seen));
    window.part = ([lab, what, n]) => [...all()[lab].querySelectorAll(what)].filter(seen).at(n);
    window.place = async (given) => {      // its middle, in mid-window, once it is still
        for (let last = [0, 0], end = Date.now() + 120000; ; ) {
            const one = part(given);
            one.scrollIntoView({ block: "center" });             // each time WebKit goes a pixel to and fro
            await new Promise((done) => setTimeout(done, 50));
            const box = one.getBoundingClientRect(), [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
            const above = document.elementFromPoint(x, y);
            if (Math.hypot(x - last[0], y - last[1]) < 2 && one.contains(above)) return [x, y];
            if (Date.now() > end) throw new Error(`${given} moves, or is below ${above?.outerHTML}`);
            last = [x, y];
        }
    };
}"""


class Walk:
    """What a hand does with the labs of the open notebook; after each step the lab must have answered."""

    def __init__(self, page):
        self.page = page
        page.evaluate(TOOLS)

    def offers(self, what):
        """Return the number of the first lab on the page with such a part, or -1."""
        return self.page.evaluate("what => first(what)", what)

    def place(self, lab, what, n=0):
        return self.page.evaluate("given => place(given)", [lab, what, n])

    def changed(self, lab, read, action, *arguments, **named):
        """Do something, and wait until what the page reads of a lab is another."""
        self.page.evaluate("([lab, read]) => { window.before = window[read](lab); }", [lab, read])
        action(*arguments, **named)
        self.page.wait_for_function("([lab, read]) => window[read](lab) !== before", arg=[lab, read])

    def labs(self, count):
        """All labs are live, and none of their canvases is blank."""
        ready = (
            "count => all().filter(lab => lab.querySelector('[data-lm-suppress-shortcuts]')).length === count"
        )
        self.page.wait_for_function(ready, arg=count)
        drawn = (
            "![...document.querySelectorAll('.convlab-panel canvas')].some(one => seen(one) && blank(one))"
        )
        self.page.wait_for_function(drawn)
        assert self.page.evaluate("all().every(lab => !seen(lab) || lab.innerText.length > 40)")
        assert self.page.evaluate("!document.body.innerText.includes('Error displaying widget')")

    def slider(self, lab):
        end = self.page.evaluate(
            """given => { const one = part(given); one.focus();
                return one.getAttribute("aria-valuenow") === one.getAttribute("aria-valuemax"); }""",
            [lab, HANDLE, 0],
        )
        self.changed(lab, "state", self.page.keyboard.press, "ArrowLeft" if end else "ArrowRight")

    def hover(self, lab):
        x, y = self.place(lab, PICTURE)
        self.changed(lab, "sums", self.page.mouse.move, x + 30, y + 30)
        assert "] = " in self.page.evaluate("lab => sums(lab)", lab)

    def click(self, lab):
        x, y = self.place(lab, PICTURE)
        self.page.mouse.click(x - 5, y - 5)
        said = self.page.evaluate("lab => painted(lab)", lab)
        assert "] = " in said
        self.page.mouse.move(1, 1)
        assert self.page.evaluate("lab => painted(lab)", lab) == said

    def type(self, lab):
        self.page.mouse.click(*self.place(lab, BOX))
        self.page.keyboard.press("Control+a")
        number = self.page.evaluate("given => part(given).value === '3' ? '4' : '3'", [lab, BOX, 0])
        self.changed(lab, "state", self.page.keyboard.type, number)
        assert self.page.evaluate("given => part(given).value", [lab, BOX, 0]) == number

    def drag(self, lab):
        x, y = self.place(lab, BOX, 1)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.changed(lab, "state", self.page.mouse.move, x, y - 40, steps=8)
        self.page.mouse.up()

    def step(self, lab):
        for act in ("step", "step", "back"):
            self.changed(lab, "pixels", self.page.mouse.click, *self.place(lab, f"[data-act={act}]"))

    def upload(self, lab, path):
        self.page.mouse.click(*self.place(lab, ".jupyter-widget-upload, .widget-upload"))
        self.page.wait_for_function("document.querySelector('body > input[type=file]')")
        self.changed(lab, "state", self.page.set_input_files, "body > input[type=file]", path)
        self.page.evaluate("document.querySelector('body > input[type=file]').remove()")


@pytest.fixture(scope="module")
def ran(jupyterlab):
    """How many labs are in each notebook that has run; their kernels wait. All begin and end as committed."""

    def commit():
        shutil.copytree(ROOT / "notebooks", jupyterlab.folder / "notebooks", dirs_exist_ok=True)

    commit()  # another test may have run one, and saved it
    yield {}
    jupyterlab.forget()
    commit()


@pytest.fixture(scope="module", params=["chromium", "firefox", "webkit"])
def visit(request, ran, jupyterlab):
    """JupyterLab in one of the browsers."""
    jupyterlab.page.set_viewport_size(WINDOW)
    if request.param == "chromium":
        yield jupyterlab
    elif webdriver.find(request.param) is None:
        pytest.skip(f"no {request.param}")
    else:
        with webdriver.open_page(request.param) as page, jupyterlab.through(page):
            yield jupyterlab


def close(lab):
    """Close what is open; its kernel goes on."""
    lab.page.evaluate("() => { for (const one of [...jupyterapp.shell.widgets('main')]) one.dispose(); }")


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    path = tmp_path_factory.mktemp("upload") / "mine.png"
    Image.linear_gradient("L").resize((120, 80)).save(path)
    return path


def as_committed(lab, name):
    """Every stored picture is shown, and nothing else is missing."""
    cells = nbformat.read(ROOT / "notebooks" / name, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    stored = sum("image/png" in output.get("data", {}) for output in outputs)
    lab.page.wait_for_function(
        """count => { const all = [...document.querySelectorAll('.jp-OutputArea-output img')];
                      return all.length === count && all.every(one => one.naturalWidth > 100); }""",
        arg=stored,
    )
    assert stored >= 2
    assert lab.page.get_by_text("Error displaying widget").count() == 0


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook(visit, ran, name):
    close(visit)
    visit.open(f"notebooks/{name}")
    first = name not in ran
    if first:
        as_committed(visit, name)
        visit.page.evaluate(WATCH)
        visit.run_all()
        visit.save()
        ran[name] = visit.page.evaluate("document.querySelectorAll('.convlab-lab').length")
    walk = Walk(visit.page)
    walk.labs(ran[name])
    found = {way: walk.offers(what) for way, what in WAYS.items()}
    for way, lab in found.items():
        if lab >= 0:
            getattr(walk, way)(lab)
    assert found["hover"] >= 0 and found["type"] >= 0 or found["slider"] >= 0
    if first:
        whole_in_every_window(visit, name)
        visit.page.set_viewport_size(WINDOW)
    assert visit.page.evaluate("thrown") == []


def test_all_that_a_lab_offers_and_back_again(visit, picture):
    close(visit)
    path = visit.run_code(LABS.split("---"))
    walk = Walk(visit.page)
    walk.labs(2)
    for way in WAYS:
        getattr(walk, way)(1 if way == "step" else 0)
    walk.upload(0, picture)
    said = visit.page.evaluate("[words(0), words(1)]")
    assert said[0].startswith("Input 80×120,")
    visit.save()
    visit.page.evaluate("path => jupyterapp.shell.currentWidget.sessionContext.shutdown()", path)
    close(visit)
    visit.load()
    visit.open(path)
    walk = Walk(visit.page)
    walk.labs(2)
    assert visit.page.evaluate("[words(0), words(1)]") == said
    walk.hover(0)
    visit.page.wait_for_function(
        "all()[0].querySelector('.convlab-asleep').innerText.includes('not running')"
    )
    assert visit.page.evaluate("thrown") == []
