"""Curves, bars and the tower in a real JupyterLab: named axes, values by pointer and keys, boxes chosen."""

import re
from pathlib import Path

import numpy as np
import pytest

from convlab import labs
from convlab.view import charts, live

STATUS, SUMS = ".convlab-status", ".convlab-arithmetic"
PIXELS = "canvas => canvas.toDataURL()"
JS = Path(live.__file__).parent / "js"
PARTS = ("numbers", "colours", "axes", "curve", "bars")
AXES = "".join((JS / f"{part}.js").read_text(encoding="utf-8") for part in PARTS)
RECORD = """() => {
    if (window.written) return window.written.clear();
    window.written = new Set();
    const fill = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        window.written.add(text);
        fill.call(this, text, ...rest);
    };
}"""


def run(lab, code):
    lab.run_code([f"from convlab import labs\n{code}"])
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")


def canvas(lab, panel):
    return lab.page.locator(f"[data-panel='{panel}'] canvas")


def point(lab, panel, across, down):
    """Move the pointer to a place of a canvas, given in shares of its width and height."""
    area = canvas(lab, panel).bounding_box()
    lab.page.mouse.move(area["x"] + across * area["width"], area["y"] + down * area["height"])


def sums(lab, start):
    return lab.wait_text(SUMS, lambda text: text.startswith(start))


def value(text):
    return float(re.search(r"= ([\d.]+) at", text)[1])


def in_page(lab, code, *given):
    return lab.page.evaluate(f"given => {{ {AXES}\n return ({code})(...given); }}", list(given))


PLACED = """(high, height) => {
    const names = Array.from({ length: 20 }, (_, k) => `layer ${k}`), data = new Float64Array(80).fill(high);
    const panel = { labels: ["a", "b", "c"], bars: names, data, shape: [1, 4, 20] };
    const pen = document.createElement("canvas").getContext("2d");
    const { ticks, py } = placeBars(panel, 600, height, pen);
    return ticks.map(([value]) => py(value, 0));
}"""


@pytest.mark.parametrize("height", [230, 260, 400])
@pytest.mark.parametrize("high", [31, 76, 20.5, 99, 3])
def test_the_ticks_of_bars_have_room_for_their_type(lab, high, height):
    places = in_page(lab, PLACED, high, height)
    assert len(places) >= 2 and np.diff(places).max() <= -11  # pixels; upwards


@pytest.mark.parametrize(("low", "high"), [(0, 7), (0, 0.93), (-5.5, 5.5), (1, 40), (0, 4256.17), (-11, 2)])
def test_ticks_go_in_steps_of_one_two_or_five(lab, low, high):
    found = in_page(lab, "steps", low, high, 5)
    values = [value for value, _ in found]
    step = np.diff(values)
    np.testing.assert_allclose(step, step[0])
    assert round(step[0] / 10 ** np.floor(np.log10(step[0]) + 1e-9), 6) in (1, 2, 5)
    assert 3 <= len(values) <= 6 and low <= values[0] and values[-1] <= high + 1e-9
    for value, text in found:
        assert float(text.replace("−", "-").replace(",", "")) == pytest.approx(value)


def test_labels_keep_apart_as_in_the_stored_picture(lab):
    random = np.random.default_rng(0)
    rows = [list(random.random(count)) for count in (1, 2, 5, 9)]
    found = in_page(lab, "rows => rows.map(row => apart(row, 0.1, 0, 1))", rows)
    for row, places in zip(rows, found, strict=True):
        np.testing.assert_allclose(places, charts.apart(row, 0.1))


def test_keys_walk_along_a_curve_and_from_line_to_line(lab):
    lab.page.evaluate(RECORD)
    run(lab, "labs.effective_lab(5)")
    panel = labs.effective_lab(5).scene.panels["ratio"]
    assert {"↑ 4σ / receptive field", "layers →", "equal weights", "∝ 1/√n"} <= set(
        lab.page.evaluate("[...window.written]")
    )
    measured, limit = panel.series.values()
    plain = canvas(lab, "ratio").evaluate(PIXELS)
    canvas(lab, "ratio").press("ArrowRight")  # the first press chooses where the lab stands
    assert value(sums(lab, "equal weights")) == pytest.approx(measured[4], rel=1e-5)
    assert lab.page.locator(SUMS).get_attribute("aria-live") == "polite"
    canvas(lab, "ratio").press("ArrowRight")
    canvas(lab, "ratio").press("ArrowUp")
    text = sums(lab, "∝ 1/√n")
    assert text.endswith("at layers = 6") and value(text) == pytest.approx(limit[5], rel=1e-5)
    assert canvas(lab, "ratio").evaluate(PIXELS) != plain
    assert not lab.errors


def test_the_pointer_reads_a_curve_without_the_kernel(lab):
    run(lab, "labs.cost_lab()")
    plain = canvas(lab, "macs").evaluate(PIXELS)
    lab.sent.clear()
    point(lab, "macs", 0.98, 0.3)
    text = sums(lab, "multiply-adds (millions)")
    most = labs.cost_lab().scene.panels["macs"].series["counted"][-1]
    assert text.endswith("at kernel (px) = 11") and value(text) == pytest.approx(most, rel=1e-5)
    lab.page.mouse.move(1, 1)
    lab.page.wait_for_function(
        "([canvas, plain]) => canvas.toDataURL() === plain", arg=[canvas(lab, "macs").element_handle(), plain]
    )
    assert not [message for message in lab.sent if message.get("data", {}).get("method") == "update"]


def test_a_box_is_chosen_by_keys_by_pointer_and_by_the_slider(lab):
    run(lab, "labs.tower_lab()")
    slider = lab.page.get_by_role("slider", name="layer")
    for _ in range(3):  # two layers on: the first press stays, as the box is chosen already
        canvas(lab, "tower").press("ArrowRight")
    lab.wait_text(STATUS, lambda text: "Pointed out: conv2_1, 128×112×112: " in text)
    assert float(slider.get_attribute("aria-valuenow")) == 3
    assert sums(lab, "conv2_1") == "conv2_1 (convolution): a map of 128×112×112 = 1,605,632 numbers"
    slider.press("ArrowRight")
    lab.wait_text(STATUS, lambda text: "Pointed out: conv2_2, " in text)
    sums(lab, "conv2_2")
    point(lab, "tower", 0.99, 0.3)  # beside the last box, which is thin
    sums(lab, "fc8 (fully connected)")
    lab.page.mouse.down()
    lab.page.mouse.up()
    lab.wait_text(STATUS, lambda text: "Pointed out: fc8, 1000×1×1: " in text)
    assert float(slider.get_attribute("aria-valuenow")) == 20
    assert not lab.errors


def test_the_tower_is_a_table_for_those_who_hear_it_and_bars_are_read_by_row(lab):
    lab.page.evaluate(RECORD)
    run(lab, "labs.tower_lab('ResNet-18')")
    table = lab.page.locator("[data-panel=tower]").get_by_role("table")
    assert table.get_by_role("row").count() == 1 + len(
        labs.tower_lab("ResNet-18").scene.panels["tower"].labels
    )
    assert table.get_by_role("row", name="block3_2 residual block 128 28 28").count() == 1
    written = set(lab.page.evaluate("[...window.written]"))
    assert {"residual block", "conv1: 64×112×112", "512×7×7", "1000×1×1", "↑ share of all (%)"} <= written
    canvas(lab, "costs").press("ArrowDown")
    canvas(lab, "costs").press("ArrowDown")
    shares = labs.tower_lab("ResNet-18").scene.panels["costs"].series["activations"]
    text = sums(lab, "activations: share of all (%)")
    assert text.endswith("at layer conv1") and value(text) == pytest.approx(shares[0], rel=1e-5)
