"""Notebook 02: what is written around a picture, and the edges it can invent."""

import numpy as np

from convlab import images
from convlab.arithmetic import geometry, kernels, ops
from convlab.arithmetic.inputs import MODES
from convlab.errors import number
from convlab.labs.controls import one_of, photo, picture, ranged
from convlab.labs.lab import lab
from convlab.view.scene import Grid, Link, Scene

SIDE = 128  # photographs are reduced to this many pixels: two maps of them with a border are sent at a step
_ROW = np.arange(1, 7)[None]
_ROWS = (("input", "kernel", "output"), ("borders",))
_ELSEWHERE = {  # the same border under other names: numpy, PyTorch, scipy.ndimage, OpenCV
    "zeros": ("constant", "zeros", "constant", "CONSTANT"),
    "reflect": ("reflect", "reflect", "mirror", "REFLECT_101"),
    "replicate": ("edge", "replicate", "nearest", "REPLICATE"),
    "circular": ("wrap", "circular", "grid-wrap", "WRAP"),
    "symmetric": ("symmetric", "—", "reflect", "REFLECT"),
}


@lab(
    image=picture(),
    mode=one_of("border", MODES),
    kernel=one_of("kernel", kernels.PRESETS),
    size=ranged("picture (px)", 4, SIDE),
    padding=ranged("padding p", 0, 24),
)
def border_lab(image="camera", mode="zeros", kernel="laplacian, 8 neighbours", *, size=SIDE, padding=12):
    """Continue a picture beyond its edges in five ways, and filter the result.

    Parameters
    ----------
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    mode : {"zeros", "reflect", "replicate", "circular", "symmetric"}
        What the border holds.
    kernel : str
        A name in `kernels.PRESETS`.
    size : int
        Rows and columns of the picture that are used, from its middle, 4 to 128.
    padding : int
        Width of the border, in pixels, 0 to 24.
    """
    x = _middle(images.square(photo(image), SIDE), size)
    weights = kernels.preset(kernel)
    padded = ops.pad(x, padding, mode)
    y = ops.conv2d(padded, weights).astype(np.float32)
    windows = [geometry.windows(n, 3) for n in padded.shape]
    most = float(np.abs(y).max()) or 1.0
    panels = {
        "input": Grid(padded, "picture and border"),
        "kernel": Grid(weights, "kernel", "signed"),
        "output": Grid(y, "output", "signed", low=-most, high=most),
    }
    links = [Link("input", "output", *windows, kernel="kernel")]
    return Scene(panels, links, _says(y, mode, padding), {"borders": _table(mode)}, rows=_ROWS)


def _middle(x, size):
    top, left = (max(0, (n - size) // 2) for n in x.shape)
    return x[top : top + size, left : left + size]


def _says(y, mode, padding):
    """Compare the seam, where a window reads both picture and border, with the inside of the picture."""
    inside, touching = np.zeros(y.shape, bool), np.zeros(y.shape, bool)
    high, wide = y.shape
    inside[padding : high - padding, padding : wide - padding] = True
    near = max(0, padding - 2)
    touching[near : high - near, near : wide - near] = True
    text = f"Border: {mode}, {padding} px. Output {high}×{wide}. "
    text += f"Inside the picture the output is {_typical(y[inside])}"
    if not padding:
        return text + ". There is no border."
    return (
        text
        + f"; along the seam, where a window reads picture and border, {_typical(y[touching & ~inside])}."
    )


def _typical(values):
    if not values.any():
        return "0 everywhere"
    return f"±{number(np.abs(values).mean(), 3)} on average and ±{number(np.abs(values).max())} at most"


def _table(mode):
    lines = [["border", "the row 1 2 3 4 5 6 continues", "numpy.pad", "PyTorch", "scipy.ndimage", "OpenCV"]]
    for name, others in _ELSEWHERE.items():
        row = ops.pad(_ROW, ((0, 0), (3, 3)), name)[0].tolist()
        left, middle, right = (" ".join(map(str, part)) for part in (row[:3], row[3:-3], row[-3:]))
        lines.append([f"→ {name}" if name == mode else name, f"{left} | {middle} | {right}", *others])
    return lines
