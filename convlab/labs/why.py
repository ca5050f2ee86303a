"""Notebook 03: why convolve: the same weights everywhere, only near ones; and what moves with an object."""

import functools

import numpy as np

from convlab.arithmetic import geometry, kernels, ops
from convlab.arithmetic.backward import conv_matrix
from convlab.arithmetic.kernels import box, laplacian, sobel
from convlab.labs.controls import Control, one_of, ranged
from convlab.labs.lab import lab, say
from convlab.view.scene import Curve, Grid, Link, Scene

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
    title, chosen = "the matrix: a row for each output, a column for each pixel", {}
    if pick and pick[0] == "kernel":
        (row, col), places = pick[2:], which == _NINE[pick[2:]]
        matrix, title = matrix * places, f"the places of the weight in row {row}, column {col}"
        chosen = {"weight": w[row, col], "places": places}
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
    words = {"outputs": len(matrix), "pixels": n * n, "matrix": matrix, "filled": np.count_nonzero(which)}
    says = say("matrix_lab", "size", chosen and "weight", **words, **chosen)
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
        "dense": Grid(learned.round() + 0.0, "dense layer, rounded", **ends),
    }
    window, miss = geometry.windows(SIDE, 3), np.sqrt(np.mean((learned - y) ** 2) / np.mean(y**2))
    says = say("dense_lab", weights=taught(kernel), taught=TAUGHT, col=col, miss=miss)
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


WIDE, MOST = 72, 16  # pixels a side, so that a map is a picture at stride 4 too; how far the object can move
HOME = (12, 12)
POOL = 2
MEASURES = ("map follows", "pooled map follows", "mean stays")
TITLE, AXES = "error, when the object moves to the right", ("moved by (px)", "error (%)")


@lab(
    down=ranged("down (px)", 0, MOST),
    right=ranged("to the right (px)", 0, MOST),
    stride=one_of("stride", [1, 2, 4]),
    kernel=one_of("kernel", ["sobel", "gaussian blur", "laplacian of gaussian"]),
)
def moved_lab(down=0, right=0, *, stride=1, kernel="laplacian of gaussian"):
    """Move one object, and see which maps move along and which numbers stay.

    A map is *equivariant* if it moves with the object, *invariant* if it does not change.

    Parameters
    ----------
    down, right : int
        How far the object has moved from its first place, in pixels.
    stride : {1, 2, 4}
        Of the convolution, in pixels.
    kernel : {"sobel", "gaussian blur", "laplacian of gaussian"}
        A name in `kernels.PRESETS`, at 5×5.
    """
    x, y, pooled, mean = layers(down, right, stride, kernel)
    window = geometry.windows(WIDE, 5, stride=stride, padding=2)
    blocks = geometry.windows(len(y), POOL, stride=POOL)
    panels = {
        "input": Grid(x, "input", low=0, high=9),
        "map": Grid(y, f"convolution, ReLU, stride {stride}", low=0),
        "pooled": Grid(pooled, f"max pooling {POOL}×{POOL}", low=0),
        "mean": Grid([[mean]], "mean of the map"),
        "errors": Curve(range(MOST + 1), _along(stride, kernel), TITLE, AXES, mark=right),
    }
    links = [
        Link("input", "map", window, window, op="window"),
        Link("map", "pooled", blocks, blocks, op="max"),
        Link("map", "mean", ((0,), range(len(y))), ((0,), range(len(y))), op="mean"),
    ]
    cells, errors = (down / stride, right / stride), errors_of(down, right, stride, kernel)
    says = say("moved_lab", down=down, right=right, cells=cells, errors=errors, mean=mean)
    row, col = (HOME[0] + down + 8) // stride, (HOME[1] + right + 2) // stride  # where its two greys meet
    rows = (("input", "map", "pooled"), ("mean", "errors"))
    return Scene(panels, links, says, pick=("map", 0, row, col), rows=rows)


@functools.lru_cache(maxsize=256)
def layers(down, right, stride, kernel):
    """Run the object through convolution with ReLU, max pooling and the mean of the map."""
    x = np.zeros((WIDE, WIDE))
    top, left = HOME[0] + down, HOME[1] + right
    x[top : top + 14, left : left + 5], x[top + 9 : top + 14, left : left + 14] = 9, 6  # an L, two greys
    y = ops.relu(ops.conv2d(x, kernels.preset(kernel, 5), stride=stride, padding=2))
    return x, y, ops.max_pool2d(y, POOL), float(y.mean())


def errors_of(down, right, stride, kernel):
    """Compare with what exact equivariance, and for the mean exact invariance, would give.

    Returns
    -------
    list of float
        For the map and the pooled map: root mean square of the difference to the first one moved as far,
        over the root mean square of the first one. For the mean: its change over its first value.
    """
    _, *first, mean = layers(0, 0, stride, kernel)
    _, *now, moved_mean = layers(down, right, stride, kernel)
    found = []
    for before, after, cell in zip(first, now, (stride, stride * POOL), strict=True):
        follows = shifted(before, down / cell, right / cell)
        found.append(float(np.sqrt(np.mean((after - follows) ** 2) / np.mean(before**2))))
    return [*found, abs(moved_mean - mean) / mean]


def shifted(y, down, right):
    """Move a map by parts of a cell, interpolated between its cells along each axis; zeros come in."""
    cells, parts = np.divmod((down, right), 1)
    weave = np.multiply.outer(*([part, 1 - part] for part in parts))
    return ops.conv2d(np.pad(y, [(int(cell) + 1, 0) for cell in cells]), weave)[: len(y), : len(y)]


@functools.lru_cache(maxsize=32)
def _along(stride, kernel):
    """Each measure in percent, for every step to the right."""
    found = np.array([errors_of(0, step, stride, kernel) for step in range(MOST + 1)])
    return dict(zip(MEASURES, 100 * found.T, strict=True))
