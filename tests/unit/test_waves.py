import math

import numpy as np
import pytest

from convlab import conv2d
from convlab.arithmetic import kernels
from convlab.arithmetic.waves import alias, grating, response, separate


@pytest.mark.parametrize("name", kernels.PRESETS)
@pytest.mark.parametrize("size", [3, 5, 7])
def test_the_pairs_add_up_to_the_kernel(name, size):
    kernel = kernels.preset(name, size)
    columns, rows, shares = separate(kernel)
    np.testing.assert_allclose(np.einsum("ki,kj->ij", columns, rows), kernel, atol=1e-12)
    assert math.isclose(shares.sum(), 1) and (np.diff(shares) <= 1e-12).all()
    # the energy of each part, from the parts themselves
    energies = [(np.outer(*pair) ** 2).sum() for pair in zip(columns, rows, strict=True)]
    np.testing.assert_allclose(shares, np.array(energies) / (kernel**2).sum(), atol=1e-12)


@pytest.mark.parametrize(
    ("name", "pairs"),
    [("sobel", 1), ("gaussian blur", 1), ("box blur", 1), ("laplacian, 8 neighbours", 2),
     ("laplacian, 4 neighbours", 2)],
)  # fmt: skip
def test_how_many_pairs_a_kernel_needs(name, pairs):
    kernel = kernels.preset(name)
    assert np.linalg.matrix_rank(kernel) == pairs
    assert int((separate(kernel)[2] > 1e-12).sum()) == pairs


def test_two_passes_give_the_same_picture():
    kernel = kernels.gaussian(7, 1.5)
    columns, rows, _ = separate(kernel)
    x = np.random.default_rng(0).normal(size=(20, 24))
    twice = conv2d(conv2d(x, columns[0][:, None]), rows[:1])
    np.testing.assert_allclose(twice, conv2d(x, kernel), atol=1e-12)


def test_a_kernel_of_zeros_has_no_shares():
    assert separate(np.zeros((3, 3)))[2].tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", ["sobel", "gaussian blur", "laplacian, 8 neighbours", "gabor", "emboss"])
def test_the_response_is_the_fourier_transform(name):
    kernel, n = kernels.preset(name, 7), 64
    transform = np.abs(np.fft.fft2(kernel, (n, n)))
    waves = np.array([n / k for k in range(1, n // 2)])
    np.testing.assert_allclose(response(kernel, waves), transform[0, 1 : n // 2], atol=1e-9)
    np.testing.assert_allclose(response(kernel, waves, math.pi / 2), transform[1 : n // 2, 0], atol=1e-9)


@pytest.mark.parametrize("wavelength", [4.0, 8.0, 16.0])
def test_the_response_is_what_happens_to_stripes(wavelength):
    kernel = kernels.sobel()
    y = conv2d(grating((66, 66), wavelength), kernel)  # whole waves, so that the mean square is exact
    height = math.sqrt(2 * np.mean(y**2))
    assert math.isclose(height, response(kernel, [wavelength])[0], rel_tol=1e-9)


@pytest.mark.parametrize("stride", [2, 3, 4])
@pytest.mark.parametrize("wavelength", [2.5, 3.2, 5.0, 7.0, 12.0, 40.0])
def test_what_a_stride_keeps_fits_the_alias(wavelength, stride):
    kept = grating((1, 40 * stride), wavelength)[0, ::stride]
    seen = alias(wavelength, stride)
    assert seen >= 2 * stride - 1e-9
    at = stride * np.arange(len(kept))
    np.testing.assert_allclose(kept, np.cos(2 * math.pi * at / seen), atol=1e-9)


def test_stripes_as_long_as_the_stride_look_even():
    assert alias(4, 4) == math.inf and alias(2, 4) == math.inf
