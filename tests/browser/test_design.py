"""The design lab in a real JupyterLab: boxes, board, program, units on the photograph."""

START = "from convlab import labs\n"
STATUS, SUMS, PROBLEM = ".convlab-status", ".convlab-arithmetic", ".convlab-problem >> nth=0"
PROGRAM, GOALS, TRIES = (f".convlab-sheet[aria-label={name}]" for name in ("program", "goals", "tries"))
PIXELS = "canvas => canvas.toDataURL()"


def run(lab, code, count=1):
    lab.run_code([START + code])
    lab.page.wait_for_function(
        "n => document.querySelectorAll('.convlab-lab [data-panel=field] canvas').length === n", arg=count
    )
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
    lab.sent.clear()


def box(lab, layer, part):
    return lab.page.get_by_label(f"the stack, layer 1 first {part} row {layer} column 0")


def test_a_number_changes_sentence_chart_tables_and_program(lab):
    run(lab, "labs.design_lab(preset='five with stride 2')")
    chart = lab.page.locator("[data-panel=macs] canvas")
    pixels, program = chart.evaluate(PIXELS), lab.page.inner_text(PROGRAM)
    assert "nn.Conv2d(64, 64, kernel_size=3, stride=2, padding=1),  # 64 × 4 × 4" in program
    box(lab, 4, "stride").fill("1")
    lab.wait_text(STATUS, lambda text: "map on top 64×8×8" in text)
    lab.wait_text(PROGRAM, lambda text: "kernel_size=3, padding=1),  # 64 × 8 × 8" in text)
    lab.page.wait_for_function(
        "([canvas, old]) => canvas.toDataURL() !== old", arg=[chart.element_handle(), pixels]
    )
    box(lab, 4, "kernel").press("ArrowUp")
    lab.wait_text(STATUS, lambda text: "receptive field 79×79 px" in text)
    goals = lab.page.locator(f"{GOALS} tr").all_inner_texts()  # beside the boxes
    assert goals[1].split("\t") == ["field (px)", "at least 64", "79", "✓"]
    lab.page.get_by_role("button", name="program").click()
    lab.page.locator(PROGRAM).wait_for()
    assert chart.is_hidden()
    lab.page.get_by_role("button", name="picture", exact=True).click()
    chart.wait_for()
    assert not lab.errors


def test_tries_are_kept_and_brought_back_and_two_labs_share_nothing(lab):
    run(lab, "import ipywidgets\nipywidgets.VBox([labs.design_lab(), labs.design_lab()])", 2)
    first, second = (lab.page.locator(".convlab-lab").nth(k) for k in range(2))
    first.get_by_role("button", name="tries").click()
    board = first.locator(TRIES)
    first.get_by_role("button", name="keep this try").press("Enter")
    board.locator("td", has_text="try 1").wait_for()
    stack = first.get_by_label("stack", exact=True).first
    stack.select_option("one huge kernel")
    status = first.locator(STATUS)
    status.filter(has_text="1 layer:").wait_for()
    stack.select_option("try 1")
    status.filter(has_text="8 layers:").wait_for()
    assert "none kept so far" in second.locator(TRIES).text_content()
    assert "try 1" not in second.get_by_label("stack", exact=True).first.inner_text()


def test_what_cannot_be_is_a_sentence_and_all_stays(lab):
    run(lab, "labs.design_lab(preset='five with stride 2')")
    text, program = lab.page.inner_text(STATUS), lab.page.inner_text(PROGRAM)
    box(lab, 1, "groups").fill("3")
    lab.wait_text(
        PROBLEM, lambda text: "Layer 2: groups is 3. It must divide the 16 input channels" in text
    )
    assert lab.page.inner_text(STATUS) == text and lab.page.inner_text(PROGRAM) == program
    box(lab, 1, "groups").fill("2")
    lab.page.wait_for_selector(PROBLEM, state="hidden")
    lab.wait_text(PROGRAM, lambda text: "groups=2" in text)


def test_a_unit_shows_its_window_without_asking_the_kernel(lab):
    run(lab, "labs.design_lab(preset='five with stride 2')")
    lab.page.get_by_role("button", name="units on top, photograph").click()  # no room for it in this window
    photo, units = (lab.page.locator(f"[data-panel={name}] canvas") for name in ("photo", "top"))
    pixels, place = photo.evaluate(PIXELS), units.bounding_box()
    lab.page.mouse.move(place["x"] + place["width"] * 0.9, place["y"] + place["height"] / 2)
    lab.wait_text(SUMS, lambda text: text.startswith("units on top [3] ="))
    assert "columns 65 … 127 of photograph" in lab.page.inner_text(SUMS)
    lab.page.wait_for_function(
        "([canvas, old]) => canvas.toDataURL() !== old", arg=[photo.element_handle(), pixels]
    )
    assert lab.sent == []
