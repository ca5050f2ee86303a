"""From what a person writes to what the arithmetic needs: arrays, pairs and paddings, each checked once."""

import re

import numpy as np

from .errors import ConvlabError, minus, shown, whole
from .geometry import ends, output_size, same_padding

ROOM = 2**27  # numbers in one array: 1 GiB of float64
MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap", "symmetric": "symmetric"}


def grid(name, value, *shapes):
    """Return `value` as an array of real numbers with the axes of one of `shapes`, such as "(H, W)"; none: any."""
    wanted = f"It must be an array of numbers of shape {' or '.join(shapes) or '(N,)'}."
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, OverflowError):
        raise ConvlabError(f"{name} has rows of different lengths. {wanted}") from None
    kind = array.dtype.kind
    if kind == "c":
        raise ConvlabError(f"{name} holds complex numbers. {wanted} Take the real part or the size first.")
    if kind not in "biuf":
        raise ConvlabError(f"{name} is {shown(value)}, which holds no plain numbers. {wanted}")
    if array.size == 0:
        raise ConvlabError(f"{name} is empty: its shape is {array.shape}. Every side must be at least 1.")
    if shapes and array.ndim not in [len(re.findall(r"[^(), ]+", shape)) for shape in shapes]:
        raise ConvlabError(f"{name} has {array.ndim} axes: its shape is {array.shape}. {wanted}")
    return array


def precision(array):
    """float32 stays float32; every other image is computed in float64, which holds all its integers."""
    return np.dtype(np.float32 if array.dtype.kind == "f" and array.dtype.itemsize == 4 else np.float64)


def finite(name, array, dtype):
    """Return weights in the image's precision; refuse NaN and infinity, which would spread over the output."""
    with np.errstate(over="ignore"):
        array = array.astype(dtype, copy=False)
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        place = tuple(bad[0].tolist())
        raise ConvlabError(
            f"{name}{list(place)} is {minus(array[place])} in {dtype}. Every weight must be a finite number, such as 0."
        )
    return array


def pair(name, value, least=0):
    """Read a scalar or a (vertical, horizontal) pair as two ints."""
    if not isinstance(value, (tuple, list)):
        return (whole(name, value, least),) * 2
    if len(value) != 2:
        raise ConvlabError(f"{name} is {shown(value)}. It must be one number, or two: (vertical, horizontal).")
    return whole(name, value[0], least), whole(name, value[1], least)


def sides(padding):
    """Read an int, (vertical, horizontal) or ((top, bottom), (left, right)) as the last of these."""
    if isinstance(padding, str):
        raise ConvlabError(f"padding is {shown(padding)}. Here it must be given in pixels, such as 1.")
    if not isinstance(padding, (tuple, list)):
        return (ends(padding),) * 2
    if len(padding) != 2:
        raise ConvlabError(
            f"padding is {shown(padding)}. It must be one number, (vertical, horizontal), "
            "or ((top, bottom), (left, right))."
        )
    return ends(padding[0]), ends(padding[1])


def named_sides(padding, size, kernel, stride, dilation):
    """Turn "valid", "same", "same_lower" or "full" into pixels; read any other padding with `sides`."""
    if not isinstance(padding, str):
        return sides(padding)
    if padding not in ("valid", "same", "same_lower", "full"):
        raise ConvlabError(
            f'padding is {shown(padding)}. The names are "valid", "same", "same_lower" and "full"; '
            "or give a number of pixels."
        )
    if padding == "valid":
        return (0, 0), (0, 0)
    if padding == "full":
        return tuple((d * (k - 1),) * 2 for k, d in zip(kernel, dilation, strict=True))
    lower = padding == "same_lower"
    return tuple(same_padding(*axis, lower=lower) for axis in zip(size, kernel, stride, dilation, strict=True))


def border(mode, size, margins):
    """Return numpy's name for a padding mode, once it is known that the border has enough pixels to copy."""
    if not isinstance(mode, str) or mode not in MODES:
        raise ConvlabError(f"padding_mode is {shown(mode)}. The modes are {', '.join(MODES)}.")
    for n, (before, after) in zip(size, margins, strict=True):
        most = n - 1 if mode == "reflect" else n
        if mode in ("reflect", "symmetric", "circular") and max(before, after) > most:
            raise ConvlabError(
                f'padding is {max(before, after)}, but "{mode}" copies it from an image side of {n}: '
                f"the largest legal padding is {most}."
            )
    return MODES[mode]


def fits(what, shape):
    """Refuse an array of more than `ROOM` numbers before it is made; return its shape."""
    count = 1
    for side in shape:
        count *= side
    if count > ROOM:
        raise ConvlabError(
            f"{what} would hold {' × '.join(f'{side:,}' for side in shape)} = {count:,} numbers. "
            f"The limit is {ROOM:,}: use a smaller image or less padding."
        )
    return shape


def out_sizes(size, kernel, stride, margins, dilation, ceil_mode=False):
    """Apply `output_size` to both axes."""
    return tuple(
        output_size(n, k, stride=s, padding=m, dilation=d, ceil_mode=ceil_mode)
        for n, k, s, m, d in zip(size, kernel, stride, margins, dilation, strict=True)
    )
