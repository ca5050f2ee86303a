"""Notebook 03: what moves along when the object moves, and what stays."""

import functools

import numpy as np

from convlab.arithmetic import geometry, kernels, ops
from convlab.errors import number
from convlab.labs.controls import one_of, ranged
from convlab.labs.lab import lab
from convlab.view.scene import Curve, Grid, Link, Scene

SIDE, MOST = 40, 16  # pixels a side; how far the object can move
HOME = (6, 6)
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
    window = geometry.windows(SIDE, 5, stride=stride, padding=2)
    blocks = geometry.windows(len(y), POOL, stride=POOL)
    panels = {
        "input": Grid(x, "input", low=0, high=9),
        "map": Grid(y, f"after convolution and ReLU, stride {stride}", low=0),
        "pooled": Grid(pooled, f"after max pooling {POOL}×{POOL}", low=0),
        "mean": Grid([[mean]], "mean of the map"),
        "errors": Curve(range(MOST + 1), _along(stride, kernel), TITLE, AXES, mark=right),
    }
    links = [
        Link("input", "map", window, window, op="window"),
        Link("map", "pooled", blocks, blocks, op="max"),
        Link("map", "mean", ((0,), range(len(y))), ((0,), range(len(y))), op="mean"),
    ]
    errors = errors_of(down, right, stride, kernel)
    says = (
        f"The object moved by {down} and {right} px. The map moves by {number(down / stride)} and "
        f"{number(right / stride)} of its cells; it differs from the first map moved as far by "
        f"{errors[0]:.1%}. The pooled map differs from its first one moved as far by {errors[1]:.1%}. "
        f"The mean of the map is {number(mean)}, {errors[2]:.1%} from its first value. "
        "Differences are root mean squares, as a share of the first map's; parts of a cell are interpolated."
    )
    row, col = ((place + moved) // stride for place, moved in zip(HOME, (down, right), strict=True))
    rows = (("input", "map", "pooled"), ("mean", "errors"))
    return Scene(panels, links, says, pick=("map", 0, row, col), rows=rows)


@functools.lru_cache(maxsize=256)
def layers(down, right, stride, kernel):
    """Run the object through convolution with ReLU, max pooling and the mean of the map."""
    x = np.zeros((SIDE, SIDE))
    top, left = HOME[0] + down, HOME[1] + right
    x[top : top + 8, left : left + 3], x[top + 5 : top + 8, left : left + 8] = 9, 6  # an L, two greys
    y = ops.relu(ops.conv2d(x, kernels.preset(kernel, 5), stride=stride, padding=2))
    pooled = ops.max_pool2d(y, POOL)
    return x, y, pooled, float(y.mean())


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
