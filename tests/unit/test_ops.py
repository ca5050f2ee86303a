"""The operators against published values, ONNX's cases, plain loops, scipy and, where installed, torch.

Random images and kernels hold small whole numbers, so that sums are exact in float32 too and every
comparison can ask for equality.
"""

import importlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import ndimage, signal

import convlab
from convlab import (
    ConvlabError,
    avg_pool2d,
    conv2d,
    conv_transpose2d,
    convolve2d,
    max_pool2d,
    pad,
    relu,
)
from convlab.arithmetic.ops import global_avg_pool2d

FULL = bool(os.environ.get("CONVLAB_FULL"))
ONNX = Path(__file__).parent.parent / "data" / "onnx"


def examples(few, many):
    """Take few random inputs, always the same ones; or many new ones in a full run."""
    return settings(max_examples=many if FULL else few, derandomize=not FULL, deadline=None)


def torch():
    """Return torch where it is installed; the tests that need it cannot run without, the others always do."""
    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed: scipy and plain loops are the oracles")
    return importlib.import_module("torch")


# Published values ----------------------------------------------------------------------------------


def test_the_example_of_onnx():
    x, w = np.arange(25).reshape(5, 5), np.ones((3, 3))
    padded = [[12, 21, 27, 33, 24], [33, 54, 63, 72, 51], [63, 99, 108, 117, 81]]
    padded += [[93, 144, 153, 162, 111], [72, 111, 117, 123, 84]]
    assert conv2d(x, w, padding=1).tolist() == padded
    assert conv2d(x, w).tolist() == [[54, 63, 72], [99, 108, 117], [144, 153, 162]]


def test_the_examples_of_d2l():
    # Zhang et al., Dive into Deep Learning, sections 7.2 and 7.4
    x, w = np.arange(9).reshape(3, 3), np.arange(4).reshape(2, 2)
    assert conv2d(x, w).tolist() == [[19, 25], [37, 43]]
    assert conv2d([x, x + 1], [[w, w + 1]]).tolist() == [[[56, 72], [104, 120]]]


def test_which_kernel_gives_24():
    patch, sobel_x = np.arange(1, 10).reshape(3, 3), np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    assert conv2d(patch, sobel_x) == 8 and conv2d(patch, sobel_x.T) == 24 and convolve2d(patch, sobel_x) == -8
    assert conv2d(patch, [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]) == 0
    assert conv2d(patch, np.ones((3, 3)) / 9) == pytest.approx(5)


def test_channels_add_up_and_the_bias_comes_last():
    assert conv2d([[[2]], [[3]], [[-1]]], np.ones((1, 3, 1, 1)), bias=[1]) == 5


def test_uint8_does_not_overflow():
    x = np.full((3, 3), 200, np.uint8)  # 9·200 = 1800 is 8 in eight bits
    assert conv2d(x, np.ones((3, 3), np.uint8)) == 1800
    assert avg_pool2d(x, 3) == 200


CASES = json.loads((ONNX / "onnx_cases.json").read_text())
ATTRIBUTES = {
    "strides": "stride",
    "dilations": "dilation",
    "group": "groups",
    "output_padding": "output_padding",
}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_onnx(case):
    arrays, name, attrs = np.load(ONNX / "onnx_cases.npz"), case["name"], case["attrs"]
    x, *weights = (arrays[f"{name}/in{i}"] for i in range(len(case["inputs"])))
    if case["op"] == "Pad":
        (_, _, top, left), (_, _, bottom, right) = np.split(np.array(attrs["pads"]), 2)
        sides, mode = ((top, bottom), (left, right)), attrs["mode"].replace("constant", "zeros")
        results = [pad(image, sides, mode) for image in x]
    else:
        options = {ours: tuple(np.ravel(attrs[key])) for key, ours in ATTRIBUTES.items() if key in attrs}
        top, left, bottom, right = attrs.get("pads", (0, 0, 0, 0))
        options["padding"] = ((top, bottom), (left, right))
        results = [run(case["op"], image, weights, attrs, options) for image in x]
    expected = arrays[f"{name}/out0"]
    assert np.stack(results).dtype == expected.dtype
    np.testing.assert_allclose(np.stack(results), expected, rtol=1e-5, atol=1e-5)


def run(op, image, weights, attrs, options):
    """Call our operator for one of ONNX's."""
    if op in ("Conv", "ConvTranspose"):
        options["groups"] = attrs.get("group", 1)
        return (conv2d if op == "Conv" else conv_transpose2d)(image, *weights, **options)
    options = {"stride": 1, **options, "ceil_mode": bool(attrs.get("ceil_mode"))}
    if op == "AveragePool":
        options["count_include_pad"] = bool(attrs.get("count_include_pad"))
    return {"MaxPool": max_pool2d, "AveragePool": avg_pool2d}[op](
        image, tuple(attrs["kernel_shape"]), **options
    )


# conv2d against loops that know nothing of it ------------------------------------------------------

SMALL = st.integers(1, 8)
SIDES = st.tuples(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), st.tuples(st.integers(0, 4), st.integers(0, 4))
)
PAIR = st.tuples(st.integers(1, 3), st.integers(1, 3))
MODE = st.sampled_from(["zeros", "reflect", "replicate", "circular", "symmetric"])
TYPES = [np.uint8, np.int16, np.float16, np.float32, np.float64, bool]
SEED = st.integers(0, 2**32 - 1)


def whole_numbers(seed, shape, dtype=np.float64):
    """Make a random array of small whole numbers that `dtype` can hold."""
    low = 0 if dtype in (np.uint8, bool) else -9
    return np.random.default_rng(seed).integers(low, 2 if dtype is bool else 10, shape).astype(dtype)


def reach(i, n, mode):
    """Find which pixel of a side of `n` stands at position `i`, by the meaning of each border, or None."""
    if 0 <= i < n:
        return i
    if mode == "zeros":
        return None
    if mode == "replicate":
        return 0 if i < 0 else n - 1
    if mode == "circular":
        return i + n if i < 0 else i - n
    mirror = 0 if mode == "symmetric" else 1
    return -i - 1 + mirror if i < 0 else 2 * n - 1 - i - mirror


def slow_conv(x, w, stride, sides, dilation, groups, mode):
    """Convolve from the definition, one product at a time; None where the arguments are illegal."""
    (_, height, width), (filters, depth, k_h, k_w) = x.shape, w.shape
    most = {"reflect": (height - 1, width - 1), "circular": (height, width), "symmetric": (height, width)}
    if mode in most and any(max(ends) > n for ends, n in zip(sides, most[mode], strict=True)):
        return None
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, (k_h, k_w), strict=True)]
    out = [(n + sum(p) - f) // s + 1 for n, p, f, s in zip(x.shape[1:], sides, spans, stride, strict=True)]
    if min(out) < 1:
        return None
    y = np.zeros((filters, *out))
    for m, i, j, c, u, v in np.ndindex(filters, *out, depth, k_h, k_w):
        row = reach(i * stride[0] - sides[0][0] + u * dilation[0], height, mode)
        col = reach(j * stride[1] - sides[1][0] + v * dilation[1], width, mode)
        if row is not None and col is not None:
            channel = m // (filters // groups) * depth + c
            y[m, i, j] += float(x[channel, row, col]) * float(w[m, c, u, v])
    return y


@examples(150, 4000)
@given(
    size=st.tuples(SMALL, SMALL),
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    each=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    groups=st.integers(1, 3),
    stride=PAIR,
    dilation=PAIR,
    sides=SIDES,
    mode=MODE,
    dtype=st.sampled_from(TYPES),
    seed=SEED,
)
def test_conv2d_is_the_definition(size, kernel, each, groups, stride, dilation, sides, mode, dtype, seed):
    x = whole_numbers(seed, (each[0] * groups, *size), dtype)
    w = whole_numbers(seed + 1, (each[1] * groups, each[0], *kernel))
    options = dict(stride=stride, padding=sides, dilation=dilation, groups=groups, padding_mode=mode)
    expected = slow_conv(x, w, stride, sides, dilation, groups, mode)
    if expected is None:
        with pytest.raises(ConvlabError):
            conv2d(x, w, **options)
        return
    bias = whole_numbers(seed + 2, len(w))
    y = conv2d(x, w, bias, **options)
    assert y.dtype == (np.float32 if dtype is np.float32 else np.float64)
    assert np.array_equal(y, expected + bias[:, None, None])


@examples(60, 500)
@given(
    size=st.integers(20, 70),
    channels=st.integers(1, 4),
    filters=st.integers(1, 4),
    kernel=st.integers(1, 9),
    seed=SEED,
)
def test_images_done_in_several_blocks(size, channels, filters, kernel, seed):
    assume(kernel <= size)
    x, w = (
        whole_numbers(seed, (channels, size, size)),
        whole_numbers(seed, (filters, channels, kernel, kernel)),
    )
    expected = sum(
        np.stack([signal.correlate(x[c], w[m, c], "valid", "direct") for m in range(filters)])
        for c in range(channels)
    )
    assert np.array_equal(conv2d(x, w), expected)


@examples(60, 500)
@given(
    size=st.tuples(SMALL, SMALL),
    kernel=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    stride=PAIR,
    seed=SEED,
)
def test_padding_by_name(size, kernel, stride, seed):
    x, w = whole_numbers(seed, size), whole_numbers(seed + 1, kernel)
    assert np.array_equal(conv2d(x, w, padding="full"), signal.correlate2d(x, w, "full"))
    assert np.array_equal(
        conv2d(x, w, padding="same"),
        signal.correlate2d(x, w, "full")[
            tuple(slice(k // 2, k // 2 + n) for k, n in zip(kernel, size, strict=True))
        ],
    )
    if kernel[0] <= size[0] and kernel[1] <= size[1]:
        assert np.array_equal(conv2d(x, w, padding="valid"), signal.correlate2d(x, w, "valid"))
        assert np.array_equal(convolve2d(x, w), signal.convolve2d(x, w, "valid"))
    for name in ("same", "same_lower"):
        assert conv2d(x, w, padding=name, stride=stride).shape == tuple(
            -(-n // s) for n, s in zip(size, stride, strict=True)
        )


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("zeros", "constant"),
        ("reflect", "mirror"),
        ("replicate", "nearest"),
        ("circular", "wrap"),
        ("symmetric", "reflect"),
    ],
)
@pytest.mark.parametrize("kernel", [3, 4, 5])
def test_same_is_scipy_ndimage_for_every_border(ours, theirs, kernel):
    x, w = whole_numbers(1, (9, 12)), whole_numbers(2, (kernel, kernel))
    # ndimage centres an even kernel at k//2: the extra pixel stands at the beginning
    assert np.array_equal(
        conv2d(x, w, padding="same_lower", padding_mode=ours), ndimage.correlate(x, w, mode=theirs)
    )


@examples(60, 1000)
@given(size=st.tuples(SMALL, SMALL), kernel=st.integers(1, 3), stride=st.integers(1, 3), seed=SEED)
def test_linear_and_equivariant(size, kernel, stride, seed):
    assume(kernel <= min(size))
    a, b = whole_numbers(seed, size), whole_numbers(seed + 1, size)
    w, v = whole_numbers(seed + 2, (kernel, kernel)), whole_numbers(seed + 3, (kernel, kernel))
    assert np.array_equal(
        conv2d(3 * a - b, w, stride=stride), 3 * conv2d(a, w, stride=stride) - conv2d(b, w, stride=stride)
    )
    assert np.array_equal(conv2d(a, w + v), conv2d(a, w) + conv2d(a, v))
    moved = pad(a, ((stride, 0), (0, 0)))  # one stride down: the map moves by one row
    assert np.array_equal(conv2d(moved, w, stride=stride)[1:], conv2d(a, w, stride=stride))


@examples(60, 1500)
@given(
    size=st.tuples(SMALL, SMALL),
    kernel=st.integers(1, 4),
    each=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    groups=st.integers(1, 2),
    stride=PAIR,
    dilation=PAIR,
    p=st.integers(0, 3),
    seed=SEED,
)
def test_transposed_is_the_adjoint(size, kernel, each, groups, stride, dilation, p, seed):
    spans = [d * (kernel - 1) + 1 for d in dilation]
    assume(all(span <= n + 2 * p for span, n in zip(spans, size, strict=True)))
    x = whole_numbers(seed, (each[0] * groups, *size))
    w = whole_numbers(seed + 1, (each[1] * groups, each[0], kernel, kernel))
    options = dict(stride=stride, dilation=dilation, padding=p, groups=groups)
    y = conv2d(x, w, **options)
    other = whole_numbers(seed + 2, y.shape)
    lost = tuple((n + 2 * p - span) % s for n, span, s in zip(size, spans, stride, strict=True))
    back = conv_transpose2d(other, w, output_padding=lost, **options)
    assert back.shape == x.shape
    assert (y * other).sum() == (x * back).sum()


# Pooling -------------------------------------------------------------------------------------------

POOL = {
    "size": st.tuples(SMALL, SMALL),
    "kernel": st.tuples(st.integers(1, 4), st.integers(1, 4)),
    "stride": PAIR,
    "dilation": PAIR,
    "padding": SIDES,
    "ceil_mode": st.booleans(),
    "count": st.booleans(),
    "dtype": st.sampled_from(TYPES),
    "seed": SEED,
}


def slow_axis(n, kernel, stride, dilation, ends, ceil_mode):
    """List the positions each window reads along one axis; None where that is illegal."""
    span, (before, after) = dilation * (kernel - 1) + 1, ends
    starts = [s for s in range(-before, n + after, stride) if s + span <= n + after]
    if starts and ceil_mode and starts[-1] + span < n + after and starts[-1] + stride < n:
        starts.append(starts[-1] + stride)
    reads = [[start + tap * dilation for tap in range(kernel)] for start in starts]
    return reads if reads and all(any(0 <= i < n for i in read) for read in reads) else None


def test_pools_take_the_names_of_padding():
    """As auto_pad of the ONNX operators AveragePool and MaxPool: SAME_UPPER, SAME_LOWER, VALID."""
    x = np.arange(30.0).reshape(5, 6)
    upper, lower = (((0, 1), (0, 1)), ((1, 0), (1, 0)))
    for pool, more in ((max_pool2d, {}), (avg_pool2d, {"count_include_pad": False})):
        for name, pads in (("same", upper), ("same_lower", lower), ("valid", 0)):
            named, given = (pool(x, 2, stride=1, padding=padding, **more) for padding in (name, pads))
            np.testing.assert_array_equal(named, given)
    assert max_pool2d(x, 3, stride=2, padding="same").shape == (3, 3)


@examples(150, 2500)
@given(**POOL)
def test_pooling_is_the_definition(size, kernel, stride, dilation, padding, ceil_mode, count, dtype, seed):
    x = whole_numbers(seed, (2, *size), dtype)
    axes = zip(size, kernel, stride, dilation, padding, strict=True)
    rows, cols = (slow_axis(*axis, ceil_mode) for axis in axes)
    options = dict(stride=stride, dilation=dilation, padding=padding, ceil_mode=ceil_mode)
    if rows is None or cols is None:
        for function in (max_pool2d, avg_pool2d):
            with pytest.raises(ConvlabError):
                function(x, kernel, **options)
        return
    most, mean = (np.zeros((2, len(rows), len(cols))) for _ in range(2))
    (top, bottom), (left, right) = padding
    for c, i, j in np.ndindex(most.shape):
        seen = [float(x[c, r, q]) for r in rows[i] for q in cols[j] if 0 <= r < size[0] and 0 <= q < size[1]]
        bordered = sum(
            -top <= r < size[0] + bottom and -left <= q < size[1] + right for r in rows[i] for q in cols[j]
        )
        most[c, i, j], mean[c, i, j] = max(seen), sum(seen) / (bordered if count else len(seen))
    assert np.array_equal(max_pool2d(x, kernel, **options), most)
    np.testing.assert_allclose(
        avg_pool2d(x, kernel, count_include_pad=count, **options), mean, rtol=1e-6, atol=1e-6
    )
    assert np.array_equal(max_pool2d(x[0], kernel, **options), most[0])


def test_global_average_and_relu():
    x = whole_numbers(0, (3, 4, 5))
    assert np.array_equal(global_avg_pool2d(x), avg_pool2d(x, (4, 5))[:, 0, 0])
    assert global_avg_pool2d(np.full((1, 30, 30), 200, np.uint8)).tolist() == [200]
    assert np.array_equal(relu(x), np.where(x > 0, x, 0)) and relu(np.float32([-1])).dtype == np.float32


@examples(60, 500)
@given(size=st.tuples(SMALL, SMALL), sides=SIDES, mode=MODE, dtype=st.sampled_from(TYPES), seed=SEED)
def test_pad_keeps_the_image_and_repeats_its_border(size, sides, mode, dtype, seed):
    x = whole_numbers(seed, size, dtype)
    limit = {"reflect": 1, "circular": 0, "symmetric": 0}.get(mode)
    if limit is not None and any(max(ends) > n - limit for ends, n in zip(sides, size, strict=True)):
        with pytest.raises(ConvlabError, match="largest legal padding"):
            pad(x, sides, mode)
        return
    y = pad(x, sides, mode)
    assert y.dtype == x.dtype
    for i, j in np.ndindex(y.shape):
        row, col = reach(i - sides[0][0], size[0], mode), reach(j - sides[1][0], size[1], mode)
        assert y[i, j] == (0 if row is None or col is None else x[row, col])


def test_inputs_are_left_as_they_were():
    x, w = whole_numbers(0, (3, 6, 6)), whole_numbers(1, (2, 3, 3, 3))
    for array in (x, w):
        array.setflags(write=False)
    for y in (
        conv2d(x, w, padding=1),
        conv_transpose2d(x[:2], w),
        max_pool2d(x, 1),
        avg_pool2d(x, 1),
        relu(x),
        pad(x, 0),
    ):
        assert not np.shares_memory(x, y)
    assert np.array_equal(
        conv2d(x[:, ::-2, ::-1], w[:, :, :, ::-1]), conv2d(x[:, ::-2, ::-1].copy(), w[..., ::-1].copy())
    )


def test_an_infinite_pixel_stays_where_it_is_read():
    x = np.zeros((5, 7))
    x[0, 0] = np.nan
    assert np.isnan(conv2d(x, np.ones((3, 3)))).sum() == 1


# torch, where it is installed ----------------------------------------------------------------------


@examples(60, 1000)
@given(
    size=st.tuples(st.integers(4, 12), st.integers(4, 12)),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    each=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    groups=st.integers(1, 3),
    stride=PAIR,
    dilation=PAIR,
    p=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    seed=SEED,
)
def test_torch_agrees(size, kernel, each, groups, stride, dilation, p, seed):
    functional = torch().nn.functional
    tensor = torch().from_numpy
    x = whole_numbers(seed, (each[0] * groups, *size), np.float32)
    w = whole_numbers(seed + 1, (each[1] * groups, each[0], *kernel), np.float32)
    options = dict(stride=stride, dilation=dilation, padding=p)
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    assume(all(span <= n + 2 * q for span, n, q in zip(spans, size, p, strict=True)))
    theirs = functional.conv2d(tensor(x)[None], tensor(w), groups=groups, **options)[0].numpy()
    assert np.array_equal(conv2d(x, w, groups=groups, **options), theirs)
    extra = tuple(max(s, d) - 1 for s, d in zip(stride, dilation, strict=True))
    back = dict(output_padding=extra, groups=groups, **options)
    if all(
        (n - 1) * s - 2 * q + span + e > 0
        for n, s, q, span, e in zip(theirs.shape[1:], stride, p, spans, extra, strict=True)
    ):
        expected = functional.conv_transpose2d(tensor(theirs)[None], tensor(w), **back)[0].numpy()
        assert np.array_equal(conv_transpose2d(theirs, w, **back), expected)


@examples(60, 1000)
@given(
    size=POOL["size"],
    kernel=PAIR,
    stride=PAIR,
    ceil_mode=st.booleans(),
    count=st.booleans(),
    seed=SEED,
    data=st.data(),
)
def test_torch_pools_alike(size, kernel, stride, ceil_mode, count, seed, data):
    functional = torch().nn.functional
    p = tuple(data.draw(st.integers(0, k // 2)) for k in kernel)
    assume(all(k <= n + 2 * q for k, n, q in zip(kernel, size, p, strict=True)))
    x = whole_numbers(seed, (2, *size), np.float32)
    tensor, options = torch().from_numpy(x)[None], dict(stride=stride, padding=p, ceil_mode=ceil_mode)
    assert np.array_equal(
        max_pool2d(x, kernel, **options), functional.max_pool2d(tensor, kernel, **options)[0].numpy()
    )
    options["count_include_pad"] = count
    theirs = functional.avg_pool2d(tensor, kernel, **options)[0].numpy()
    np.testing.assert_allclose(avg_pool2d(x, kernel, **options), theirs, rtol=1e-6, atol=1e-6)


def test_the_names_a_reader_reaches_for():
    names = "conv2d convolve2d conv_transpose2d max_pool2d avg_pool2d pad relu output_size"
    names += " Layer receptive_field ConvlabError"
    assert set(names.split()) <= set(vars(convlab))
