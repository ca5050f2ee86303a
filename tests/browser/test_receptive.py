"""Notebook 04 in a real JupyterLab: the stack editor, the strips, the proofs, the effective field."""

import re

STATUS, SUMS, PROBLEM = ".convlab-status", ".convlab-arithmetic", ".convlab-problem[role=alert]"
PIXELS = "canvas => canvas.toDataURL()"


def run(lab, code):
    lab.run_code([f"from convlab import labs\n{code}"])
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
    lab.sent.clear()


def canvas(lab, panel):
    return lab.page.locator(f"[data-panel='{panel}'] canvas")


def box_of(lab, column, layer):
    return lab.page.get_by_role("textbox", name=f"the stack, layer 1 first {column} row {layer} column 0")


def last_row(lab):
    return lab.page.locator(".convlab-table tr").last.inner_text().split("\t")


def repainted(lab, panel, action):
    """Do something and wait until that picture has changed."""
    old = canvas(lab, panel).evaluate(PIXELS)
    action()
    lab.page.wait_for_function(
        "([canvas, old]) => canvas.toDataURL() !== old", arg=[canvas(lab, panel).element_handle(), old]
    )


def point_at_unit(lab, panel, share):
    """Move the pointer over a strip, `share` of the way from left to right."""
    area = canvas(lab, panel).bounding_box()
    lab.page.mouse.move(area["x"] + share * area["width"], area["y"] + area["height"] / 2)


def test_a_white_map_ends_in_a_frame(lab):
    run(lab, "labs.receptive_lab(layers=[(3, 1, 0, 1), (5, 1, 0, 1)], size=24)")  # every unit is 1, so white
    line = canvas(lab, "top").evaluate(
        """one => [...one.getContext("2d").getImageData(2, one.height / 2, 3, 1).data]"""
    )
    assert line == [0x9A, 0x9A, 0x9A, 255] + [255] * 8


def test_padding_is_settled_with_two_keys(lab):
    run(lab, "labs.receptive_lab(layers=[(3, 1, 0, 1), (5, 1, 0, 1)], size=24, also='every layer')")
    assert last_row(lab)[5:8] == ["7", "1", "0"]
    repainted(lab, "layer 1", lambda: box_of(lab, "padding", 0).press("ArrowUp"))
    repainted(lab, "layer 1", lambda: box_of(lab, "padding", 0).press("ArrowUp"))
    lab.wait_text(STATUS, lambda text: "start is −2" in text)
    assert last_row(lab)[5:] == ["7", "1", "−2", "7", "22"]
    assert not lab.errors


def test_a_layer_less_while_a_box_has_the_focus(lab):
    """As over a slow line: the answer to the slider comes when the reader is in a box already."""
    run(lab, "labs.receptive_lab('three 3×3')")
    slider, box = lab.page.get_by_role("slider", name="layers"), box_of(lab, "kernel", 0)
    box.focus()
    slider.dispatch_event("keydown", {"key": "ArrowLeft", "bubbles": True})
    box_of(lab, "kernel", 2).wait_for(state="detached")
    assert box.evaluate("box => box === document.activeElement")
    assert lab.errors == []


def test_a_layer_more_is_a_strip_and_a_row_more(lab):
    run(lab, "labs.receptive_lab('three 3×3', also='every layer')")
    lab.page.get_by_role("slider", name="layers").press("ArrowRight")
    lab.wait_text(STATUS, lambda text: "receptive field of 9×9" in text)
    assert canvas(lab, "layer 4").count() == 1
    assert last_row(lab)[:6] == ["layer 4", "3", "1", "1", "1", "9"]
    assert box_of(lab, "kernel", 3).input_value() == "3"


def test_one_column_is_not_spoken_of_as_several(lab):
    run(lab, "labs.receptive_lab('three 3×3', also='every layer')")
    box_of(lab, "kernel", 1).fill("1")
    lab.wait_text(STATUS, lambda text: "receptive field of 5×5" in text)
    point_at_unit(lab, "layer 2", 0.5)
    text = lab.wait_text(SUMS, lambda text: text.startswith("layer 2"))
    assert re.fullmatch(r"layer 2 \[\d+\] = 1 reads column \d+ of layer 1", text)


def test_pointing_follows_units_down_and_up_without_the_kernel(lab):
    run(lab, "labs.receptive_lab('dilation 2-2-2', size=32, also='every layer')")
    point_at_unit(lab, "layer 2", 0.5)
    text = lab.wait_text(SUMS, lambda text: text.startswith("layer 2"))
    assert text == "layer 2 [16] = 1 reads columns 14 … 18 of layer 1"
    repainted(lab, "layer 3", lambda: point_at_unit(lab, "layer 2", 0.3))  # who reads it lights up, too
    area = canvas(lab, "photo").bounding_box()
    repainted(
        lab,
        "top",
        lambda: lab.page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2),
    )
    assert lab.page.locator(SUMS).inner_text().startswith("photograph [16, 16]")
    assert not [message for message in lab.sent if message.get("data", {}).get("method") == "update"]


def test_arrow_keys_walk_over_the_border(lab):
    run(lab, "labs.receptive_lab('VGG-16 to pool5')")
    top = canvas(lab, "top")
    top.focus()
    repainted(lab, "photo", lambda: top.press("ArrowUp"))
    for _ in range(3):
        top.press("ArrowUp")
        top.press("ArrowLeft")
    text = lab.wait_text(SUMS, lambda text: "[0, 0]" in text)
    assert text == "map of pool5 [0, 0] = 0.331168 reads rows −90 … 121, columns −90 … 121 of photograph"
    assert not lab.errors


def test_a_kernel_beyond_its_input_is_explained_and_the_picture_stays(lab):
    run(lab, "labs.receptive_lab('three 3×3')")
    good = canvas(lab, "photo").evaluate(PIXELS)
    box_of(lab, "kernel", 1).fill("77")
    text = lab.wait_text(lab.page.locator(PROBLEM).first, lambda text: "Layer 2: A kernel of 77" in text)
    assert "last good state" in text
    assert canvas(lab, "photo").evaluate(PIXELS) == good
    box_of(lab, "kernel", 1).fill("7")
    lab.wait_text(STATUS, lambda text: "receptive field of 11×11" in text)
    assert lab.page.locator(PROBLEM).first.is_hidden()


def test_a_chosen_unit_is_proved_anew(lab):
    run(lab, "labs.proofs_lab('dilation 1-2-4')")
    assert "All three agree" in lab.page.inner_text(STATUS)
    area = canvas(lab, "top").bounding_box()
    repainted(lab, "slope", lambda: lab.page.mouse.click(area["x"] + 5, area["y"] + area["height"] / 2))
    text = lab.wait_text(STATUS, lambda text: text.startswith("Unit 0 of layer 3"))
    assert "from column −7 to 7, and 8 columns" in text
    lab.page.get_by_label("each layer", exact=True).select_option("maximum (max-pool)")
    lab.wait_text(STATUS, lambda text: "They do not agree" in text)


def test_deeper_is_a_narrower_share(lab):
    run(lab, "labs.effective_lab(5)")
    repainted(lab, "ratio", lambda: lab.page.get_by_role("slider", name="layers").press("ArrowRight"))
    lab.wait_text(STATUS, lambda text: text.startswith("6 layers of 3×3: the receptive field is 13 px wide"))


def test_the_charge_arrives_with_the_window(lab):
    run(lab, "labs.wires_lab(layers=7)")
    assert "0 of 4 wires are right" in lab.page.inner_text(STATUS)
    repainted(lab, "charge", lambda: lab.page.get_by_role("slider", name="layers").press("ArrowRight"))
    lab.wait_text(STATUS, lambda text: "1 of 4 wires are right" in text)
