import re

import numpy as np
import pytest
from scipy import ndimage

from convlab import images, labs
from convlab.labs import tradeoffs
from tests.labs.helpers import assert_links_tell_the_truth, drive


def test_cost_every_control_at_its_ends_and_middle():
    lab = labs.cost_lab()
    says = {}
    for name, _ in drive(lab):
        state = {key: control.value for key, control in lab.controls.items() if key in tradeoffs.SWEEPS}
        n, k, s, p, c_in, c_out = state.values()
        out = (n + 2 * p - k) // s + 1
        macs, numbers = out * out * k * k * c_in * c_out, out * out * c_out
        assert f"= {macs:,} multiply-adds. The output holds {numbers:,} numbers" in lab.scene.says
        curve = lab.scene.panels["macs"].array
        here = curve[0].tolist().index(state[lab.controls["vary"].value])
        assert curve[1, here] == macs / 1e6
        assert lab.scene.panels["memory"].array[1, here] == 4 * numbers / 1e3
        assert set(lab.scene.panels) == {"macs", "memory"}
        says.setdefault(name, set()).add(lab.scene.says + lab.scene.panels["macs"].title)
    assert all(len(found) > 1 for found in says.values())


def test_what_is_measured_is_shown_beside_the_prediction_until_a_setting_changes(monkeypatch):
    lab = labs.cost_lab("stride", size=16, c_in=1, c_out=1)
    monkeypatch.setattr(tradeoffs, "milliseconds", lambda points: [8.0, 4.0, 2.0, 1.0])
    lab.controls["measure"].click()
    x, measured, predicted = lab.scene.panels["time"].array
    np.testing.assert_array_equal(x, [1, 2, 3, 4])
    np.testing.assert_array_equal(measured, [8, 4, 2, 1])
    positions = np.array([16, 8, 6, 4]) ** 2
    np.testing.assert_allclose(predicted, 8 * positions / 16**2)
    assert (
        "Measured: 8 ms. If time followed the count from here, stride = 2 would take 2 ms. It took 4 ms"
        in lab.scene.says
    )
    assert "off by a factor of 2.0" in lab.scene.says
    lab.controls["stride"].value = 2
    assert "time" not in lab.scene.panels and "Press “measure”" in lab.scene.says
    lab.controls["stride"].value = 1
    assert "time" in lab.scene.panels


def test_milliseconds_come_from_running_conv2d(monkeypatch):
    runs = []
    monkeypatch.setattr(
        tradeoffs.ops, "conv2d", lambda x, w, **options: runs.append((x.shape, w.shape, options))
    )
    point = {"size": 16, "kernel": 3, "stride": 2, "padding": 1, "c_in": 4, "c_out": 8}
    found = tradeoffs.milliseconds([point, {**point, "stride": 1}], budget=1e-9)
    assert runs == [((4, 16, 16), (8, 4, 3, 3), {"stride": s, "padding": 1}) for s in (2, 1)]
    assert len(found) == 2 and all(0 < ms < float("inf") for ms in found)


def test_the_stored_output_holds_no_measurement():
    first, second = (labs.cost_lab()._repr_mimebundle_()[0] for _ in range(2))
    assert first["text/plain"] == second["text/plain"] and first["image/png"] == second["image/png"]


def test_tradeoff_every_control_at_its_ends_and_middle():
    lab = labs.tradeoff_lab("camera", 2, 1.0, 1)
    says = {}
    for name, _ in drive(lab):
        state = {key: control.value for key, control in lab.controls.items()}
        x = images.load(state["image"]).astype(float)
        if len(x) > 136:  # drawn at half its size
            x = (sum(x[i::2, j::2] for i in (0, 1) for j in (0, 1)) / 4).round()
        weights, s = lab.scene.panels["kernel"].array, state["stride"]
        cut = len(weights) // 2
        blurred = ndimage.correlate(x, weights)
        blurred = blurred[cut : len(x) - cut]
        wide = x.shape[1] - 8 - cut
        expected = [blurred[::s, start + cut : start + wide : s] for start in (0, state["shift"])]
        for panel, y in zip(("output", "shifted"), expected, strict=True):
            np.testing.assert_allclose(lab.scene.panels[panel].array, y, atol=1e-3)
        assert_links_tell_the_truth(lab.scene)
        says.setdefault(name, set()).add(lab.scene.says)
    assert all(len(found) > 1 for found in says.values())


@pytest.mark.parametrize("blur", [0.0, 1.5])
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
def test_shifts_by_multiples_of_the_stride_come_out_as_shifts(stride, blur):
    lab = labs.tradeoff_lab("brick", stride, blur, 0)
    for shift in range(9):
        lab.controls["shift"].value = shift
        difference = lab.scene.panels["difference"].array
        assert ("interpolated" in lab.scene.says) == (shift % stride > 0)
        if shift % stride:
            assert blur or np.abs(difference).max() > 20
        else:
            assert np.abs(difference).max() < 1e-3 and "explain: 0.0% of" in lab.scene.says


def sine_lab(monkeypatch, period, stride, shift, blur=0.0):
    """The lab on upright stripes: one sine wave, which has no finer detail."""
    wave = 127.5 + 100 * np.sin(2 * np.pi * np.arange(136) / period)
    monkeypatch.setattr(tradeoffs, "photo", lambda name: np.tile(wave, (40, 1)))
    return labs.tradeoff_lab("brick", stride, blur, shift)


def error_of(lab):
    return float(re.search(r"explain: ([\d.]+)% of", lab.scene.says)[1])


@pytest.mark.parametrize("shift", range(9))
def test_a_shift_by_part_of_a_cell_is_no_error_where_the_cells_hold_the_picture(monkeypatch, shift):
    """Stripes of four cells and more move as they should, whatever the part of a cell."""
    assert error_of(sine_lab(monkeypatch, 16, 4, shift)) < 1
    assert error_of(sine_lab(monkeypatch, 9, 2, shift)) < 1


def test_stripes_finer_than_two_cells_come_back_as_coarse_ones_and_do_not_follow(monkeypatch):
    """A period of 5 at a stride of 4 comes back as stripes of 5 cells, which run backwards."""
    lab = sine_lab(monkeypatch, 5, 4, 1)
    row = lab.scene.panels["output"].array[0]
    np.testing.assert_allclose(row[5:], row[:-5], atol=1e-3)
    assert error_of(lab) > 50
    assert np.ptp(sine_lab(monkeypatch, 5, 4, 1, blur=2.0).scene.panels["output"].array) < 15


def test_the_error_is_what_the_interpolated_shift_leaves_over_the_contrast():
    """Against a spline: another interpolation, not ours."""
    for blur, near in ((0.0, 1.5), (2.0, 1.0), (2.5, 1.2)):
        lab = labs.tradeoff_lab("brick", 4, blur, 3)
        first, second = (lab.scene.panels[name].array for name in ("output", "shifted"))
        moved = ndimage.shift(first, (0, -3 / 4), order=3, mode="mirror")
        rest = (second - moved)[:, 3:-4]
        assert error_of(lab) == pytest.approx(100 * np.sqrt(np.mean(rest**2)) / first.std(), abs=near)


def test_blur_before_the_stride_makes_the_error_smaller():
    lab = labs.tradeoff_lab("brick", 4, 0.0, 1)
    bare = (
        np.sqrt(np.mean(lab.scene.panels["difference"].array ** 2)) / lab.scene.panels["output"].array.std()
    )
    lab.controls["blur"].value = 2.0
    blurred = (
        np.sqrt(np.mean(lab.scene.panels["difference"].array ** 2)) / lab.scene.panels["output"].array.std()
    )
    assert blurred < 0.3 * bare
    assert f"{blurred:.1%} of the contrast, {bare:.1%} without the blur." in lab.scene.says


@pytest.mark.parametrize("shape, problem", [((6, 16), "does not fit"), ((20, 21), "shifted copy takes 8")])
def test_an_upload_too_small_is_a_sentence(monkeypatch, shape, problem):
    monkeypatch.setattr(tradeoffs, "photo", lambda name: np.zeros(shape, np.uint8))
    lab = labs.tradeoff_lab("brick", 1, 0.0, 0)
    good = lab.scene
    lab.controls["blur"].value = 2.5
    assert re.search(problem, lab.view.problem) and lab.scene is good
