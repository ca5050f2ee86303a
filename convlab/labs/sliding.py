"""Notebook 00: a kernel slides over a small grid of numbers."""

import numpy as np

from convlab import geometry, kernels, ops
from convlab.labs.base import Entry, Lab, choice
from convlab.scene import Link, Panel, Scene, number

_GRIDS = {
    "a vertical edge": np.repeat([[0, 0, 0, 9, 9, 9]], 6, axis=0),
    "a corner": np.pad(np.full((4, 4), 9), ((2, 0), (2, 0))),
    "a dot": np.pad(np.full((2, 2), 9), 2),
    "a ramp": np.add.outer(np.arange(6), np.arange(6)),
}
_KERNELS = {"edge": "sobel", "blur": "box blur", "sharpen": "sharpen", "copy": "identity"}


def sliding_lab(grid="a vertical edge", kernel="edge"):
    """Slide a 3×3 kernel over a 6×6 grid, cell by cell.

    Parameters
    ----------
    grid : {"a vertical edge", "a corner", "a dot", "a ramp"}
        What the input shows.
    kernel : {"edge", "blur", "sharpen", "copy"}
        The weights to start from; every weight can then be edited.

    Returns
    -------
    Lab
        Controls: grid, preset, kernel.
    """
    controls = {
        "grid": choice("input", grid, list(_GRIDS)),
        "preset": choice("kernel", kernel, list(_KERNELS)),
        "kernel": Entry(kernels.preset(_KERNELS[kernel])),
    }

    def choose(change):
        controls["kernel"].value = kernels.preset(_KERNELS[change.new])

    controls["preset"].observe(choose, "value")
    return Lab("sliding_lab", controls, _draw)


def _draw(grid, preset, kernel):
    x = _GRIDS[grid]
    y = ops.conv2d(x, kernel)
    window = geometry.windows(6, 3)
    panels = {
        "input": Panel(x, "input", low=0, high=10),
        "kernel": Panel(kernel, "kernel", kind="signed", editable=True),
        "output": Panel(y, "output"),
    }
    says = f"Input 6×6, kernel 3×3, output 4×4. The output goes from {number(y.min())} to {number(y.max())}."
    return Scene(
        panels,
        [Link("input", "output", window, window, kernel="kernel")],
        says,
        play="output",
        pick=("output", 0, 0, 1),
    )
