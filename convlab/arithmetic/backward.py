"""The way back through a convolution: what an error at the output says about the input and the weights.

Both gradients are convolutions again, of the same windows read the other way.
"""

import numpy as np

from convlab.arithmetic import inputs, ops
from convlab.arithmetic.axis import sides
from convlab.arithmetic.geometry import group_depth
from convlab.errors import ConvlabError, whole


def input_gradient(error, w, shape, *, stride=1, padding=0, dilation=1, groups=1):
    """Find how the error at the output changes with each pixel of the input.

    Every output hands its error to the pixels it has read, times the weight it read them with:
    `conv_transpose2d` with the same weights, or `conv2d` with the kernel flipped and padding "full".

    Parameters
    ----------
    error : array (H', W') or (C_out, H', W')
        The slope of the loss for each output.
    w : array (kH, kW) or (C_out, C_in/groups, kH, kW)
        The weights of the layer.
    shape : (int, int)
        Height and width of the input, in pixels.
    stride, padding, dilation, groups
        As in `conv2d`; the padding in pixels.

    Returns
    -------
    array (H, W) or (C_in, H, W)

    Raises
    ------
    ConvlabError
        If the error does not have the shape that the layer gives.

    References
    ----------
    Dumoulin & Visin (2016), arXiv:1603.07285, section 4.

    Examples
    --------
    >>> input_gradient([[1, 0]], [[1, 2, 3]], (1, 4))
    array([[1., 2., 3., 0.]])
    """
    error = inputs.grid("error", error, *inputs.IMAGE)
    margins, axes = inputs.layout(shape, np.shape(w)[-2:], stride, sides(padding), dilation)
    _fits(error, axes)
    # pixels after the last window, which no output has read
    rest = tuple(
        n + after - 1 - axis.starts[-1] - axis.taps[-1]
        for n, (_, after), axis in zip(shape, margins, axes, strict=True)
    )
    options = {"stride": stride, "padding": margins, "dilation": dilation, "groups": groups}
    return ops.conv_transpose2d(error, w, output_padding=rest, **options)


def weight_gradient(error, x, size, *, stride=1, padding=0, dilation=1, groups=1):
    """Find how the error at the output changes with each weight: input and error, correlated.

    A weight has met one pixel for each output. Its slope is the sum of these pixels, each times the error of
    the output. So the error lies on the input like a kernel whose taps are a stride apart.

    Parameters
    ----------
    error : array (H', W') or (C_out, H', W')
        The slope of the loss for each output.
    x : array (H, W) or (C_in, H, W)
        What the layer has read.
    size : (int, int)
        Height and width of the kernel.
    stride, padding, dilation, groups
        As in `conv2d`; the padding in pixels.

    Returns
    -------
    array (kH, kW) or (C_out, C_in/groups, kH, kW)

    Raises
    ------
    ConvlabError
        If the shapes do not belong together.

    Examples
    --------
    >>> weight_gradient([[1, 0]], [[5, 6, 7, 8]], (1, 3))
    array([[5., 6., 7.]])
    """
    error, x = (inputs.grid(*named, *inputs.IMAGE) for named in (("error", error), ("x", x)))
    margins, axes = inputs.layout(x.shape[-2:], size, stride, sides(padding), dilation)
    _fits(error, axes)
    options = {"stride": dilation, "dilation": stride, "padding": margins}
    flat = x.ndim == 2
    x, error = (array.reshape(-1, *array.shape[-2:]) for array in (x, error))
    each = group_depth(whole("groups", groups, 1), len(x), len(error))
    slopes = [
        [ops.conv2d(x[m * groups // len(error) * each + c], one, **options) for c in range(each)]
        for m, one in enumerate(error)
    ]
    found = np.array(slopes)[:, :, : size[0], : size[1]]  # what lies beyond met pixels that no weight reads
    return found[0, 0] if flat else found


def conv_matrix(w, shape, *, stride=1, padding=0, dilation=1):
    """Write a convolution as a matrix: a row for each output, a column for each pixel.

    `conv2d(x, w).ravel()` is this matrix times `x.ravel()`.

    Parameters
    ----------
    w : array (kH, kW)
    shape : (int, int)
        Height and width of the input, in pixels.
    stride, padding, dilation
        As in `conv2d`; the padding in pixels.

    Returns
    -------
    array (outputs, pixels)

    Raises
    ------
    ConvlabError
        As `conv2d`.

    Examples
    --------
    >>> conv_matrix([[1, 2]], (1, 4))
    array([[1., 2., 0., 0.],
           [0., 1., 2., 0.],
           [0., 0., 1., 2.]])
    """
    w = inputs.grid("w", w, "(kH, kW)").astype(float)
    margins, axes = inputs.layout(shape, w.shape, stride, sides(padding), dilation)
    pixels = shape[0] * shape[1]
    inputs.fits("The matrix", (*(len(axis.starts) for axis in axes), *shape))
    units = np.eye(pixels).reshape(pixels, *shape)  # pictures in which one pixel is 1: each gives its column
    each = np.broadcast_to(w, (pixels, 1, *w.shape))
    columns = ops.conv2d(units, each, stride=stride, padding=margins, dilation=dilation, groups=pixels)
    return columns.reshape(pixels, -1).T.copy()


def _fits(error, axes):
    wanted = tuple(len(axis.starts) for axis in axes)
    if error.shape[-2:] != wanted:
        raise ConvlabError(f"The error has {error.shape[-2:]} cells; this layer's output has {wanted}.")
