"""Present: a lab fills the screen and works there; where full screen is refused, it fills the window."""

import pytest

STATUS, SUMS = ".convlab-status", ".convlab-arithmetic"
PIXELS = "canvas => canvas.toDataURL()"
SCREEN = {"width": 1920, "height": 1080}
REFUSE = """() => {
    document.querySelector(".convlab-lab").requestFullscreen = () => Promise.reject(new TypeError("refused"));
}"""
FILLS = """() => {
    const { x, y, right, bottom } = document.querySelector(".convlab-presented").getBoundingClientRect();
    return [x, y, right - innerWidth, bottom - innerHeight].map(Math.round);
}"""


@pytest.fixture
def page(lab):
    """A lab with a slider, number boxes and a photograph, on a large screen."""
    lab.page.set_viewport_size(SCREEN)
    lab.run_code(["from convlab import labs\nlabs.kernel_lab()"])
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
    return lab.page


def is_presented(page, yes):
    page.wait_for_function(f"Boolean(document.querySelector('.convlab-presented')) === {str(yes).lower()}")


@pytest.mark.parametrize("refused", [False, True])
def test_a_lab_fills_the_screen_works_there_and_the_focus_returns(lab, page, refused):
    if refused:
        page.evaluate(REFUSE)
    slider = page.get_by_role("slider", name="size")
    before = slider.bounding_box()
    canvas = page.locator("[data-panel=output] canvas")
    old = canvas.evaluate(PIXELS)
    slider.press("f")
    is_presented(page, True)
    assert page.evaluate("Boolean(document.fullscreenElement)") != refused
    assert page.evaluate(FILLS) == [0, 0, 0, 0]
    assert page.get_by_role("button", name="Leave (Esc)").is_visible()
    assert slider.bounding_box()["height"] > 1.4 * before["height"]  # all of it grows
    assert canvas.evaluate("one => one.width > 1.4 * one.offsetWidth")  # and is as sharp as before
    slider.press("ArrowRight")
    lab.wait_text(STATUS, lambda text: "5×5" in text)
    assert canvas.evaluate(PIXELS) != old
    area = canvas.bounding_box()
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    lab.wait_text(SUMS, lambda text: text.startswith("output [12"))  # the middle of 256 pixels
    page.keyboard.press("Escape")
    is_presented(page, False)
    assert slider.evaluate("one => one === document.activeElement")
    assert slider.bounding_box()["height"] == before["height"]
    assert page.locator(".jp-Cell").count() == 1 and not lab.errors


def test_f_is_a_letter_where_one_types_and_the_button_does_the_same(lab, page):
    box = page.locator(".convlab-grid input").first
    box.press("f")
    page.get_by_role("slider", name="size").press("Control+f")
    assert not page.locator(".convlab-presented").count()
    button = page.locator(".convlab-present")
    button.focus()
    for on in (True, False):
        page.keyboard.press("Enter")
        is_presented(page, on)
    assert button.evaluate("one => one === document.activeElement")


def test_a_table_in_large_type_breaks_no_line_and_shows_all(lab):
    lab.page.set_viewport_size(SCREEN)
    lab.run_code(["from convlab import labs\nlabs.design_lab()"])
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
    lab.page.click(".convlab-present")
    is_presented(lab.page, True)
    shown = """() => {
        const sheet = document.querySelector('[data-panel="goals"] .convlab-sheet');
        const lines = [...sheet.querySelectorAll("tr")].map(row => row.offsetHeight);
        return lines.length > 5 && sheet.scrollHeight <= sheet.clientHeight && Math.max(...lines) < 25;
    }"""
    lab.page.wait_for_function(shown)
