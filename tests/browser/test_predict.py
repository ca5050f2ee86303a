"""A covered lab in a real JupyterLab: by keys alone, and by an answer."""

CODE = "from convlab import checks, labs\nchecks.predict('kernels.sobel-x-on-patch', labs.patch_lab())"
COVER, LIVE = ".convlab-prediction img", ".convlab-prediction .convlab-lab canvas"


def ask(lab):
    lab.run_code([CODE])
    lab.page.wait_for_selector(COVER)
    assert lab.page.locator(LIVE).count() == 0


def test_the_button_opens_and_covers_by_keyboard_and_keeps_the_focus(lab):
    ask(lab)
    cells = lab.page.locator(".jp-Cell").count()
    button = lab.page.get_by_role("button", name="Show me")
    lab.page.get_by_role("button", name="Check", exact=True).focus()
    lab.page.keyboard.press("Tab")
    assert button.evaluate("one => one === document.activeElement")
    lab.page.keyboard.press("Space")
    lab.page.wait_for_selector(LIVE)
    assert lab.page.locator(COVER).count() == 0
    assert lab.page.evaluate("document.activeElement.innerText") == "Cover it again"
    lab.page.keyboard.press("Space")
    lab.page.wait_for_selector(COVER)
    assert lab.page.locator(LIVE).count() == 0 and lab.page.locator(".jp-Cell").count() == cells
    assert not lab.errors


def test_a_wrong_answer_opens_the_lab_and_its_reason_stays_above(lab):
    ask(lab)
    lab.page.get_by_role("textbox", name="Your answer").fill("24")
    lab.page.keyboard.press("Enter")
    lab.page.wait_for_selector(LIVE)
    assert "transposed" in lab.page.locator(".convlab-prediction [role=alert]").first.inner_text()
    output = lab.page.locator("[data-panel=output] canvas")
    assert output.bounding_box()["width"] > 20
    assert "output is 8" in lab.page.inner_text(".convlab-status") and not lab.errors
