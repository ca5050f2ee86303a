"""Notebook 03 in a real JupyterLab: maps, windows, patches, moved garments."""

from tests.browser.test_kernels import PIXELS, STATUS, SUMS, canvas, changed, point, run
from tests.drivers.jupyter import SESSION


def test_hover_on_a_map_names_its_window_and_asks_nobody(lab):
    run(lab, "labs.network_lab('Ankle boot 1', 'conv3 + ReLU', 7)")
    before = canvas(lab, "image").evaluate(PIXELS)
    box = canvas(lab, "map").bounding_box()
    cell = box["width"] / 14
    lab.page.mouse.move(box["x"] + 6.5 * cell, box["y"] + 4.5 * cell)
    text = lab.wait_text(SUMS, lambda text: "[4, 6]" in text)
    # jump 2, start −6, size 14: row 4 reads 2 … 15, column 6 reads 6 … 19
    assert text.endswith("reads rows 2 … 15, columns 6 … 19 of what the network sees")
    lab.page.wait_for_function(
        "([canvas, old]) => canvas.toDataURL() !== old", arg=[canvas(lab, "image").element_handle(), before]
    )
    assert lab.sent == []


def test_a_key_on_the_map_slider_changes_map_patches_and_text(lab):
    run(lab, "labs.network_lab('Bag 1', 'conv5 + ReLU', 20, 'patches')")
    patches = canvas(lab, "patches").evaluate(PIXELS)
    slider = lab.page.get_by_role("slider", name="map")
    changed(lab, lambda: slider.press("ArrowRight"), "map")
    drawn = [canvas(lab, "patches").element_handle(), patches]
    lab.page.wait_for_function("([canvas, old]) => canvas.toDataURL() !== old", arg=drawn)
    assert lab.page.inner_text("[data-panel=map] figcaption").startswith("map 21 of conv5 + ReLU")
    assert not lab.errors


def test_a_network_of_ones_own_answers_pointer_and_keys(lab):
    opened = 'networks.from_onnx(networks.FILES / "garments.onnx", scale=255)'
    run(lab, f"from convlab import networks\nlabs.network_lab({opened}, 'relu3', 'coffee')")
    point(lab, "map", 4, 6, 14)  # jump 2, start −6, size 14, as above
    text = lab.wait_text(SUMS, lambda text: "[4, 6]" in text)
    assert text.endswith("reads rows 2 … 15, columns 6 … 19 of what the network sees")
    before = canvas(lab, "map").evaluate(PIXELS)
    lab.page.get_by_role("slider", name="map").press("ArrowRight")
    lab.wait_text("[data-panel=map] figcaption", lambda text: text.startswith("map 1 of relu3"))
    drawn = [canvas(lab, "map").element_handle(), before]
    lab.page.wait_for_function("([canvas, old]) => canvas.toDataURL() !== old", arg=drawn)
    assert not lab.errors


def test_a_click_on_a_tile_chooses_the_map(lab):
    run(lab, "labs.network_lab('Bag 1', 'conv1 + ReLU', 2)")
    tiles = canvas(lab, "maps")
    box = tiles.bounding_box()  # six across: the third of the second row is map 8
    tiles.click(position={"x": box["width"] * 2.5 / 6, "y": box["height"] * 1.6 / 3})
    lab.wait_text("[data-panel=map] figcaption", lambda text: text.startswith("map 8 "))
    assert lab.page.get_by_role("slider", name="map").get_attribute("aria-valuenow") == "8.0"


def test_another_layer_can_be_chosen_and_its_filter_shown(lab):
    run(lab, "labs.network_lab('Bag 1', 'conv1 + ReLU', 2)")
    lab.page.get_by_label("layer", exact=True).first.select_option("conv2 + ReLU")
    lab.wait_text(STATUS, lambda text: "sees 10×10 pixels" in text)
    lab.page.get_by_label("also show", exact=True).select_option("filter")
    lab.page.wait_for_selector("[data-panel=below] canvas")
    text = lab.wait_text(SUMS, lambda text: "more)" in text and "ReLU →" in text)
    assert "bias" in text
    assert not lab.errors


def test_an_uploaded_garment_is_named_with_a_warning(lab, tmp_path):
    import numpy as np
    from PIL import Image

    from convlab import networks

    pictures, labels = networks.sample()
    path = tmp_path / "mine.png"
    Image.fromarray(np.kron(pictures[labels == 1][2], np.ones((5, 5), np.uint8))).save(path)
    run(lab, "labs.network_lab('Bag 1')")
    with lab.page.expect_file_chooser() as chooser:
        lab.page.get_by_role("button", name="your own picture").click()
    chooser.value.set_files(path)
    text = lab.wait_text(STATUS, lambda text: "ten garments only" in text)
    assert text.startswith("The network says Trouser")


def test_a_moved_garment_moves_the_peak_of_its_map(lab):
    apart = "row_0=56, col_0=0, row_1=20, col_1=20, row_2=56, col_2=56, row_3=56, col_3=28"
    run(lab, f"labs.scene_lab('Bag', {apart})")
    old = lab.page.inner_text(SUMS)
    slider = lab.page.get_by_role("slider", name="Bag col.")
    changed(lab, lambda: [slider.press("ArrowRight") for _ in range(8)], "cam")
    lab.wait_text(SUMS, lambda text: text != old)  # the chosen cell is the peak, and follows it
    assert "on the Bag" in lab.page.inner_text(STATUS)
    assert not lab.errors


def test_no_garment_of_the_class_is_said(lab):
    run(lab, "labs.scene_lab('Bag')")
    lab.page.get_by_label("look for", exact=True).first.select_option("Sandal")
    lab.wait_text(STATUS, lambda text: "There is no Sandal in the scene" in text)


LONG = """
import threading
import time
from convlab.labs.controls import ranged
from convlab.labs.lab import lab
from convlab.view.scene import Grid, Scene

@lab(k=ranged("k", 0, 9))
def long_lab(k=0):
    for _ in range(600 if k == 2 else 0):
        time.sleep(0.1)
    return Scene({"n": Grid([[k]], "n")}, says=f"{k} in {threading.current_thread().name}")

long_lab()"""


def test_a_long_drawing_can_be_stopped(lab):
    """Messages of widgets reach the kernel's main thread, the only one that its stop button reaches."""
    lab.run_code([LONG])
    handle = lab.page.get_by_role("slider", name="k")
    handle.press("ArrowRight")
    lab.wait_text(".convlab-status", lambda text: text == "1 in MainThread")
    handle.press("ArrowRight")
    lab.page.wait_for_function(f"{SESSION}.session.kernel.status === 'busy'")
    lab.command("notebook:interrupt-kernel")
    lab.wait_text(".convlab-problem:not(.convlab-asleep)", lambda text: "Stopped." in text)
    handle.press("ArrowRight")
    lab.wait_text(".convlab-status", lambda text: text == "3 in MainThread")
