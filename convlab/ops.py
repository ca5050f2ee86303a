"""The operators of a convolutional network, in numpy.

Images are `(H, W)` or `(C, H, W)`, kernels `(kH, kW)` or `(C_out, C_in/groups, kH, kW)`, as in PyTorch.
The image decides the precision: float32 stays float32, everything else is computed in float64.
"""

import numpy as np

from .arguments import border, finite, fits, grid, named_sides, out_sizes, pair, precision, sides
from .errors import ConvlabError, shown, whole
from .geometry import windows

IMAGE = ("(H, W)", "(C, H, W)")


def conv2d_loops(x, w, bias=None, *, stride=1, padding=0, dilation=1, groups=1, padding_mode="zeros"):
    """Convolve with plain loops: the definition, to be read. Same arguments and result as `conv2d`.

    Examples
    --------
    >>> conv2d_loops([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]])
    array([[19., 25.],
           [37., 43.]])
    """
    x, w, bias, rows, cols, shape = _prepare(x, w, bias, stride, padding, dilation, groups, padding_mode)
    filters, channels = w.shape[:2]
    y = np.zeros((filters, len(rows.starts), len(cols.starts)), x.dtype)
    for m in range(filters):
        first = m // (filters // groups) * channels  # the first channel of this filter's group
        for i, top in enumerate(rows.starts):
            for j, left in enumerate(cols.starts):
                total = bias[m]
                for c in range(channels):
                    for u, down in enumerate(rows.taps):
                        for v, right in enumerate(cols.taps):
                            total += x[first + c, top + down, left + right] * w[m, c, u, v]
                y[m, i, j] = total
    return y.reshape(shape)


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

    References
    ----------
    Dumoulin & Visin (2016), arXiv:1603.07285.

    Examples
    --------
    >>> conv2d([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]])
    array([[19., 25.],
           [37., 43.]])
    """
    x, w, bias, rows, cols, shape = _prepare(x, w, bias, stride, padding, dilation, groups, padding_mode)
    y = np.empty((len(w), len(rows.starts), len(cols.starts)), x.dtype)
    each_in, each_out = len(x) // groups, len(w) // groups
    for g in range(groups):
        ins, outs = slice(g * each_in, (g + 1) * each_in), slice(g * each_out, (g + 1) * each_out)
        _multiply(x[ins], w[outs], rows, cols, y[outs])
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
    w = grid("w", w, "(kH, kW)", "(C_out, C_in/groups, kH, kW)")
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
    x = grid("x", x, *IMAGE)
    margins = sides(padding)
    border(mode, x.shape[-2:], margins)
    fits("the padded image", (*x.shape[:-2], *_padded(x.shape[-2:], margins)))
    return _pad(x, margins, mode, x.dtype)


def relu(x):
    """Replace every negative number by 0.

    Examples
    --------
    >>> relu([-1.5, 0, 2])
    array([0., 0., 2.])
    """
    return np.maximum(grid("x", x), 0)


def _prepare(x, w, bias, stride, padding, dilation, groups, padding_mode):
    """Check everything; return the padded image, 4-D weights, biases, both axes' windows and the result's shape."""
    x, w = grid("x", x, *IMAGE), grid("w", w, "(kH, kW)", "(C_out, C_in/groups, kH, kW)")
    groups = whole("groups", groups, 1)
    flat = x.ndim == w.ndim == 2
    if w.ndim == 2 and not flat:
        raise ConvlabError(
            f"w has shape {w.shape}, for an image (H, W); x has shape {x.shape}. "
            f"For {len(x)} channels, w must be (C_out, {len(x)}, kH, kW)."
        )
    x, w = x.reshape(-1, *x.shape[-2:]), w.reshape(-1, 1, *w.shape) if flat else w
    _match(len(x), w.shape, groups)
    stride, dilation = pair("stride", stride, 1), pair("dilation", dilation, 1)
    size, kernel, dtype = x.shape[1:], w.shape[2:], precision(x)
    margins = named_sides(padding, size, kernel, stride, dilation)
    border(padding_mode, size, margins)
    out = out_sizes(size, kernel, stride, margins, dilation)
    shape = fits("the output", out if flat else (len(w), *out))
    padded = fits("the padded image", (len(x), *_padded(size, margins)))
    w, bias = finite("w", w, dtype), _bias(bias, len(w), dtype)
    axes = [windows(n, k, stride=s, dilation=d) for n, k, s, d in zip(padded[1:], kernel, stride, dilation, strict=True)]
    return _pad(x, margins, padding_mode, dtype), w, bias, *axes, shape


def _match(channels, shape, groups):
    """Check that the kernels' channels, the image's channels and the groups agree."""
    filters, depth = shape[:2]
    if channels % groups or filters % groups:
        raise ConvlabError(
            f"groups is {groups}. It must divide the {channels} input channels and the {filters} filters, as 1 does."
        )
    if depth * groups != channels:
        raise ConvlabError(
            f"w has shape {shape}: each kernel reads {depth} channels. With {channels} input channels in "
            f"{groups} group(s), it must read {channels}/{groups} = {channels // groups}."
        )


def _bias(bias, filters, dtype):
    """Return one bias for each filter."""
    if bias is None:
        return np.zeros(filters, dtype)
    bias = grid("bias", np.atleast_1d(bias), "(C_out,)")
    if len(bias) != filters:
        raise ConvlabError(f"bias holds {len(bias)} numbers. There is one for each filter: {filters}.")
    return finite("bias", bias, dtype)


def _padded(size, margins):
    return tuple(n + before + after for n, (before, after) in zip(size, margins, strict=True))


def _pad(x, margins, mode, dtype):
    """Copy an image into a larger array; the arguments are known to be legal."""
    if mode != "zeros":
        return np.pad(x, [(0, 0)] * (x.ndim - 2) + list(margins), border(mode, x.shape[-2:], margins)).astype(dtype)
    (top, _), (left, _) = margins
    height, width = x.shape[-2:]
    y = np.zeros((*x.shape[:-2], *_padded((height, width), margins)), dtype)
    y[..., top : top + height, left : left + width] = x
    return y


def _multiply(x, w, rows, cols, y):
    """Fill `y` with the sums of one group, without loops over pixels."""
    patches = x[:, np.add.outer(rows.taps, rows.starts)[:, None, :, None], np.add.outer(cols.taps, cols.starts)[:, None]]
    y[...] = np.tensordot(w, patches, 3)
