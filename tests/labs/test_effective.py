import numpy as np
import pytest

from convlab import labs, networks
from convlab.arithmetic.geometry import Layer, cost, window_below
from convlab.labs.effective import WEIGHTS
from convlab.networks import CONVS as LAYERS
from convlab.networks import wires
from tests.labs.helpers import drive


@pytest.mark.parametrize("weights", WEIGHTS)
def test_effective_lab_every_control(weights):
    lab = labs.effective_lab(weights=weights)
    shown = {}
    for name, _ in drive(lab):
        assert not lab.view.problem
        share = lab.scene.panels["map"].array.astype(float)  # float32, but for equal weights
        share = share / share.sum()
        _, across, bell = lab.scene.panels["across"].array
        np.testing.assert_allclose(across, share.sum(axis=0), rtol=1e-6, atol=1e-9)
        sigma = lab.scene.panels["box"].array.item() / 4
        assert sigma == pytest.approx(
            (networks.spread(across) + networks.spread(share.sum(axis=1))) / 2, rel=1e-6
        )
        np.testing.assert_allclose(bell, networks.bell(len(share), sigma))
        shown.setdefault(name, set()).add(lab.scene.says)
    for name in ("layer",) if weights in WEIGHTS[2:] else ("depth", "kernel"):
        assert len(shown[name]) > 1, f"{name} changes nothing"


def test_equal_weights_give_the_published_numbers():
    lab = labs.effective_lab()
    for n, sigma, ratio in [(5, 1.826, 0.66), (10, 2.582, 0.49), (20, 3.651, 0.36), (40, 5.164, 0.26)]:
        lab.controls["depth"].value = n
        assert f"σ is {sigma:.4g} px" in lab.scene.says
        depths, measured, limit = lab.scene.panels["ratio"].array
        assert depths[n - 1] == lab.scene.panels["ratio"].mark == n
        assert measured[n - 1] == pytest.approx(ratio, abs=5e-3)
        assert limit[n - 1] * np.sqrt(n) == pytest.approx(limit[0])
        assert measured[n - 1] < limit[n - 1]
    assert measured[-1] == pytest.approx(limit[-1], rel=0.02)


def test_one_layer_is_a_box_and_two_a_triangle():
    np.testing.assert_allclose(labs.effective_lab(1).scene.panels["across"].array[1] * 3, [1, 1, 1])
    np.testing.assert_allclose(labs.effective_lab(2).scene.panels["across"].array[1] * 9, [1, 2, 3, 2, 1])


def test_marked_square_is_four_sigma_wide():
    scene = labs.effective_lab(20).scene
    rows, cols = scene.windows_of(scene.first_pick())["map"]
    assert rows == cols == list(range(13, 28))  # 41 px, centre 20, 2σ = 7.3
    share = scene.panels["map"].array
    inside = share[13:28, 13:28].sum() / share.sum()
    assert f"holds {inside:.0%} of what counts" in scene.says


def test_controls_that_do_nothing_are_switched_off():
    lab = labs.effective_lab()
    assert lab.controls["layer"].disabled
    lab.controls["weights"].value = "the trained net"
    assert lab.controls["depth"].disabled and lab.controls["kernel"].disabled
    assert not lab.controls["layer"].disabled


def test_training_did_not_widen_what_counts():
    for layer in LAYERS:
        trained, random = (
            networks.spread(networks.net_map(layer, kind).sum(axis=0))
            + networks.spread(networks.net_map(layer, kind).sum(axis=1))
            for kind in (True, False)
        )
        assert trained < random


def test_map_of_the_net_fills_its_field_and_no_more():
    for layer, size in zip(LAYERS, (5, 10, 14, 24, 32), strict=True):
        assert networks.net_map(layer).shape == (size, size)


@pytest.mark.parametrize("stage", ["pool1", "pool2", "pool5"])
def test_rivals_lab_counts_what_geometry_counts(stage):
    lab = labs.rivals_lab("pool2")
    lab.controls["stage"].value = stage
    for column, make in enumerate((networks.vgg16, networks.alexnet), start=1):
        layers = make()
        layers = layers[: 1 + [layer.name for layer in layers].index(stage)]
        found = {row[0]: row[column] for row in lab.scene.tables["comparison"][1:]}
        costs = cost(layers, (3, 224, 224))
        assert found["weights and biases"] == f"{sum(one.parameters for one in costs):,}"
        assert found["multiply-adds"] == f"{sum(one.macs for one in costs):,}"
        assert found["receptive field (px)"] == str(len(networks.profile(layers)))
        panel = lab.scene.panels[lab.scene.tables["comparison"][0][column]]
        top, bottom, left, right = panel.inset
        assert panel.array.shape[0] - top - bottom == len(networks.profile(layers))
        assert panel.array.shape[1] - left - right == len(networks.profile(layers))


def test_larger_field_smaller_effect():
    says = labs.rivals_lab("pool5").scene.says
    assert "212 px and σ 27.6 px" in says
    assert "195 px and σ 29.6 px" in says


def test_growth_curve_is_the_published_one():
    _, vgg, alex = labs.rivals_lab().scene.panels["growth"].array
    assert vgg.tolist() == [1, 3, 5, 6, 10, 14, 16, 24, 32, 40, 44, 60, 76, 92, 100, 132, 164, 196, 212]
    assert alex[:9].tolist() == [1, 11, 19, 51, 67, 99, 131, 163, 195]


def test_wires_lab_every_control():
    lab = labs.wires_lab()
    shown = {}
    for name, _ in drive(lab):
        assert not lab.view.problem
        layers, kernel, dilation, picture = (
            lab.controls[key].value for key in ("layers", "kernel", "dilation", "picture")
        )
        charge = lab.scene.panels["charge"].array
        np.testing.assert_array_equal(charge, wires.carry(kernel, dilation)[layers, picture])
        stack = [Layer(kernel, padding=dilation * (kernel - 1) // 2, dilation=dilation)] * layers
        _, _, row, col = lab.scene.pick
        assert lab.scene.windows_of(lab.scene.pick)["plugs"] == tuple(
            window_below(stack, unit) for unit in (row, col)
        )
        shown.setdefault(name, set()).add(charge.tobytes())
    assert all(len(shown[name]) > 1 for name in ("layers", "kernel", "picture"))


def test_no_window_no_answer_and_every_answer_right():
    _, _, ends, truth = wires.pictures()
    each = np.arange(wires.PICTURES)[:, None]
    for layers, charges in enumerate(wires.carry(3, 1)):
        answers = charges[each, ends[..., 0], ends[..., 1]]
        np.testing.assert_array_equal(answers != 0, ends[..., 1] <= layers)
        np.testing.assert_array_equal(answers[answers != 0], truth[answers != 0])


def test_a_plug_outside_the_window_changes_nothing(monkeypatch):
    parts = wires.pictures()
    before = wires.carry(3, 1)[10]
    turned = (parts[0], -parts[1], *parts[2:])
    monkeypatch.setattr(wires, "pictures", lambda: turned)
    after = wires.carry.__wrapped__(3, 1)[10]
    np.testing.assert_array_equal(before[:, :, 11:], after[:, :, 11:])
    assert np.any(before[:, :, :11] != after[:, :, :11])


def test_score_tells_small_from_large_and_shows_the_holes():
    score = {key: wires.scores(*key) for key in [(3, 1), (3, 2), (7, 1)]}
    assert score[3, 1][5] == 0.5
    assert score[3, 1][30] == 1.0
    assert score[3, 2][30] < 0.55  # wide enough on paper; the charge is lost in the holes
    assert 0.95 < score[7, 1][10] < 1.0  # a wide window may jump to the next wire
