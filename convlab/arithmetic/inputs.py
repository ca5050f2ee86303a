"""From what a person writes to what the arithmetic needs: arrays, pairs and paddings, each checked once."""

import re
from functools import partial
from math import prod

import numpy as np

from convlab.arithmetic.axis import pair, same_padding, sides, windows
from convlab.errors import ConvlabError, minus, named, shown, whole

IMAGE = ("(H, W)", "(C, H, W)")
KERNEL = ("(kH, kW)", "(C_out, C_in/groups, kH, kW)")
ROOM = 2**27  # numbers in one array: 1 GiB of float64
MODES = ("zeros", "reflect", "replicate", "circular", "symmetric")
IN_NUMPY = {"zeros": "constant", "replicate": "edge", "circular": "wrap"}  # called otherwise there

NAMED = {  # from the size of an axis, kernel, stride and dilation to the padding before and after
    "valid": lambda n, k, s, d: (0, 0),
    "same": same_padding,
    "same_lower": partial(same_padding, lower=True),
    "full": lambda n, k, s, d: (d * (k - 1),) * 2,
}


def grid(name, value, *shapes):
    """Return `value` as an array of real numbers with the axes of one of `shapes`; none given: any axes."""
    wanted = f"It must be an array of numbers of shape {' or '.join(shapes) or '(N,)'}."
    try:
        array = np.asarray(value)
    except Exception:  # whatever the object's own conversion raises
        raise ConvlabError(
            f"{name} cannot be read as an array; perhaps its rows differ in length. {wanted}"
        ) from None
    kind = array.dtype.kind
    if kind == "c":
        raise ConvlabError(f"{name} holds complex numbers. {wanted} Take the real part or the size first.")
    if kind not in "biuf":
        raise ConvlabError(f"{name} is {shown(value)}, which holds no plain numbers. {wanted}")
    if array.size == 0:
        raise ConvlabError(f"{name} is empty: its shape is {array.shape}. Every side must be at least 1.")
    if shapes and array.ndim not in [len(re.findall(r"[^(), ]+", shape)) for shape in shapes]:
        raise ConvlabError(f"{name} has the shape {array.shape}. {wanted}")
    return array


def precision(array):
    """Choose float32 for a float32 image, and for every other float64, which holds its integers exactly."""
    return np.dtype(np.float32 if array.dtype.kind == "f" and array.dtype.itemsize == 4 else np.float64)


def finite(name, array, dtype):
    """Return weights in the image's precision; refuse NaN and infinity, which would spread everywhere."""
    with np.errstate(over="ignore"):
        array = array.astype(dtype, copy=False)
    if np.isfinite(array).all():
        return array
    place = tuple(np.argwhere(~np.isfinite(array))[0].tolist())
    raise ConvlabError(
        f"{name}{list(place)} is {minus(array[place])} in {dtype}. "
        "Every weight must be a finite number, such as 0."
    )


def named_sides(padding, size, kernel, stride, dilation):
    """Turn "valid", "same", "same_lower" or "full" into pixels; read any other padding with `sides`."""
    if not isinstance(padding, str):
        return sides(padding)
    named("padding", padding, NAMED)
    return tuple(NAMED[padding](*axis) for axis in zip(size, kernel, stride, dilation, strict=True))


def layout(size, kernel, stride, padding, dilation, ceil_mode=False):
    """Read the settings of a window: return the margins in pixels, and the windows, along both axes."""
    stride, dilation = pair("stride", stride, 1), pair("dilation", dilation, 1)
    margins = named_sides(padding, size, kernel, stride, dilation)
    return margins, [
        windows(n, k, stride=s, padding=m, dilation=d, ceil_mode=ceil_mode)
        for n, k, s, m, d in zip(size, kernel, stride, margins, dilation, strict=True)
    ]


def fits(what, shape):
    """Refuse an array of more than `ROOM` numbers before it is made; return its shape."""
    count = prod(shape)
    if count > ROOM:
        raise ConvlabError(
            f"{what} would hold {' × '.join(f'{side:,}' for side in shape)} = {count:,} numbers. "
            f"The limit is {ROOM:,}: use a smaller image or less padding."
        )
    return shape


def operands(x, w, groups):
    """Read image, kernels and groups; return x as (C, H, W), w as 4-D, groups, and whether both were flat.

    The weights come back in the image's precision; the image itself is converted when it is copied.
    """
    x, w, groups = grid("x", x, *IMAGE), grid("w", w, *KERNEL), whole("groups", groups, 1)
    if w.ndim == 2 and x.ndim == 3:
        raise ConvlabError(
            f"w has shape {w.shape}, for an image (H, W); x has shape {x.shape}. "
            f"For {len(x)} channels, give w four axes: channels first, then (kH, kW)."
        )
    flat = w.ndim == 2
    w = finite("w", w, precision(x))
    return x.reshape(-1, *x.shape[-2:]), w.reshape(1, 1, *w.shape) if flat else w, groups, flat


def biases(bias, filters, dtype):
    """Return one bias for each filter."""
    if bias is None:
        return np.zeros(filters, dtype)
    bias = grid("bias", bias, "()", "(C_out,)").reshape(-1)
    if len(bias) != filters:
        raise ConvlabError(f"bias holds {len(bias)} numbers. There is one for each filter: {filters}.")
    return finite("bias", bias, dtype)


def padded_size(size, margins):
    """Add the margins to the size of both axes."""
    return tuple(n + before + after for n, (before, after) in zip(size, margins, strict=True))


def add_border(x, margins, mode, dtype):
    """Copy an image into a larger array, once its size and its mode are known to be legal."""
    size = x.shape[-2:]
    fits("The padded image", (*x.shape[:-2], *padded_size(size, margins)))
    named("padding mode", mode, MODES)
    for n, (before, after) in zip(size, margins, strict=True):
        most = n - (mode == "reflect")
        if mode not in ("zeros", "replicate") and max(before, after) > most:
            raise ConvlabError(
                f'padding is {max(before, after)}, but "{mode}" copies it from an image side of {n}: '
                f"the largest legal padding is {most}."
            )
    return _framed(x, margins, dtype, mode=IN_NUMPY.get(mode, mode))


def _framed(x, margins, dtype, **how):
    """Copy an image into a larger array."""
    return np.pad(x.astype(dtype, copy=False), [(0, 0)] * (x.ndim - 2) + list(margins), **how)


def pool(x, kernel, stride, padding, dilation, ceil_mode, border):
    """Check everything that a pooling is given.

    Returns the image with a border of this number, as wide as windows reach; the windows of both axes on it;
    and for each axis, how many taps of each window fall on the image, and how many on it or its padding.
    """
    x, kernel = grid("x", x, *IMAGE), pair("kernel", kernel, 1)
    size = x.shape[-2:]
    margins, axes = layout(size, kernel, kernel if stride is None else stride, padding, dilation, ceil_mode)
    fits("The padded image", (*x.shape[:-2], *padded_size(size, margins)))
    wide, inside, bordered = [], [], []
    for n, k, (before, after), axis in zip(size, kernel, margins, axes, strict=True):
        inside.append(_count_taps(axis, 0, n))
        bordered.append(_count_taps(axis, -before, n + after))
        if inside[-1].min() < 1:
            raise ConvlabError(
                f"padding is {max(before, after)}, so a window of {k} would read nothing but padding on a "
                f"side of {n}. The largest legal padding is {k - 1 if axis.taps.step == 1 else 0}."
            )
        wide.append((before, max(after, axis.starts[-1] + axis.taps[-1] + 1 - n)))
    framed = _framed(x, wide, precision(x), constant_values=border)
    return framed, [axis.from_zero() for axis in axes], inside, bordered


def _count_taps(axis, low, high):
    """Count the taps of each window that fall on positions low … high-1."""
    starts, step = np.array(axis.starts), axis.taps.step
    first, end = -((starts - low) // step), -((starts - high) // step)  # rounded up
    return np.minimum(end, len(axis.taps)) - np.maximum(first, 0)
