"""Notebook 01 under a finger: the touch events of a tablet, as Chromium makes them."""

import pytest

SUMS, STATUS = ".convlab-arithmetic >> nth=0", ".convlab-status >> nth=0"
LAB = "from convlab import labs\nlabs.kernel_lab('camera', 'identity')"


@pytest.fixture
def finger(lab):
    """A way to send touches to the page, which is told that it has a touch screen."""
    session = lab.page.context.new_cdp_session(lab.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def touch(kind, *place):
        points = [dict(zip("xy", place, strict=True))] if place else []
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    yield touch
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    session.detach()


def middle(locator):
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_finger_chooses_a_cell_and_draws_over_the_map(lab, finger):
    lab.run_code([LAB])
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
    x, y = middle(lab.page.locator("[data-panel=output] canvas"))
    said = lab.page.inner_text(SUMS)
    finger("Start", x + 30, y + 20)
    said = lab.wait_text(SUMS, lambda text: text.startswith("output [") and text != said)
    for k in range(1, 6):
        finger("Move", x + 30 + 6 * k, y + 20)  # along a row: the page scrolls up and down only
    lab.wait_text(SUMS, lambda text: text.startswith("output [") and text != said)
    finger("End")
    assert lab.errors == []


def test_a_finger_moves_a_slider(lab, finger):
    lab.run_code([LAB])
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
    said = lab.page.inner_text(STATUS)
    x, y = middle(lab.page.get_by_role("slider", name="size"))
    finger("Start", x, y)
    for k in range(1, 6):
        finger("Move", x + 20 * k, y)  # the size has three places on a wide track
    finger("End")
    lab.wait_text(STATUS, lambda text: text != said)


def test_a_touch_that_becomes_a_scroll_ends_its_drag(lab, finger):
    """The browser takes the touch over and cancels it: what the box shows then stays."""
    lab.run_code([LAB, *["print('\\n' * 60)"] * 2])
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
    box = lab.page.locator("[data-panel=kernel] input").nth(4)
    box.evaluate("one => one.addEventListener('pointercancel', () => { window.cancelled = true; })")
    x, y = middle(box)
    finger("Start", x, y)
    for k in range(1, 12):
        finger("Move", x, y - 12 * k)
    finger("End")
    lab.page.wait_for_function("window.cancelled")
    kept = box.input_value()
    lab.page.mouse.move(x, y - 200)
    lab.page.mouse.move(x, y - 100)
    assert box.input_value() == kept
