"""A lab is whole in a laptop's window and in larger ones; nothing lies over another.

`test_walk` looks at those of every notebook with `whole_in_every_window`.
"""

import ast

import nbformat
import numpy as np
import pytest

from tests.drivers.jupyter import ROOT

LAPTOP = (1366, 768)
LARGER = [(1440, 900), (1920, 1080)]
SETTLED = """count => {
    const labs = [...document.querySelectorAll('.convlab-lab')];
    return labs.length >= count && labs.every(lab => lab.querySelector('.convlab-panels').style.height);
}"""
PRESS = """word => [...document.querySelectorAll('button')]
    .filter(one => one.textContent === word).forEach(one => one.click())"""
# Of every canvas: the smallest cell that a number was written into, and its type; in pixels of the page.
WATCH = """() => {
    const pens = CanvasRenderingContext2D.prototype, { clearRect, fillRect, fillText } = pens;
    pens.clearRect = function (...box) {
        [this.canvas.cell, this.canvas.type] = [Infinity, Infinity];
        clearRect.apply(this, box);
    };
    pens.fillRect = function (...box) {
        this.canvas.box = box;
        fillRect.apply(this, box);
    };
    pens.fillText = function (text, x, y) {
        const [left, top, wide, high] = this.canvas.box ?? [];
        if (x > left && x < left + wide && y > top && y < top + high && this.textAlign === "center") {
            this.canvas.cell = Math.min(this.canvas.cell, wide, high);
            this.canvas.type = Math.min(this.canvas.type, parseFloat(this.font));
        }
        fillText.call(this, text, x, y);
    };
}"""
# What is wrong with each lab: too tall, too wide, numbers too small, photographs too small, one over another.
LOOK = """() => {
    const height = jupyterapp.shell.currentWidget.content.outerNode.clientHeight;
    const box = (node) => node.getBoundingClientRect();
    const seen = (lab, what) => [...lab.querySelectorAll(what)].filter(one => one.checkVisibility());
    const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 4
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
    return [...document.querySelectorAll('.convlab-lab')].flatMap((lab, k) => {
        const outer = box(lab), wrong = [];
        if (outer.height > height) wrong.push(`${outer.height} of ${height} px high`);
        const parts = ['.convlab-panel', '.convlab-controls > *', '.convlab-status', '.convlab-foot']
            .flatMap(what => seen(lab, what));
        for (const part of parts)
            if (box(part).right > outer.right + 1 || box(part).bottom > outer.bottom + 1)
                wrong.push(`${part.dataset.panel ?? part.className} is cut`);
        parts.forEach((one, i) => parts.slice(i + 1).forEach(other => {
            if (over(box(one), box(other))) wrong.push(`${one.className} lies over ${other.className}`);
        }));
        for (const caption of seen(lab, '.convlab-panel figcaption')) {
            const text = document.createRange();
            text.selectNodeContents(caption);
            if (box(text).top < box(caption).top - 2) wrong.push(`${caption.textContent} has no room`);
        }
        for (const sheet of seen(lab, '.convlab-panel .convlab-sheet'))
            if (sheet.scrollHeight > sheet.clientHeight) wrong.push(`${sheet.ariaLabel} does not show all`);
        for (const track of seen(lab, '.slider-container'))
            if (box(track).width < 150) wrong.push(`a track of ${box(track).width} px`);
        for (const number of seen(lab, '.convlab-grid input'))
            if (box(number).width < 24 || parseFloat(getComputedStyle(number).fontSize) < 11)
                wrong.push(`a box of ${box(number).width} px`);
        for (const { cell, type } of seen(lab, 'canvas'))
            if (cell < 24 || type < 10.99) wrong.push(`a cell of ${cell} px, with type of ${type} px`);
        for (const one of seen(lab, 'figure:has(canvas)')) {
            const size = /\\((\\d+) × (\\d+)\\)$/.exec(one.innerText.split('\\n')[0].replace(/\\s/g, ' '));
            const canvas = box(one.querySelector('canvas'));
            if (size && Math.max(size[1], size[2]) > 40 && Math.max(canvas.width, canvas.height) < 206)
                wrong.push(`a photograph of ${canvas.width} × ${canvas.height} px`);
        }
        return wrong.map(one => `lab ${k}: ${one}`);
    });
}"""


def calls(name):
    """How many labs the cells of a notebook make."""
    cells = nbformat.read(ROOT / "notebooks" / name, as_version=4).cells
    nodes = [node for cell in cells if cell.cell_type == "code" for node in ast.walk(ast.parse(cell.source))]
    return sum(isinstance(node, ast.Call) and ast.unparse(node.func).startswith("labs.") for node in nodes)


def resize(lab, width, height):
    lab.page.set_viewport_size({"width": width, "height": height})
    lab.page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def whole(lab):
    """Wait until nothing is wrong: a lab lays itself out anew a moment after the window has changed."""
    try:
        lab.page.wait_for_function(f"({LOOK})().length === 0")
    except Exception:
        pytest.fail("; ".join(lab.page.evaluate(LOOK)[:8]))


def whole_in_every_window(lab, name):
    """Show what is covered in the open notebook, find each lab whole in each window, and cover it again."""
    resize(lab, *LAPTOP)
    lab.page.evaluate(PRESS, "Show me")
    lab.wait_idle()
    lab.page.wait_for_function(SETTLED, arg=calls(name))
    assert lab.page.locator(".convlab-lab").count() == calls(name)
    whole(lab)
    lab.page.evaluate("jupyterapp.shell.expandLeft()")  # the file browser takes its room
    try:
        whole(lab)
    finally:
        lab.page.evaluate("jupyterapp.shell.collapseLeft()")
    for size in LARGER:
        resize(lab, *size)
        whole(lab)
    lab.page.evaluate(PRESS, "Cover it again")
    lab.wait_idle()


def test_a_lab_too_tall_is_found(lab):
    resize(lab, *LAPTOP)
    lab.run_code(["from convlab import labs\nlabs.sliding_lab()"])
    lab.page.wait_for_function(SETTLED, arg=1)
    whole(lab)
    lab.page.evaluate("document.querySelector('.convlab-picture').style.paddingBottom = '400px'")
    assert any("px high" in one for one in lab.page.evaluate(LOOK))


LONG = """
import numpy as np
from convlab.labs.controls import ranged
from convlab.labs.lab import lab
from convlab.view.scene import Grid, Scene

@lab(k=ranged("k", 0, 9))
def long_lab(k=0):
    numbers = np.arange(144.0).reshape(12, 12) / 7 + k / 3
    return Scene({name: Grid(numbers, name) for name in "abc"}, says=f"k is {k}.")

long_lab()"""
SMALLEST = """() => {
    window.smallest = Infinity;
    window.written = new Set();
    const fill = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (...text) {
        window.smallest = Math.min(window.smallest, parseFloat(this.font));
        written.add(text[0]);
        fill.apply(this, text);
    };
}"""


# Points at one pixel after the other; returns what was written on any canvas.
ALONG = """async () => {
    const canvas = document.querySelector("[data-panel=output] canvas"), box = canvas.getBoundingClientRect();
    for (let k = 1; k < 20; k++) {
        const [clientX, clientY] = [box.left + (k / 20) * box.width, box.top + (k / 20) * box.height];
        canvas.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY }));
        for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
    }
    return [...written];
}"""


@pytest.mark.parametrize(("taps", "window"), [(3, LAPTOP), (5, LAPTOP), (7, LARGER[-1])])
def test_numbers_of_a_window_can_be_read(lab, taps, window):
    """Fractions below zero are the longest there are; and products of whole numbers."""
    resize(lab, *window)
    kernel = np.linspace(-0.987, 0.123, taps**2).reshape(taps, taps).round(3)
    kernel[0, 0], kernel[-1, -1] = -0.001, -1234
    lab.run_code([f"from convlab import labs\nlabs.kernel_lab('camera', {kernel.tolist()})"])
    lab.page.wait_for_function(SETTLED, arg=1)
    lab.page.evaluate(SMALLEST)
    written = lab.page.evaluate(ALONG)
    assert lab.page.evaluate("window.smallest") >= 10.9
    assert {"window", "products", "−.001" if taps == 7 else "−0.001"} <= set(written)


def test_numbers_without_room_stay_colours_when_they_change(lab):
    lab.run_code([LONG])
    lab.page.wait_for_function(SETTLED, arg=1)
    lab.page.evaluate(SMALLEST)
    lab.page.locator(".noUi-handle").focus()
    for k in (1, 2, 3):
        lab.page.keyboard.press("ArrowRight")
        lab.wait_text(".convlab-status", lambda text, k=k: text == f"k is {k}.")
    lab.page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert lab.page.evaluate("window.smallest") >= 9  # pixels; numbers in cells made for colours had 5
