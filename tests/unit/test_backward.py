"""Gradients and the matrix of a convolution, against plain loops that share no code, and against torch."""
import itertools

import numpy as np
import pytest

from convlab import ConvlabError, conv2d, conv_transpose2d
from convlab.arithmetic.backward import conv_matrix, input_gradient, weight_gradient

CASES = 200


def _draw(random):
    """A random layer that fits: shapes and settings, heights and widths apart."""
    groups = int(random.choice([1, 1, 2, 3]))
    c_in, c_out = groups * int(random.integers(1, 3)), groups * int(random.integers(1, 3))
    kernel, stride, dilation, padding = (
        tuple(int(v) for v in random.integers(low, high, 2))
        for low, high in ((1, 4), (1, 4), (1, 3), (0, 3))
    )
    size = tuple(
        int(random.integers(max(1, d * (k - 1) + 1 - 2 * p), 9))
        for k, d, p in zip(kernel, dilation, padding, strict=True)
    )
    x = random.normal(size=(c_in, *size))
    w = random.normal(size=(c_out, c_in // groups, *kernel))
    return x, w, {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}


def _reads(x, w, stride, padding, dilation, groups):
    """Every (output, pixel, weight) that meet, by plain counting."""
    (filters, each, height, width), (_, rows, cols) = w.shape, x.shape
    out = [
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, p, d, k, s in zip((rows, cols), padding, dilation, (height, width), stride, strict=True)
    ]
    for m, i, j, c, u, v in itertools.product(*map(range, (filters, *out, each, height, width))):
        r = i * stride[0] + u * dilation[0] - padding[0]
        q = j * stride[1] + v * dilation[1] - padding[1]
        if 0 <= r < rows and 0 <= q < cols:
            yield (m, i, j), (m // (filters // groups) * each + c, r, q), (m, c, u, v)


@pytest.mark.parametrize("seed", range(CASES))
def test_both_gradients_are_what_the_plain_loops_give(seed):
    random = np.random.default_rng(seed)
    x, w, options = _draw(random)
    error = random.normal(size=conv2d(x, w, **options).shape)
    to_input, to_weights = np.zeros(x.shape), np.zeros(w.shape)
    for output, pixel, weight in _reads(x, w, **options):
        to_input[pixel] += error[output] * w[weight]
        to_weights[weight] += error[output] * x[pixel]
    np.testing.assert_allclose(input_gradient(error, w, x.shape[1:], **options), to_input, atol=1e-9)
    np.testing.assert_allclose(weight_gradient(error, x, w.shape[2:], **options), to_weights, atol=1e-9)


@pytest.mark.parametrize("seed", range(CASES))
def test_the_matrix_does_what_the_convolution_does(seed):
    random = np.random.default_rng(seed)
    x, w, options = _draw(random)
    options.pop("groups")
    matrix = conv_matrix(w[0, 0], x.shape[1:], **options)
    y = conv2d(x[0], w[0, 0], **options)
    np.testing.assert_allclose(matrix @ x[0].ravel(), y.ravel(), atol=1e-9)
    np.testing.assert_allclose(
        (matrix.T @ y.ravel()).reshape(x.shape[1:]),
        input_gradient(y, w[0, 0], x.shape[1:], **options),
        atol=1e-9,
    )


def test_a_3x3_kernel_from_6x6_to_4x4():
    matrix = conv_matrix(np.arange(1, 10).reshape(3, 3), (6, 6))
    assert matrix.shape == (16, 36) and matrix.size == 576
    assert (np.count_nonzero(matrix, axis=1) == 9).all()
    assert set(np.unique(matrix)) == set(range(10))


@pytest.mark.parametrize("seed", range(CASES))
def test_the_transposed_convolution_paints_windows(seed):
    """`conv_transpose2d` with groups, dilation and output padding, against plain painting."""
    random = np.random.default_rng(seed)
    groups = int(random.choice([1, 2]))
    each_in, each_out = (int(n) for n in random.integers(1, 3, 2))
    kernel, stride, dilation = ([int(v) for v in random.integers(1, 4, 2)] for _ in range(3))
    extra = [int(random.integers(0, max(s, d))) for s, d in zip(stride, dilation, strict=True)]
    x = random.normal(size=(groups * each_in, *random.integers(1, 5, 2)))
    w = random.normal(size=(groups * each_in, each_out, *kernel))
    full = [
        (n - 1) * s + d * (k - 1) + e + 1
        for n, s, d, k, e in zip(x.shape[1:], stride, dilation, kernel, extra, strict=True)
    ]
    cut = [int(random.integers(0, (n - 1) // 2 + 1)) for n in full]
    y = np.zeros((groups * each_out, *full))
    for c, i, j in np.ndindex(x.shape):
        for o, u, v in np.ndindex(w.shape[1:]):
            row, col = i * stride[0] + u * dilation[0], j * stride[1] + v * dilation[1]
            y[c // each_in * each_out + o, row, col] += x[c, i, j] * w[c, o, u, v]
    y = y[:, cut[0] : full[0] - cut[0], cut[1] : full[1] - cut[1]]
    options = {"stride": tuple(stride), "dilation": tuple(dilation), "groups": groups}
    found = conv_transpose2d(x, w, padding=tuple(cut), output_padding=tuple(extra), **options)
    np.testing.assert_allclose(found, y, atol=1e-9)


def test_what_does_not_belong_together_is_named():
    with pytest.raises(ConvlabError, match=r"The error has \(2, 2\) cells; this layer's output has \(3, 3\)"):
        input_gradient(np.ones((2, 2)), np.ones((3, 3)), (5, 5))
    with pytest.raises(ConvlabError, match=r"The error has \(2, 2\) cells"):
        weight_gradient(np.ones((2, 2)), np.ones((5, 5)), (3, 3))
    with pytest.raises(ConvlabError, match="does not fit"):
        conv_matrix(np.ones((7, 7)), (5, 5))
    with pytest.raises(ConvlabError, match=r"groups is 0\. The smallest legal value is 1\."):
        weight_gradient(np.ones((2, 2)), np.ones((4, 4)), (3, 3), groups=0)


def test_torch_agrees():
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(0)
    for _ in range(CASES):
        x, w, options = _draw(random)
        theirs = [torch.tensor(a, requires_grad=True) for a in (x, w)]
        y = torch.nn.functional.conv2d(theirs[0][None], theirs[1], **options)[0]
        error = random.normal(size=tuple(y.shape))
        y.backward(torch.tensor(error))
        np.testing.assert_allclose(input_gradient(error, w, x.shape[1:], **options), theirs[0].grad)
        np.testing.assert_allclose(weight_gradient(error, x, w.shape[2:], **options), theirs[1].grad)
        most = [max(pair) for pair in zip(options["stride"], options["dilation"], strict=True)]
        options |= {"padding": 0, "output_padding": tuple(int(v) for v in random.integers(0, most))}
        back = torch.nn.functional.conv_transpose2d(torch.tensor(error)[None], torch.tensor(w), **options)[0]
        np.testing.assert_allclose(conv_transpose2d(error, w, **options), back, atol=1e-12)
