"""Notebook 02: what is written around a picture, the edges it can invent, and what frameworks make of it."""

import numpy as np

from convlab.arithmetic import geometry, kernels, ops
from convlab.arithmetic.conventions import conventions
from convlab.arithmetic.inputs import MODES
from convlab.errors import minus, number
from convlab.labs.controls import one_of, photo, picture, ranged, typed
from convlab.labs.lab import lab, say
from convlab.view.scene import Grid, Link, Ruler, Scene, Strip

SIDE = 128  # photographs are reduced to this many pixels: two maps of them with a border are sent at a step
_ELSEWHERE = {  # the same border under other names: numpy, PyTorch, scipy.ndimage, OpenCV
    "zeros": ("constant", "zeros", "constant", "CONSTANT"),
    "reflect": ("reflect", "reflect", "mirror", "REFLECT_101"),
    "replicate": ("edge", "replicate", "nearest", "REPLICATE"),
    "circular": ("wrap", "circular", "grid-wrap", "WRAP"),
    "symmetric": ("symmetric", "—", "reflect", "REFLECT"),
}


@lab(
    **picture(),
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
    padded = ops.pad(photo(image, SIDE)[middle, middle], padding, mode)
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
    return Scene(panels, links, _says(y, mode, size, padding), {"borders": _table(mode)}, rows=rows)


def _says(y, mode, size, padding):
    """Compare the seam, where a window reads both picture and border, with the inside of the picture."""
    seen = ops.conv2d(ops.pad(np.ones((size, size)), padding), np.ones((3, 3)))  # pixels in each window
    found = {"inside": _typical(y[seen == 9]), "seam": _typical(y[(0 < seen) & (seen < 9)])}
    return say("border_lab", "size", "seam" if padding else "bare", mode=mode, padding=padding, y=y, **found)


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


@lab(
    n=typed("input n", 1, 1000),
    kernel=typed("kernel k", 1, 100),
    stride=typed("stride s", 0, 100),
    padding=typed("padding p", 0, 100),
    dilation=typed("dilation d", 0, 100),
)
def conventions_lab(n=224, kernel=7, stride=2, padding=3, dilation=1):
    """Compare sizes, padding and windows of PyTorch, of Keras's "same" and of pooling, along one axis.

    Parameters
    ----------
    n, kernel, stride, padding, dilation : int
        As in `output_size`. Keras "same" chooses its own padding.
    """
    found = conventions(n, kernel, stride, padding, dilation)
    span = dilation * (kernel - 1) + 1
    before = max(pads[0] for pads, *_ in found.values())
    ends = [max(n - 1 + pads[1], windows.starts[-1] + span - 1) for pads, windows, *_ in found.values()]
    after = max(ends) - n + 1
    length = before + n + after
    row, ruler = np.pad(np.arange(n), (before, after))[None], Ruler(0, 1, length)
    panels = {"input": Strip(row, "pixels", inset=(0, 0, before, after), ruler=ruler)}
    links, table = [], [["", "padding", "output", "reads", "call", "in convlab"]]
    for name, (pads, (starts, taps), theirs, ours) in found.items():
        left = max(0, before + starts[0] + (span - stride) / 2)
        title = name.split()[-1].partition("=")[0] if "PyTorch" in name else name
        ruler = Ruler(left, stride, max(length, left + stride * len(starts)))
        panels[name] = Strip(np.array(starts)[None] - starts[0], title, "grey", ruler=ruler)
        shifted = range(before + starts[0], before + starts[-1] + 1, stride)
        links.append(Link("input", name, ((0,), (0,)), (shifted, taps), op="window"))
        reads = f"{minus(starts[0])}\u00a0…\u00a0{starts[-1] + taps[-1]}"
        table.append([name, f"{pads[0]} + {pads[1]}", str(len(starts)), reads, theirs, ours])
    says, rows = _compare(n, kernel, stride, dilation, found), ((list(panels),), ("calls",))
    return Scene(panels, links, says, {"calls": table}, pick=("Keras same", 0, 0, 0), rows=rows)


def _compare(n, kernel, stride, dilation, found):
    (mine, torch, *_), (same, keras, *_), (_, floor, *_), (_, ceil, *_) = found.values()
    here, there = torch.starts[0], keras.starts[0]
    where = f"the first windows start at {minus(here)} and {minus(there)}"
    where = f"both start at {minus(here)}" if here == there else where
    odd = ", and the odd one goes to the end" if same[0] != same[1] else ""
    sentences = (
        "alike" if torch == keras else "differ",
        "hangs" if len(ceil.starts) > len(floor.starts) else "same_ceil",
        stride > 1 and dilation > 1 and "keras",
        mine[0] > kernel // 2 and "pooling",
    )
    counts = {"p": mine[0], "ours": len(torch.starts), "theirs": len(keras.starts), "n": n, "stride": stride}
    over = ceil.starts[-1] + ceil.taps[-1] - (n - 1 + mine[1])
    return say("conventions_lab", *sentences, **counts, where=where, same=same, odd=odd, over=over)
