"""The stride lab and the border lab, driven in the browser as a learner does."""

STATUS, PROBLEM, SUMS = ".convlab-status", ".convlab-problem[role=alert]", ".convlab-arithmetic"


def pixels(lab, panel):
    return lab.page.evaluate(f"document.querySelector('[data-panel={panel}] canvas').toDataURL()")


def start(lab, code):
    lab.run_code([f"from convlab import labs\n{code}"])
    lab.page.locator(".convlab-panel canvas").first.wait_for()
    return lab.wait_text(STATUS, bool)


def press(lab, slider, key):
    lab.page.get_by_role("slider", name=slider).focus()
    lab.page.keyboard.press(key)


def test_stride_keys_move_windows_and_an_illegal_stride_is_explained(lab):
    lab.page.emulate_media(reduced_motion="reduce")  # pictures are compared: none may be on its way
    assert "output 3×3" in start(lab, "labs.stride_lab(n=7, kernel=3, stride=2)")
    before = pixels(lab, "output")
    press(lab, "stride s", "ArrowLeft")
    text = lab.wait_text(STATUS, lambda text: "output 5×5" in text)
    assert "⌊4/1⌋ + 1 = 4 + 1 = 5" in text
    assert pixels(lab, "output") != before
    good = pixels(lab, "output")
    press(lab, "stride s", "ArrowLeft")
    problem = lab.wait_text(lab.page.locator(PROBLEM).first, lambda text: "stride is 0" in text)
    assert "last good state" in problem
    assert pixels(lab, "output") == good and "output 5×5" in lab.page.locator(STATUS).inner_text()
    press(lab, "stride s", "ArrowRight")
    lab.page.locator(PROBLEM).first.wait_for(state="hidden")
    assert lab.errors == []


def test_stride_hover_names_the_window_and_a_pixel_its_readers(lab):
    start(lab, "labs.stride_lab(n=7, kernel=3, stride=2, also='times read')")
    canvas = lab.page.locator("[data-panel=output] canvas")
    lab.sent.clear()
    box = canvas.bounding_box()
    canvas.hover(position={"x": box["width"] / 2, "y": box["height"] / 6})  # row 0, column 1 of 3
    lab.wait_text(SUMS, lambda text: text == "output [0, 1] = 2 + 3 + 4 + 9 + 10 + 11 + 16 + 17 + 18 = 90")
    reads = lab.page.locator("[data-panel=reads] canvas")
    box = reads.bounding_box()
    reads.hover(position={"x": box["width"] * 2.5 / 7, "y": box["height"] * 2.5 / 7})
    lab.wait_text(SUMS, lambda text: text == "times read [2, 2] = 4 is read by 4 cells of output")
    assert not [message for message in lab.sent if message.get("data", {}).get("method") == "update"]


def test_stride_buttons_choose_the_padding_and_the_table_follows(lab):
    start(lab, "labs.stride_lab(n=28, kernel=3, stride=2)")
    table = lab.page.locator(".convlab-sheet")
    assert "column 27" in table.inner_text()
    lab.page.get_by_role("button", name="same", exact=True).click()
    lab.wait_text(
        table, lambda text: "⌊(28 + 0 + 1 − 1·(3 − 1) − 1)/2⌋ + 1 = ⌊26/2⌋ + 1 = 13 + 1 = 14" in text
    )
    lab.page.get_by_role("button", name="full", exact=True).click()
    lab.wait_text(STATUS, lambda text: "output 15×15" in text)
    assert lab.page.locator(".convlab-lab .mod-active").all_inner_texts() == ["full"]


def test_border_mode_changes_pixels_and_words(lab):
    assert "±640 at most" in start(lab, "labs.border_lab('constant', size=6, padding=1)")
    before = pixels(lab, "output")
    lab.page.get_by_label("border", exact=True).select_option("reflect")
    lab.wait_text(STATUS, lambda text: text.endswith("reads picture and border, 0 everywhere."))
    assert pixels(lab, "output") != before
    canvas = lab.page.locator("[data-panel=output] canvas")
    canvas.hover(position={"x": 5, "y": 5})
    lab.wait_text(SUMS, lambda text: text.startswith("output [0, 0] = 128·(−1) + ") and text.endswith(" = 0"))
    assert lab.errors == []


def test_cost_is_measured_on_demand(lab):
    assert "Press “measure”" in start(lab, "labs.cost_lab('stride', size=16, c_in=1, c_out=1)")
    lab.page.get_by_role("button", name="measure on this computer").click()
    lab.wait_text(STATUS, lambda text: "Measured: " in text)
    assert lab.page.locator("[data-panel=time] canvas").count() == 1
    press(lab, "C_in", "ArrowRight")
    lab.wait_text(STATUS, lambda text: "Press “measure”" in text)
    assert lab.page.locator("[data-panel=time]").count() == 0
