"""Named kernels against published values and against scipy, which shares no code with ours."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage

from convlab import ConvlabError
from convlab.arithmetic import kernels

PATCH = np.arange(1.0, 10).reshape(3, 3)
PHOTO = np.random.default_rng(0).integers(0, 256, (40, 50)).astype(float)


def correlate(kernel, photo=PHOTO):
    return ndimage.correlate(photo, kernel, mode="nearest")


def test_the_patch_of_the_notes():
    """Their Sobel-x gives 8, not 24; 24 is the transpose, -8 the flip; the matrix around 8 gives 0; box 5."""
    x, y = kernels.sobel(), kernels.sobel(angle=math.pi / 2)
    assert_array_equal(y, x.T)
    assert [(PATCH * k).sum() for k in (x, y, x[::-1, ::-1], kernels.laplacian())] == [8, 24, -8, 0]
    assert_allclose((PATCH * kernels.box()).sum(), 5)


@pytest.mark.parametrize(
    "name, oracle",
    [
        ("sobel", lambda a, axis: ndimage.sobel(a, axis, mode="nearest")),
        ("prewitt", lambda a, axis: ndimage.prewitt(a, axis, mode="nearest")),
    ],
)
def test_gradients_are_those_of_scipy(name, oracle):
    assert_allclose(correlate(kernels.preset(name)), oracle(PHOTO, 1), atol=1e-9)
    assert_allclose(correlate(kernels.preset(name, angle=math.pi / 2)), oracle(PHOTO, 0), atol=1e-9)


def test_laplacian_is_minus_that_of_scipy():
    assert_allclose(correlate(kernels.laplacian(neighbours=4)), -ndimage.laplace(PHOTO, mode="nearest"))


def test_laplacian_of_gaussian_is_minus_that_of_scipy():
    ours = correlate(kernels.laplacian_of_gaussian(25, sigma=2.5))
    assert_allclose(ours, -ndimage.gaussian_laplace(PHOTO, 2.5, mode="nearest", truncate=4.8), atol=0.02)


@pytest.mark.parametrize("size, sigma", [(3, 0.5), (7, 1), (25, 3)])
def test_gaussian_is_that_of_scipy(size, sigma):
    oracle = ndimage.gaussian_filter(PHOTO, sigma, mode="nearest", radius=size // 2)
    assert_allclose(correlate(kernels.gaussian(size, sigma)), oracle)


@pytest.mark.parametrize("size", [3, 5, 7])
def test_box_is_the_mean(size):
    assert_allclose(correlate(kernels.box(size)), ndimage.uniform_filter(PHOTO, size, mode="nearest"))


def test_published_kernels_cell_by_cell():
    assert_array_equal(kernels.scharr(), [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]])
    assert_array_equal(kernels.laplacian(), [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    assert_array_equal(kernels.sharpen(), [[0, -1, 0], [-1, 5, -1], [0, -1, 0]])
    assert_array_equal(kernels.emboss(), [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]])
    assert_array_equal(kernels.line(), [[0, 0, 0], [1, 1, 1], [0, 0, 0]])
    assert_array_equal(kernels.line_detector(), [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]])
    # OpenCV's getDerivKernels(1, 0, 5) and (1, 0, 7)
    assert_array_equal(kernels.sobel(5), np.outer([1, 4, 6, 4, 1], [-1, -2, 0, 2, 1]))
    assert_array_equal(kernels.sobel(7), np.outer([1, 6, 15, 20, 15, 6, 1], [-1, -4, -5, 0, 5, 4, 1]))


def test_sharpening_says_what_it_adds():
    assert_allclose(kernels.unsharp(5, 1.3, 0.7), 1.7 * kernels.identity(5) - 0.7 * kernels.gaussian(5, 1.3))
    for name in ("sharpen", "unsharp mask", "emboss"):
        assert_array_equal(kernels.preset(name, size=5, strength=0), kernels.identity(5))


@pytest.mark.parametrize("size", [3, 5, 7])
@pytest.mark.parametrize("name", kernels.PRESETS)
def test_every_preset_answers_a_flat_patch_as_it_should(name, size):
    """Blurs and sharpenings keep brightness, edge and stripe finders give 0; only `line` does neither."""
    kernel = kernels.preset(name, size, sigma=1.2, angle=0.4, strength=1.5)
    assert kernel.shape == (size, size)
    assert kernel.dtype == np.float64
    blurs = {"identity", "box blur", "gaussian blur", "motion blur", "sharpen", "unsharp mask", "emboss"}
    total = size if name == "line" else 1 if name in blurs else 0
    assert_allclose(kernel.sum(), total, atol=1e-9)


@pytest.mark.parametrize("name", [name for name in kernels.PRESETS if "angle" in kernels.uses(name)])
@pytest.mark.parametrize("size", [3, 5, 7])
def test_a_quarter_turn_of_the_angle_turns_the_kernel(name, size):
    """Clockwise on the screen, as `numpy.rot90(kernel, -1)` does."""
    turned = kernels.preset(name, size, angle=0.3 + math.pi / 2)
    assert_allclose(turned, np.rot90(kernels.preset(name, size, angle=0.3), -1), atol=1e-12)


def test_a_gradient_points_towards_the_light():
    y, x = np.mgrid[:9, :9]
    for angle in (0, 0.5, 2, -1.2):
        ramp = math.cos(angle) * x + math.sin(angle) * y
        for name in ("sobel", "prewitt", "scharr"):
            kernel = kernels.preset(name, 3, angle=angle)
            along = correlate(kernel, ramp)[4, 4]
            across = correlate(kernels.preset(name, 3, angle=angle + math.pi / 2), ramp)[4, 4]
            assert along > 1
            assert abs(across) < 1e-9


def test_gabor_prefers_its_own_stripes():
    _, x = np.mgrid[:31, :31]

    def answer(wavelength):
        return np.abs(correlate(kernels.gabor(15, 3, 0, 4), np.cos(2 * math.pi * x / wavelength)))[15].max()

    assert answer(4) > 3 * max(answer(2.2), answer(9))


def test_motion_blur_along_an_axis_is_a_row():
    assert_allclose(kernels.motion(5), kernels.line(5) / 5)
    assert_allclose(kernels.motion(5, math.pi / 2), kernels.line(5).T / 5, atol=1e-12)


def test_no_cell_shows_a_minus_zero_or_rounding_dust():
    for name in ("sobel", "prewitt", "scharr", "emboss"):
        for quarter in range(-4, 5):
            cells = kernels.preset(name, 5, angle=quarter * math.pi / 2)
            assert not np.signbit(cells[cells == 0]).any()
            assert_array_equal(cells[np.abs(cells) < 1e-6], 0)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: kernels.box(4), "size is 4: .* odd number from 1 to 255; the nearest is 5"),
        (lambda: kernels.sobel(1), "size is 1. The smallest legal value is 3"),
        (lambda: kernels.box(10**8), "the nearest is 255"),
        (lambda: kernels.box(3.0), "size is 3.0. It must be a whole number; the nearest is 3"),
        (lambda: kernels.box("3"), "size is '3'"),
        (lambda: kernels.box(None), "size is None"),
        (lambda: kernels.box(float("nan")), "size is nan"),
        (lambda: kernels.gaussian(3, 0), "sigma is 0. The smallest legal value is 0.05."),
        (lambda: kernels.gaussian(3, float("nan")), "sigma is nan. It must be one finite number"),
        (lambda: kernels.gabor(7, wavelength=-1), "wavelength is −1"),
        (lambda: kernels.sobel(3, float("inf")), "angle is inf"),
        (lambda: kernels.sobel(3, "left"), "angle is 'left'"),
        (lambda: kernels.sharpen(3, None), "strength is None"),
        (lambda: kernels.laplacian(3, neighbours=6), "neighbours is 6"),
        (lambda: kernels.preset("soebel"), "no kernel 'soebel'. There are: identity, box blur"),
        (lambda: kernels.preset(["sobel"]), "no kernel"),
    ],
)
def test_bad_settings_are_refused_in_a_sentence(call, words):
    with pytest.raises(ConvlabError, match=words):
        call()


numbers = st.integers() | st.floats() | st.complex_numbers()
anything = st.none() | st.booleans() | st.text(max_size=5) | numbers


@given(st.sampled_from(list(kernels.PRESETS)), anything, anything, anything, anything)
def test_any_setting_gives_a_finite_kernel_or_our_own_error(name, size, sigma, angle, strength):
    try:
        kernel = kernels.preset(name, size, sigma, angle, strength)
    except ConvlabError:
        return
    assert kernel.shape == (size, size)
    assert np.isfinite(kernel).all()
