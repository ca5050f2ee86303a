"""Every lab of every notebook is whole in a laptop's window and in larger ones; nothing lies over another."""

import pytest

from tests.drivers.jupyter import ROOT

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
LAPTOP = (1366, 768)
LARGER = [(1440, 900), (1920, 1080)]
SETTLED = """count => {
    const labs = [...document.querySelectorAll('.convlab-lab')];
    return labs.length >= count && labs.every(lab => lab.querySelector('.convlab-panels').style.height);
}"""
UNCOVER = """() => [...document.querySelectorAll('button')]
    .filter(one => one.textContent === 'Show me').forEach(one => one.click())"""
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
        for (const track of seen(lab, '.slider-container'))
            if (box(track).width < 150) wrong.push(`a track of ${box(track).width} px`);
        for (const number of seen(lab, '.convlab-grid input'))
            if (box(number).width < 24) wrong.push(`a box of ${box(number).width} px`);
        return wrong.map(one => `lab ${k}: ${one}`);
    });
}"""


def resize(lab, width, height):
    lab.page.set_viewport_size({"width": width, "height": height})
    lab.page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def whole(lab):
    """Wait until nothing is wrong: a lab lays itself out anew a moment after the window has changed."""
    try:
        lab.page.wait_for_function(f"({LOOK})().length === 0")
    except Exception:
        pytest.fail("; ".join(lab.page.evaluate(LOOK)[:8]))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_lab_is_whole_in_the_window(lab, name):
    resize(lab, *LAPTOP)
    lab.open(f"notebooks/{name}")
    lab.run_all(errors_allowed=True)  # exercises that wait for the learner
    lab.page.evaluate(UNCOVER)
    lab.wait_idle()
    lab.page.wait_for_function(SETTLED, arg=1)
    whole(lab)
    lab.page.evaluate("jupyterapp.shell.expandLeft()")  # the file browser takes its room
    try:
        whole(lab)
    finally:
        lab.page.evaluate("jupyterapp.shell.collapseLeft()")
    for size in LARGER:
        resize(lab, *size)
        whole(lab)


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
    const fill = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (...text) {
        window.smallest = Math.min(window.smallest, parseFloat(this.font));
        fill.apply(this, text);
    };
}"""


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
