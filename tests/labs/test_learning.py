import numpy as np

from convlab import labs
from convlab.arithmetic.learning import STEPS
from convlab.labs.kernels import descent
from tests.labs.helpers import drive


def test_every_control_shows_that_step_of_the_descent():
    lab = labs.learning_lab()
    for _ in drive(lab):
        state = lab.state()
        hidden, weights, losses = descent(state["kernel"], state["data"], state["rate"])
        now = min(state["step"], len(losses) - 1)
        np.testing.assert_array_equal(lab.scene.panels["learned"].array, weights[now])
        assert lab.scene.panels["loss"].mark == now
        assert not lab.view.problem


def test_a_small_rate_finds_the_kernel():
    hidden, weights, losses = descent("sobel", "noise", 0.1)
    np.testing.assert_allclose(weights[-1], hidden, atol=1e-3)
    assert np.all(np.diff(losses) < 0)


def test_each_step_goes_down_the_numerical_slope_of_the_loss():
    _, weights, losses = descent("scharr", "photograph", 0.02)
    step = 1e-6
    x, y = _data("scharr")
    slope = np.zeros((3, 3))
    for place in np.ndindex(3, 3):
        moved = weights[0].copy()
        moved[place] += step
        slope[place] = (_loss(x, y, moved) - _loss(x, y, weights[0])) / step
    np.testing.assert_allclose(weights[1] - weights[0], -0.02 * slope, rtol=1e-4, atol=1e-6)


def test_a_large_rate_diverges_and_the_lab_says_so():
    _, weights, losses = descent("sobel", "noise", 1.5)
    assert losses[-1] > 1e6 * losses[0] and len(losses) < STEPS
    lab = labs.learning_lab(rate=1.5, step=STEPS)
    assert "the loss grows" in lab.scene.says and "Try a smaller rate" in lab.scene.says
    lab.controls["rate"].value = 0.1
    assert "the loss grows" not in lab.scene.says


def _data(kernel):
    from scipy import signal

    from convlab import images
    from convlab.arithmetic import kernels

    x = images.load("camera")[60:92, 100:132].astype(float)
    x = (x - x.mean()) / x.std()
    return x, signal.correlate2d(x, kernels.preset(kernel), mode="valid")


def _loss(x, y, w):
    from scipy import signal

    return np.mean((signal.correlate2d(x, w, mode="valid") - y) ** 2)
