import numpy as np
import pytest
from scipy import signal

from convlab import images, labs, networks
from convlab.arithmetic import geometry, kernels
from convlab.labs.maps import BANKS, MARKS, match, nine_levels, small_layer
from tests.labs.helpers import assert_links_tell_the_truth, drive


def correlate(x, w):
    return signal.correlate2d(x, w, mode="valid")


@pytest.mark.parametrize("bank", BANKS)
def test_each_filter_of_the_bank_makes_its_own_map(bank):
    lab = labs.filter_bank_lab("text", bank, filters=5)
    for _ in drive(lab):
        state = lab.state()
        panels = lab.scene.panels
        x = np.pad(images.square(images.load(state["image"]), 60) / 255, state["padding"])
        w = panels["kernels"].array
        assert len(w) == len(panels["maps"].array) == state["filters"]
        bias = lab.scene.links[0].bias
        for kernel, b, y in zip(w, bias, panels["maps"].array, strict=True):
            expected = correlate(x, kernel)[:: state["stride"], :: state["stride"]] + b
            np.testing.assert_allclose(y, expected, atol=1e-4)
        assert f"output {panels['maps'].array.shape}" in lab.scene.says
        assert not lab.view.problem
    assert_links_tell_the_truth(lab.scene)


def test_the_learned_bank_is_the_first_layer_of_the_network():
    network, lab = (
        networks.load("fashion"),
        labs.filter_bank_lab("cat", "learned, 5×5", filters=16, padding=2),
    )
    seen = network.forward(images.square(images.load("cat"), 60))["conv1"]
    np.testing.assert_allclose(lab.scene.panels["maps"].array, seen, atol=1e-4)
    assert "416 parameters" in lab.scene.says


def test_channel_lab_every_control():
    lab = labs.channel_lab()
    for kernel in (3, 1):
        lab.controls["kernel"].value = kernel
        for filter in range(4):
            lab.controls["filter"].value = filter
            for _ in drive(lab):
                state, panels = lab.state(), lab.scene.panels
                x, w = small_layer(state["kernel"])
                each, m = 4 // state["groups"], state["filter"]
                first = m // each * each
                parts = [correlate(x[c], w[m, c]) for c in range(first, first + each)]
                np.testing.assert_allclose(panels["map"].array, sum(parts) + state["bias"])
                np.testing.assert_allclose(panels["partial"].array[first : first + each], parts)
                assert panels["readers"].array.sum() == 16 * state["kernel"] ** 2 / state["groups"]
                assert panels["filter"].labels.count("not read") == 4 - each
                assert_links_tell_the_truth(lab.scene)


def test_the_table_of_costs_counts_what_depthwise_saves():
    rows = {row[0]: row[1:] for row in labs.channel_lab().scene.tables["costs"]}
    assert rows["groups = 1"] == ["(4, 4, 3, 3)", "144", "576"]
    assert rows["groups = 4, depthwise"] == ["(4, 1, 3, 3)", "36", "144"]
    assert rows["depthwise, then 1×1"] == ["(4, 1, 3, 3) and (4, 4, 1, 1)", "52", "208"]


def test_activation_lab_every_control():
    lab = labs.activation_lab()
    for _ in drive(lab):
        state, panels = lab.state(), lab.scene.panels
        x = nine_levels(state["image"]) * state["contrast"]
        y = correlate(x, kernels.preset(state["kernel"])) + state["bias"]
        np.testing.assert_allclose(panels["response"].array, y, atol=1e-9)
        np.testing.assert_allclose(panels["active"].array, np.maximum(y, 0), atol=1e-9)
        np.testing.assert_array_equal(panels["fires"].array, panels["response"].array > state["threshold"])
        assert not lab.view.problem
        assert_links_tell_the_truth(lab.scene, lambda y: np.maximum(y, 0))


def test_match_is_the_correlation_coefficient_of_each_window():
    x, w = images.square(images.load("camera"), 80)[:20, :20] / 28, kernels.line_detector()
    alike = match(x, w)
    for i, j in ((0, 0), (7, 11), (17, 17)):
        expected = np.corrcoef(x[i : i + 3, j : j + 3].ravel(), w.ravel())[0, 1]
        assert alike[i, j] == pytest.approx(expected)
    assert not match(np.full((5, 5), 3.0), w).any()


def test_contrast_and_bias_move_the_response_and_leave_the_match():
    lab = labs.activation_lab(MARKS, "line detector")
    before = lab.scene.panels
    assert before["response"].array[1, 1] == 12 and before["response"].array.max() == 27
    assert before["match"].array[1, 1] == pytest.approx(1)
    assert before["match"].array[5, 6] == pytest.approx(0.5)
    lab.controls["contrast"].value, lab.controls["bias"].value = 2.0, 10.0
    after = lab.scene.panels
    np.testing.assert_allclose(after["response"].array, 2 * before["response"].array + 10)
    np.testing.assert_allclose(after["match"].array, before["match"].array)


def test_a_line_of_ones_answers_inside_an_even_block():
    lab = labs.activation_lab(MARKS, "line")
    assert (lab.scene.panels["response"].array[5:9, 6:8] == 27).all()
    lab.controls["kernel"].value = "line detector"
    assert (lab.scene.panels["response"].array[6:8, 6:8] == 0).all()


def test_tower_counts_as_the_published_networks_do():
    lab = labs.tower_lab()
    assert "138,357,544 parameters" in lab.scene.says and "15,470,264,320 multiply-adds" in lab.scene.says
    numbers = [row[3].replace(",", "") for row in lab.scene.tables["layers"][1:-1]]
    assert (
        sum(map(int, numbers)) == 15_237_608
    )  # with the image: CS231n's rows add up to 15.24M, not to its 24M
    lab.controls["network"].value = "AlexNet"
    assert "61,100,840 parameters" in lab.scene.says and "714,188,480 multiply-adds" in lab.scene.says


def test_tower_every_control():
    lab = labs.tower_lab()
    for _ in drive(lab):
        state, panels = lab.state(), lab.scene.panels
        layers = getattr(networks, state["network"].lower().replace("-", ""))()
        found = geometry.cost(layers, (3, state["size"], state["size"]))
        assert f"{sum(one.macs for one in found):,} multiply-adds" in lab.scene.says
        drawn = {one.name: one for one in found}
        here = panels["tower"].labels[state["layer"] + 1]
        for name, shape in list(zip(panels["tower"].labels, panels["tower"].array, strict=True))[1:]:
            assert tuple(shape) == drawn[name.replace("block", "skip")].shape
        assert f"Pointed out: {here}, " in lab.scene.says
        np.testing.assert_allclose(panels["costs"].array[1:].sum(axis=1), 100)
        assert panels["costs"].mark == state["layer"] == panels["tower"].mark - 1
        assert lab.scene.pick == ("tower", 0, 0, state["layer"] + 1)
        assert not lab.view.problem


def test_a_residual_block_is_one_box_with_the_costs_of_its_layers():
    panel = labs.tower_lab("ResNet-50").scene.panels["tower"]
    assert len(panel.labels) == 1 + 2 + 16 + 2 and panel.kinds.count("residual block") == 16
    says = labs.tower_lab("ResNet-50", layer=2).scene.says  # three convolutions, a skip, their batch norms
    weights = 64 * 64 + 9 * 64 * 64 + 2 * 64 * 256
    assert f"{weights + 2 * (64 + 64 + 256 + 256):,} parameters, {weights * 56**2:,} multiply-adds" in says


def test_a_box_or_a_bar_that_is_chosen_is_the_layer():
    lab = labs.tower_lab()
    for panel, place, layer in [("tower", 5, 4), ("costs", 7, 7), ("tower", 0, 7)]:
        lab.view.pick = {"panel": panel, "tile": 0, "row": 0, "col": place}
        assert lab.controls["layer"].value == layer == lab.scene.panels["costs"].mark


def test_an_upload_works_in_the_lab_with_marks_and_keeps_them():
    from tests.labs.test_kernels import upload

    lab = labs.activation_lab()
    upload(lab, "mine.png", (images.PHOTOS / "cat.png").read_bytes())
    np.testing.assert_array_equal(lab.scene.panels["input"].array, nine_levels("cat"))
    assert MARKS in lab.controls["image"].options
