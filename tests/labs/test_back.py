"""The way back up: stamps, the checkerboard, slopes and skips."""

import math

import numpy as np
import pytest
from scipy import signal

from convlab import labs
from convlab.labs import back
from tests.labs.helpers import assert_links_tell_the_truth, drive, point


def _stamped(x, w, stride, padding, dilation, output_padding):
    n, k = len(x), len(w)
    full = np.zeros(((n - 1) * stride + dilation * (k - 1) + output_padding + 1,) * 2)
    for (i, j), number in np.ndenumerate(x):
        for (u, v), weight in np.ndenumerate(w):
            full[i * stride + u * dilation, j * stride + v * dilation] += number * weight
    return full[padding : len(full) - padding, padding : len(full) - padding]


def test_transposed_every_control():
    lab, seen = labs.transposed_lab(weights="1, 2, 3, …"), set()
    for _ in drive(lab):
        state, panels = lab.state(), lab.scene.panels
        if lab.view.problem:
            assert "cuts all of it off" in lab.view.problem
            continue
        options = [state[name] for name in ("stride", "padding", "dilation", "output_padding")]
        y = _stamped(panels["input"].array, panels["kernel"].array, *options)
        np.testing.assert_allclose(panels["output"].array, y)
        ones = [np.ones(panels[name].array.shape) for name in ("input", "kernel")]
        np.testing.assert_array_equal(panels["counts"].array, _stamped(*ones, *options))
        assert f"the output is {len(y)}×{len(y)}." in lab.scene.says
        assert_links_tell_the_truth(lab.scene)
        seen.add(y.tobytes())
    assert len(seen) >= 12


def test_stamps_come_one_by_one():
    lab = labs.transposed_lab()
    lab.controls["stamps"].value = 2
    assert lab.scene.panels["input"].array.tolist() == [[1, 2, 0], [0, 0, 0], [0, 0, 0]]
    assert lab.scene.pick == ("input", 0, 0, 1) and "after 2 stamps" in lab.scene.panels["output"].title


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5, 6])
def test_the_floor_is_even_exactly_where_the_stride_divides_the_kernel(stride, kernel):
    ripples = back.ripples(kernel, stride)
    assert (ripples[0] < 1e-12) == (kernel % stride == 0) and ripples[1] < 1e-12
    says = labs.checkerboard_lab(kernel=kernel, stride=stride).scene.says
    assert f"{'is' if kernel % stride == 0 else 'is not'} divisible by" in says
    assert f"ripples by {ripples[0]:.0%} of" in says


def test_checkerboard_every_control():
    lab = labs.checkerboard_lab()
    for _ in drive(lab):
        state, panels = lab.state(), lab.scene.panels
        x, k, s = panels["input"].array, state["kernel"], state["stride"]
        np.testing.assert_allclose(
            panels["stamped"].array, _stamped(x, np.full((k, k), (s / k) ** 2), s, 0, 1, 0), atol=1e-9
        )
        large = np.kron(x, np.ones((s, s)))
        theirs = signal.correlate2d(large, np.full((k, k), 1 / k**2), mode="valid")
        np.testing.assert_allclose(panels["resized"].array, theirs, atol=1e-9)
        assert not lab.view.problem


def test_every_slope_is_what_a_poke_finds():
    lab = labs.gradient_lab()
    for _ in drive(lab):
        panels = lab.scene.panels
        assert_links_tell_the_truth(lab.scene)
        for name in ("to_input", "to_weights"):
            cells = panels[name].array.shape
            for cell in [(0, 0), (1, 2), (cells[0] - 1, cells[1] - 1)]:
                point(lab, name, *cell)
                said = lab.scene.says.split("· ")[1].split(";")[0].replace("−", "-")
                slope = lab.scene.panels[name].array[cell]
                assert math.isclose(float(said), slope, rel_tol=1e-3, abs_tol=1e-6)
                x, w = panels["input"].array.copy(), panels["kernel"].array.copy()
                found = []
                for step in (0.5, -0.5):  # the loss is a parabola: a large poke is exact too
                    a, b = x.copy(), w.copy()
                    (b if name == "to_weights" else a)[cell] += step
                    found.append(_loss(a, b, lab.state()))
                assert math.isclose(found[0] - found[1], slope, abs_tol=1e-6)


def _loss(x, w, state):
    wanted = back.KERNELS[state["wanted"]]
    s, p = state["stride"], state["padding"]
    x, true = np.pad(x, p), np.pad(back._X, p)
    y, target = (signal.correlate2d(*pair, mode="valid")[::s, ::s] for pair in ((x, w), (true, wanted)))
    return ((y - target) ** 2).sum() / 2


def test_one_step_goes_down():
    lab = labs.gradient_lab(rate=0.005)
    before, after = (
        float(lab.scene.says.split(word)[1].split()[0].rstrip(".")) for word in ("loss is ", "loss to ")
    )
    assert after < before


def test_skip_every_control_against_random_draws():
    random = np.random.default_rng(1)
    share, gain, depth, channels, n = 0.5, 0.8, 6, 16, 31
    total = np.zeros(n)
    for _ in range(60):
        slope = np.zeros((channels, n))
        slope[0, n // 2] = 1
        for _ in range(depth):
            w = random.normal(0, gain * math.sqrt(2 / (3 * channels)), (channels, channels, 3))
            awake = slope * (random.random((channels, n)) < 0.5)
            through = sum(
                np.stack([np.convolve(awake[m], w[m, c], mode="same") for c in range(channels)])
                for m in range(channels)
            )
            slope = share * slope + through
        total += (slope**2).sum(0) / 60
    exact = back.backwards(share, gain)[depth]
    middle = len(exact) // 2
    assert math.isclose(total.sum(), exact.sum(), rel_tol=0.2)
    theirs = math.sqrt(total @ (np.arange(n) - n // 2) ** 2 / total.sum())
    assert math.isclose(theirs, back.spread(exact), rel_tol=0.1)
    assert exact[middle - depth - 1] == 0 and exact[middle - depth] > 0


def test_skip_every_control():
    lab, says = labs.skip_lab(), set()
    for _ in drive(lab):
        state = lab.state()
        size = math.sqrt((state["share"] ** 2 + state["gain"] ** 2) ** state["depth"])
        np.testing.assert_allclose(lab.scene.panels["sizes"].array[3][state["depth"]], size, rtol=1e-9)
        # a step to a neighbour, left or right, is taken in gain² of share² + gain²: a random walk
        through = 2 / 3 * state["gain"] ** 2 / (state["share"] ** 2 + state["gain"] ** 2)
        width = 4 * math.sqrt(state["depth"] * through)
        np.testing.assert_allclose(lab.scene.panels["widths"].array[3][state["depth"]], width, rtol=1e-9)
        assert lab.scene.panels["widths"].array[4][state["depth"]] == 2 * state["depth"] + 1
        assert f"receptive field is {2 * state['depth'] + 1} wide" in lab.scene.says
        says.add(lab.scene.says)
    assert len(says) >= 7


def test_a_skip_keeps_the_gradient_and_narrows_what_counts():
    plain, residual = (back.backwards(share, 0.7)[40] for share in (0.0, 1.0))
    assert plain.sum() < 1e-12 and residual.sum() > 1
    assert back.spread(residual) < back.spread(plain)
