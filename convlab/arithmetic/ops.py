"""The operators of a convolutional network, in numpy.

Images are `(H, W)` or `(C, H, W)`, kernels `(kH, kW)` or `(C_out, C_in/groups, kH, kW)`, as in PyTorch.
The image decides the precision: float32 stays float32, everything else is computed in float64.
"""

import numpy as np

from convlab.arithmetic import inputs
from convlab.arithmetic.axis import Windows, pair, sides, transposed_size
from convlab.arithmetic.geometry import group_depth
from convlab.arithmetic.inputs import IMAGE, KERNEL
from convlab.errors import ConvlabError, truth

POSITIONS = 1024  # output positions worked on at a time, and
CACHE = 2**18  # numbers copied at a time; chosen with tools/bench/ops.py


def conv2d(x, w, bias=None, *, stride=1, padding=0, dilation=1, groups=1, padding_mode="zeros"):
    """Slide a kernel over an image: at each position, multiply, add up, add the bias.

    `y[m, i, j] = bias[m] + Σ x[c, i·stride + u·dilation − padding, …] · w[m, c, u, v]`. Deep learning
    calls this convolution; in mathematics it is cross-correlation (`convolve2d` flips the kernel).

    Parameters
    ----------
    x : array (H, W) or (C, H, W)
    w : array (kH, kW), for an image (H, W), or (C_out, C_in/groups, kH, kW)
    bias : number or array (C_out,), optional
    stride, dilation : int or (vertical, horizontal)
        Pixels between positions, and between the taps of the kernel.
    padding : int, (vertical, horizontal), ((top, bottom), (left, right)) or str
        Pixels added at each side; or "valid" (none), "same" (ceil(n / stride) outputs, an odd pixel
        at the end), "same_lower" (at the beginning) or "full" (every overlap).
    groups : int
        Channel groups that do not see each other; `groups=C` filters each channel by itself.
    padding_mode : {"zeros", "reflect", "replicate", "circular", "symmetric"}

    Returns
    -------
    array (H', W') if x and w are both 2-D, else (C_out, H', W')

    Raises
    ------
    ConvlabError
        If shapes do not match, a value is out of range, the kernel does not fit, or a weight is not finite.

    Notes
    -----
    Works on a few rows at a time. Peak memory for a 3×3 kernel on a float image of 8×8 or more is at most
    12 × (input + output), and near 2 × for photographs.

    References
    ----------
    Dumoulin & Visin (2016), arXiv:1603.07285.

    Examples
    --------
    >>> conv2d([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]])
    array([[19., 25.],
           [37., 43.]])
    """
    x, w, groups, flat = inputs.operands(x, w, groups)
    depth = group_depth(groups, len(x), len(w))
    if w.shape[1] != depth:
        raise ConvlabError(
            f"w has shape {w.shape}: each kernel reads {w.shape[1]} channels. With {len(x)} input "
            f"channels in {groups} group(s), it must read {len(x)}/{groups} = {depth}."
        )
    margins, axes = inputs.layout(x.shape[1:], w.shape[2:], stride, padding, dilation)
    size = tuple(len(axis.starts) for axis in axes)
    shape = inputs.fits("The output", size if flat else (len(w), *size))
    bias = inputs.biases(bias, len(w), w.dtype)
    x = inputs.add_border(x, margins, padding_mode, w.dtype)
    rows, cols = (axis.from_zero() for axis in axes)
    y = np.zeros((len(w), *size), x.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # an infinite pixel gives inf or nan, in silence
        if groups == len(x) == len(w):
            _add_rows(x, w, rows, cols, y)
        else:
            for image, kernels, result in zip(*(np.split(a, groups) for a in (x, w, y)), strict=True):
                _multiply_patches(image, kernels, rows, cols, result)
        if bias.any():
            y += bias[:, None, None]
    return y.reshape(shape)


def convolve2d(x, w, bias=None, **options):
    """Convolve as in mathematics: `conv2d` with the kernel turned by 180°.

    Parameters, result and errors are those of `conv2d`.

    Examples
    --------
    An impulse gives back the kernel itself, not turned round.

    >>> convolve2d([[0, 0, 0], [0, 1, 0], [0, 0, 0]], [[1, 2], [3, 4]])
    array([[1., 2.],
           [3., 4.]])
    """
    w = inputs.grid("w", w, *KERNEL)
    return conv2d(x, w[..., ::-1, ::-1], bias, **options)


def pad(x, padding, mode="zeros"):
    """Add a border to an image.

    Parameters
    ----------
    x : array (H, W) or (C, H, W)
    padding : int, (vertical, horizontal) or ((top, bottom), (left, right))
        Pixels added at each side.
    mode : {"zeros", "reflect", "replicate", "circular", "symmetric"}
        "reflect" does not repeat the edge pixel, "symmetric" does.

    Returns
    -------
    array
        The larger image, of the same dtype.

    Raises
    ------
    ConvlabError
        If the padding is negative, or longer than the image side it is copied from.

    Examples
    --------
    >>> pad([[1, 2], [3, 4]], ((0, 0), (1, 2)), "replicate")
    array([[1, 1, 2, 2, 2],
           [3, 3, 4, 4, 4]])
    """
    x = inputs.grid("x", x, *IMAGE)
    return inputs.add_border(x, sides(padding), mode, x.dtype)


def conv_transpose2d(x, w, bias=None, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1):
    """Paint a kernel at each input position, times the input, and add up: `conv2d` run backwards.

    Parameters
    ----------
    x : array (H, W) or (C, H, W)
    w : array (kH, kW), for an image (H, W), or (C, C_out/groups, kH, kW)
    bias : number or array (C_out,), optional
    stride, dilation : int or (vertical, horizontal)
        Pixels between the painted kernels, and between the taps of one.
    padding : int, (vertical, horizontal) or ((top, bottom), (left, right))
        Pixels cut off each side of the result.
    output_padding : int or (vertical, horizontal)
        Rows and columns added at the end; smaller than the stride or the dilation.
    groups : int
        Channel groups that do not see each other.

    Returns
    -------
    array (H', W') if x and w are both 2-D, else (C_out, H', W')

    Raises
    ------
    ConvlabError
        As `conv2d`; also if the padding cuts everything off.

    References
    ----------
    Dumoulin & Visin (2016), arXiv:1603.07285, section 4.

    Examples
    --------
    >>> conv_transpose2d([[1, 2]], [[1, 1], [1, 1]], stride=2)
    array([[1., 1., 2., 2.],
           [1., 1., 2., 2.]])
    """
    x, w, groups, flat = inputs.operands(x, w, groups)
    if len(w) != len(x) or len(x) % groups:
        raise ConvlabError(
            f"w has shape {w.shape}, for {len(w)} channels in {groups} group(s); x has {len(x)} channels. "
            f"w must be ({len(x)}, C_out/groups, kH, kW), and groups must divide {len(x)}."
        )
    stride, dilation = pair("stride", stride, 1), pair("dilation", dilation, 1)
    extra, margins = pair("output_padding", output_padding), sides(padding)
    settings = list(zip(x.shape[1:], w.shape[2:], stride, dilation, strict=True))
    size = tuple(
        transposed_size(n, k, stride=s, padding=m, output_padding=e, dilation=d)
        for (n, k, s, d), m, e in zip(settings, margins, extra, strict=True)
    )
    filters = groups * w.shape[1]
    whole = inputs.fits("The output", (filters, *inputs.padded_size(size, margins)))
    bias = inputs.biases(bias, filters, w.dtype)
    rows, cols = (Windows(range(0, n * s, s), range(0, k * d, d)) for n, k, s, d in settings)
    y = np.zeros(whole, w.dtype)
    parts = list(zip(*(np.split(a, groups) for a in (x.astype(w.dtype, copy=False), w, y)), strict=True))
    for u, v in np.ndindex(w.shape[2:]):  # each tap paints the whole image, its pixels a stride apart
        for image, kernels, result in parts:
            with np.errstate(over="ignore", invalid="ignore"):
                result[:, rows.meets(u), cols.meets(v)] += np.tensordot(kernels[:, :, u, v].T, image, 1)
    (top, _), (left, _) = margins
    y = y[:, top : top + size[0], left : left + size[1]] + bias[:, None, None]
    return y[0] if flat else y


def max_pool2d(x, kernel, *, stride=None, padding=0, dilation=1, ceil_mode=False):
    """Keep the largest number of each window, channel by channel.

    Parameters
    ----------
    x : array (H, W) or (C, H, W)
    kernel, dilation : int or (vertical, horizontal)
        Size of the window, and distance between the pixels it reads.
    stride : int or (vertical, horizontal), optional
        Pixels between windows; as large as the kernel if not given.
    padding : int, (vertical, horizontal), ((top, bottom), (left, right)) or str
        Border that never wins; the names are those of `conv2d`.
    ceil_mode : bool
        Round sizes up: a last window may hang over the end.

    Returns
    -------
    array (H', W') or (C, H', W')

    Raises
    ------
    ConvlabError
        If a value is out of range, the kernel does not fit, or a window would read only padding.

    Examples
    --------
    >>> max_pool2d([[1, 2, 3, 4], [5, 6, 7, 8]], 2)
    array([[6., 8.]])
    """
    x, axes, *_ = inputs.pool(x, kernel, stride, padding, dilation, ceil_mode, -np.inf)
    return _slide(x, axes, np.maximum)


def avg_pool2d(x, kernel, *, stride=None, padding=0, dilation=1, ceil_mode=False, count_include_pad=True):
    """Average each window, channel by channel.

    Parameters
    ----------
    x, kernel, stride, padding, dilation, ceil_mode
        As in `max_pool2d`; the border is 0.
    count_include_pad : bool
        Whether the border counts as pixels in the average. Where a window hangs over the border
        too (`ceil_mode`), what lies beyond never counts.

    Returns
    -------
    array (H', W') or (C, H', W')

    Raises
    ------
    ConvlabError
        As `max_pool2d`.

    Examples
    --------
    >>> avg_pool2d([[1, 2, 3, 4], [5, 6, 7, 8]], 2)
    array([[3.5, 5.5]])
    """
    x, axes, inside, bordered = inputs.pool(x, kernel, stride, padding, dilation, ceil_mode, 0)
    counts = bordered if truth("count_include_pad", count_include_pad) else inside
    return _slide(x, axes, np.add) / np.outer(*counts).astype(x.dtype)


def global_avg_pool2d(x):
    """Average each channel's whole map.

    Parameters
    ----------
    x : array (C, H, W)

    Returns
    -------
    array (C,)

    Raises
    ------
    ConvlabError
        If `x` is not a map of channels.

    References
    ----------
    Lin, Chen & Yan (2013), arXiv:1312.4400.

    Examples
    --------
    >>> global_avg_pool2d([[[1, 2], [3, 4]]])
    array([2.5])
    """
    x = inputs.grid("x", x, "(C, H, W)")
    return x.mean(axis=(1, 2), dtype=inputs.precision(x))


def relu(x):
    """Replace every negative number by 0. Takes an array of any shape.

    Examples
    --------
    >>> relu([-1.5, 0, 2])
    array([0., 0., 2.])
    """
    x = inputs.grid("x", x)
    return np.maximum(x.astype(inputs.precision(x), copy=False), 0)


def _multiply_patches(x, w, rows, cols, y):
    """Fill `y`: line up the patch below each position as a column, and multiply all columns by all filters.

    A copy of every patch would be kH·kW times the image, so a few rows of positions are done at a time:
    about as much as the processor's cache holds.
    """
    span = rows.taps[-1] + 1, cols.taps[-1] + 1
    patches = np.lib.stride_tricks.sliding_window_view(x, span, axis=(1, 2))  # a view: nothing is copied yet
    patches = patches[:, :: rows.starts.step, :: cols.starts.step, :: rows.taps.step, :: cols.taps.step]
    patches = patches.transpose(0, 3, 4, 1, 2)  # channel, tap down, tap right, position down, position right
    filters, sums = w.reshape(len(w), -1), y.reshape(len(y), -1)
    height, width = y.shape[1:]
    band = max(1, min(POSITIONS, CACHE // filters.shape[1]) // width)
    room = np.empty(filters.shape[1] * min(band, height) * width, x.dtype)  # one block, used again and again
    for top in range(0, height, band):
        part = patches[..., top : top + band, :]
        columns = room[: part.size].reshape(part.shape)
        columns[...] = part
        out = sums[:, top * width : (top + band) * width]
        np.matmul(filters, columns.reshape(filters.shape[1], -1), out=out)


def _add_rows(x, w, rows, cols, y):
    """Fill `y` where each channel has its own one kernel: cheaper than patches, which would be one row high.

    Each row of the kernel slides along each row of the image, as one matrix product. What the rows of the
    kernel give is then added up, each shifted by its distance down.
    """
    strips = np.lib.stride_tricks.sliding_window_view(x, cols.taps[-1] + 1, axis=2)
    strips = strips[:, :, :: cols.starts.step, :: cols.taps.step].transpose(0, 3, 1, 2)
    channels, height, width = y.shape
    band = max(len(rows.taps), CACHE // 4 // (channels * width * (len(rows.taps) + len(cols.taps))))
    for top in range(0, height, band):
        sums = y[:, top : top + band]
        first, last = rows.starts[top], rows.starts[top + sums.shape[1] - 1]
        strip = strips[:, :, first : last + rows.taps[-1] + 1]
        products = w[:, 0] @ strip.reshape(*strip.shape[:2], -1)
        products = products.reshape(channels, len(rows.taps), -1, width)
        for u, down in enumerate(rows.taps):
            sums += products[:, u, down : down + last - first + 1 : rows.starts.step]


def _slide(x, axes, combine):
    """Combine the taps of every window, down and then across: the rest of the image moves in step."""
    for axis, windows in zip((-2, -1), axes, strict=True):
        x = np.moveaxis(x, axis, 0)
        first, *others = (x[windows.meets(tap)] for tap in range(len(windows.taps)))
        y = first.copy()
        for piece in others:
            combine(y, piece, out=y)
        x = np.ascontiguousarray(np.moveaxis(y, 0, axis))
    return x
