import math

import numpy as np
import pytest
from scipy import signal

from convlab import images, labs
from convlab.arithmetic import kernels
from convlab.labs import tradeoffs
from tests.labs.helpers import assert_links_tell_the_truth, drive


def test_separable_every_control():
    lab = labs.separable_lab()
    for _ in drive(lab):
        panels, state = lab.scene.panels, lab.state()
        kernel, k = panels["kernel"].array, len(panels["kernel"].array)
        left, sizes, right = np.linalg.svd(kernel)
        low_rank = (left[:, : state["pairs"]] * sizes[: state["pairs"]]) @ right[: state["pairs"]]
        x = images.square(tradeoffs.photo(state["image"]), tradeoffs.SPLIT).astype(float)
        np.testing.assert_allclose(panels["exact"].array, signal.correlate2d(x, kernel, "valid"), atol=1e-6)
        np.testing.assert_allclose(
            panels["output"].array, signal.correlate2d(x, low_rank, "valid"), atol=1e-6
        )
        np.testing.assert_allclose(panels["strengths"].series["singular value"], sizes, atol=1e-9)
        assert panels["strengths"].mark == state["pairs"] - 1
        assert_links_tell_the_truth(lab.scene)
        assert f"costs {k * k} products with the whole kernel, and {2 * k * state['pairs']} in passes" in (
            lab.scene.says
        )
        assert not lab.view.problem


@pytest.mark.parametrize(("kernel", "pairs"), [("sobel", "1 pair"), ("laplacian, 8 neighbours", "2 pairs")])
def test_the_lab_counts_the_pairs(kernel, pairs):
    assert f"is the sum of {pairs} of a column" in labs.separable_lab(kernel=kernel, size=3).scene.says


def test_an_edited_kernel_is_split_too():
    lab = labs.separable_lab(kernel="sobel", size=3)
    lab.view.edit = {"panel": "kernel", "texts": list("100010001"), "count": 1}
    assert lab.controls["preset"].value == "your own"
    assert "is the sum of 3 pairs" in lab.scene.says


def test_frequency_every_control():
    lab = labs.frequency_lab()
    for _ in drive(lab):
        panels, state = lab.scene.panels, lab.state()
        x, w, s = (panels["input"].array.astype(float), panels["kernel"].array, state["stride"])
        y = signal.correlate2d(x, w, mode="valid")[::s, ::s]
        np.testing.assert_allclose(panels["output"].array, y, rtol=1e-5, atol=1e-3)
        assert_links_tell_the_truth(lab.scene)
        assert not lab.view.problem


def test_the_curve_is_the_fourier_transform_and_stands_at_the_stripes():
    panel = labs.frequency_lab(kernel="gaussian blur", wavelength=6.0).scene.panels["response"]
    w = kernels.preset("gaussian blur", 5, sigma=1)
    at = 2 * math.pi * np.arange(5)
    theirs = [abs(np.sum(w.sum(0) * np.exp(1j * at / wave))) for wave in panel.array[0]]
    np.testing.assert_allclose(panel.array[1], theirs, atol=1e-9)
    assert panel.mark == 6.0


@pytest.mark.parametrize("angle", [0, 30, 90])
def test_the_stripes_of_the_output_have_the_wavelength_it_says(angle):
    """The spectrum of the output itself peaks where the sentence puts it."""
    wavelength, s = 5.0, 4
    lab = labs.frequency_lab(kernel="identity", wavelength=wavelength, angle=angle, size=3, stride=s)
    y = lab.scene.panels["output"].array
    n = 512
    power = np.abs(np.fft.fft2((y - y.mean()) * np.outer(np.hanning(len(y)), np.hanning(len(y[0]))), (n, n)))
    rows, cols = np.unravel_index(power.argmax(), power.shape)
    peak = [min(k, n - k) / n / s for k in (cols, rows)]  # cycles a pixel of the input
    for (_, seen), found in zip(tradeoffs.seen_by(wavelength, angle, s), peak, strict=True):
        assert math.isclose(1 / seen if seen < math.inf else 0, found, abs_tol=2 / n)


def test_a_blur_before_the_stride_leaves_nothing_to_invent():
    bare = (
        labs.frequency_lab(kernel="identity", wavelength=5.0, size=3, stride=4).scene.panels["output"].array
    )
    soft = (
        labs.frequency_lab(kernel="box blur", wavelength=5.0, size=5, stride=4).scene.panels["output"].array
    )
    assert bare.std() > 60 and soft.std() < 1e-3
