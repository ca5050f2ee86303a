"""Notebook 00: a kernel slides over a small grid of numbers."""

import numpy as np

from convlab.arithmetic import geometry, ops
from convlab.arithmetic.kernels import box, identity, sharpen, sobel
from convlab.errors import number
from convlab.labs.controls import OWN, cells, one_of
from convlab.labs.lab import lab
from convlab.view.scene import Grid, Link, Scene

_GRIDS = {
    "a vertical edge": np.repeat([[0, 0, 0, 9, 9, 9]], 6, axis=0),
    "a corner": np.pad(np.full((4, 4), 9), ((2, 0), (2, 0))),
    "a dot": np.pad(np.full((2, 2), 9), 2),
    "a ramp": np.add.outer(np.arange(6), np.arange(6)),
}
_KERNELS = {"edge": sobel(), "blur": box(), "sharpen": sharpen(), "copy": identity()}


@lab(
    grid=one_of("input", _GRIDS),
    preset=one_of("kernel", [OWN, *_KERNELS]),
    kernel=cells("kernel", (3, 3), own="preset", follows=lambda preset: _KERNELS.get(preset)),
)
def sliding_lab(grid="a vertical edge", kernel="edge"):
    """Slide a 3×3 kernel over a 6×6 grid, cell by cell.

    Parameters
    ----------
    grid : {"a vertical edge", "a corner", "a dot", "a ramp"}
        What the input shows.
    kernel : {"edge", "blur", "sharpen", "copy"} or array (3, 3)
        The weights to start from; every weight can then be edited.
    """
    x = _GRIDS[grid]
    y = ops.conv2d(x, kernel)
    window = geometry.windows(6, 3)
    panels = {
        "input": Grid(x, "input", low=0, high=10),
        "kernel": Grid(kernel, "kernel", "signed", edits="kernel"),
        "output": Grid(y, "output"),
    }
    links = [Link("input", "output", window, window, kernel="kernel")]
    says = f"Input 6×6, kernel 3×3, output 4×4. The output goes from {number(y.min())} to {number(y.max())}."
    return Scene(panels, links, says, play="output", pick=("output", 0, 0, 1))
