"""Maps travel as shades, outer products, levels: what the page draws and says is what the lab computed."""

import re

import numpy as np
import pytest

from convlab import labs
from convlab.view import look
from tests.labs.helpers import work_out

# One notebook with all of these labs; the panels to point at, in each.
POINTED = {
    "kernel_lab('camera', 'gaussian blur', size=7, sigma=1.3)": ["input", "output"],
    "kernel_lab('coffee', 'sobel', bias=-20.0, show='absolute')": ["output"],
    "rgb_lab('astronaut', 'laplacian, 4 neighbours', red=0.3, bias=5.0)": ["picture", "partial", "output"],
    "border_lab('cat', 'zeros')": ["input", "output"],
    "filter_bank_lab('camera', 'learned, 5×5', filters=16)": ["maps"],
    "activation_lab('camera', contrast=0.7, bias=-2.0)": ["input", "response", "active", "match"],
    "tradeoff_lab('brick', stride=2, blur=0.8, shift=3)": ["output", "shifted", "difference"],
    "receptive_lab('dilation 1-2-4', 'cat', 96)": ["top", "photo"],
    "effective_lab(20)": ["map"],
    "face_lab()": ["photo", "map"],
    "matrix_lab(6)": ["matrix"],
}
# To the page that the panel is on, until it is drawn there.
TURN = """async ([k, name]) => {
    const root = document.querySelectorAll(".convlab-lab")[k];
    const hidden = () => root.querySelector(`[data-panel="${name}"]`).hidden;
    for (const tab of root.querySelectorAll("button[aria-pressed]")) if (hidden()) tab.click();
    if (hidden()) throw new Error(`${name} is on no page`);
    for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
}"""
# For each place: its pixel, the canvas's size, the colour before the pointer comes, the arithmetic with it.
POINT = """async ([k, name, places]) => {
    const root = document.querySelectorAll(".convlab-lab")[k];
    const frame = () => new Promise(requestAnimationFrame);
    const canvas = root.querySelector(`[data-panel="${name}"] canvas`), found = [];
    const sums = root.querySelector(".convlab-arithmetic"), pen = canvas.getContext("2d");
    const rest = sums.textContent;
    for (const [x, y] of places) {
        const box = canvas.getBoundingClientRect();
        // the middle of a pixel of the screen: cells are not whole pixels wide, and two may meet beside it
        const [i, j] = [Math.floor(x * canvas.width), Math.floor(y * canvas.height)];
        const event = { clientX: box.left + ((i + 0.5) / canvas.width) * box.width,
                        clientY: box.top + ((j + 0.5) / canvas.height) * box.height };
        const colour = [...pen.getImageData(i, j, 1, 1).data.slice(0, 3)];
        canvas.dispatchEvent(new PointerEvent("pointermove", event));
        await frame();
        await frame();
        found.push([[i, j], [canvas.width, canvas.height], colour,
            sums.textContent === rest ? "" : sums.textContent]);
        canvas.dispatchEvent(new PointerEvent("pointerleave"));
        await frame();
        await frame();
    }
    return found;
}"""


@pytest.fixture(scope="module")
def shown(jupyterlab):
    """All labs of `POINTED` in one notebook; and their scenes, made here."""
    jupyterlab.run_code(["from convlab import labs", *(f"labs.{call}" for call in POINTED)])
    jupyterlab.page.wait_for_function(
        "n => [...document.querySelectorAll('.convlab-lab')]"
        ".filter(one => one.querySelector('[data-lm-suppress-shortcuts]')).length === n",
        arg=len(POINTED),
    )
    jupyterlab.sent.clear()
    yield jupyterlab, [eval(f"labs.{call}", {"labs": labs}).scene for call in POINTED]
    jupyterlab.forget()


@pytest.mark.parametrize("k", range(len(POINTED)), ids=[call.partition("(")[0] for call in POINTED])
def test_what_is_drawn_and_said_is_what_was_computed(shown, k):
    lab, scenes = shown
    scene, rng = scenes[k], np.random.default_rng(k)
    for name in list(POINTED.values())[k]:
        panel, checked = scene.panels[name], 0
        lab.page.evaluate(TURN, [k, name])
        places = rng.uniform(0.05, 0.95, (8, 2)).tolist()
        for pixel, canvas, colour, text in lab.page.evaluate(POINT, [k, name, places]):
            if not text.startswith(panel.title):
                continue  # between two tiles, or the cell that is chosen anyway
            title, row, col = re.match(r"(.*) \[(−?\d+), (−?\d+)\] = ", text).groups()
            tile = next((m for m, one in enumerate(panel.labels) if title.endswith(f" {one}")), 0)
            top, _, left, _ = panel.inset
            spot, side = where(panel, tile, pixel, canvas)
            cell = tile, int(row.replace("−", "-")) + top, int(col.replace("−", "-")) + left
            truth = panel.array[cell[1:]] if panel.kind == "rgb" else work_out(scene, name, cell)
            said = [float(one.replace("−", "-")) for one in numbers_of(text, panel.kind)]
            np.testing.assert_allclose(said, truth, rtol=5.1e-6, atol=1e-9, err_msg=text)
            np.testing.assert_allclose(
                np.asarray(panel.array).reshape(*panel.shape(), -1)[cell], truth, rtol=1e-4, atol=1e-3
            )
            np.testing.assert_allclose(np.subtract(spot, cell[1:]), 0.5, atol=0.51, err_msg=text)
            if not outlined(scene, name, cell):
                truth, between = drawn(panel, tile, spot, side)
                assert (np.abs(np.subtract(colour, truth)) <= 2 + between / 16).all(), (text, colour, truth)
            checked += 1
        assert checked >= 4, name
    assert not lab.errors and not lab.sent


def numbers_of(text, kind):
    """The value in a line of arithmetic: three of a photograph in colour."""
    if kind == "rgb":
        return re.search(r"red (\d+), green (\d+), blue (\d+)", text).groups()
    said = re.search(r"\] = ([^\s:]+)(?:: a weight| reads| is read by|$)", text)
    return [said[1] if said else re.search(r"(?:=|→) (−?[\d.e+−]+)$", text)[1]]


def outlined(scene, name, cell):
    """Whether stripes, or the frame around the chosen cell or around what it reads, may lie on this one."""
    (top, bottom, left, right), (_, rows, cols) = scene.panels[name].inset, scene.panels[name].shape()
    if not (top <= cell[1] < rows - bottom and left <= cell[2] < cols - right):
        return True
    pick = scene.first_pick()
    around = scene.windows_of(pick) if pick else {}
    ends = zip(around.get(name, ()), cell[1:], strict=False)
    return name in around and all(min(cells) - 4 <= at <= max(cells) + 4 for cells, at in ends)


def where(panel, tile, pixel, canvas):
    """The middle of a pixel as (row, column) of a tile, counted in cells; and a cell's side in pixels.

    Around the picture are 3 pixels, between tiles 10, and above a tile 16 for its label.
    """
    tiles, *cells = panel.shape()
    gap, head = 10 * (tiles > 1), 16 * bool(panel.labels)
    for across in range(1, tiles + 1):
        down = -(-tiles // across)
        pitch = (canvas[1] - 6 + gap) / down, (canvas[0] - 6 + gap) / across
        sides = (pitch[0] - gap - head) / cells[0], (pitch[1] - gap) / cells[1]
        if abs(sides[0] - sides[1]) * min(cells) < 1:
            break  # cells are square with this many tiles in a row
    side = sides[int(np.argmax(cells))]  # the longer side is a whole number of pixels
    start = tile // across * pitch[0] + 3 + head, tile % across * pitch[1] + 3
    return (np.array(pixel[::-1]) + 0.5 - start) / side, side


def drawn(panel, tile, spot, side):
    """The colour there, and how far apart the colours are that it is mixed from.

    Cells of whole pixels have one colour each. Smaller ones are smoothed: bilinear, in steps of a sixteenth.
    """
    array = np.asarray(panel.array, float).reshape(*panel.shape(), -1)[tile]
    array = array if panel.kind == "rgb" else array[..., 0]
    if side >= 3 or side == int(side):
        return np.array(wanted(panel, array[tuple(spot.astype(int))])), 0
    (y, x), (top, left) = spot - 0.5, np.floor(spot - 0.5).astype(int)
    cells = [(row, col) for row in (top, top + 1) for col in (left, left + 1)]
    four = np.array([wanted(panel, array[cell]) for cell in cells])
    shares = [(1 - abs(y - row)) * (1 - abs(x - col)) for row, col in cells]
    return shares @ four, np.ptp(four, axis=0)


def wanted(panel, value):
    """The colour of a value, worked out with numpy."""
    if panel.kind == "rgb":
        return value
    stops = np.array(look.SIGNED if panel.signed() else look.GREY, float)
    low, high = panel.limits()
    return [np.interp(value, [low, (low + high) / 2, high], stop) for stop in stops.T]
