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
    middle = slice((SIDE - size) // 2, (SIDE - size) // 2 + size)
    padded = ops.pad(images.square(photo(image), SIDE)[middle, middle], padding, mode)
    weights = kernels.preset(kernel)
    y = ops.conv2d(padded, weights).astype(np.float32)
    window = geometry.windows(len(padded), 3)
    panels = {
        "input": Grid(padded, "picture and border"),
        "kernel": Grid(weights, "kernel", "signed"),
        "output": Grid(y, "output", "signed"),
    }
    links = [Link("input", "output", window, window, kernel="kernel")]
    rows = (("input", "kernel", "output"), ("borders",))
    return Scene(panels, links, _says(y, mode, padding), {"borders": _table(mode)}, rows=rows)


def _says(y, mode, padding):
    """Compare the seam, where a window reads both picture and border, with the inside of the picture."""
    at = np.minimum(np.arange(len(y)), np.arange(len(y))[::-1])  # places from the nearer end
    deep = np.minimum.outer(at, at)
    text = f"Border: {mode}, {padding} px. Output {len(y)}×{len(y)}. "
    text += f"Inside the picture the output is {_typical(y[deep >= padding])}"
    if not padding:
        return text + ". There is no border."
    seam = _typical(y[(padding - 2 <= deep) & (deep < padding)])
    return f"{text}; along the seam, where a window reads picture and border, {seam}."


def _typical(values):
    if not values.any():
        return "0 everywhere"
    return f"±{number(np.abs(values).mean(), 3)} on average and ±{number(np.abs(values).max())} at most"


def _table(mode):
    lines = [["border", "the row 1 2 3 4 5 6 continues", "numpy.pad", "PyTorch", "scipy.ndimage", "OpenCV"]]
    for name, others in _ELSEWHERE.items():
        row = ops.pad([range(1, 7)], ((0, 0), (3, 3)), name)[0]
        parts = (" ".join(map(str, part)) for part in np.split(row, [3, -3]))
        lines.append([f"→ {name}" if name == mode else name, " | ".join(parts), *others])
    return lines
