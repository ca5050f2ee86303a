"""Everyone can use every lab: axe-core in both themes, keys alone, half and a third of the window, no motion.

All labs stand in one notebook that is opened once; the tests here only look, or put back what they move.
"""

from importlib.resources import files

import numpy as np
import pytest

from convlab import labs
from convlab.view import look

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
CARDS = ("kernels.sobel-x-on-patch", "stride_padding.same-224")  # one with a number, one with a choice
CODE = ["from convlab import checks, labs", *(f"labs.{name}()" for name in labs.__all__)]
CODE += [f"checks.card({card!r})" for card in CARDS]
STOPS = """lab => [...lab.querySelectorAll("[tabindex='0'], input, select, button, [contenteditable=true]")]
    .filter(part => part.checkVisibility() && !part.disabled && part.getAttribute('tabindex') !== '-1')"""


@pytest.fixture(scope="module")
def page(jupyterlab):
    """The page with every lab on it, live."""
    jupyterlab.page.set_viewport_size({"width": 1280, "height": 900})
    jupyterlab.run_code(CODE)
    counts = [len(labs.__all__), len(CARDS)]
    jupyterlab.page.wait_for_function(
        """counts => ['.convlab-lab:has([data-lm-suppress-shortcuts])', '.convlab-card button'].every(
            (what, k) => document.querySelectorAll(what).length === counts[k])""",
        arg=counts,
    )
    jupyterlab.page.evaluate(AXE)
    yield jupyterlab.page
    jupyterlab.page.emulate_media(reduced_motion="no-preference")
    jupyterlab.forget()


def lab_of(page, name):
    return page.locator(".convlab-lab").nth(labs.__all__.index(name))


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing(page, jupyterlab, theme):
    jupyterlab.theme(theme)
    found = page.evaluate("async () => await axe.run({include: [['.convlab-lab'], ['.convlab-card']]})")
    wrong = [
        f"{rule['id']}: {node['html']}\n{node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
    assert not wrong, "\n".join(wrong)
    passed = {rule["id"] for rule in found["passes"]}
    assert {"button-name", "color-contrast", "label", "select-name"} <= passed


def test_axe_would_have_found_it(page):
    """A slider whose name is taken away is reported."""
    slider = lab_of(page, "kernel_lab").get_by_role("slider").first
    slider.evaluate("one => { one.dataset.kept = one.ariaLabel; one.ariaLabel = null; }")
    found = page.evaluate("async () => (await axe.run('.convlab-lab')).violations.map(one => one.id)")
    slider.evaluate("one => { one.ariaLabel = one.dataset.kept; }")
    assert "aria-input-field-name" in found


@pytest.mark.parametrize("name", ["sliding_lab", "kernel_lab", "learning_lab", "design_lab"])
def test_tab_walks_over_all_there_is_and_out_again(page, name):
    cells = page.locator(".jp-Cell").count()
    one = lab_of(page, name)
    count = one.evaluate(f"lab => ({STOPS})(lab).length")
    one.evaluate(f"lab => ({STOPS})(lab)[0].focus()")
    where = f"lab => ({STOPS})(lab).indexOf(document.activeElement)"
    walked = []
    while (at := one.evaluate(where)) >= 0 and len(walked) <= count:
        walked.append(at)
        if page.evaluate("!document.activeElement.matches('input, select, [contenteditable]')"):
            for key in "bdd":  # Jupyter's: new cell, delete cell
                page.keyboard.press(key)
        page.keyboard.press("Tab")
    assert walked == list(range(count))
    assert page.locator(".jp-Cell").count() == cells


def test_the_status_line_is_the_same_element_before_and_after(page):
    """A screen reader reads out what changes in a live region, not a region that is new."""
    one = lab_of(page, "stride_lab")
    status = one.get_by_role("status").element_handle()
    before = status.inner_text()
    slider = one.get_by_role("slider", name="kernel")
    for key in ("ArrowRight", "ArrowLeft"):
        slider.press(key)
        page.wait_for_function("([status, old]) => status.innerText !== old", arg=[status, before])
        assert status.evaluate("one => one.isConnected && one.getAttribute('role') === 'status'")
        before = status.inner_text()


OVERHANG = """() => [...document.querySelectorAll('.convlab-lab, .convlab-card')].flatMap(lab => {
    const output = lab.closest('.jp-OutputArea-output'), edge = lab.getBoundingClientRect().right + 2;
    const parts = [...lab.querySelectorAll('canvas, button, select, input, [role=slider], p')];
    const beyond = parts.filter(part => part.checkVisibility() && part.getBoundingClientRect().right > edge);
    const wide = output.scrollWidth - output.clientWidth;
    return wide > 0 || beyond.length ? [[lab.innerText.slice(0, 80), wide, beyond.length]] : [];
})"""


@pytest.mark.parametrize("width", [640, 400])  # 640 is a window of 1280 at a zoom of 200 %
def test_nothing_hangs_out_of_a_small_window(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    try:
        page.wait_for_function(f"({OVERHANG})().length === 0")
    except Exception:
        pytest.fail(f"beyond the edge: {page.evaluate(OVERHANG)}")
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})


def test_nothing_moves_unless_asked(page):
    running = "document.getAnimations().filter(one => one.effect.target.closest('.convlab-lab')).length"
    assert page.evaluate(running) == 0
    play = page.locator("[data-act=play]:visible, .widget-play:visible")
    assert play.count() > 2
    page.emulate_media(reduced_motion="reduce")
    assert play.count() == 0 and page.locator("[data-act=step]:visible").count() > 0


def test_signed_maps_are_told_apart_without_colour():
    """Each end is at least twice as dark or bright as zero, as contrast is counted (WCAG 2)."""

    def light(rgb):
        part = np.divide(rgb, 255)
        linear = np.where(part <= 0.04, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
        return linear @ (0.2126, 0.7152, 0.0722)

    low, zero, high = map(light, look.SIGNED)
    assert (zero + 0.05) / (low + 0.05) > 2 and (high + 0.05) / (zero + 0.05) > 2
