"""Notebook 03: why convolve: the same weights everywhere, and only near ones."""

import functools

import numpy as np

from convlab.arithmetic import geometry, ops
from convlab.arithmetic.backward import conv_matrix
from convlab.arithmetic.kernels import box, laplacian, sobel
from convlab.errors import number, plural
from convlab.labs.controls import Control, one_of, ranged
from convlab.labs.lab import lab
from convlab.view.scene import Grid, Link, Scene

_NINE = np.arange(1.0, 10).reshape(3, 3)
_KERNELS = {"nine weights": _NINE, "sobel": sobel(), "box blur": box(), "laplacian": laplacian()}


@lab(
    n=ranged("input (px)", 4, 8),
    kernel=one_of("kernel", _KERNELS),
    stride=ranged("stride s", 1, 3),
    padding=ranged("padding p", 0, 2),
    dilation=ranged("dilation d", 1, 2, when=lambda n: n > 4),
    pick=Control(),
)
def matrix_lab(n=6, kernel="nine weights", *, stride=1, padding=0, dilation=1, pick):
    """Write a convolution as a matrix: a row for each output, a column for each pixel.

    Parameters
    ----------
    n : int
        Side of the input in pixels, 4 to 8.
    kernel : {"nine weights", "sobel", "box blur", "laplacian"}
        Its name.
    stride, padding, dilation : int
        In pixels, as in `conv2d`.
    """
    w, x = _KERNELS[kernel], np.add.outer(np.arange(n) % 3, np.arange(n) % 4) % 5
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    y, window = ops.conv2d(x, w, **options), geometry.windows(n, 3, **options)
    matrix, which = conv_matrix(w, (n, n), **options), conv_matrix(_NINE, (n, n), **options)
    weight = pick[2:] if pick and pick[0] == "kernel" else None
    title = "the matrix: a row for each output, a column for each pixel"
    if weight:
        places = which == _NINE[weight]
        matrix, title = matrix * places, f"the places of the weight in row {weight[0]}, column {weight[1]}"
    panels = {
        "input": Grid(x, "input"),
        "kernel": Grid(w, "kernel", "signed"),
        "output": Grid(y, "output", "signed"),
        "matrix": Grid(matrix, title, "signed", low=-np.abs(w).max(), high=np.abs(w).max()),
    }
    links = [
        Link("input", "output", window, window, kernel="kernel"),
        Link("output", "matrix", ((), ()), ((), ()), op="row"),
    ]
    outputs, pixels = matrix.shape
    says = (
        f"{plural(outputs, 'output')}, {pixels} pixels: a matrix of {outputs} × {pixels} = {matrix.size:,} "
        f"places. A dense layer learns a number for each of them. The convolution fills "
        f"{np.count_nonzero(which):,} places with the same 9 weights, and leaves 0 in the rest."
    )
    if weight:
        says += f" The chosen weight, {number(w[weight])}, stands in {places.sum()} of them."
    start = pick or ("output", 0, *(size // 2 for size in y.shape))
    return Scene(panels, links, says, pick=start, rows=(("input", "kernel", "output"), ("matrix",)))


SIDE, TAUGHT = 12, 4  # pixels a side; columns where the object stood while the dense layer was taught
_OBJECT = np.array([[0, 9, 0], [9, 9, 9], [0, 9, 0]], float)


@lab(
    row=ranged("object row", 0, SIDE - 3),
    col=ranged("object column", 0, SIDE - 3),
    kernel=one_of("kernel", [name for name in _KERNELS if name != "nine weights"]),
)
def dense_lab(row=4, col=2, kernel="sobel"):
    """Move an object: the convolution follows it everywhere, a dense layer only where it was taught.

    The dense layer has a weight for each pixel and output. It learned the convolution's answers by least
    squares, from pictures with the object in the left part.

    Parameters
    ----------
    row, col : int
        Where the object's top left pixel stands, 0 to 9.
    kernel : {"sobel", "box blur", "laplacian"}
        What the convolution does.
    """
    x = picture_at(row, col)
    w, out = _KERNELS[kernel], SIDE - 2
    y = ops.conv2d(x, w)
    learned = (taught(kernel) @ x.ravel()).reshape(out, out)
    ends = {"kind": "signed", "low": -np.abs(y).max(), "high": np.abs(y).max()}
    panels = {
        "input": Grid(x, "input", low=0, high=9),
        "conv": Grid(y, "convolution", **ends),
        "dense": Grid(learned, "dense layer", **ends),
    }
    window, miss = geometry.windows(SIDE, 3), np.sqrt(np.mean((learned - y) ** 2) / np.mean(y**2))
    says = (
        f"The convolution has 9 weights, the dense layer {taught(kernel).size:,}. "
        f"The dense layer was taught with the object in columns 0 to {TAUGHT}; now it is in column {col}. "
        f"Its answer is off by {miss:.0%} of the convolution's size."
    )
    links = [Link("input", name, window, window, op="window") for name in ("conv", "dense")]
    return Scene(panels, links, says, pick=("conv", 0, row, col))


def picture_at(row, col):
    """Draw the object with its top left pixel there: (12, 12)."""
    x = np.zeros((SIDE, SIDE))
    x[row : row + 3, col : col + 3] = _OBJECT
    return x


@functools.cache
def taught(kernel):
    """Fit a dense layer (outputs, pixels) to the convolution on all pictures of the left part."""
    pictures = [picture_at(*place) for place in np.ndindex(SIDE - 2, TAUGHT + 1)]
    answers = [ops.conv2d(x, _KERNELS[kernel]).ravel() for x in pictures]
    return np.linalg.lstsq([x.ravel() for x in pictures], answers, rcond=None)[0].T
