"""Notebooks 00 and 01 in a real JupyterLab: keys, pointer, pixels, text."""

START = "from convlab import labs\n"
STATUS, SUMS = ".convlab-status", ".convlab-arithmetic"
PIXELS = "canvas => canvas.toDataURL()"


def run(lab, code):
    lab.run_code([START + code])
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
    lab.sent.clear()


def canvas(lab, panel):
    return lab.page.locator(f"[data-panel={panel}] canvas")


def point(lab, panel, row, col, cols):
    """Move the pointer to the middle of a cell of a panel that has `cols` columns."""
    box, edge = canvas(lab, panel).bounding_box(), 3  # EDGE of sizes.js
    cell = (box["width"] - 2 * edge) / cols
    lab.page.mouse.move(box["x"] + edge + (col + 0.5) * cell, box["y"] + edge + (row + 0.5) * cell)


def changed(lab, action, panel="output"):
    """Do something, wait until text and picture have both changed, and return the new text."""
    old_text, old_pixels = lab.page.inner_text(STATUS), canvas(lab, panel).evaluate(PIXELS)
    action()
    text = lab.wait_text(STATUS, lambda text: text != old_text)
    lab.page.wait_for_function(
        "([canvas, old]) => canvas.toDataURL() !== old", arg=[canvas(lab, panel).element_handle(), old_pixels]
    )
    return text


def test_a_key_on_a_slider_changes_pixels_and_text(lab):
    run(lab, "labs.kernel_lab('camera', 'gaussian blur')")
    size = lab.page.get_by_role("slider", name="size")
    text = changed(lab, lambda: size.press("ArrowRight"))
    assert text.startswith("Input 256×256, kernel 5×5, output 252×252.")
    assert not lab.errors


def test_every_slider_has_a_name_and_jupyter_keeps_its_keys_to_itself(lab):
    run(lab, "labs.kernel_lab()")
    names = lab.page.locator(".convlab-lab [role=slider]").evaluate_all(
        "all => all.map(one => one.ariaLabel)"
    )
    assert names == ["size", "sigma (px)", "angle (°)", "strength", "bias"]
    cells = lab.page.locator(".jp-Cell").count()
    lab.page.get_by_role("slider", name="bias").focus()
    for key in ("b", "a", "d", "d", "x"):
        lab.page.keyboard.press(key)
    changed(lab, lambda: lab.page.keyboard.press("ArrowRight"))  # the page has dealt with every key by now
    assert lab.page.locator(".jp-Cell").count() == cells


def test_hover_shows_the_products_without_asking_the_kernel(lab):
    run(lab, "labs.sliding_lab()")
    point(lab, "output", 1, 2, 4)
    text = lab.wait_text(SUMS, lambda text: text.startswith("output [1, 2]"))
    assert text == "output [1, 2] = 0·(−1) + 9·0 + 9·1 + 0·(−2) + 9·0 + 9·2 + 0·(−1) + 9·0 + 9·1 = 36"
    point(lab, "input", 0, 0, 6)
    lab.wait_text(SUMS, lambda text: text == "input [0, 0] = 0 is read by 1 cell of output")
    point(lab, "input", 3, 3, 6)
    lab.wait_text(SUMS, lambda text: text == "input [3, 3] = 9 is read by 9 cells of output")
    assert lab.sent == []


def test_hover_on_a_photograph_matches_numpy(lab):
    from convlab import conv2d, images
    from convlab.arithmetic import kernels

    run(lab, "labs.kernel_lab('cat', 'sharpen')")
    point(lab, "output", 100, 50, 254)
    text = lab.wait_text(SUMS, lambda text: text.startswith("output [100, 50]"))
    x, w = images.load("cat"), kernels.sharpen()
    factors = [f"({weight:g})" if weight < 0 else f"{weight:g}" for weight in w.flat]
    pixels = x[100:103, 50:53].flat
    products = " + ".join(f"{pixel}·{factor}" for pixel, factor in zip(pixels, factors, strict=True))
    assert text == f"output [100, 50] = {products} = {conv2d(x, w)[100, 50]:g}".replace("-", "−")
    assert lab.sent == []


def test_arrow_keys_walk_over_the_output(lab):
    run(lab, "labs.sliding_lab()")
    canvas(lab, "output").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp"):
        lab.page.keyboard.press(key)
    lab.wait_text(SUMS, lambda text: text.startswith("output [1, 2]"))


def test_play_step_and_step_back(lab):
    run(lab, "labs.sliding_lab()")
    step, back, play = (lab.page.locator(f"[data-act={act}]") for act in ("step", "back", "play"))
    full = canvas(lab, "output").evaluate(PIXELS)
    step.click()
    lab.wait_text(SUMS, lambda text: text.startswith("output [0, 0]"))
    step.click()
    lab.wait_text(SUMS, lambda text: text.startswith("output [0, 1]"))
    assert canvas(lab, "output").evaluate(PIXELS) != full
    back.click()
    lab.wait_text(SUMS, lambda text: text.startswith("output [0, 0]"))
    play.click()
    lab.wait_text(SUMS, lambda text: text.startswith("output [0, 2]"))
    play.click()
    assert lab.sent == [] or all("pick" not in str(message) for message in lab.sent)


def test_a_weight_can_be_typed_nudged_and_dragged(lab):
    run(lab, "labs.kernel_lab('camera', 'identity')")
    box = lab.page.locator("[data-panel=kernel] input").nth(4)
    assert "The weights add up to 3." in changed(lab, lambda: box.fill("3"))
    assert "The weights add up to 4." in changed(lab, lambda: box.press("ArrowUp"))
    place = box.bounding_box()
    x, y = place["x"] + 10, place["y"] + 10

    def drag():
        lab.page.mouse.move(x, y)
        lab.page.mouse.down()
        lab.page.mouse.move(x, y + 40, steps=10)
        lab.page.mouse.up()

    changed(lab, drag)
    lab.wait_text(STATUS, lambda text: "The weights add up to 3. " in text)  # and not 3.2, on the way
    assert box.input_value() == "3"
    assert lab.page.get_by_label("kernel", exact=True).first.input_value() == "your own"


def test_bad_text_is_named_and_the_picture_stays(lab):
    run(lab, "labs.kernel_lab('camera', 'identity')")
    pixels = canvas(lab, "output").evaluate(PIXELS)
    box = lab.page.locator("[data-panel=kernel] input").first
    box.fill("<b>1</b>")
    lab.wait_text(".convlab-problem >> nth=0", lambda text: "“<b>1</b>” in row 0, column 0" in text)
    assert lab.page.locator(".convlab-problem >> nth=0").is_visible()
    assert canvas(lab, "output").evaluate(PIXELS) == pixels
    assert box.input_value() == "<b>1</b>"
    box.fill("0")
    lab.page.wait_for_selector(".convlab-problem >> nth=0", state="hidden")


def upload(lab, path):
    with lab.page.expect_file_chooser() as chooser:
        lab.page.get_by_role("button", name="your own picture").click()
    chooser.value.set_files(path)


def test_an_upload_with_a_hostile_name_is_shown_as_text(lab, tmp_path):
    from PIL import Image

    path = tmp_path / "<img src=x onerror=alert(1)>.png"
    Image.linear_gradient("L").resize((120, 80)).save(path)
    run(lab, "labs.kernel_lab('camera', 'identity')")
    text = changed(lab, lambda: upload(lab, path))
    assert text.startswith("Input 80×120,")
    assert lab.page.locator(".convlab-lab img").count() == 0
    note = tmp_path / "note.txt"
    note.write_text("hello")
    upload(lab, note)
    lab.wait_text(".convlab-problem >> nth=0", lambda text: "note.txt" in text)
    assert lab.page.inner_text(STATUS).startswith("Input 80×120,")


def test_a_wrong_answer_gets_its_reason(lab):
    lab.run_code(["from convlab import checks\nchecks.card('kernels.sobel-x-on-patch')"])
    box = lab.page.locator(".convlab-card input")
    box.fill("24")
    box.press("Enter")
    lab.wait_text(".convlab-card", lambda text: "✗ Not yet. Either your kernel is transposed" in text)
    box.fill("8")
    lab.page.locator(".convlab-card button").click()
    lab.wait_text(".convlab-card", lambda text: "Right." in text)


def test_a_cancelled_drag_ends(lab):
    """A touch that becomes a scroll is cancelled: from then on moving changes nothing."""
    run(lab, "labs.patch_lab()")
    box = lab.page.locator("[data-panel=patch] input").first
    place = box.bounding_box()
    x, y = place["x"] + 10, place["y"] + 10
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    lab.page.mouse.move(x, y - 60)
    dragged = box.input_value()
    assert dragged != "1"
    box.dispatch_event("pointercancel")
    lab.page.mouse.move(x, y - 120)
    assert box.input_value() == dragged
    lab.page.mouse.up()
